// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// An entry of the sidebar.
Button {
    id: button

    required property string iconName
    property bool narrow: false
    property string shortcutText
    property int badge: 0

    checkable: true
    autoExclusive: true
    implicitHeight: Theme.px(44)
    leftPadding: narrow ? 0 : 12
    rightPadding: narrow ? 0 : 12
    Accessible.role: Accessible.PageTab
    Accessible.name: badge > 0 ? qsTr("%1, %n notice(s)", "", badge).arg(text) : text
    Accessible.selected: checked
    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()

    ToolTip.visible: hovered || (narrow && visualFocus)
    ToolTip.text: shortcutText === "" ? text : qsTr("%1 (%2)", "a page and its shortcut").arg(text).arg(shortcutText)
    ToolTip.delay: 700

    contentItem: RowLayout {
        spacing: 12

        Glyph {
            name: button.iconName
            color: button.checked ? Theme.accent : Theme.muted
            size: Theme.px(22)
            Layout.alignment: button.narrow ? Qt.AlignCenter : Qt.AlignVCenter
        }

        Words {
            text: button.text
            visible: !button.narrow
            strong: button.checked
            color: button.checked ? Theme.text : Theme.muted
            elide: Text.ElideRight
            wrapMode: Text.NoWrap
            Layout.fillWidth: true
            Accessible.ignored: true
        }

        Rectangle {
            visible: button.badge > 0 && !button.narrow
            radius: height / 2
            color: Theme.warn
            implicitHeight: Theme.px(20)
            implicitWidth: Math.max(implicitHeight, count.implicitWidth + 10)

            Words {
                id: count
                anchors.centerIn: parent
                text: button.badge
                font.pixelSize: Theme.tiny
                strong: true
                color: Theme.bg
                Accessible.ignored: true
            }
        }
    }

    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.checked ? Theme.raised : button.hovered ? Theme.surface : "transparent"

        Rectangle {
            visible: button.checked
            width: 3
            radius: 1.5
            color: Theme.accent
            anchors.left: parent.left
            anchors.verticalCenter: parent.verticalCenter
            height: parent.height * 0.5
        }

        Rectangle {
            visible: button.badge > 0 && button.narrow
            width: 10
            height: 10
            radius: 5
            color: Theme.warn
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.margins: 6
        }

        FocusRing {
            visible: button.visualFocus
            distance: 0
        }
    }
}
