// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/bulk_spool.h>

namespace borg::tree {

/// Carries out with a BulkSpool what the machine wants of one, and brings back its answers.
class BulkHands {
public:
    /// @param feed outlives the answers of the spool
    explicit BulkHands(std::function<void(const BulkEvent &)> feed)
        : m_feed(std::move(feed))
    {
    }
    void setSpool(BulkSpool *spool) { m_spool = spool; }
    /// Without a spool nothing is done. BulkChanged is for people: nothing either.
    void perform(const BulkAction &action);

private:
    const std::function<void(const BulkEvent &)> m_feed;
    BulkSpool *m_spool = nullptr;
};

} // namespace borg::tree
