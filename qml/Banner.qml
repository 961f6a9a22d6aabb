// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Borg.Model

// The connection is lost: what is shown is old. Says why and what can be done; never blocks.
Rectangle {
    id: banner

    required property NodeStatus status
    signal startRequested
    signal retryRequested

    visible: status.stale
    implicitHeight: visible ? row.implicitHeight + 20 : 0
    color: Theme.raised
    Accessible.role: Accessible.AlertMessage
    Accessible.name: status.title + ". " + status.reason

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 2
        color: Theme.warn
    }

    GridLayout {
        id: row
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        anchors.leftMargin: 24
        anchors.rightMargin: 24
        columns: banner.width >= Theme.px(760) ? 2 : 1
        columnSpacing: 12
        rowSpacing: 8

        RowLayout {
            spacing: 12
            Layout.fillWidth: true

            Glyph {
                name: banner.status.starting ? "tray-busy" : "state-warning"
                color: Theme.warn
                size: Theme.px(22)
            }

            ColumnLayout {
                spacing: 0
                Layout.fillWidth: true

                Words {
                    text: banner.status.title
                    strong: true
                    Layout.fillWidth: true
                }

                Words {
                    text: qsTr("%1 The figures below are from before.").arg(banner.status.reason)
                    quiet: true
                    font.pixelSize: Theme.tiny
                    Layout.fillWidth: true
                }
            }
        }

        RowLayout {
            visible: !banner.status.starting
            spacing: 8

            ActionButton {
                objectName: "retry"
                text: qsTr("Try again")
                iconName: "retry"
                visible: !banner.status.stopped
                onClicked: banner.retryRequested()
            }

            ActionButton {
                objectName: "startNode"
                text: qsTr("Start node")
                iconName: "play"
                primary: true
                onClicked: banner.startRequested()
            }
        }
    }
}
