// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
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
        explanation: qsTr("The network forgets it and links to it stop working. A copy on your disk is not touched. This cannot be undone.")
        confirmText: qsTr("Remove")
        confirmIcon: "remove"
        danger: true
        onConfirmed: sheets.model.remove(fileId)
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
}
