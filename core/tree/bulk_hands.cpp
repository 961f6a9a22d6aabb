// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk_hands.h"

#include <wire/message.h>

namespace borg::tree {

void BulkHands::perform(const BulkAction &action)
{
    if (!m_spool)
        return;
    std::visit(
        wire::Handlers{
            [this](const BulkOpen &open) { m_spool->open(*open.object); },
            [this](const BulkStore &store) {
                m_spool->store(store.id, store.index, store.record,
                    [this, id = store.id, index = store.index](
                        bool isStored) { m_feed(BulkStored{id, index, isStored}); });
            },
            [this](const BulkLoad &load) {
                m_spool->load(load.id, load.index, [this, load](std::optional<QByteArray> record) {
                    m_feed(BulkLoaded{load.id, load.index, load.peer, std::move(record)});
                });
            },
            [this](const BulkRebuild &rebuild) {
                m_spool->rebuild(
                    rebuild.id, rebuild.group, [this](const BulkGroupDone &done) { m_feed(done); });
            },
            [this](const BulkForget &forget) { m_spool->remove(forget.id); },
            [](const BulkChanged &) {},
        },
        action);
}

} // namespace borg::tree
