// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/source.h>

namespace borg::node {

/// store::fileSource() and fileSink() with the error codes that the control socket has for files of
/// this computer: the store's codes speak of the network, those of a local file all mean that the
/// file cannot be used, unless it is not there, is in the way, or does not fit.
[[nodiscard]] std::shared_ptr<store::Source> localSource(const QString &path);
[[nodiscard]] std::shared_ptr<store::Sink> localSink(
    const QString &path, store::Overwrite overwrite);

} // namespace borg::node
