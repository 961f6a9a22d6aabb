// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Borg.Model

// State and reason, large.
Card {
    id: card

    required property NodeStatus status
    required property string place
    required property TimeModel time
    readonly property bool wide: width >= Theme.px(620)

    Accessible.name: status.title

    GridLayout {
        anchors.fill: parent
        columns: card.wide ? 3 : 2
        columnSpacing: Theme.gap
        rowSpacing: 8

        Glyph {
            name: ["tray-good", "tray-busy", "tray-attention", "tray-offline"][card.status.health]
            color: [Theme.ok, Theme.accent, Theme.warn, Theme.muted][card.status.health]
            size: Theme.px(44)
            Layout.alignment: Qt.AlignTop
        }

        ColumnLayout {
            spacing: 2
            Layout.fillWidth: true

            Words {
                text: card.status.title
                font.pixelSize: Theme.section
                strong: true
                Layout.fillWidth: true
            }

            Words {
                text: card.status.reason
                Layout.fillWidth: true
            }

            Words {
                text: card.place
                visible: text !== ""
                quiet: true
                Layout.fillWidth: true
            }
        }

        GridLayout {
            columns: 2
            columnSpacing: 12
            rowSpacing: 2
            Layout.columnSpan: card.wide ? 1 : 2
            Layout.alignment: Qt.AlignTop

            Words {
                text: qsTr("Running since")
                quiet: true
                font.pixelSize: Theme.tiny
            }

            Words {
                text: card.status.since
                font.pixelSize: Theme.tiny
            }

            Words {
                text: qsTr("This node")
                quiet: true
                font.pixelSize: Theme.tiny
            }

            Words {
                text: card.status.nodeName
                font.pixelSize: Theme.tiny
            }

            Words {
                text: qsTr("Address")
                quiet: true
                font.pixelSize: Theme.tiny
            }

            Words {
                text: card.status.listen
                font.pixelSize: Theme.tiny
            }

            Words {
                text: qsTr("World time")
                visible: card.time.known
                quiet: true
                font.pixelSize: Theme.tiny
            }

            Words {
                objectName: "worldTime"
                text: [card.time.clock, card.time.bound].filter(part => part !== "").join(" ")
                visible: card.time.known
                color: card.time.warning === "" ? Theme.text : Theme.warn
                font.pixelSize: Theme.tiny
                wrapMode: Text.NoWrap
                Accessible.name: card.time.summary
            }
        }
    }
}
