// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

// One node of the picture: its place by ring, its role by sign, its health by filling and sign.
Item {
    id: node

    required property int index
    required property string name
    required property string latency
    required property string summary
    required property bool online
    required property bool self
    required property bool direct
    required property bool placed
    required property real placeX
    required property real placeY
    required property int ring

    property real reach: 100
    property bool current: false
    property bool interactive: true
    property bool labelled: true
    readonly property string sign: !online ? "close" : self ? "computer" : ring === 2 ? "node-far" : placeY < -0.45 && Math.abs(placeX) < 0.1 && parentSign ? "node-parent" : "node-child"
    property bool parentSign: false
    readonly property color tint: !online ? Theme.muted : self ? Theme.accent : direct ? Theme.ok : Theme.outline
    signal chosen

    visible: placed
    // Even and whole, or the circle is not round.
    width: 2 * Math.round(Theme.px(self ? 24 : ring === 1 ? 19 : 14) * Math.max(0.5, Math.min(1, reach / Theme.px(150))))
    height: width
    x: Math.round(parent.width / 2 + placeX * reach - width / 2)
    y: Math.round(parent.height / 2 + placeY * reach - height / 2)
    z: current ? 2 : 1
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

    // On a ground of its own, since lines run below it.
    Rectangle {
        anchors.top: parent.bottom
        anchors.topMargin: 2
        anchors.horizontalCenter: parent.horizontalCenter
        visible: node.labelled || hover.hovered
        width: label.width + 6
        height: label.height
        radius: 4
        color: Qt.alpha(Theme.surface, 0.85)

        Column {
            id: label
            anchors.centerIn: parent

            Words {
                text: node.name
                font.pixelSize: Theme.tiny
                strong: node.current
                wrapMode: Text.NoWrap
                anchors.horizontalCenter: parent.horizontalCenter
                Accessible.ignored: true
            }

            Words {
                text: node.online ? node.latency : qsTr("Offline")
                visible: text !== ""
                quiet: true
                font.pixelSize: Theme.tiny
                wrapMode: Text.NoWrap
                anchors.horizontalCenter: parent.horizontalCenter
                Accessible.ignored: true
            }
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
