// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// Theme, text size, motion.
Popup {
    id: menu

    required property Preferences preferences

    y: -height
    width: Theme.px(250)
    padding: 16
    focus: true
    modal: true
    dim: false

    background: Rectangle {
        radius: Theme.radius
        color: Theme.surface
        border.width: 1
        border.color: Theme.outline
    }

    contentItem: ColumnLayout {
        spacing: 8

        Words {
            text: qsTr("Theme")
            quiet: true
            font.pixelSize: Theme.tiny
        }

        Choice {
            names: [qsTr("As the system"), qsTr("Light"), qsTr("Dark")]
            chosen: menu.preferences.theme
            onPicked: index => menu.preferences.theme = index
        }

        Words {
            text: qsTr("Text size")
            quiet: true
            font.pixelSize: Theme.tiny
            Layout.topMargin: 8
        }

        Choice {
            readonly property list<int> sizes: [100, 125, 150]

            names: [qsTr("Usual"), qsTr("Larger (125 %)"), qsTr("Largest (150 %)")]
            chosen: sizes.indexOf(menu.preferences.textPercent)
            onPicked: index => menu.preferences.textPercent = sizes[index]
        }

        CheckBox {
            id: motion
            text: qsTr("Reduce motion")
            checked: menu.preferences.reducedMotion
            font.pixelSize: Theme.body
            palette.windowText: Theme.text
            Accessible.role: Accessible.CheckBox
            Accessible.name: text
            onToggled: menu.preferences.reducedMotion = checked
        }
    }

    component Choice: ColumnLayout {
        id: choice
        required property list<string> names
        required property int chosen
        signal picked(int index)

        spacing: 0

        Repeater {
            model: choice.names

            RadioButton {
                required property string modelData
                required property int index

                text: modelData
                checked: choice.chosen === index
                font.pixelSize: Theme.body
                palette.windowText: Theme.text
                Accessible.role: Accessible.RadioButton
                Accessible.name: text
                onClicked: choice.picked(index)
            }
        }
    }
}
