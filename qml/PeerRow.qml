// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// A node as a line of the table; says the same as its place in the picture.
ItemDelegate {
    id: row

    required property int index
    required property string name
    required property string endpoint
    required property string role
    required property string kind
    required property string latency
    required property string rateIn
    required property string rateOut
    required property string seen
    required property string level
    required property string misdeeds
    required property string summary
    required property bool online
    required property bool self
    required property bool greylisted

    property bool current: false
    property bool wide: true
    property int figure: 80

    text: name
    padding: 8
    leftPadding: 12
    rightPadding: 14
    Accessible.role: Accessible.ListItem
    Accessible.name: summary
    Accessible.selected: current

    contentItem: RowLayout {
        spacing: 4

        Glyph {
            name: row.greylisted ? "state-bad" : row.online ? Theme.roleSign(row.kind) : "close"
            color: row.greylisted ? Theme.bad : row.online ? Theme.roleColor(row.kind) : Theme.muted
            Layout.rightMargin: 6
        }

        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true

            Words {
                text: row.name
                strong: true
                elide: Text.ElideRight
                wrapMode: Text.NoWrap
                Layout.fillWidth: true
                Accessible.ignored: true
            }

            Words {
                text: [row.role, row.endpoint, row.level].filter(part => part !== "").join(" · ")
                quiet: true
                font.pixelSize: Theme.tiny
                elide: Text.ElideRight
                wrapMode: Text.NoWrap
                Layout.fillWidth: true
                Accessible.ignored: true
            }

            Words {
                text: row.misdeeds
                visible: text !== ""
                color: row.greylisted ? Theme.bad : Theme.warn
                font.pixelSize: Theme.tiny
                Layout.fillWidth: true
                Accessible.ignored: true
            }
        }

        Words {
            text: row.rateIn === "" ? "–" : row.rateIn
            visible: row.wide && row.online
            quiet: true
            font.pixelSize: Theme.tiny
            horizontalAlignment: Text.AlignRight
            wrapMode: Text.NoWrap
            Layout.preferredWidth: row.figure
            Accessible.ignored: true
        }

        Words {
            text: row.rateOut === "" ? "–" : row.rateOut
            visible: row.wide && row.online
            quiet: true
            font.pixelSize: Theme.tiny
            horizontalAlignment: Text.AlignRight
            wrapMode: Text.NoWrap
            Layout.preferredWidth: row.figure
            Accessible.ignored: true
        }

        Words {
            text: row.online ? (row.latency === "" ? row.seen : row.latency) : row.seen
            quiet: !row.online
            font.pixelSize: Theme.tiny
            horizontalAlignment: Text.AlignRight
            Layout.preferredWidth: row.online ? row.figure : row.figure * 2
            Accessible.ignored: true
        }
    }

    background: Rectangle {
        radius: Theme.radiusSmall
        color: row.current ? Theme.raised : row.hovered ? Qt.alpha(Theme.raised, 0.5) : "transparent"

        FocusRing {
            visible: row.visualFocus
            distance: -1
        }
    }
}
