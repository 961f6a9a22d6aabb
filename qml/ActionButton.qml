// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// A labelled button; `primary` for the one thing most people want here.
Button {
    id: button

    property string iconName
    property bool primary: false
    property bool danger: false
    property bool quiet: false
    readonly property color ink: danger ? (primary ? Theme.bg : Theme.bad) : primary ? Theme.accentInk : quiet ? Theme.accent : Theme.text
    readonly property color ground: primary ? (danger ? Theme.bad : Theme.accent) : Theme.raised

    implicitHeight: Math.max(Theme.target, contentItem.implicitHeight + 12)
    leftPadding: display === AbstractButton.IconOnly ? 8 : 14
    rightPadding: leftPadding
    topPadding: 6
    bottomPadding: 6
    opacity: enabled ? 1 : 0.5
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()

    ToolTip.visible: display === AbstractButton.IconOnly && (hovered || visualFocus)
    ToolTip.text: text
    ToolTip.delay: 500

    contentItem: RowLayout {
        spacing: 0

        Item {
            Layout.fillWidth: true
        }

        Glyph {
            name: button.iconName
            visible: button.iconName !== ""
            color: button.ink
            size: Theme.px(18)
            Layout.alignment: Qt.AlignCenter
            Layout.rightMargin: button.display === AbstractButton.IconOnly || button.text === "" ? 0 : 8
        }

        Words {
            text: button.text
            visible: button.display !== AbstractButton.IconOnly
            color: button.ink
            strong: true
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            wrapMode: Text.NoWrap
            Accessible.ignored: true
        }

        Item {
            Layout.fillWidth: true
        }
    }

    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.quiet && !button.hovered && !button.down ? "transparent" : button.down ? Qt.darker(button.ground, 1.15) : button.hovered ? Qt.lighter(button.ground, Theme.dark ? 1.12 : 1.03) : button.ground
        border.width: button.primary || button.quiet ? 0 : 1
        border.color: Theme.dark ? Theme.divider : Theme.outline

        FocusRing {
            visible: button.visualFocus
        }
    }
}
