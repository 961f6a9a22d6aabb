// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Borg.Desktop
import Borg.Testing

Item {
    id: root

    width: 1000
    height: 800

    Component {
        id: scene

        Item {
            property alias page: page
            property alias harness: harness

            anchors.fill: parent

            Harness {
                id: harness
            }

            OverviewPage {
                id: page
                anchors.fill: parent
                status: harness.dashboard.status
                model: harness.dashboard.overview
                network: harness.dashboard.network
            }
        }
    }

    SignalSpy {
        id: spy
    }

    TestCase {
        name: "OverviewPage"
        when: windowShown

        function make(name) {
            const made = createTemporaryObject(scene, root);
            made.harness.show(name);
            waitForRendering(made.page);
            return made;
        }

        function test_saysThatItConnects() {
            const made = make("connecting");
            verify(findChild(made, "loading"));
            tryVerify(() => !findChild(made, "failed"));
        }

        function test_offersToStartANodeThatDoesNotRun() {
            const made = make("gone");
            spy.target = made.page;
            spy.signalName = "startRequested";
            spy.clear();
            mouseClick(findChild(findChild(made, "failed"), "emptyAction"));
            compare(spy.count, 1);
        }

        function test_showsWhatIsGivenAndUsed() {
            const made = make("five");
            compare(findChild(made, "tileGiven").figure, "1.59 GiB");
            compare(findChild(made, "tileUsed").figure, "1.40 GiB");
            compare(findChild(made, "tileUsed").line1, "All of them safe");
            compare(findChild(made, "tileNodes").figure, "5");
            verify(findChild(made, "allWell").visible);
        }

        function test_neverSaysAllIsWellWhileNobodyAnswers() {
            const made = make("lost");
            verify(made.page.live);
            verify(findChild(made, "allWell").sentence !== "Everything is fine.");
        }

        function test_tilesLeadOn_data() {
            return [
                { tag: "by mouse", press: tile => mouseClick(tile) },
                { tag: "by Return", press: tile => { tile.forceActiveFocus(); keyClick(Qt.Key_Return); } },
                { tag: "by Space", press: tile => { tile.forceActiveFocus(); keyClick(Qt.Key_Space); } }
            ];
        }

        function test_tilesLeadOn(data) {
            const made = make("five");
            spy.target = made.page;
            spy.signalName = "pageRequested";
            spy.clear();
            data.press(findChild(made, "tileNodes"));
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], "network");
        }

        function test_listsWhatNeedsALook() {
            const made = make("troubled");
            compare(made.harness.dashboard.overview.attention.count, 5);
            verify(!findChild(made, "allWell").visible);
        }
    }
}
