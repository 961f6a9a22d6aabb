// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// A transfer: how far, how fast, how long; or how it ended, in words.
RowLayout {
    id: job

    required property string jobId
    required property string name
    required property string status
    required property string progressText
    required property real progress
    required property int severity
    required property bool upload
    required property bool running
    signal cancelRequested
    signal asideRequested

    spacing: 12
    Accessible.role: Accessible.ListItem
    Accessible.name: [name, status, progressText].filter(part => part !== "").join(", ")

    Glyph {
        name: job.running ? (job.upload ? "upload" : "download") : Theme.severityIcon(job.severity)
        color: Theme.severityColor(job.severity)
        size: Theme.px(22)
        Layout.alignment: Qt.AlignTop
    }

    ColumnLayout {
        spacing: 3
        Layout.fillWidth: true

        Words {
            text: job.name
            strong: true
            elide: Text.ElideMiddle
            wrapMode: Text.NoWrap
            Layout.fillWidth: true
            Accessible.ignored: true
        }

        Meter {
            label: qsTr("Progress of %1").arg(job.name)
            visible: job.running && job.progress >= 0
            value: job.progress
            Layout.fillWidth: true
            Layout.topMargin: 2
            Layout.bottomMargin: 2
        }

        Words {
            objectName: "jobStatus"
            text: job.running ? [job.progressText, job.status].filter(part => part !== "").join(" · ") : [job.status, job.progressText].filter(part => part !== "").join(" · ")
            quiet: true
            font.pixelSize: Theme.tiny
            Layout.fillWidth: true
            Accessible.ignored: true
        }
    }

    ActionButton {
        objectName: job.running ? "cancelJob" : "putAside"
        text: job.running ? qsTr("Cancel %1").arg(job.name) : qsTr("Hide %1").arg(job.name)
        iconName: "close"
        display: AbstractButton.IconOnly
        quiet: true
        onClicked: job.running ? job.cancelRequested() : job.asideRequested()
    }
}
