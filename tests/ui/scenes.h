// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/client.h>

/// Pictures of nodes that tests and screenshots use. Times are those of sim::SimClock at its start.
namespace borg::ui::scenes {

/// A node that has just created its network; nobody and nothing is there.
[[nodiscard]] control::Snapshot alone();
/// Five nodes on one computer, this one the root; four files, all safe.
[[nodiscard]] control::Snapshot five();
/// A node somewhere in a larger tree: parent, siblings, children, one of them away.
[[nodiscard]] control::Snapshot member();
/// A node deep in a tree of `count` nodes, with links of every kind and one that is shut out.
[[nodiscard]] control::Snapshot crowd(int count);
/// member() on a computer whose clock is three minutes slow.
[[nodiscard]] control::Snapshot offClock();
/// member() behind a router that lets nobody in.
[[nodiscard]] control::Snapshot unreachable();
/// five() with two folders beside the files, and files with earlier versions.
[[nodiscard]] control::Snapshot folders();
/// member() with an upload and a download under way, one done, one failed.
[[nodiscard]] control::Snapshot transfers();
/// member() with a full disk, a damaged shard and files in need.
[[nodiscard]] control::Snapshot troubled();

} // namespace borg::ui::scenes
