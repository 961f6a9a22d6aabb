// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// One line of text with its name above and what is wrong with it below.
ColumnLayout {
    id: field

    required property string label
    property string hint
    property string problem
    property alias text: input.text
    property alias input: input
    signal accepted

    spacing: 4

    Words {
        text: field.label
        quiet: true
        font.pixelSize: Theme.tiny
        Layout.fillWidth: true
    }

    TextField {
        id: input
        placeholderText: field.hint
        font.pixelSize: Theme.body
        color: Theme.text
        placeholderTextColor: Theme.muted
        selectByMouse: true
        leftPadding: 12
        rightPadding: 12
        implicitHeight: Theme.px(40)
        Layout.fillWidth: true
        Accessible.role: Accessible.EditableText
        Accessible.name: field.label
        Accessible.description: note.visible ? note.text : ""
        onAccepted: field.accepted()

        background: Rectangle {
            radius: Theme.radiusSmall
            color: Theme.bg
            border.width: input.activeFocus ? 2 : 1
            border.color: input.activeFocus ? Theme.accent : Theme.outline
        }
    }

    RowLayout {
        visible: input.text !== ""
        spacing: 6
        Layout.fillWidth: true

        Glyph {
            name: field.problem === "" ? "state-good" : "state-warning"
            color: field.problem === "" ? Theme.ok : Theme.warn
            size: Theme.px(16)
        }

        Words {
            id: note
            text: field.problem === "" ? qsTr("Looks right") : field.problem
            quiet: true
            font.pixelSize: Theme.tiny
            Layout.fillWidth: true
        }
    }
}
