// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// The first run: what this does to the computer, and three ways to begin.
FocusScope {
    id: page

    required property SetupModel model
    readonly property bool wide: width >= Theme.px(900)
    readonly property list<var> facts: [
        { icon: "computer", text: qsTr("A small program runs in the background, also while this window is closed. You can stop it at any time.") },
        { icon: "give", text: qsTr("It keeps encrypted shards of other people's files in one folder, up to a limit. A shard alone reveals nothing.") },
        { icon: "use", text: qsTr("Your own files are encrypted before they leave. Whoever has a file's link can read it, and nobody else.") },
        { icon: "network", text: qsTr("It uses your network connection, but no account, and it does not look at your other files.") }
    ]

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("First run")

    ScrollView {
        id: scroll
        anchors.fill: parent
        contentWidth: availableWidth

        ColumnLayout {
            width: scroll.availableWidth
            height: Math.max(implicitHeight, scroll.availableHeight)
            spacing: 0

            ColumnLayout {
                spacing: Theme.gap
                Layout.fillWidth: true
                Layout.maximumWidth: Theme.px(1080)
                Layout.margins: 24
                Layout.fillHeight: false
                Layout.alignment: Qt.AlignCenter

                RowLayout {
                    spacing: Theme.gap

                    Glyph {
                        name: "app"
                        size: Theme.px(56)
                    }

                    ColumnLayout {
                        spacing: 0
                        Layout.fillWidth: true

                        Words {
                            text: qsTr("Welcome to BorgIOS")
                            font.pixelSize: Theme.title
                            strong: true
                            Layout.fillWidth: true
                            Accessible.role: Accessible.Heading
                        }

                        Words {
                            text: qsTr("A network of computers that keep each other's files. It belongs to those who take part.")
                            quiet: true
                            Layout.fillWidth: true
                        }
                    }
                }

                Words {
                    text: qsTr("What this does to your computer")
                    font.pixelSize: Theme.lead
                    strong: true
                    Layout.fillWidth: true
                    Layout.topMargin: 8
                    Accessible.role: Accessible.Heading
                }

                GridLayout {
                    columns: page.width >= Theme.px(700) ? 2 : 1
                    columnSpacing: Theme.gap * 1.5
                    rowSpacing: 12
                    uniformCellWidths: true
                    Layout.fillWidth: true

                    Repeater {
                        model: page.facts

                        RowLayout {
                            id: fact
                            required property var modelData

                            spacing: 12
                            Layout.fillWidth: true
                            Layout.alignment: Qt.AlignTop

                            Glyph {
                                name: fact.modelData.icon
                                color: Theme.ok
                                Layout.alignment: Qt.AlignTop
                            }

                            Words {
                                text: fact.modelData.text
                                Layout.fillWidth: true
                            }
                        }
                    }
                }

                Words {
                    text: qsTr("Everything is kept in %1. Remove that folder and nothing stays behind.").arg(page.model.dataDir)
                    quiet: true
                    font.pixelSize: Theme.tiny
                    Layout.fillWidth: true
                }

                Card {
                    objectName: "busy"
                    visible: page.model.busy
                    Layout.fillWidth: true
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: page.model.progress

                    RowLayout {
                        anchors.fill: parent
                        spacing: 12

                        Glyph {
                            name: "tray-busy"
                            color: Theme.accent
                            size: Theme.px(28)
                        }

                        Words {
                            objectName: "progress"
                            text: page.model.progress
                            Layout.fillWidth: true
                        }
                    }
                }

                Card {
                    objectName: "failure"
                    visible: page.model.failure !== ""
                    Layout.fillWidth: true
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: page.model.failure

                    RowLayout {
                        anchors.fill: parent
                        spacing: 12

                        Glyph {
                            name: "state-bad"
                            color: Theme.bad
                            size: Theme.px(28)
                            Layout.alignment: Qt.AlignTop
                        }

                        ColumnLayout {
                            spacing: 4
                            Layout.fillWidth: true

                            Words {
                                objectName: "failureText"
                                text: page.model.failure
                                strong: true
                                Layout.fillWidth: true
                            }

                            Words {
                                text: page.model.failureDetail
                                visible: text !== ""
                                quiet: true
                                font.pixelSize: Theme.tiny
                                font.family: "monospace"
                                Layout.fillWidth: true
                            }
                        }
                    }
                }

                SetupChoices {
                    model: page.model
                    wide: page.wide
                    enabled: !page.model.busy
                    opacity: enabled ? 1 : 0.5
                    Layout.fillWidth: true
                    Layout.fillHeight: false
                }
            }
        }
    }
}
