// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Borg.Model

// The head of a column: sorts by it, and the other way round when pressed again.
AbstractButton {
    id: button

    required property PeerRows peers
    required property int order
    property bool atRight: false
    readonly property bool active: peers.order === order

    padding: 4
    implicitHeight: Theme.px(28)
    Accessible.role: Accessible.Button
    Accessible.name: active ? (peers.backwards ? qsTr("Sorted by %1, backwards").arg(text) : qsTr("Sorted by %1").arg(text)) : qsTr("Sort by %1").arg(text)
    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()
    onClicked: peers.sortBy(order)

    contentItem: Words {
        text: button.active ? button.text + (button.peers.backwards ? " ↓" : " ↑") : button.text
        quiet: !button.active
        strong: button.active
        font.pixelSize: Theme.tiny
        wrapMode: Text.NoWrap
        elide: Text.ElideRight
        horizontalAlignment: button.atRight ? Text.AlignRight : Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
        Accessible.ignored: true
    }

    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.hovered ? Qt.alpha(Theme.raised, 0.6) : "transparent"

        FocusRing {
            visible: button.visualFocus
            distance: -1
        }
    }
}
