// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Borg.Desktop
import Borg.Testing

Item {
    id: root

    width: 1000
    height: 700

    Component {
        id: scene

        Item {
            property alias page: page
            property alias harness: harness

            anchors.fill: parent

            Harness {
                id: harness
            }

            NetworkPage {
                id: page
                anchors.fill: parent
                status: harness.dashboard.status
                model: harness.dashboard.network
            }
        }
    }

    SignalSpy {
        id: spy
        signalName: "inviteRequested"
    }

    TestCase {
        name: "NetworkPage"
        when: windowShown

        function make(name) {
            const made = createTemporaryObject(scene, root);
            made.harness.show(name);
            waitForRendering(made.page);
            return made;
        }

        function test_invitesWhenAlone() {
            const made = make("alone");
            const alone = findChild(made, "alone");
            verify(alone.visible);
            spy.target = made.page;
            spy.clear();
            mouseClick(findChild(alone, "emptyAction"));
            compare(spy.count, 1);
        }

        function test_arrowsWalkTheTree() {
            const made = make("member");
            const tree = findChild(made, "radial");
            tree.forceActiveFocus();
            compare(made.page.current, 0);
            keyClick(Qt.Key_Up);
            compare(findChild(made, "selected").text.split(",")[1].trim(), "Parent");
            keyClick(Qt.Key_Down);
            compare(made.page.current, 0);
            keyClick(Qt.Key_Down);
            verify(findChild(made, "selected").text.includes("Child"));
        }

        function test_listAndPictureShareTheChoice() {
            const made = make("member");
            const list = findChild(made, "peerList");
            compare(list.count, 10);
            list.forceActiveFocus();
            keyClick(Qt.Key_Down);
            compare(made.page.current, 1);
            compare(findChild(made, "radial").current, 1);
        }

        function test_narrowWindowsChooseOne() {
            const made = make("five");
            made.page.anchors.fill = undefined;
            made.page.width = 600;
            made.page.height = 500;
            waitForRendering(made.page);
            const button = findChild(made, "asList");
            verify(button.visible);
            verify(!findChild(made, "peerList").visible);
            mouseClick(button);
            verify(findChild(made, "peerList").visible);
        }

        function test_summaryTellsThePicture() {
            const made = make("five");
            compare(made.page.subtitle, "This computer is the root of the tree and has 4 children. 4 other nodes online.");
        }
    }
}
