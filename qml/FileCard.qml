// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

// A file of ours: what it is, how it fares in words and as a picture, what can be done with it. Or a
// folder, which opens.
Control {
    id: card

    required property string fileId
    required property bool isFolder
    required property string path
    required property int versions
    required property string name
    required property string size
    required property string date
    required property string code
    required property string state
    required property string help
    required property string summary
    required property int severity
    required property int alive
    required property int needed
    required property int wanted
    readonly property bool wide: width >= Theme.px(700)
    signal openRequested
    signal renameRequested
    signal versionsRequested
    signal saveRequested
    signal linkRequested
    signal removeRequested

    padding: 14
    leftPadding: 16
    rightPadding: 12
    Accessible.role: Accessible.ListItem
    Accessible.name: summary
    Keys.onReturnPressed: if (isFolder)
        openRequested()
    Keys.onEnterPressed: if (isFolder)
        openRequested()
    focusPolicy: isFolder ? Qt.StrongFocus : Qt.NoFocus

    HoverHandler {
        enabled: card.isFolder
        cursorShape: Qt.PointingHandCursor
    }

    TapHandler {
        enabled: card.isFolder
        onTapped: card.openRequested()
    }

    contentItem: GridLayout {
        columns: card.wide ? 3 : 2
        columnSpacing: Theme.gap
        rowSpacing: 8

        RowLayout {
            spacing: 12
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            Layout.columnSpan: card.wide ? 1 : 2

            Glyph {
                name: card.isFolder ? "folder" : "file"
                color: card.isFolder ? Theme.accent : Theme.muted
                size: Theme.px(24)
            }

            ColumnLayout {
                spacing: 0
                Layout.fillWidth: true

                Words {
                    objectName: "fileName"
                    text: card.name
                    strong: true
                    elide: Text.ElideMiddle
                    wrapMode: Text.NoWrap
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }

                Words {
                    text: (card.isFolder ? [card.date, card.size] : [card.size, card.date, card.code]).join(" · ")
                    quiet: true
                    font.pixelSize: Theme.tiny
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }
            }
        }

        ColumnLayout {
            visible: !card.isFolder
            spacing: 2
            Layout.fillWidth: true
            Layout.preferredWidth: 2

            RowLayout {
                spacing: 6

                Glyph {
                    name: Theme.severityIcon(card.severity)
                    color: Theme.severityColor(card.severity)
                    size: Theme.px(16)
                }

                Words {
                    objectName: "fileState"
                    text: card.state
                    color: Theme.severityColor(card.severity)
                    strong: true
                    Layout.fillWidth: true
                    Accessible.ignored: true
                }
            }

            ShardDots {
                alive: card.alive
                needed: card.needed
                wanted: card.wanted
                severity: card.severity
            }

            Words {
                text: card.help
                visible: card.severity >= 2
                quiet: true
                font.pixelSize: Theme.tiny
                Layout.fillWidth: true
                Accessible.ignored: true
            }
        }

        RowLayout {
            spacing: 4
            Layout.alignment: Qt.AlignRight | (card.wide ? Qt.AlignVCenter : Qt.AlignBottom)

            ActionButton {
                objectName: "versions"
                visible: !card.isFolder
                enabled: card.versions > 0
                opacity: enabled ? 1 : 0 // its place stays, so that all rows line up
                Accessible.ignored: !enabled
                text: qsTr("%n earlier version(s) of %1", "", card.versions).arg(card.name)
                iconName: "history"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: card.versionsRequested()
            }

            ActionButton {
                objectName: "rename"
                text: qsTr("Rename %1").arg(card.name)
                iconName: "edit"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: card.renameRequested()
            }

            ActionButton {
                objectName: "save"
                text: qsTr("Download %1 to…").arg(card.name)
                iconName: "download"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: card.saveRequested()
            }

            ActionButton {
                objectName: "link"
                visible: !card.isFolder
                text: qsTr("Copy the link of %1").arg(card.name)
                iconName: "link"
                display: AbstractButton.IconOnly
                quiet: true
                onClicked: card.linkRequested()
            }

            ActionButton {
                objectName: "remove"
                text: qsTr("Remove %1").arg(card.name)
                iconName: "remove"
                display: AbstractButton.IconOnly
                quiet: true
                danger: true
                onClicked: card.removeRequested()
            }
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: Theme.surface
        border.width: 1
        border.color: Theme.divider

        FocusRing {
            visible: card.visualFocus
        }
    }
}
