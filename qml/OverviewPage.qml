// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// Is it running, and if not why? What am I giving? What am I getting?
PageFrame {
    id: page

    required property OverviewModel model
    required property NetworkModel network
    readonly property bool wide: width >= Theme.px(760)
    signal pageRequested(string name)
    signal inviteRequested

    title: qsTr("Overview")
    subtitle: status.network

    ScrollView {
        id: scroll
        anchors.fill: parent
        contentWidth: availableWidth
        clip: true

        ColumnLayout {
            width: scroll.availableWidth
            spacing: Theme.gap

            StateCard {
                status: page.status
                place: page.model.place
                time: page.network.time
                Layout.fillWidth: true
            }

            GridLayout {
                columns: page.wide ? 3 : page.width >= Theme.px(480) ? 2 : 1
                rowSpacing: Theme.gap
                columnSpacing: Theme.gap
                uniformCellWidths: true
                Layout.fillWidth: true

                StatTile {
                    objectName: "tileGiven"
                    label: qsTr("You give")
                    iconName: "give"
                    figure: page.model.given
                    figureNote: page.model.givenOf
                    share: page.model.givenShare
                    line1: page.model.shards
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    onClicked: page.pageRequested("storage")
                }

                StatTile {
                    objectName: "tileUsed"
                    label: qsTr("You use")
                    iconName: "use"
                    figure: page.model.used
                    figureNote: page.model.files
                    share: page.model.filesSafe
                    shareColor: page.model.filesSafe < 1 ? Theme.warn : Theme.ok
                    line1: page.model.filesHealth
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    onClicked: page.pageRequested("storage")
                }

                StatTile {
                    objectName: "tileNodes"
                    label: qsTr("Network")
                    iconName: "network"
                    figure: page.model.nodes
                    figureNote: qsTr("online now")
                    line1: page.model.links
                    line2: page.wide ? "" : page.model.place
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    onClicked: page.pageRequested("network")
                }
            }

            GridLayout {
                columns: page.wide ? 2 : 1
                rowSpacing: Theme.gap
                columnSpacing: Theme.gap
                Layout.fillWidth: true
                Layout.bottomMargin: 24

                Card {
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 3
                    Accessible.name: attentionTitle.text

                    ColumnLayout {
                        anchors.fill: parent
                        spacing: Theme.gap

                        Words {
                            id: attentionTitle
                            text: qsTr("Needs attention")
                            font.pixelSize: Theme.lead
                            strong: true
                            Layout.fillWidth: true
                            verticalAlignment: Text.AlignVCenter
                            Layout.preferredHeight: Theme.target
                            Accessible.role: Accessible.Heading
                        }

                        Repeater {
                            model: page.model.attention

                            AttentionItem {
                                Layout.fillWidth: true
                                onActed: action => action === "invite" ? page.inviteRequested() : page.pageRequested(action)
                            }
                        }

                        Item {
                            visible: page.model.attention.count === 0
                            Layout.fillHeight: true
                        }

                        EmptyState {
                            objectName: "allWell"
                            visible: page.model.attention.count === 0
                            picture: page.status.stale ? "picture-offline" : "picture-well"
                            sentence: page.status.stale ? qsTr("Nothing is known just now.") : qsTr("Everything is fine.")
                            detail: page.status.stale ? qsTr("What needs attention is shown when the node answers again.") : qsTr("Nothing here needs you. You may close this window; the node keeps running.")
                            Layout.fillWidth: true
                        }

                        Item {
                            Layout.fillHeight: true
                        }
                    }
                }

                Card {
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 2
                    Layout.minimumHeight: Theme.px(280)
                    Accessible.name: treeTitle.text

                    ColumnLayout {
                        anchors.fill: parent
                        spacing: 8

                        RowLayout {
                            Words {
                                id: treeTitle
                                text: qsTr("Your place in the network")
                                font.pixelSize: Theme.lead
                                strong: true
                                Layout.fillWidth: true
                                Accessible.role: Accessible.Heading
                            }

                            ActionButton {
                                text: qsTr("Details")
                                quiet: true
                                onClicked: page.pageRequested("network")
                            }
                        }

                        RadialTree {
                            peers: page.network.peers
                            summary: page.network.summary
                            interactive: false
                            Layout.fillWidth: true
                            Layout.fillHeight: true
                        }
                    }
                }
            }
        }
    }
}
