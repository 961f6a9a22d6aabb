// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// What is kept of a file; each can be fetched, or become the file again.
Sheet {
    id: sheet

    required property StorageModel model

    heading: ""
    explanation: qsTr("A version is kept for 90 days once there is a later one.")
    confirmText: qsTr("Close")
    asks: false

    ListView {
        objectName: "versionList"
        model: sheet.model.versions
        implicitHeight: Math.min(contentHeight, Theme.px(320))
        clip: true
        spacing: 4
        boundsBehavior: Flickable.StopAtBounds
        Layout.fillWidth: true
        Accessible.role: Accessible.List
        Accessible.name: qsTr("%n version(s)", "", count)

        delegate: RowLayout {
            id: row
            required property string fileId
            required property string date
            required property string size
            required property string state
            required property bool last

            width: ListView.view.width
            spacing: 4
            Accessible.role: Accessible.ListItem
            Accessible.name: [date, size, state].join(", ")

            ColumnLayout {
                spacing: 0
                Layout.fillWidth: true

                Words {
                    text: row.last ? qsTr("%1 (the file now)").arg(row.date) : row.date
                    strong: row.last
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }

                Words {
                    text: [row.size, row.state].join(" · ")
                    quiet: true
                    font.pixelSize: Theme.tiny
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }
            }

            ActionButton {
                objectName: "restoreVersion"
                visible: !row.last
                text: qsTr("Make this the file again")
                iconName: "history"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: {
                    sheet.model.versions.restore(row.fileId);
                    sheet.close();
                }
            }

            ActionButton {
                objectName: "saveVersion"
                text: qsTr("Download this version to…")
                iconName: "download"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: sheet.model.chooseTarget(row.fileId)
            }
        }
    }
}
