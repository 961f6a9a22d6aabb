// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Borg.Desktop
import Borg.Model
import Borg.Testing

Item {
    id: root

    width: 1100
    height: 760

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
            const peers = made.page.model.peers;
            const tree = findChild(made, "radial");
            tree.forceActiveFocus();
            compare(peers.current, 0);
            keyClick(Qt.Key_Up);
            compare(findChild(made, "selected").text.split(",")[1].trim(), "Parent");
            keyClick(Qt.Key_Down);
            compare(peers.current, 0);
            keyClick(Qt.Key_Down);
            verify(findChild(made, "selected").text.includes("Child"));
        }

        function test_tableAndPictureShareTheChoice() {
            const made = make("member");
            const list = findChild(made, "peerList");
            compare(list.count, 10);
            list.forceActiveFocus();
            keyClick(Qt.Key_Down);
            compare(made.page.model.peers.current, 1);
            compare(findChild(made, "selected").text.split(",")[1].trim(), "Parent");
        }

        function test_columnsSortAndTheChoiceStays() {
            const made = make("busy");
            const peers = made.page.model.peers;
            peers.current = 1;
            const chosen = findChild(made, "selected").text;
            const button = findChild(made, "sortLatency");
            mouseClick(button);
            compare(peers.order, PeerRows.ByLatency);
            verify(!peers.backwards);
            verify(button.Accessible.name.startsWith("Sorted by"));
            button.forceActiveFocus();
            keyClick(Qt.Key_Return);
            verify(peers.backwards);
            compare(findChild(made, "selected").text, chosen);
            mouseClick(findChild(made, "sortRole"));
            compare(peers.current, 1);
        }

        function test_trafficIsShownAsRates() {
            const made = make("busy");
            verify(findChild(made, "rates").text.includes("KiB/s in"));
            compare(made.page.model.ratesIn.length, 40);
            const quiet = make("five");
            compare(findChild(quiet, "rates").text, "0 bytes/s in, 0 bytes/s out");
        }

        function test_historySaysWhy() {
            const made = make("member");
            mouseClick(findChild(findChild(made, "sideSegments"), "segment-changes"));
            const list = findChild(made, "changeList");
            verify(list.visible);
            compare(list.count, 3);
            verify(!findChild(made, "peerTable").visible);
            tryVerify(() => list.itemAtIndex(2) !== null);
            compare(list.itemAtIndex(0).reason, "A place was found.");
            compare(list.itemAtIndex(2).when.split(" ")[0], "Yesterday");
        }

        function test_segmentsAreChosenByKeys() {
            const made = make("member");
            const bar = findChild(made, "sideSegments");
            bar.forceActiveFocus();
            keyClick(Qt.Key_Right);
            compare(made.page.shown, "changes");
            keyClick(Qt.Key_Right);
            keyClick(Qt.Key_Right);
            compare(made.page.shown, "details");
            verify(findChild(made, "figures").text.includes("12,480"));
        }

        function test_saysHowToBecomeReachable() {
            const made = make("unreachable");
            compare(findChild(made, "reachState").text, "Not reachable from outside");
            verify(findChild(made, "reachAdvice").text.includes("UPnP"));
            made.harness.clearCalls();
            mouseClick(findChild(made, "checkReach"));
            compare(made.harness.calls()[0], "checkReach");
            const well = make("member");
            verify(!findChild(well, "reachAdvice").visible);
        }

        function test_aRefusedCheckIsTold() {
            const made = make("unreachable");
            made.harness.refuse();
            mouseClick(findChild(made, "checkReach"));
            verify(made.harness.dashboard.notices.text.includes("not checked"));
        }

        function test_warnsOfAClockThatIsOff() {
            const made = make("offClock");
            const warning = findChild(made, "timeWarning");
            verify(warning.visible);
            verify(warning.text.includes("3 min slow"));
            const well = make("member");
            verify(!findChild(well, "timeWarning").visible);
            compare(findChild(well, "timeBound").text, "± 12 ms");
        }

        function test_narrowWindowsShowOneThing() {
            const made = make("five");
            made.page.anchors.fill = undefined;
            made.page.width = 600;
            made.page.height = 500;
            made.page.part = "picture";
            waitForRendering(made.page);
            const bar = findChild(made, "narrowSegments");
            verify(bar.visible);
            verify(!findChild(made, "peerList").visible);
            mouseClick(findChild(bar, "segment-nodes"));
            verify(findChild(made, "peerList").visible);
            verify(!findChild(made, "pictureCard").visible);
            mouseClick(findChild(bar, "segment-details"));
            verify(findChild(findChild(made, "networkDetails"), "worldTime").visible);
        }

        function test_hundredsOfNodesStayInBounds() {
            const made = make("hundreds");
            compare(findChild(made, "peerList").count, 500);
            verify(made.page.model.peers.hidden > 400);
        }

        function test_summaryTellsThePicture() {
            const made = make("five");
            compare(made.page.subtitle, "This computer is the root of the tree and has 4 children. 4 other nodes online.");
        }
    }
}
