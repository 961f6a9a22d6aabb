// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import Borg.Model

// Sidebar, banner and pages; pages are made when first shown and then kept.
FocusScope {
    id: shell

    required property Dashboard dashboard
    required property int page
    readonly property list<string> names: ["overview", "network", "storage"]

    signal pageRequested(int page)

    function show(name: string) {
        pageRequested(Math.max(0, names.indexOf(name)));
    }

    RowLayout {
        anchors.fill: parent
        spacing: 0

        Sidebar {
            dashboard: shell.dashboard
            page: shell.page
            narrow: shell.dashboard.preferences.narrowSidebar || shell.width < Theme.px(900)
            Layout.fillHeight: true
            onPageChosen: page => shell.pageRequested(page)
        }

        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true
            Layout.fillHeight: true

            Banner {
                objectName: "banner"
                status: shell.dashboard.status
                Layout.fillWidth: true
                onStartRequested: shell.dashboard.startNode()
                onRetryRequested: shell.dashboard.retry()
            }

            StackLayout {
                id: stack
                currentIndex: shell.page
                Layout.fillWidth: true
                Layout.fillHeight: true

                PageLoader {
                    shown: shell.page === 0
                    sourceComponent: OverviewPage {
                        objectName: "overviewPage"
                        status: shell.dashboard.status
                        model: shell.dashboard.overview
                        network: shell.dashboard.network
                        onStartRequested: shell.dashboard.startNode()
                        onPageRequested: name => shell.show(name)
                        onInviteRequested: shell.dashboard.copyInvite()
                    }
                }

                PageLoader {
                    shown: shell.page === 1
                    sourceComponent: NetworkPage {
                        objectName: "networkPage"
                        status: shell.dashboard.status
                        model: shell.dashboard.network
                        onStartRequested: shell.dashboard.startNode()
                        onInviteRequested: shell.dashboard.copyInvite()
                    }
                }

                PageLoader {
                    shown: shell.page === 2
                    sourceComponent: StoragePage {
                        objectName: "storagePage"
                        status: shell.dashboard.status
                        model: shell.dashboard.storage
                        onStartRequested: shell.dashboard.startNode()
                        onAddRequested: shell.dashboard.storage.chooseFiles()
                        onAddFolderRequested: shell.dashboard.storage.chooseFolder()
                        onRenameRequested: (path, name) => sheets.askRename(path, name)
                        onVersionsRequested: (path, name) => sheets.showVersions(path, name)
                        onSaveFolderRequested: path => shell.dashboard.storage.saveFolder(path)
                        onRemoveFolderRequested: (path, name) => sheets.askRemoveFolder(path, name)
                        onLinkEntryRequested: sheets.enterLink("")
                        onSaveRequested: fileId => shell.dashboard.storage.chooseTarget(fileId)
                        onLinkRequested: (fileId, name) => sheets.askLink(fileId, name)
                        onRemoveRequested: (fileId, name) => sheets.askRemove(fileId, name)
                        onRecoveryRequested: sheets.showRecovery()
                        onRecoverRequested: sheets.enterRecovery()
                    }
                }
            }
        }
    }

    Sheets {
        id: sheets
        model: shell.dashboard.storage
    }

    Connections {
        target: shell.dashboard

        function onFileLinkOffered(link: string) {
            shell.show("storage");
            sheets.enterLink(link);
        }
    }

    component PageLoader: Loader {
        required property bool shown

        active: shown || item !== null
        focus: shown
    }
}
