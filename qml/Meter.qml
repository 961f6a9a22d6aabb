// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

// How much of something is used. `value` 0…1; negative: not known, an empty bar.
Rectangle {
    id: meter

    required property string label
    property real value: 0
    property color color1: Theme.accent

    implicitHeight: 8
    implicitWidth: 120
    radius: 4
    color: Theme.raised
    border.width: 1
    border.color: Theme.divider
    Accessible.role: Accessible.ProgressBar
    Accessible.name: label

    Rectangle {
        anchors.left: parent.left
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        visible: meter.value > 0
        width: Math.max(parent.height, parent.width * Math.min(1, meter.value))
        radius: 4
        color: meter.color1
    }
}
