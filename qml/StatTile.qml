// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// One figure with what it means; leads to the page that explains it.
Button {
    id: tile

    required property string label
    required property string figure
    property string figureNote
    property string line1
    property string line2
    property string iconName
    property real share: -1
    property color shareColor: Theme.accent

    text: label
    padding: Theme.padding
    Accessible.role: Accessible.Button
    Accessible.name: [label, figure, figureNote, line1, line2].filter(part => part !== "").join(", ")
    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()

    contentItem: ColumnLayout {
        spacing: 4

        RowLayout {
            spacing: 8

            Glyph {
                name: tile.iconName
                color: Theme.muted
                size: Theme.px(18)
            }

            Words {
                text: tile.label
                quiet: true
                Layout.fillWidth: true
                Accessible.ignored: true
            }

            Glyph {
                name: "chevron"
                directional: true
                color: tile.hovered ? Theme.accent : Theme.outline
                size: Theme.px(16)
            }
        }

        Flow {
            spacing: 8
            Layout.fillWidth: true
            Layout.topMargin: 4

            Words {
                id: figureText
                text: tile.figure
                font.pixelSize: Theme.title
                strong: true
                Accessible.ignored: true
            }

            Words {
                text: tile.figureNote
                visible: text !== ""
                quiet: true
                height: figureText.height
                verticalAlignment: Text.AlignBottom
                bottomPadding: Theme.px(4)
                Accessible.ignored: true
            }
        }

        Meter {
            label: tile.label
            value: tile.share
            color1: tile.shareColor
            visible: tile.share >= 0
            Accessible.ignored: true
            Layout.fillWidth: true
            Layout.topMargin: 6
            Layout.bottomMargin: 4
        }

        Words {
            text: tile.line1
            visible: text !== ""
            Layout.fillWidth: true
            Layout.topMargin: tile.share < 0 ? 6 : 0
            Accessible.ignored: true
        }

        Words {
            text: tile.line2
            visible: text !== ""
            quiet: true
            font.pixelSize: Theme.tiny
            Layout.fillWidth: true
            Accessible.ignored: true
        }

        Item {
            Layout.fillHeight: true
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: tile.down ? Theme.raised : Theme.surface
        border.width: 1
        border.color: tile.hovered ? Theme.outline : Theme.divider

        FocusRing {
            visible: tile.visualFocus
            radius: Theme.radius + distance
        }
    }
}
