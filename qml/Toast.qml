// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// One short message at the foot. Good news leaves by itself, bad news waits to be read.
Rectangle {
    id: toast

    required property Notices notices

    function announce() {
        Accessible.announce(notices.text);
    }

    visible: notices.text !== ""
    implicitWidth: Math.min(row.implicitWidth + 32, parent.width - 32)
    implicitHeight: row.implicitHeight + 20
    radius: Theme.radius
    color: Theme.raised
    border.width: 1
    border.color: Theme.outline
    Accessible.role: Accessible.AlertMessage
    Accessible.name: notices.text

    RowLayout {
        id: row
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        anchors.margins: 16
        spacing: 12

        Glyph {
            name: Theme.severityIcon(toast.notices.severity)
            color: Theme.severityColor(toast.notices.severity)
        }

        Words {
            objectName: "toastText"
            text: toast.notices.text
            Layout.fillWidth: true
            Layout.maximumWidth: Theme.px(520)
            Accessible.ignored: true
        }

        ActionButton {
            objectName: "toastAction"
            text: toast.notices.action
            visible: text !== ""
            quiet: true
            onClicked: toast.notices.act()
        }

        ActionButton {
            objectName: "dismiss"
            text: qsTr("Dismiss")
            iconName: "close"
            display: AbstractButton.IconOnly
            quiet: true
            onClicked: toast.notices.dismiss()
        }
    }

    Timer {
        interval: toast.notices.action === "" ? 6000 : 12000
        running: toast.visible && toast.notices.severity <= Severity.Note
        onTriggered: toast.notices.dismiss()
    }

    Connections {
        target: toast.notices

        function onChanged() {
            if (toast.visible)
                toast.announce();
        }
    }
}
