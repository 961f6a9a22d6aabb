// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

// Shards of a file as small squares: full ones are reachable, hollow ones are not; the line shows
// how many are needed to read it.
Item {
    id: dots

    required property int alive
    required property int needed
    required property int wanted
    required property int severity
    readonly property int shown: Math.min(wanted, 20)
    readonly property real scaleDown: wanted > 0 ? shown / wanted : 1
    readonly property int cell: Theme.px(9)

    implicitWidth: shown * (cell + 2) + 4
    implicitHeight: Theme.px(20)
    Accessible.role: Accessible.Graphic
    Accessible.name: qsTr("%1 of %2 shards reachable, %3 needed").arg(alive).arg(wanted).arg(needed)

    Row {
        anchors.verticalCenter: parent.verticalCenter
        spacing: 2

        Repeater {
            model: dots.shown

            Rectangle {
                required property int index
                readonly property bool full: index < Math.round(dots.alive * dots.scaleDown)

                width: dots.cell
                height: Theme.px(14)
                radius: 2
                color: full ? Theme.severityColor(dots.severity) : "transparent"
                border.width: full ? 0 : 1
                border.color: Theme.outline
            }
        }
    }

    Rectangle {
        visible: dots.needed > 0 && dots.needed < dots.wanted
        x: Math.round(dots.needed * dots.scaleDown) * (dots.cell + 2) - 2
        width: 2
        height: parent.height
        color: Theme.text
    }

    HoverHandler {
        id: hover
    }

    ToolTip.visible: hover.hovered
    ToolTip.text: Accessible.name
    ToolTip.delay: 400
}
