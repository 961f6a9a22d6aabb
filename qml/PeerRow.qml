// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// A node as a line of the list; says the same as its place in the picture.
ItemDelegate {
    id: row

    required property int index
    required property string name
    required property string endpoint
    required property string role
    required property string latency
    required property string traffic
    required property string seen
    required property string level
    required property string summary
    required property bool online
    required property bool self

    property bool current: false
    readonly property bool wide: width >= Theme.px(560)

    text: name
    padding: 12
    leftPadding: 14
    rightPadding: 14
    Accessible.role: Accessible.ListItem
    Accessible.name: summary
    Accessible.selected: current

    contentItem: RowLayout {
        spacing: 12

        Glyph {
            name: row.self ? "computer" : row.online ? "state-good" : "close"
            color: row.self ? Theme.accent : row.online ? Theme.ok : Theme.muted
        }

        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true

            Words {
                text: row.name
                strong: true
                Layout.fillWidth: true
                Accessible.ignored: true
            }

            Words {
                text: [row.role, row.level, row.endpoint].filter(part => part !== "").join(" · ")
                quiet: true
                font.pixelSize: Theme.tiny
                Layout.fillWidth: true
                Accessible.ignored: true
            }
        }

        Words {
            text: row.traffic
            visible: row.wide && text !== ""
            quiet: true
            font.pixelSize: Theme.tiny
            wrapMode: Text.NoWrap
            Accessible.ignored: true
        }

        Words {
            text: row.online ? (row.latency === "" ? row.seen : row.latency) : row.seen
            quiet: !row.online
            font.pixelSize: Theme.tiny
            horizontalAlignment: Text.AlignRight
            Layout.maximumWidth: Theme.px(150)
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
