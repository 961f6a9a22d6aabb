// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// The parents that this computer had and why they changed, the latest first.
ListView {
    id: list

    required property ChangeRows changes

    clip: true
    model: changes
    boundsBehavior: Flickable.StopAtBounds
    activeFocusOnTab: true
    keyNavigationEnabled: true
    Accessible.role: Accessible.List
    Accessible.name: qsTr("%n change(s) of our place", "", count)

    ScrollBar.vertical: ScrollBar {}

    delegate: ItemDelegate {
        id: row

        required property string reason
        required property string when
        required property bool hasParent
        required text

        width: ListView.view.width
        padding: 8
        leftPadding: 12
        rightPadding: 14
        focusPolicy: Qt.NoFocus
        Accessible.role: Accessible.ListItem
        Accessible.name: [when, text, reason].join(", ")

        contentItem: RowLayout {
            spacing: 10

            Glyph {
                name: row.hasParent ? "node-parent" : "node-root"
                color: row.hasParent ? Theme.accent : Theme.muted
                Layout.alignment: Qt.AlignTop
            }

            ColumnLayout {
                spacing: 0
                Layout.fillWidth: true

                Words {
                    text: row.text
                    strong: true
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }

                Words {
                    text: row.reason
                    quiet: true
                    font.pixelSize: Theme.tiny
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }
            }

            Words {
                text: row.when
                quiet: true
                font.pixelSize: Theme.tiny
                wrapMode: Text.NoWrap
                Layout.alignment: Qt.AlignTop
                Accessible.ignored: true
            }
        }

        background: Rectangle {
            radius: Theme.radiusSmall
            color: row.ListView.isCurrentItem && list.activeFocus ? Theme.raised : "transparent"
        }
    }

    Words {
        anchors.centerIn: parent
        width: parent.width - 32
        visible: list.count === 0
        text: qsTr("Nothing has changed since the node started.")
        quiet: true
        horizontalAlignment: Text.AlignHCenter
    }

    FocusRing {
        visible: list.activeFocus
        distance: 2
    }
}
