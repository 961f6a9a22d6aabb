// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// What stands behind the page: figures, and what was found when reachability was looked at. With
// `cards`, in a small window, the cards of the page as well.
ScrollView {
    id: details

    required property NetworkModel model
    property bool cards: false
    signal inviteRequested

    contentWidth: availableWidth
    clip: true

    ColumnLayout {
        width: details.availableWidth
        spacing: 12

        ReachCard {
            model: details.model.reach
            visible: details.cards
            Layout.fillWidth: true
        }

        TimeCard {
            model: details.model.time
            visible: details.cards
            Layout.fillWidth: true
        }

        TrafficCard {
            model: details.model
            visible: details.cards
            Layout.fillWidth: true
        }

        ActionButton {
            text: qsTr("Copy invite")
            iconName: "link"
            visible: details.cards
            onClicked: details.inviteRequested()
        }

        Words {
            text: qsTr("Figures")
            strong: true
            Layout.fillWidth: true
            Layout.leftMargin: 8
            Accessible.role: Accessible.Heading
        }

        Words {
            objectName: "figures"
            text: details.model.figures
            quiet: true
            lineHeight: 1.3
            Layout.fillWidth: true
            Layout.leftMargin: 8
            Layout.rightMargin: 8
        }

        Words {
            text: qsTr("What was checked")
            visible: details.model.reach.count > 0
            strong: true
            Layout.fillWidth: true
            Layout.leftMargin: 8
            Accessible.role: Accessible.Heading
        }

        Repeater {
            model: details.model.reach

            RowLayout {
                id: check

                required property string name
                required property string detail
                required property string advice
                required property bool ok

                spacing: 10
                Layout.fillWidth: true
                Layout.leftMargin: 8
                Layout.rightMargin: 8
                Accessible.role: Accessible.ListItem
                Accessible.name: [name, ok ? qsTr("well") : qsTr("not well"), detail, advice].filter(part => part !== "").join(", ")

                Glyph {
                    name: check.ok ? "state-good" : "state-warning"
                    color: check.ok ? Theme.ok : Theme.warn
                    Layout.alignment: Qt.AlignTop
                }

                Words {
                    text: [check.name + ": " + check.detail, check.advice].filter(part => part !== "").join("\n")
                    quiet: true
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }
            }
        }

        Item {
            Layout.preferredHeight: 8
        }
    }
}
