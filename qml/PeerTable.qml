// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// Every node as a line; the same nodes as the picture.
ColumnLayout {
    id: table

    required property PeerRows peers
    readonly property int figure: Theme.px(80)
    readonly property bool wide: width >= Theme.px(380)

    function show(row: int) {
        list.positionViewAtIndex(row, ListView.Contain);
    }

    spacing: 4

    RowLayout {
        spacing: 4
        Layout.fillWidth: true
        Layout.leftMargin: 8
        Layout.rightMargin: 14

        SortButton {
            objectName: "sortRole"
            text: qsTr("Role")
            peers: table.peers
            order: PeerRows.ByRole
        }

        SortButton {
            objectName: "sortName"
            text: qsTr("Name")
            peers: table.peers
            order: PeerRows.ByName
        }

        Item {
            Layout.fillWidth: true
        }

        SortButton {
            objectName: "sortIn"
            text: qsTr("In")
            peers: table.peers
            order: PeerRows.ByIn
            atRight: true
            visible: table.wide
            Layout.preferredWidth: table.figure
        }

        SortButton {
            objectName: "sortOut"
            text: qsTr("Out")
            peers: table.peers
            order: PeerRows.ByOut
            atRight: true
            visible: table.wide
            Layout.preferredWidth: table.figure
        }

        SortButton {
            objectName: "sortLatency"
            text: qsTr("Round trip")
            peers: table.peers
            order: PeerRows.ByLatency
            atRight: true
            Layout.preferredWidth: table.figure
        }
    }

    Rectangle {
        color: Theme.divider
        Layout.fillWidth: true
        Layout.preferredHeight: 1
    }

    ListView {
        id: list
        objectName: "peerList"
        clip: true
        model: table.peers
        currentIndex: table.peers.current
        highlightMoveDuration: 0
        boundsBehavior: Flickable.StopAtBounds
        activeFocusOnTab: true
        keyNavigationEnabled: false
        reuseItems: true
        Layout.fillWidth: true
        Layout.fillHeight: true
        Accessible.role: Accessible.List
        Accessible.name: qsTr("%n node(s)", "", count)
        Keys.onUpPressed: table.peers.current = Math.max(0, table.peers.current - 1)
        Keys.onDownPressed: table.peers.current = Math.min(count - 1, table.peers.current + 1)

        ScrollBar.vertical: ScrollBar {}

        delegate: PeerRow {
            width: ListView.view.width
            figure: table.figure
            wide: table.wide
            current: table.peers.current === index
            focusPolicy: Qt.NoFocus
            onClicked: table.peers.current = index
        }

        FocusRing {
            visible: list.activeFocus
            distance: 2
        }
    }
}
