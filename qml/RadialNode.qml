// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

// One node of the picture: its place by ring, its role by size, sign and colour.
Item {
    id: node

    required property int index
    required property string name
    required property string kind
    required property string summary
    required property bool online
    required property bool self
    required property bool greylisted
    required property bool placed
    required property real placeX
    required property real placeY
    required property int ring

    property real reach: 100
    property real radius: 14
    property int side: -1 // where its name is: below, above, right, left; -1: nowhere
    property bool current: false
    property bool interactive: true
    readonly property string sign: greylisted ? "state-bad" : !online ? "close" : Theme.roleSign(kind)
    readonly property color tint: greylisted ? Theme.bad : !online ? Theme.muted : Theme.roleColor(kind)
    readonly property bool named: side >= 0 || hover.hovered
    signal chosen

    visible: placed
    width: 2 * radius
    height: width
    x: Math.round(parent.width / 2 + placeX * reach - width / 2)
    y: Math.round(parent.height / 2 + placeY * reach - height / 2)
    z: current || hover.hovered ? 2 : 1
    Accessible.role: Accessible.ListItem
    Accessible.name: summary
    Accessible.selected: current
    Accessible.focusable: interactive
    Accessible.onPressAction: chosen()

    Rectangle {
        anchors.fill: parent
        radius: width / 2
        color: node.self ? Theme.accent : Theme.raised
        border.width: node.online ? 2 : 1
        border.color: node.tint
    }

    FocusRing {
        visible: node.current && node.interactive
        radius: width / 2
        border.color: node.parent?.activeFocus ? Theme.accent : Theme.outline
    }

    Glyph {
        anchors.centerIn: parent
        name: node.sign
        color: node.self ? Theme.accentInk : node.tint
        size: node.width * 0.55
    }

    // On a ground of its own, where the picture found room for it.
    Rectangle {
        x: Math.round(node.side === 2 ? node.width + 3 : node.side === 3 ? -width - 3 : (node.width - width) / 2)
        y: Math.round(node.side === 1 ? -height - 3 : node.side >= 2 ? (node.height - height) / 2 : node.height + 3)
        visible: node.named && node.width > 0
        width: label.width + 6
        height: label.height
        radius: 4
        color: Theme.surface

        Words {
            id: label
            anchors.centerIn: parent
            text: node.name
            font.pixelSize: Theme.tiny
            strong: node.current
            quiet: !node.online
            wrapMode: Text.NoWrap
            Accessible.ignored: true
        }
    }

    HoverHandler {
        id: hover
    }

    TapHandler {
        enabled: node.interactive
        onTapped: node.chosen()
    }
}
