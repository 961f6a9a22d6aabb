// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

// One of our icons in a colour. Decoration: what it means is said by the item beside it.
Image {
    id: glyph

    required property string name
    property color color: Theme.text
    property int size: Theme.px(20)
    // For arrows that point along the reading direction.
    property bool directional: false

    width: size
    height: size
    source: name === "" ? "" : "image://icon/" + name + "?" + color.toString().slice(-6)
    sourceSize: Qt.size(Math.ceil(size * Screen.devicePixelRatio), Math.ceil(size * Screen.devicePixelRatio))
    fillMode: Image.PreserveAspectFit
    mirror: directional && Application.layoutDirection === Qt.RightToLeft
    Accessible.ignored: true
}
