// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Borg.Model

// Try, join or create.
GridLayout {
    id: choices

    required property SetupModel model
    property bool wide: true

    columns: wide ? 3 : 1
    columnSpacing: Theme.gap
    rowSpacing: Theme.gap
    uniformCellWidths: true

    ChoiceCard {
        iconName: "computer"
        heading: qsTr("Try it on this computer")
        explanation: qsTr("Five small nodes start here and form a network of their own. Nothing leaves this computer.")
        Layout.fillWidth: true
        Layout.fillHeight: true

        ActionButton {
            objectName: "try"
            text: qsTr("Try it")
            iconName: "play"
            primary: true
            focus: true
            Layout.fillWidth: true
            onClicked: choices.model.tryHere()
        }
    }

    ChoiceCard {
        iconName: "join"
        heading: qsTr("Join a network")
        explanation: qsTr("Somebody gave you an invite. This computer becomes a node of their network.")
        Layout.fillWidth: true
        Layout.fillHeight: true

        Field {
            id: invite
            objectName: "invite"
            label: qsTr("Invite")
            hint: "borg:join/…"
            text: choices.model.invite
            problem: choices.model.inviteProblem(text)
            Layout.fillWidth: true
            onAccepted: choices.model.join(text)
        }

        ActionButton {
            objectName: "join"
            text: qsTr("Join")
            iconName: "join"
            enabled: invite.problem === ""
            Layout.fillWidth: true
            onClicked: choices.model.join(invite.text)
        }
    }

    ChoiceCard {
        iconName: "create"
        heading: qsTr("Create a network")
        explanation: qsTr("This computer is the first node. You invite the others, for example your own computers or friends.")
        Layout.fillWidth: true
        Layout.fillHeight: true

        Field {
            id: networkName
            objectName: "networkName"
            label: qsTr("Name of the network")
            hint: qsTr("for example Family")
            problem: choices.model.nameProblem(text)
            Layout.fillWidth: true
            onAccepted: choices.model.create(text)
        }

        ActionButton {
            objectName: "create"
            text: qsTr("Create")
            iconName: "create"
            enabled: networkName.problem === ""
            Layout.fillWidth: true
            onClicked: choices.model.create(networkName.text)
        }
    }
}
