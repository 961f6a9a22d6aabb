// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts

// One thing to look at, with what to do about it.
RowLayout {
    id: item

    required property string text
    required property string advice
    required property int severity
    required property string action
    signal acted(string action)

    spacing: 12
    Accessible.role: Accessible.ListItem
    Accessible.name: text + " " + advice

    Glyph {
        name: Theme.severityIcon(item.severity)
        color: Theme.severityColor(item.severity)
        size: Theme.px(22)
        Layout.alignment: Qt.AlignTop
    }

    ColumnLayout {
        spacing: 2
        Layout.fillWidth: true

        Words {
            text: item.text
            strong: true
            Layout.fillWidth: true
            Accessible.ignored: true
        }

        Words {
            text: item.advice
            quiet: true
            Layout.fillWidth: true
            Accessible.ignored: true
        }
    }

    ActionButton {
        text: item.action === "invite" ? qsTr("Copy invite") : qsTr("Show")
        iconName: item.action === "invite" ? "link" : ""
        visible: item.action !== ""
        onClicked: item.acted(item.action)
    }
}
