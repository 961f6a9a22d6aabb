// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts

// One way to begin: a sign, a name, what it means, and what it needs.
Card {
    id: card

    required property string iconName
    required property string heading
    required property string explanation
    default property alias content: extra.data

    Accessible.name: heading

    ColumnLayout {
        anchors.fill: parent
        spacing: 10

        Glyph {
            name: card.iconName
            color: Theme.accent
            size: Theme.px(32)
        }

        Words {
            text: card.heading
            font.pixelSize: Theme.lead
            strong: true
            Layout.fillWidth: true
            Accessible.role: Accessible.Heading
        }

        Words {
            text: card.explanation
            quiet: true
            Layout.fillWidth: true
        }

        Item {
            Layout.fillHeight: true
        }

        ColumnLayout {
            id: extra
            spacing: 10
            Layout.fillWidth: true
        }
    }
}
