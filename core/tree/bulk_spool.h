// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/bulk_events.h>

#include <functional>

namespace borg::tree {

/// Where the chunks of big objects lie: files in the application, memory in the simulator.
///
/// Lives on the node's thread. No call waits: each answers once, later, from the loop, in any
/// order; after remove() the answers may fail. What it holds is data of strangers: it is stored and
/// passed on, never opened.
class BulkSpool {
public:
    virtual ~BulkSpool() = default;

    /// Chunks of `object` will be stored. Not called for our own.
    virtual void open(const BulkObject &object) = 0;
    virtual void store(const BulkId &id, quint32 index, const QByteArray &record,
        std::function<void(bool isStored)> answer)
        = 0;
    /// The answer is a record that was checked again, or none.
    virtual void load(
        const BulkId &id, quint32 index, std::function<void(std::optional<QByteArray>)> answer)
        = 0;
    /// Checks a group of which 12 chunks are stored, and stores what it lacks.
    virtual void rebuild(
        const BulkId &id, quint32 group, std::function<void(const BulkGroupDone &)> answer)
        = 0;
    virtual void remove(const BulkId &id) = 0;

protected:
    BulkSpool() = default;
    Q_DISABLE_COPY_MOVE(BulkSpool)
};

} // namespace borg::tree
