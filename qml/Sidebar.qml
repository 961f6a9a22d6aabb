// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// Status on top, pages below, how it looks at the foot.
Rectangle {
    id: sidebar

    required property Dashboard dashboard
    required property int page
    property bool narrow: false
    readonly property list<var> entries: [
        { text: qsTr("Overview"), icon: "overview" },
        { text: qsTr("Network"), icon: "network" },
        { text: qsTr("Storage"), icon: "storage" }
    ]
    signal pageChosen(int page)

    implicitWidth: narrow ? 72 : Theme.px(216)
    color: Theme.bg
    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Pages")

    Rectangle {
        anchors.right: parent.right
        width: 1
        height: parent.height
        color: Theme.divider
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: 12
        anchors.topMargin: 20
        spacing: 6

        StatusBlock {
            status: sidebar.dashboard.status
            narrow: sidebar.narrow
            Layout.fillWidth: true
            Layout.bottomMargin: 12
        }

        Repeater {
            model: sidebar.entries

            NavButton {
                required property var modelData
                required property int index

                objectName: "nav" + index
                text: modelData.text
                iconName: modelData.icon
                narrow: sidebar.narrow
                checked: sidebar.page === index
                shortcutText: qsTr("Ctrl+%1").arg(index + 1)
                badge: index === 0 ? sidebar.dashboard.overview.attention.count : 0
                Layout.fillWidth: true
                onClicked: sidebar.pageChosen(index)
            }
        }

        Item {
            Layout.fillHeight: true
        }

        GridLayout {
            columns: sidebar.narrow ? 1 : 2
            Layout.alignment: sidebar.narrow ? Qt.AlignHCenter : Qt.AlignLeft

            ActionButton {
                objectName: "appearance"
                text: qsTr("Appearance")
                iconName: "appearance"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: menu.active ? (menu.item as AppearanceMenu).open() : menu.active = true
            }

            ActionButton {
                text: sidebar.dashboard.preferences.narrowSidebar ? qsTr("Widen the sidebar") : qsTr("Narrow the sidebar")
                iconName: "sidebar"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: sidebar.dashboard.preferences.narrowSidebar = !sidebar.dashboard.preferences.narrowSidebar
            }
        }
    }

    Loader {
        id: menu
        active: false
        x: 12
        y: sidebar.height - 60
        onLoaded: (item as AppearanceMenu).open()
        sourceComponent: AppearanceMenu {
            preferences: sidebar.dashboard.preferences
        }
    }
}
