// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// Is it running, and if not why. Each state has a shape of its own.
Control {
    id: block

    required property NodeStatus status
    property bool narrow: false
    readonly property string shape: ["tray-good", "tray-busy", "tray-attention", "tray-offline"][status.health]
    readonly property color tint: [Theme.ok, Theme.accent, Theme.warn, Theme.muted][status.health]

    function announce() {
        Accessible.announce(Accessible.name);
    }

    padding: narrow ? 0 : 12
    Accessible.role: Accessible.StaticText
    Accessible.name: qsTr("Node: %1. %2", "state and reason").arg(status.title).arg(status.reason)

    ToolTip.visible: hovered && narrow
    ToolTip.text: status.title + ". " + status.reason
    ToolTip.delay: 300

    contentItem: ColumnLayout {
        spacing: 6

        RowLayout {
            spacing: 10
            Layout.alignment: block.narrow ? Qt.AlignHCenter : Qt.AlignLeft

            Glyph {
                name: block.shape
                color: block.tint
                size: Theme.px(block.narrow ? 28 : 24)
            }

            Words {
                objectName: "statusTitle"
                text: block.status.title
                visible: !block.narrow
                font.pixelSize: Theme.lead
                strong: true
                Layout.fillWidth: true
                Accessible.ignored: true
            }
        }

        Words {
            objectName: "statusReason"
            text: block.status.reason
            visible: !block.narrow
            quiet: true
            font.pixelSize: Theme.tiny
            maximumLineCount: 6
            elide: Text.ElideRight
            Layout.fillWidth: true
            Accessible.ignored: true
        }
    }

    background: Rectangle {
        visible: !block.narrow
        radius: Theme.radius
        color: Theme.surface
        border.width: 1
        border.color: Theme.divider
    }

    Connections {
        target: block.status

        function onChanged() {
            if (said.text !== block.status.title) {
                said.text = block.status.title;
                block.announce();
            }
        }
    }

    QtObject {
        id: said
        property string text: block.status.title
    }
}
