// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Borg.Model

// How fast bytes go by now, and during the last minute.
Card {
    id: card

    required property NetworkModel model

    padding: 16
    Accessible.name: qsTr("Traffic")

    ColumnLayout {
        anchors.fill: parent
        spacing: 4

        Words {
            text: qsTr("Traffic")
            strong: true
            Layout.fillWidth: true
        }

        Words {
            objectName: "rates"
            text: card.model.rates
            quiet: true
            Layout.fillWidth: true
        }

        Sparkline {
            first: card.model.ratesIn
            second: card.model.ratesOut
            firstColor: Theme.accent
            secondColor: Theme.warn
            baseColor: Theme.divider
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.minimumHeight: Theme.px(24)
            Layout.maximumHeight: Theme.px(60)
            Accessible.role: Accessible.Graphic
            Accessible.name: qsTr("Bytes a second during the last minute. Now: %1").arg(card.model.rates)
        }

        Item {
            Layout.fillHeight: true
        }
    }
}
