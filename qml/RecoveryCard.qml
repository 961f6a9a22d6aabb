// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Borg.Model

// What becomes of the files when this computer is lost.
Card {
    id: card

    required property RecoveryModel model
    signal showRequested
    signal recoverRequested

    padding: 16
    Accessible.name: qsTr("Recovery")

    GridLayout {
        anchors.fill: parent
        columns: card.width >= Theme.px(700) ? 2 : 1
        columnSpacing: Theme.gap
        rowSpacing: 12

        RowLayout {
            spacing: 12
            Layout.fillWidth: true

            Glyph {
                name: Theme.severityIcon(card.model.severity)
                color: Theme.severityColor(card.model.severity)
                size: Theme.px(24)
                Layout.alignment: Qt.AlignTop
            }

            ColumnLayout {
                spacing: 2
                Layout.fillWidth: true

                Words {
                    objectName: "recoveryState"
                    text: card.model.state
                    strong: true
                    Layout.fillWidth: true
                }

                Words {
                    text: card.model.detail
                    quiet: true
                    Layout.fillWidth: true
                }
            }
        }

        RowLayout {
            spacing: 8
            Layout.alignment: Qt.AlignRight | Qt.AlignVCenter

            ActionButton {
                objectName: "recover"
                visible: card.model.canRecover
                enabled: !card.model.busy
                text: card.model.busy ? qsTr("Recovering…") : qsTr("I have a link")
                iconName: "download"
                onClicked: card.recoverRequested()
            }

            ActionButton {
                objectName: "showRecovery"
                text: qsTr("Recovery link")
                iconName: "link"
                onClicked: card.showRequested()
            }
        }
    }
}
