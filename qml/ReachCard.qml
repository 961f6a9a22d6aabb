// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Borg.Model

// Whether other nodes can reach this one, and what would help.
Card {
    id: card

    required property ReachModel model

    padding: 16
    Accessible.name: qsTr("Reachability")

    RowLayout {
        anchors.fill: parent
        spacing: 12

        Glyph {
            name: Theme.severityIcon(card.model.severity)
            color: Theme.severityColor(card.model.severity)
            size: Theme.px(24)
            Layout.alignment: Qt.AlignTop
        }

        ColumnLayout {
            spacing: 2
            Layout.fillWidth: true
            Layout.alignment: Qt.AlignTop

            Words {
                objectName: "reachState"
                text: card.model.state
                strong: true
                Layout.fillWidth: true
            }

            Words {
                text: card.model.detail
                quiet: true
                Layout.fillWidth: true
            }

            Words {
                objectName: "reachAdvice"
                text: card.model.advice
                visible: text !== ""
                Layout.fillWidth: true
            }

            RowLayout {
                spacing: 8
                Layout.fillWidth: true

                Words {
                    text: [card.model.address === "" ? "" : qsTr("Seen as %1").arg(card.model.address), card.model.checked === "" ? "" : qsTr("checked: %1").arg(card.model.checked)].filter(part => part !== "").join(" · ")
                    visible: text !== ""
                    quiet: true
                    font.pixelSize: Theme.tiny
                    Layout.fillWidth: true
                }

                Item {
                    visible: card.model.address === "" && card.model.checked === ""
                    Layout.fillWidth: true
                }

                ActionButton {
                    objectName: "checkReach"
                    text: card.model.checking ? qsTr("Checking…") : qsTr("Check again")
                    iconName: "retry"
                    quiet: true
                    enabled: !card.model.checking
                    onClicked: card.model.checkAgain()
                }
            }
        }
    }
}
