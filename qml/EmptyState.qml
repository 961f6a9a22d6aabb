// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts

// A small picture, one sentence, one button.
ColumnLayout {
    id: empty

    required property string picture
    required property string sentence
    property string detail
    property string action
    property string actionIcon
    signal acted

    spacing: 12

    // Without it the layout is no wider than its widest part, and sits at the left.
    Item {
        Layout.fillWidth: true
    }

    Glyph {
        name: empty.picture
        size: 96
        color: Theme.muted
        Layout.preferredWidth: size
        Layout.preferredHeight: size
        Layout.alignment: Qt.AlignHCenter
    }

    Words {
        text: empty.sentence
        font.pixelSize: Theme.lead
        strong: true
        horizontalAlignment: Text.AlignHCenter
        Layout.fillWidth: true
        Layout.maximumWidth: Theme.px(460)
        Layout.alignment: Qt.AlignHCenter
    }

    Words {
        text: empty.detail
        visible: text !== ""
        quiet: true
        horizontalAlignment: Text.AlignHCenter
        Layout.fillWidth: true
        Layout.maximumWidth: Theme.px(460)
        Layout.alignment: Qt.AlignHCenter
    }

    ActionButton {
        objectName: "emptyAction"
        text: empty.action
        iconName: empty.actionIcon
        visible: text !== ""
        primary: true
        Layout.topMargin: 4
        Layout.alignment: Qt.AlignHCenter
        onClicked: empty.acted()
    }
}
