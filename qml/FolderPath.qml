// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

// Where one is among the folders; each part leads there.
Flow {
    id: path

    required property string folder
    readonly property list<string> parts: folder === "" ? [] : folder.split("/")
    signal openRequested(string folder)

    spacing: 2
    Accessible.role: Accessible.ToolBar
    Accessible.name: qsTr("Folder %1").arg(folder)

    ActionButton {
        objectName: "topFolder"
        text: qsTr("Your files")
        quiet: true
        onClicked: path.openRequested("")
    }

    Repeater {
        model: path.parts

        Row {
            id: part
            required property int index
            required property string modelData
            readonly property bool last: index === path.parts.length - 1

            Glyph {
                name: "chevron"
                color: Theme.muted
                size: Theme.px(16)
                anchors.verticalCenter: parent.verticalCenter
            }

            ActionButton {
                objectName: "folderPart"
                text: part.modelData
                quiet: true
                enabled: !part.last
                onClicked: path.openRequested(path.parts.slice(0, part.index + 1).join("/"))
            }
        }
    }
}
