// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

// The visible focus of whatever it fills.
Rectangle {
    property int distance: 3

    anchors.fill: parent
    anchors.margins: -distance
    color: "transparent"
    radius: Theme.radiusSmall + distance
    border.width: 2
    border.color: Theme.accent
}
