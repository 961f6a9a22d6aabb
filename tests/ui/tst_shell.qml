// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Borg.Desktop
import Borg.Testing

TestCase {
    id: test

    name: "Window"
    when: windowShown

    Component {
        id: scene

        Item {
            property alias window: window
            property alias harness: harness

            Harness {
                id: harness
            }

            Main {
                id: window
                dashboard: harness.dashboard
                width: 1100
                height: 800
                visible: true
            }
        }
    }

    function make(name) {
        const made = createTemporaryObject(scene, test);
        made.harness.show(name);
        made.window.requestActivate();
        tryVerify(() => made.window.active);
        return made;
    }

    function find(made, name) {
        return findChild(made.window.contentItem, name);
    }

    function test_shortcutsAndSidebarChangeThePage() {
        const made = make("five");
        keyClick(Qt.Key_3, Qt.ControlModifier);
        compare(made.window.page, 2);
        tryVerify(() => find(made, "storagePage"));
        mouseClick(find(made, "nav1"));
        compare(made.window.page, 1);
        keyClick(Qt.Key_1, Qt.ControlModifier);
        compare(made.window.page, 0);
    }

    function test_bannerOffersToStart() {
        const made = make("lost");
        verify(find(made, "banner").visible);
        made.harness.clearCalls();
        mouseClick(find(made, "startNode"));
        verify(made.harness.calls().some(call => call.startsWith("node ")));
        verify(!find(made, "startNode").visible);
    }

    function test_removingAsksFirst() {
        const made = make("five");
        made.harness.clearCalls();
        const sheets = find(made, "sheets");
        sheets.askRemove("f1", "Family photos 2025.zip");
        const sheet = findChild(made.window, "removeSheet");
        tryVerify(() => sheet.opened);
        keyClick(Qt.Key_Escape);
        tryVerify(() => !sheet.visible);
        compare(made.harness.calls(), []);
        sheets.askRemove("f1", "Family photos 2025.zip");
        tryVerify(() => sheet.opened);
        mouseClick(findChild(sheet.contentItem, "sheetConfirm"));
        compare(made.harness.calls(), ["remove f1"]);
        tryVerify(() => find(made, "toast").visible);
    }

    function test_linkIsCopiedAfterItsMeaningWasSaid() {
        const made = make("five");
        find(made, "sheets").askLink("f1", "Family photos 2025.zip");
        const sheet = findChild(made.window, "linkSheet");
        tryVerify(() => sheet.opened);
        verify(sheet.explanation.includes("carries the key"));
        mouseClick(findChild(sheet.contentItem, "sheetConfirm"));
        compare(made.harness.clipboard(), "borg:r/f1#secret");
    }

    function test_refusalsAreSaidInWords() {
        const made = make("five");
        made.harness.refuse();
        made.harness.dashboard.storage.remove("f2");
        compare(find(made, "toastText").text, "thesis-final.pdf was not removed. The node has too much to do. Try again in a moment.");
        mouseClick(find(made, "dismiss"));
        verify(!find(made, "toast").visible);
    }

    function test_firstRunThenShell() {
        const made = make("firstRun");
        verify(find(made, "try"));
        made.harness.show("five");
        tryVerify(() => find(made, "overviewPage"));
    }

    function test_tabReachesEveryPage() {
        const made = make("five");
        let seen = [];
        for (let i = 0; i < 40; ++i) {
            keyClick(Qt.Key_Tab);
            const item = made.window.activeFocusItem;
            if (item && item.objectName !== "")
                seen.push(item.objectName);
        }
        for (const name of ["nav0", "appearance", "tileGiven", "tileUsed", "tileNodes"])
            verify(seen.includes(name), name + " in " + seen.join(" "));
    }
}
