// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Borg.Model

// This computer in the middle, its parent above, children and siblings around. Arrow keys walk.
FocusScope {
    id: tree

    required property PeerRows peers
    required property string summary
    property int current: 0
    property bool interactive: true
    property bool hasParent: false
    readonly property int placed: peers.count - peers.hidden
    readonly property bool labelled: placed <= 16 && Math.min(width, height) >= Theme.px(placed <= 6 && peers.rings < 2 ? 230 : 340)
    readonly property real reach: Math.max(60, Math.min(width / 2 - Theme.px(labelled ? 44 : 20), height / 2 - Theme.px(labelled ? 48 : 20))) / 0.92
    signal chosen(int row)

    implicitWidth: 320
    implicitHeight: 280
    activeFocusOnTab: interactive
    Accessible.role: Accessible.List
    Accessible.name: summary
    Accessible.focusable: interactive
    Keys.onPressed: event => {
        if ([Qt.Key_Left, Qt.Key_Right, Qt.Key_Up, Qt.Key_Down].includes(event.key)) {
            tree.chosen(tree.peers.neighbour(tree.current, event.key));
            event.accepted = true;
        }
    }

    TreeLines {
        anchors.fill: parent
        peers: tree.peers
        reach: tree.reach
        lineColor: Theme.outline
        ringColor: Theme.divider
    }

    Item {
        id: nodes
        anchors.fill: parent

        Repeater {
            model: tree.peers

            RadialNode {
                reach: tree.reach
                parentSign: tree.hasParent
                labelled: tree.labelled
                interactive: tree.interactive
                current: tree.interactive && tree.current === index
                onChosen: {
                    tree.forceActiveFocus();
                    tree.chosen(index);
                }
            }
        }
    }

    FocusRing {
        visible: tree.activeFocus
        distance: 2
    }

    Words {
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        visible: tree.peers.hidden > 0
        text: qsTr("+ %n more in the list", "", tree.peers.hidden)
        quiet: true
        font.pixelSize: Theme.tiny
    }
}
