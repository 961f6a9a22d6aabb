// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// A question in the middle of the window. Esc and Cancel do nothing.
Popup {
    id: sheet

    required property string heading
    property string explanation
    property string confirmText: qsTr("OK")
    property string confirmIcon
    property bool danger: false
    property bool canConfirm: true
    property bool asks: true // there is something to say no to
    property Item startFocus: asks ? cancelButton : confirmButton
    default property alias content: extra.data
    signal confirmed

    function confirm() {
        if (!canConfirm)
            return;
        close();
        confirmed();
    }

    parent: Overlay.overlay
    anchors.centerIn: parent
    width: Math.min(Theme.px(480), (parent?.width ?? 480) - 32)
    padding: 24
    modal: true
    focus: true
    closePolicy: Popup.CloseOnEscape
    onOpened: startFocus.forceActiveFocus(Qt.TabFocusReason)

    Overlay.modal: Rectangle {
        color: "#99000000"
    }

    background: Rectangle {
        radius: Theme.radius
        color: Theme.surface
        border.width: 1
        border.color: Theme.outline
    }

    contentItem: ColumnLayout {
        spacing: 12
        Accessible.role: Accessible.Dialog
        Accessible.name: sheet.heading

        Words {
            text: sheet.heading
            font.pixelSize: Theme.section
            strong: true
            Layout.fillWidth: true
            Accessible.role: Accessible.Heading
        }

        Words {
            text: sheet.explanation
            visible: text !== ""
            quiet: true
            Layout.fillWidth: true
        }

        ColumnLayout {
            id: extra
            visible: children.length > 0
            spacing: 8
            Layout.fillWidth: true
        }

        RowLayout {
            spacing: 8
            Layout.topMargin: 8
            Layout.alignment: Qt.AlignRight

            ActionButton {
                id: cancelButton
                objectName: "sheetCancel"
                visible: sheet.asks
                text: qsTr("Cancel")
                onClicked: sheet.close()
            }

            ActionButton {
                id: confirmButton
                objectName: "sheetConfirm"
                text: sheet.confirmText
                iconName: sheet.confirmIcon
                primary: true
                danger: sheet.danger
                enabled: sheet.canConfirm
                onClicked: sheet.confirm()
            }
        }
    }
}
