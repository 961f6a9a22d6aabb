// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Borg.Model

// This computer in the middle, the way to the root above, children below, the rest around. Arrow
// keys walk.
FocusScope {
    id: tree

    required property PeerRows peers
    required property string summary
    property bool interactive: true
    readonly property int placed: peers.count - peers.hidden
    readonly property real room: Math.min(width, height)
    readonly property bool labelled: room >= Theme.px(placed <= 6 && peers.rings < 2 ? 220 : 320)
    readonly property real reach: Math.max(60, Math.min(width / 2 - Theme.px(labelled ? 44 : 20), height / 2 - Theme.px(labelled ? 40 : 20))) / 0.96
    // Even and whole diameters, or the circles are not round. A full circle makes small nodes.
    readonly property real scaling: Math.max(0.45, Math.min(1, reach / Theme.px(150), 14 / Math.max(1, peers.crowd)))
    readonly property list<real> radii: [24, 18, 14, 14].map(size => Math.round(Theme.px(size) * scaling))
    signal chosen(int row)

    implicitWidth: 320
    implicitHeight: 280
    activeFocusOnTab: interactive
    Accessible.role: Accessible.List
    Accessible.name: summary
    Accessible.focusable: interactive
    Keys.onPressed: event => {
        if ([Qt.Key_Left, Qt.Key_Right, Qt.Key_Up, Qt.Key_Down].includes(event.key)) {
            tree.chosen(tree.peers.neighbour(tree.peers.current, event.key));
            event.accepted = true;
        }
    }

    TreeLines {
        id: lines
        anchors.fill: parent
        peers: tree.peers
        reach: tree.reach
        radii: tree.radii
        labelled: tree.labelled
        figured: tree.labelled && tree.reach >= Theme.px(90)
        textSize: Theme.tiny
        lineColor: Theme.outline
        treeColor: Theme.outline
        backupColor: Theme.standIn
        ringColor: Theme.divider
        textColor: Theme.muted
        groundColor: Theme.surface
    }

    Item {
        id: nodes
        anchors.fill: parent

        Repeater {
            model: tree.peers

            RadialNode {
                reach: tree.reach
                radius: tree.radii[ring] ?? 12
                side: lines.sides[index] ?? -1
                interactive: tree.interactive
                current: tree.interactive && tree.peers.current === index
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
