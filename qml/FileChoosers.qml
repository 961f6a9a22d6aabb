// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Dialogs

// The dialogs of the desktop for opening and saving.
Item {
    id: choosers

    property string source
    signal chosen(list<url> urls)
    signal targetChosen(string source, url target)

    function choose() {
        opening.open();
    }

    function save(source: string, name: string) {
        choosers.source = source;
        if (name !== "")
            saving.selectedFile = saving.currentFolder + "/" + encodeURIComponent(name);
        saving.open();
    }

    FileDialog {
        id: opening
        title: qsTr("Add files to the network")
        fileMode: FileDialog.OpenFiles
        onAccepted: choosers.chosen(selectedFiles)
    }

    FileDialog {
        id: saving
        title: qsTr("Save the file as")
        fileMode: FileDialog.SaveFile
        onAccepted: choosers.targetChosen(choosers.source, selectedFile)
    }
}
