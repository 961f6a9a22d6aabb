// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

// A row of words of which one is chosen; Left and Right choose.
FocusScope {
    id: bar

    required property list<var> entries // {key, text}
    property string current
    signal chosen(string key)

    function step(by: int) {
        const keys = entries.map(entry => entry.key);
        const next = keys[Math.max(0, Math.min(keys.length - 1, keys.indexOf(current) + by))];
        if (next !== current)
            chosen(next);
    }

    implicitWidth: row.implicitWidth + 6
    implicitHeight: Theme.target
    activeFocusOnTab: true
    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("What is shown")
    Keys.onLeftPressed: step(-1)
    Keys.onRightPressed: step(1)

    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusSmall
        color: Theme.raised

        FocusRing {
            visible: bar.activeFocus
        }
    }

    Row {
        id: row
        x: 3
        anchors.verticalCenter: parent.verticalCenter

        Repeater {
            model: bar.entries

            AbstractButton {
                id: segment

                required property var modelData

                objectName: "segment-" + modelData.key
                text: modelData.text
                checked: bar.current === modelData.key
                focusPolicy: Qt.NoFocus
                leftPadding: 12
                rightPadding: 12
                height: bar.height - 6
                Accessible.role: Accessible.PageTab
                Accessible.name: text
                Accessible.selected: checked
                onClicked: bar.chosen(modelData.key)

                contentItem: Words {
                    text: segment.text
                    strong: segment.checked
                    quiet: !segment.checked && !segment.hovered
                    verticalAlignment: Text.AlignVCenter
                    horizontalAlignment: Text.AlignHCenter
                    wrapMode: Text.NoWrap
                    Accessible.ignored: true
                }

                background: Rectangle {
                    radius: Theme.radiusSmall - 2
                    color: segment.checked ? Theme.surface : "transparent"
                }
            }
        }
    }
}
