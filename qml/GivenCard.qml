// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import Borg.Model

// What this computer keeps for others.
Card {
    id: card

    required property StorageModel model
    readonly property list<var> figures: [
        { label: qsTr("Shards held"), text: model.shards },
        { label: qsTr("Checked since start"), text: model.verified },
        { label: qsTr("Repaired by this node"), text: model.repairs },
        { label: qsTr("Free on this disk"), text: model.free }
    ]

    Accessible.name: heading.text

    ColumnLayout {
        anchors.fill: parent
        spacing: 12

        RowLayout {
            spacing: 8

            Glyph {
                name: "give"
                color: Theme.muted
            }

            Words {
                id: heading
                text: qsTr("What you give")
                font.pixelSize: Theme.lead
                strong: true
                Layout.fillWidth: true
                Accessible.role: Accessible.Heading
            }

            Words {
                objectName: "givenText"
                text: qsTr("%1 of %2", "bytes given of the limit").arg(card.model.bytes).arg(card.model.limit)
                strong: true
            }
        }

        Meter {
            label: qsTr("%1 of %2 used for others").arg(card.model.bytes).arg(card.model.limit)
            value: card.model.share
            color1: card.model.share > 0.9 ? Theme.warn : Theme.accent
            Layout.fillWidth: true
        }

        GridLayout {
            columns: card.width >= Theme.px(640) ? 4 : 2
            columnSpacing: Theme.gap
            rowSpacing: 8
            uniformCellWidths: true
            Layout.fillWidth: true

            Repeater {
                model: card.figures

                ColumnLayout {
                    id: figure
                    required property var modelData

                    spacing: 0
                    Layout.fillWidth: true

                    Words {
                        text: figure.modelData.text
                        font.pixelSize: Theme.section
                        strong: true
                        Accessible.name: figure.modelData.label + ": " + text
                    }

                    Words {
                        text: figure.modelData.label
                        quiet: true
                        font.pixelSize: Theme.tiny
                        Layout.fillWidth: true
                        Accessible.ignored: true
                    }
                }
            }
        }

        RowLayout {
            visible: card.model.problem !== "" || card.model.damaged !== ""
            spacing: 8

            Glyph {
                name: "state-warning"
                color: Theme.warn
            }

            Words {
                text: card.model.problem !== "" ? card.model.problem : qsTr("%1 damaged shards were found and are rebuilt from others.").arg(card.model.damaged)
                Layout.fillWidth: true
            }
        }
    }
}
