// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Borg.Model

// The window: theme, first run or shell, messages.
ApplicationWindow {
    id: window

    required property Dashboard dashboard
    property alias page: keeper.page
    readonly property Preferences preferences: dashboard.preferences

    width: 1280
    height: 800
    minimumWidth: 720
    minimumHeight: 520
    title: dashboard.status.network === "" ? "BorgIOS" : qsTr("%1 – BorgIOS").arg(dashboard.status.network)
    color: Theme.bg
    font.family: "Inter"
    LayoutMirroring.enabled: Application.layoutDirection === Qt.RightToLeft
    LayoutMirroring.childrenInherit: true

    palette {
        window: Theme.bg
        windowText: Theme.text
        base: Theme.surface
        alternateBase: Theme.raised
        text: Theme.text
        button: Theme.raised
        buttonText: Theme.text
        brightText: Theme.bad
        highlight: Theme.accent
        highlightedText: Theme.accentInk
        placeholderText: Theme.muted
        toolTipBase: Theme.raised
        toolTipText: Theme.text
        light: Theme.raised
        midlight: Theme.raised
        mid: Theme.outline
        dark: Theme.muted
        shadow: "#000000"
        link: Theme.accent
        accent: Theme.accent
    }

    // Without a tray the window would vanish for good: said once, with the two ways to go.
    function askBeforeClosing() {
        closing.active = true;
        (closing.item as Sheet).open();
    }

    QtObject {
        id: keeper
        property int page: 0
    }

    Binding {
        target: Theme
        property: "dark"
        value: window.preferences.theme === Preferences.System ? Application.styleHints.colorScheme !== Qt.ColorScheme.Light : window.preferences.theme === Preferences.Dark
    }

    Binding {
        target: Theme
        property: "textScale"
        value: window.preferences.textPercent / 100
    }

    Binding {
        target: Theme
        property: "reducedMotion"
        value: window.preferences.reducedMotion
    }

    Shortcut {
        sequence: "Ctrl+1"
        onActivated: keeper.page = 0
    }

    Shortcut {
        sequence: "Ctrl+2"
        onActivated: keeper.page = 1
    }

    Shortcut {
        sequence: "Ctrl+3"
        onActivated: keeper.page = 2
    }

    Loader {
        anchors.fill: parent
        focus: true
        sourceComponent: window.dashboard.firstRun ? setup : shell
    }

    Component {
        id: setup

        SetupPage {
            model: window.dashboard.setup
            focus: true
        }
    }

    Component {
        id: shell

        Shell {
            dashboard: window.dashboard
            page: keeper.page
            focus: true
            onPageRequested: page => keeper.page = page
        }
    }

    Loader {
        id: closing
        active: false
        sourceComponent: Sheet {
            heading: qsTr("Close the window?")
            explanation: qsTr("The node keeps running in the background. Open BorgIOS again to see it or to stop it.")
            confirmText: qsTr("Close the window")
            onConfirmed: {
                window.preferences.setToldAboutClosing();
                Qt.quit();
            }
        }
    }

    Toast {
        objectName: "toast"
        notices: window.dashboard.notices
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 24
        z: 10
    }
}
