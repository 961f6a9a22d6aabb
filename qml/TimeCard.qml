// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Borg.Model

// The time that all nodes share, and whether this computer's clock agrees with it.
Card {
    id: card

    required property TimeModel model

    padding: 16
    Accessible.name: qsTr("World time")

    RowLayout {
        anchors.fill: parent
        spacing: 12

        Glyph {
            name: card.model.known ? Theme.severityIcon(card.model.severity) : "state-note"
            color: card.model.known ? Theme.severityColor(card.model.severity) : Theme.muted
            size: Theme.px(24)
            Layout.alignment: Qt.AlignTop
        }

        ColumnLayout {
            spacing: 2
            Layout.fillWidth: true
            Layout.alignment: Qt.AlignTop

            Flow {
                spacing: 8
                Layout.fillWidth: true

                Words {
                    objectName: "worldTime"
                    text: card.model.known ? card.model.clock : qsTr("World time is not known yet")
                    strong: true
                    wrapMode: Text.NoWrap
                }

                Words {
                    objectName: "timeBound"
                    text: card.model.bound
                    visible: text !== ""
                    quiet: true
                    wrapMode: Text.NoWrap
                }
            }

            Words {
                text: card.model.known ? qsTr("World time · %1").arg(card.model.state) : ""
                visible: text !== ""
                Layout.fillWidth: true
            }

            Words {
                text: card.model.detail
                visible: text !== "" && card.model.warning === ""
                quiet: true
                Layout.fillWidth: true
            }

            Words {
                objectName: "timeWarning"
                text: card.model.warning
                visible: text !== ""
                color: Theme.warn
                Layout.fillWidth: true
            }

            Words {
                text: card.model.local === "" ? "" : qsTr("Here: %1").arg(card.model.local)
                visible: text !== ""
                quiet: true
                font.pixelSize: Theme.tiny
                Layout.fillWidth: true
            }
        }
    }
}
