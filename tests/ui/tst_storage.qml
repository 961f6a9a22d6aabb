// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Borg.Desktop
import Borg.Testing

Item {
    id: root

    width: 1100
    height: 900

    Component {
        id: scene

        Item {
            property alias page: page
            property alias harness: harness

            anchors.fill: parent

            Harness {
                id: harness
            }

            StoragePage {
                id: page
                anchors.fill: parent
                status: harness.dashboard.status
                model: harness.dashboard.storage
            }
        }
    }

    SignalSpy {
        id: spy
    }

    TestCase {
        name: "StoragePage"
        when: windowShown

        function make(name) {
            const made = createTemporaryObject(scene, root);
            made.harness.show(name);
            made.harness.clearCalls();
            waitForRendering(made.page);
            return made;
        }

        function watch(made, name) {
            spy.target = made.page;
            spy.signalName = name;
            spy.clear();
        }

        function test_emptyPageOffersToAdd() {
            const made = make("alone");
            const empty = findChild(made, "noFiles");
            verify(empty.visible);
            watch(made, "addRequested");
            mouseClick(findChild(empty, "emptyAction"));
            compare(spy.count, 1);
        }

        function test_showsFilesWithTheirState() {
            const made = make("troubled");
            const list = findChild(made, "fileList");
            compare(list.count, 5);
            compare(findChild(list.itemAtIndex(1), "fileName").text, "thesis-final.pdf");
            compare(findChild(list.itemAtIndex(1), "fileState").text, "In danger");
        }

        function test_foldersOpenAndLeadBack() {
            const made = make("folders");
            const list = findChild(made, "fileList");
            const files = made.harness.dashboard.storage.files;
            compare(list.count, 6); // two folders, four files
            compare(findChild(list.itemAtIndex(0), "fileName").text, "Photos");
            verify(!findChild(made, "folderPath").visible);
            mouseClick(list.itemAtIndex(0), 60, 20);
            compare(files.folder, "Photos");
            compare(list.count, 2);
            verify(findChild(made, "folderPath").visible);
            wait(50);
            list.itemAtIndex(0).forceActiveFocus(Qt.TabFocusReason);
            verify(list.itemAtIndex(0).activeFocus);
            keyClick(Qt.Key_Return);
            compare(files.folder, "Photos/2024");
            mouseClick(findChild(made, "folderPart"));
            compare(files.folder, "Photos");
            mouseClick(findChild(made, "topFolder"));
            compare(files.folder, "");
            compare(list.count, 6);
        }

        function test_buttonsOfAFolder_data() {
            return [
                { tag: "save", signalName: "saveFolderRequested" },
                { tag: "rename", signalName: "renameRequested" },
                { tag: "remove", signalName: "removeFolderRequested" }
            ];
        }

        function test_buttonsOfAFolder(data) {
            const made = make("folders");
            watch(made, data.signalName);
            const folder = findChild(made, "fileList").itemAtIndex(1);
            mouseClick(findChild(folder, data.tag));
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], "Work");
            compare(made.harness.dashboard.storage.files.folder, "");
            verify(!findChild(folder, "link").visible);
            verify(!findChild(folder, "versions").visible);
        }

        function test_versionsAreOfferedWhereThereAreAny() {
            const made = make("folders");
            const list = findChild(made, "fileList");
            watch(made, "versionsRequested");
            verify(!findChild(list.itemAtIndex(2), "versions").enabled);
            mouseClick(findChild(list.itemAtIndex(3), "versions"));
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], "thesis-final.pdf");
        }

        function test_recoveryIsOffered() {
            const made = make("alone");
            watch(made, "recoverRequested");
            mouseClick(findChild(made, "recover"));
            compare(spy.count, 1);
            watch(made, "recoveryRequested");
            mouseClick(findChild(made, "showRecovery"));
            compare(spy.count, 1);
        }

        function test_buttonsOfAFile_data() {
            return [
                { tag: "save", signalName: "saveRequested" },
                { tag: "link", signalName: "linkRequested" },
                { tag: "remove", signalName: "removeRequested" }
            ];
        }

        function test_buttonsOfAFile(data) {
            const made = make("five");
            watch(made, data.signalName);
            const list = findChild(made, "fileList");
            mouseClick(findChild(list.itemAtIndex(0), data.tag));
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], "f1");
            compare(spy.signalArguments[0][1], "Family photos 2025.zip");
        }

        function test_runningTransfersCanBeCancelled() {
            const made = make("transfers");
            mouseClick(findChild(made, "cancelJob"));
            compare(made.harness.calls(), ["cancel j1"]);
        }

        function test_endedTransfersCanBeHidden() {
            const made = make("transfers");
            const jobs = made.harness.dashboard.storage.jobs;
            compare(jobs.count, 4);
            mouseClick(findChild(made, "putAside"));
            compare(jobs.count, 3);
            compare(made.harness.calls(), []);
        }

        function test_transfersTellPaceAndTime() {
            const made = make("transfers");
            const text = findChild(made, "jobStatus").text;
            compare(text, "1.22 GiB of 1.86 GiB · 17.2 MiB/s · 38 seconds left · Encrypting and sending");
        }

        function test_staysAtTheTopWhileTransfersCome() {
            const made = make("five");
            made.harness.show("transfers");
            wait(50);
            const list = findChild(made, "fileList");
            verify(list.atYBeginning);
        }
    }
}
