// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton
import QtQuick

// Colours, type and measures. Main binds the first three; everything else follows.
QtObject {
    property bool dark: true
    property real textScale: 1
    property bool reducedMotion: false

    readonly property color bg: dark ? "#0F1319" : "#F5F7FA"
    readonly property color surface: dark ? "#171D26" : "#FFFFFF"
    readonly property color raised: dark ? "#1F2732" : "#EDF1F6"
    readonly property color divider: dark ? "#2C3644" : "#D5DDE7"
    readonly property color outline: dark ? "#6B7A8F" : "#76859A"
    readonly property color text: dark ? "#E8EDF4" : "#17202B"
    readonly property color muted: dark ? "#A3AFBF" : "#516173"
    readonly property color accent: dark ? "#5AA9FF" : "#1667C7"
    readonly property color accentInk: dark ? "#06121F" : "#FFFFFF"
    readonly property color ok: dark ? "#3FCF8E" : "#147A4C"
    readonly property color warn: dark ? "#F2B84B" : "#8A5600"
    readonly property color bad: dark ? "#FF7A7A" : "#C22F2F"

    readonly property color standIn: dark ? "#C9A6FF" : "#6B3FB0"

    readonly property int gap: 16
    readonly property int padding: 20
    readonly property int radius: 12
    readonly property int radiusSmall: 8

    readonly property int tiny: px(12)
    readonly property int body: px(14)
    readonly property int lead: px(16)
    readonly property int section: px(20)
    readonly property int title: px(28)
    readonly property int hero: px(40)
    readonly property int target: px(36) // the least height of what can be pressed

    readonly property int quick: reducedMotion ? 0 : 120

    function px(size: real): int {
        return Math.round(size * textScale);
    }

    // By the kind of a PeerRow; each has a sign of its own as well.
    function roleColor(kind: string): color {
        return ({ self: accent, parent: accent, above: accent, child: ok, backup: standIn })[kind] ?? outline;
    }

    function roleSign(kind: string): string {
        return ({ self: "computer", parent: "node-parent", above: "node-root", child: "node-child", backup: "node-backup", lazy: "node-lazy" })[kind] ?? "node-far";
    }

    // By Severity: good, note, warning, bad.
    function severityColor(severity: int): color {
        return [ok, accent, warn, bad][severity] ?? muted;
    }

    function severityIcon(severity: int): string {
        return ["state-good", "state-note", "state-warning", "state-bad"][severity] ?? "state-note";
    }
}
