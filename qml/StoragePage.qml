// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// What is given, what is used, and all that can be done with files. Files may be dropped anywhere.
PageFrame {
    id: page

    required property StorageModel model
    signal addRequested
    signal addFolderRequested
    signal renameRequested(string path, string name)
    signal versionsRequested(string path, string name)
    signal saveFolderRequested(string path)
    signal removeFolderRequested(string path, string name)
    signal linkEntryRequested
    signal saveRequested(string fileId, string name)
    signal linkRequested(string fileId, string name)
    signal removeRequested(string fileId, string name)
    signal recoveryRequested
    signal recoverRequested

    title: qsTr("Storage")
    subtitle: qsTr("Files are encrypted here, then spread over the network.")

    actions: [
        ActionButton {
            objectName: "byLink"
            text: qsTr("Get by link")
            iconName: "link"
            onClicked: page.linkEntryRequested()
        },
        ActionButton {
            objectName: "addFolder"
            text: qsTr("Add a folder")
            iconName: "folder"
            onClicked: page.addFolderRequested()
        },
        ActionButton {
            objectName: "add"
            text: qsTr("Add files")
            iconName: "add"
            primary: true
            onClicked: page.addRequested()
        }
    ]

    ListView {
        id: list
        objectName: "fileList"
        property bool scrolled: false

        // The view keeps its place when the head grows or files come; at the top it shall stay there.
        function stayOnTop() {
            if (!scrolled)
                Qt.callLater(positionViewAtBeginning);
        }

        onCountChanged: stayOnTop()
        anchors.fill: parent
        clip: true
        spacing: 8
        model: page.model.files
        boundsBehavior: Flickable.StopAtBounds
        activeFocusOnTab: false
        onMovementEnded: scrolled = !atYBeginning
        Accessible.role: Accessible.List
        Accessible.name: qsTr("%n file(s) of yours", "", count)

        ScrollBar.vertical: ScrollBar {
            onPressedChanged: list.scrolled = !list.atYBeginning
        }

        header: ColumnLayout {
            id: head
            width: ListView.view.width
            spacing: Theme.gap
            onHeightChanged: list.stayOnTop()

            GivenCard {
                model: page.model
                Layout.fillWidth: true
            }

            Card {
                visible: page.model.jobs.count > 0
                Layout.fillWidth: true
                Accessible.name: transfers.text

                ColumnLayout {
                    anchors.fill: parent
                    spacing: 12

                    Words {
                        id: transfers
                        text: qsTr("Transfers")
                        font.pixelSize: Theme.lead
                        strong: true
                        Layout.fillWidth: true
                        Accessible.role: Accessible.Heading
                    }

                    Repeater {
                        model: page.model.jobs

                        JobCard {
                            Layout.fillWidth: true
                            onCancelRequested: page.model.cancel(jobId)
                            onAsideRequested: page.model.jobs.putAside(jobId)
                        }
                    }
                }
            }

            FolderPath {
                objectName: "folderPath"
                visible: folder !== ""
                folder: page.model.files.folder
                onOpenRequested: folder => page.model.files.folder = folder
                Layout.fillWidth: true
            }

            Words {
                text: qsTr("Your files")
                visible: page.model.files.count > 0 && page.model.files.folder === ""
                font.pixelSize: Theme.lead
                strong: true
                Layout.fillWidth: true
                Layout.bottomMargin: 8
                Accessible.role: Accessible.Heading
            }

            EmptyState {
                objectName: "noFiles"
                visible: page.model.files.count === 0
                picture: "picture-files"
                sentence: qsTr("Drop files here to keep them in the network.")
                detail: qsTr("They are encrypted on this computer. Even if some nodes fail, they can be read.")
                action: qsTr("Add files")
                actionIcon: "add"
                Layout.fillWidth: true
                Layout.topMargin: 24
                Layout.bottomMargin: 24
                onActed: page.addRequested()
            }
        }

        footer: Item {
            width: ListView.view.width
            height: recovery.height + 40

            RecoveryCard {
                id: recovery
                y: 16
                width: parent.width
                model: page.model.recovery
                onShowRequested: page.recoveryRequested()
                onRecoverRequested: page.recoverRequested()
            }
        }

        delegate: FileCard {
            width: ListView.view.width
            onOpenRequested: page.model.files.folder = path
            onSaveRequested: isFolder ? page.saveFolderRequested(path) : page.saveRequested(fileId, name)
            onLinkRequested: page.linkRequested(fileId, name)
            onRenameRequested: page.renameRequested(path, name)
            onVersionsRequested: page.versionsRequested(path, name)
            onRemoveRequested: isFolder ? page.removeFolderRequested(path, name) : page.removeRequested(fileId, name)
        }
    }

    DropArea {
        id: drop
        anchors.fill: parent
        enabled: page.live && !page.status.stale
        keys: ["text/uri-list"]
        onDropped: event => {
            page.model.add(event.urls);
            event.acceptProposedAction();
        }
    }

    Rectangle {
        anchors.fill: parent
        visible: drop.containsDrag
        color: Qt.alpha(Theme.bg, 0.9)
        radius: Theme.radius
        border.width: 2
        border.color: Theme.accent

        EmptyState {
            anchors.centerIn: parent
            width: parent.width
            picture: "picture-files"
            sentence: qsTr("Drop to add to the network")
        }
    }
}
