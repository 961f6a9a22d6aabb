// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import Borg.Model

// What every page has: a title, and pictures in place of content while there is none.
FocusScope {
    id: frame

    required property NodeStatus status
    required property string title
    property string subtitle
    property alias actions: actionRow.data
    default property alias content: holder.data
    readonly property bool live: status.view === NodeStatus.Live
    readonly property int side: width < Theme.px(600) ? 16 : 24
    signal startRequested

    Accessible.role: Accessible.Pane
    Accessible.name: title

    ColumnLayout {
        anchors.fill: parent
        anchors.leftMargin: frame.side
        anchors.rightMargin: frame.side
        anchors.topMargin: 20
        spacing: 0

        GridLayout {
            columns: frame.width < Theme.px(640) ? 1 : 2
            rowSpacing: 12
            columnSpacing: Theme.gap
            Layout.fillWidth: true
            Layout.bottomMargin: Theme.gap

            ColumnLayout {
                spacing: 2
                Layout.fillWidth: true

                Words {
                    text: frame.title
                    font.pixelSize: Theme.title
                    strong: true
                    Layout.fillWidth: true
                    Accessible.role: Accessible.Heading
                }

                Words {
                    text: frame.subtitle
                    visible: text !== "" && frame.live
                    quiet: true
                    Layout.fillWidth: true
                }
            }

            RowLayout {
                id: actionRow
                visible: frame.live && children.length > 0
                spacing: 8
                Layout.alignment: Qt.AlignTop
            }
        }

        Item {
            id: holder
            visible: frame.live
            opacity: frame.status.stale ? 0.6 : 1
            Layout.fillWidth: true
            Layout.fillHeight: true
        }

        Loader {
            active: !frame.live
            visible: active
            sourceComponent: frame.status.view === NodeStatus.Loading ? loading : failed
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
    }

    Component {
        id: loading

        Item {
            EmptyState {
                objectName: "loading"
                anchors.centerIn: parent
                width: parent.width
                picture: "picture-waiting"
                sentence: frame.status.title + "…"
                detail: frame.status.reason
            }
        }
    }

    Component {
        id: failed

        Item {
            EmptyState {
                objectName: "failed"
                anchors.centerIn: parent
                width: parent.width
                picture: "picture-offline"
                sentence: frame.status.title
                detail: frame.status.reason
                action: qsTr("Start node")
                actionIcon: "play"
                onActed: frame.startRequested()
            }
        }
    }
}
