// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Borg.Model

// Every question that the window asks about files.
Item {
    id: sheets
    objectName: "sheets"

    required property StorageModel model

    function askLink(fileId: string, name: string) {
        linkSheet.fileId = fileId;
        linkSheet.heading = qsTr("Copy the link of %1").arg(name);
        linkSheet.open();
    }

    function askRemove(fileId: string, name: string) {
        removeSheet.fileId = fileId;
        removeSheet.heading = qsTr("Remove %1?").arg(name);
        removeSheet.open();
    }

    function askRemoveFolder(path: string, name: string) {
        removeFolderSheet.path = path;
        removeFolderSheet.heading = qsTr("Remove the folder %1?").arg(name);
        removeFolderSheet.open();
    }

    function askRename(path: string, name: string) {
        renameSheet.path = path;
        renameSheet.heading = qsTr("Rename %1").arg(name);
        nameField.text = name;
        renameSheet.open();
    }

    function showVersions(path: string, name: string) {
        model.versions.load(path);
        versionsSheet.heading = qsTr("Versions of %1").arg(name);
        versionsSheet.open();
    }

    function showRecovery() {
        model.recovery.reveal();
        recoverySheet.open();
    }

    function enterRecovery() {
        recoveryField.text = "";
        recoverSheet.open();
    }

    function enterLink(text: string) {
        field.text = text;
        enterSheet.open();
    }

    Sheet {
        id: linkSheet
        property string fileId
        objectName: "linkSheet"
        heading: ""
        explanation: qsTr("The link carries the key: whoever has it can read the file, and it cannot be taken back. Send it only to those you trust, in a private way.")
        confirmText: qsTr("Copy link")
        confirmIcon: "link"
        onConfirmed: sheets.model.copyLink(fileId)
    }

    Sheet {
        id: removeSheet
        property string fileId
        objectName: "removeSheet"
        heading: ""
        explanation: qsTr("It goes into the trash. After seven days the network forgets it, and links to it stop working. A copy on your disk is not touched.")
        confirmText: qsTr("Remove")
        confirmIcon: "remove"
        danger: true
        onConfirmed: sheets.model.remove(fileId)
    }

    Sheet {
        id: removeFolderSheet
        property string path
        objectName: "removeFolderSheet"
        heading: ""
        explanation: qsTr("All files in it go into the trash. After seven days the network forgets them, and links to them stop working. Copies on your disk are not touched.")
        confirmText: qsTr("Remove")
        confirmIcon: "remove"
        danger: true
        onConfirmed: sheets.model.removeFolder(path)
    }

    Sheet {
        id: renameSheet
        property string path
        objectName: "renameSheet"
        heading: ""
        confirmText: qsTr("Rename")
        confirmIcon: "edit"
        canConfirm: nameField.problem === ""
        startFocus: nameField.input
        onConfirmed: sheets.model.rename(path, nameField.text)

        Field {
            id: nameField
            objectName: "nameField"
            label: qsTr("Name")
            problem: sheets.model.nameProblem(text)
            Layout.fillWidth: true
            onAccepted: renameSheet.confirm()
        }
    }

    VersionsSheet {
        id: versionsSheet
        objectName: "versionsSheet"
        model: sheets.model
    }

    Sheet {
        id: enterSheet
        objectName: "enterSheet"
        heading: qsTr("Get a file by its link")
        explanation: qsTr("The file is fetched from the network, checked, and saved where you choose.")
        confirmText: qsTr("Choose where to save")
        confirmIcon: "download"
        canConfirm: field.problem === ""
        startFocus: field.input
        onConfirmed: sheets.model.chooseTarget(field.text)

        Field {
            id: field
            objectName: "linkField"
            label: qsTr("Link")
            hint: "borg:r/…"
            problem: sheets.model.linkProblem(text)
            Layout.fillWidth: true
            onAccepted: enterSheet.confirm()
        }
    }

    Sheet {
        id: recoverySheet
        objectName: "recoverySheet"
        heading: qsTr("Recovery link")
        explanation: qsTr("With this link another computer gets all your files; whoever else has it can read and remove them. Write it down or print it, and keep it away from this computer.")
        confirmText: qsTr("Copy link")
        confirmIcon: "link"
        canConfirm: sheets.model.recovery.link !== ""
        onConfirmed: {
            sheets.model.recovery.copy();
            sheets.model.recovery.forget();
        }
        onClosed: Qt.callLater(sheets.model.recovery.forget)

        TextArea {
            objectName: "recoveryLink"
            text: sheets.model.recovery.link
            readOnly: true
            selectByMouse: true
            wrapMode: TextArea.WrapAnywhere
            color: Theme.text
            font.family: "monospace"
            font.pixelSize: Theme.body
            padding: 12
            Layout.fillWidth: true
            Accessible.name: qsTr("Recovery link")

            background: Rectangle {
                radius: Theme.radiusSmall
                color: Theme.bg
                border.width: 1
                border.color: Theme.outline
            }
        }
    }

    Sheet {
        id: recoverSheet
        objectName: "recoverSheet"
        heading: qsTr("Get your files back")
        explanation: qsTr("Paste the recovery link of the computer that you lost. Its files are yours on this one then.")
        confirmText: qsTr("Recover")
        confirmIcon: "download"
        canConfirm: recoveryField.problem === ""
        startFocus: recoveryField.input
        onConfirmed: sheets.model.recovery.recover(recoveryField.text)
        onClosed: Qt.callLater(recoveryField.input.clear)

        Field {
            id: recoveryField
            objectName: "recoveryField"
            label: qsTr("Recovery link")
            hint: "borg:w/…"
            problem: sheets.model.recovery.linkProblem(text)
            Layout.fillWidth: true
            onAccepted: recoverSheet.confirm()
        }
    }
}
