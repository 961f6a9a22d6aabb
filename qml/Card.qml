// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic

// A surface that holds one subject.
Pane {
    padding: Theme.padding
    Accessible.role: Accessible.Grouping

    background: Rectangle {
        radius: Theme.radius
        color: Theme.surface
        border.width: 1
        border.color: Theme.divider
    }
}
