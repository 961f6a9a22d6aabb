// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// The tree as a picture and as a table: the same nodes, the same choice, one walked with arrows,
// one read line by line. Above them, where there is room, what matters most: are we reachable, what
// time is it, how much goes by.
PageFrame {
    id: page

    required property NetworkModel model
    readonly property bool wide: width >= Theme.px(860)
    readonly property bool roomy: wide && height >= Theme.px(640)
    property string part: "nodes"
    readonly property string shown: wide && part === "picture" ? "nodes" : part
    signal inviteRequested

    title: qsTr("Network")
    subtitle: model.summary

    actions: [
        ActionButton {
            objectName: "invite"
            text: qsTr("Copy invite")
            iconName: "link"
            visible: page.wide || page.height >= Theme.px(420)
            onClicked: page.inviteRequested()
        }
    ]

    Component.onCompleted: if (!wide)
        part = "picture"

    ColumnLayout {
        anchors.fill: parent
        anchors.bottomMargin: 24
        spacing: page.wide ? Theme.gap : 8

        RowLayout {
            objectName: "cards"
            visible: page.roomy
            spacing: Theme.gap
            Layout.fillWidth: true
            Layout.fillHeight: false

            ReachCard {
                model: page.model.reach
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 5
            }

            TimeCard {
                model: page.model.time
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 4
            }

            TrafficCard {
                model: page.model
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 3
            }
        }

        Item {
            visible: page.model.alone
            Layout.fillWidth: true
            Layout.fillHeight: true

            EmptyState {
                objectName: "alone"
                anchors.centerIn: parent
                width: parent.width
                picture: "picture-network"
                sentence: qsTr("Nobody else is here yet.")
                detail: qsTr("Send an invite to somebody, or use it on another computer of yours.")
                action: qsTr("Copy invite")
                actionIcon: "link"
                onActed: page.inviteRequested()
            }
        }

        SegmentBar {
            objectName: "narrowSegments"
            visible: !page.wide && !page.model.alone
            entries: [{ key: "picture", text: qsTr("Picture") }].concat(sideBar.entries)
            current: page.shown
            onChosen: key => page.part = key
        }

        RowLayout {
            visible: !page.model.alone
            spacing: Theme.gap
            Layout.fillWidth: true
            Layout.fillHeight: true

            Card {
                objectName: "pictureCard"
                visible: page.wide || page.shown === "picture"
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 5
                padding: 12
                Accessible.name: qsTr("Picture of the tree")

                ColumnLayout {
                    anchors.fill: parent
                    spacing: 6

                    RadialTree {
                        objectName: "radial"
                        peers: page.model.peers
                        summary: page.model.summary
                        focus: true
                        Layout.fillWidth: true
                        Layout.fillHeight: true
                        onChosen: row => {
                            page.model.peers.current = row;
                            table.show(row);
                        }
                    }

                    Words {
                        objectName: "selected"
                        text: page.model.peers.count > 0 ? page.selected : ""
                        strong: true
                        horizontalAlignment: Text.AlignHCenter
                        Layout.fillWidth: true
                        Layout.leftMargin: 8
                        Layout.rightMargin: 8
                    }

                    RoleLegend {
                        visible: page.height >= Theme.px(520)
                        Layout.fillWidth: true
                        Layout.leftMargin: 8
                        Layout.rightMargin: 8
                    }
                }
            }

            Card {
                visible: page.wide || page.shown !== "picture"
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 4
                padding: 8

                ColumnLayout {
                    anchors.fill: parent
                    spacing: 8

                    SegmentBar {
                        id: sideBar
                        objectName: "sideSegments"
                        visible: page.wide
                        entries: [
                            { key: "nodes", text: qsTr("Nodes") },
                            { key: "changes", text: qsTr("History") },
                            { key: "details", text: qsTr("Details") }
                        ]
                        current: page.shown
                        onChosen: key => page.part = key
                    }

                    PeerTable {
                        id: table
                        objectName: "peerTable"
                        peers: page.model.peers
                        visible: page.shown === "nodes"
                        Layout.fillWidth: true
                        Layout.fillHeight: true
                    }

                    ChangeList {
                        objectName: "changeList"
                        changes: page.model.changes
                        visible: page.shown === "changes"
                        Layout.fillWidth: true
                        Layout.fillHeight: true
                    }

                    NetworkDetails {
                        objectName: "networkDetails"
                        model: page.model
                        cards: !page.roomy
                        onInviteRequested: page.inviteRequested()
                        visible: page.shown === "details"
                        Layout.fillWidth: true
                        Layout.fillHeight: true
                    }
                }
            }
        }
    }

    property string selected

    function describe() {
        selected = model.peers.summaryOf(model.peers.current);
    }

    Connections {
        target: page.model.peers

        function onUpdated() {
            page.describe();
        }
    }

    onModelChanged: describe()
}
