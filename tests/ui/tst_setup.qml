// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Borg.Desktop
import Borg.Testing

Item {
    id: root

    width: 1100
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

            SetupPage {
                id: page
                anchors.fill: parent
                model: harness.dashboard.setup
            }
        }
    }

    TestCase {
        name: "SetupPage"
        when: windowShown

        function make(name) {
            const made = createTemporaryObject(scene, root);
            made.harness.show(name);
            waitForRendering(made.page);
            return made;
        }

        function test_triesOnThisComputer() {
            const made = make("firstRun");
            mouseClick(findChild(made, "try"));
            compare(made.harness.calls(), ["cluster 5 /home/ada/.local/share/borgios-try"]);
            verify(findChild(made, "busy").visible);
            verify(!findChild(made, "try").enabled);
        }

        function test_showsProgress() {
            const made = make("trying");
            compare(findChild(made, "progress").text, "3 of 5 nodes have joined");
        }

        function test_saysWhatWentWrong() {
            const made = make("failing");
            verify(findChild(made, "failure").visible);
            verify(findChild(made, "failureText").text !== "");
            verify(findChild(made, "try").enabled);
        }

        function test_checksAnInviteAsItIsTyped() {
            const made = make("firstRun");
            const field = findChild(made, "invite");
            const join = findChild(made, "join");
            verify(!join.enabled);
            field.input.forceActiveFocus();
            field.text = "borg:r/notaninvite";
            verify(field.problem.includes("link of a file"));
            field.text = "borg:join/dGhpcyBpcyBhbiBpbnZpdGU";
            compare(field.problem, "");
            verify(join.enabled);
            keyClick(Qt.Key_Return);
            compare(made.harness.calls()[1], "node /home/ada/.local/share/borgios join=borg:join/dGhpcyBpcyBhbiBpbnZpdGU create=");
        }

        function test_createsANetwork() {
            const made = make("firstRun");
            const field = findChild(made, "networkName");
            field.text = "Family";
            mouseClick(findChild(made, "create"));
            verify(made.harness.calls().includes("node /home/ada/.local/share/borgios join= create=Family"));
        }
    }
}
