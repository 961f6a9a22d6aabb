// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// The tree as a picture and as a list: the same nodes, the same choice, one walked with arrows,
// one read line by line.
PageFrame {
    id: page

    required property NetworkModel model
    readonly property bool wide: width >= Theme.px(860)
    property bool asList: false
    property int current: 0
    signal inviteRequested

    title: qsTr("Network")
    subtitle: model.summary

    actions: [
        ActionButton {
            objectName: "asList"
            text: page.asList ? qsTr("Show the picture") : qsTr("Show the list")
            visible: !page.wide
            onClicked: page.asList = !page.asList
        },
        ActionButton {
            objectName: "invite"
            text: qsTr("Copy invite")
            iconName: "link"
            onClicked: page.inviteRequested()
        }
    ]

    EmptyState {
        objectName: "alone"
        anchors.centerIn: parent
        width: parent.width
        visible: page.model.alone
        picture: "picture-network"
        sentence: qsTr("Nobody else is here yet.")
        detail: qsTr("Send an invite to somebody, or use it on another computer of yours.")
        action: qsTr("Copy invite")
        actionIcon: "link"
        onActed: page.inviteRequested()
    }

    RowLayout {
        anchors.fill: parent
        anchors.bottomMargin: 24
        visible: !page.model.alone
        spacing: Theme.gap

        Card {
            visible: page.wide || !page.asList
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 5
            padding: 12
            Accessible.name: qsTr("Picture of the tree")

            ColumnLayout {
                anchors.fill: parent
                spacing: 8

                RadialTree {
                    objectName: "radial"
                    peers: page.model.peers
                    summary: page.model.summary
                    hasParent: page.model.hasParent
                    current: page.current
                    focus: true
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    onChosen: row => {
                        page.current = row;
                        list.positionViewAtIndex(row, ListView.Contain);
                    }
                }

                Words {
                    objectName: "selected"
                    text: page.model.peers.count > 0 ? page.model.peers.summaryOf(page.current) : ""
                    strong: true
                    horizontalAlignment: Text.AlignHCenter
                    Layout.fillWidth: true
                    Layout.leftMargin: 8
                    Layout.rightMargin: 8
                }

                Words {
                    text: page.model.lastChange === "" ? "" : qsTr("Latest change: %1").arg(page.model.lastChange)
                    visible: text !== "" && page.height >= Theme.px(560)
                    quiet: true
                    font.pixelSize: Theme.tiny
                    horizontalAlignment: Text.AlignHCenter
                    Layout.fillWidth: true
                    Layout.leftMargin: 8
                    Layout.rightMargin: 8
                }
            }
        }

        Card {
            visible: page.wide || page.asList
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 4
            padding: 8
            Accessible.name: qsTr("List of the nodes")

            ListView {
                id: list
                objectName: "peerList"
                anchors.fill: parent
                clip: true
                model: page.model.peers
                currentIndex: page.current
                highlightMoveDuration: Theme.quick
                boundsBehavior: Flickable.StopAtBounds
                activeFocusOnTab: true
                keyNavigationEnabled: true
                Accessible.role: Accessible.List
                Accessible.name: qsTr("%n node(s)", "", count)
                onCurrentIndexChanged: if (activeFocus)
                    page.current = currentIndex

                ScrollBar.vertical: ScrollBar {}

                delegate: PeerRow {
                    width: ListView.view.width
                    current: page.current === index
                    focusPolicy: Qt.NoFocus
                    onClicked: page.current = index
                }

                FocusRing {
                    visible: list.activeFocus
                    distance: 2
                }
            }
        }
    }
}
