// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

// What the signs and lines of the picture mean.
Flow {
    id: legend

    readonly property list<var> signs: [
        { kind: "parent", text: qsTr("Parent") },
        { kind: "child", text: qsTr("Child") },
        { kind: "backup", text: qsTr("Stand-in parent") },
        { kind: "lazy", text: qsTr("Neighbour") },
        { kind: "known", text: qsTr("Other node") }
    ]

    spacing: 12
    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Legend")

    Repeater {
        model: legend.signs

        Row {
            required property var modelData

            spacing: 4

            Glyph {
                anchors.verticalCenter: parent.verticalCenter
                name: Theme.roleSign(parent.modelData.kind)
                color: Theme.roleColor(parent.modelData.kind)
                size: Theme.px(14)
            }

            Words {
                text: parent.modelData.text
                quiet: true
                font.pixelSize: Theme.tiny
                wrapMode: Text.NoWrap
            }
        }
    }
}
