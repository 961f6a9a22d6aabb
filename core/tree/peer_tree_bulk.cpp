// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_tree.h"

/// Big objects for everybody: between their announcements, refused frames and Bulk.
namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint8 kBulkPriority = 2;

bool isRunning(TreeState state)
{
    return state != TreeState::Idle && state != TreeState::Left;
}

} // namespace

Bulk &PeerTree::ensureBulk()
{
    if (!m_bulk)
        m_bulk = std::make_unique<Bulk>(m_context, m_links);
    return *m_bulk;
}

Result<BulkObject> PeerTree::publishBulk(const BulkRecord &record, Moment moment, Actions &actions)
{
    if (!isRunning(m_placement.standing().state))
        return Error{Errc::Closed, {}};
    m_context.moment = moment;
    if (auto obstacle = ensureBulk().obstacle(record.sizeBytes))
        return *std::move(obstacle);
    begin(moment, actions);
    // Alone under its signature: it is kept and shown to newcomers.
    m_broadcast.flush();
    const auto sent = m_broadcast.originate(
        QString(wire::latin1(BulkRecord::kName)), wire::encodeFields(record), {}, kBulkPriority);
    m_broadcast.flush();
    finish();
    if (!sent)
        return sent.error();
    const BulkObject *object = m_bulk->find(*sent); // heard of as everybody hears of it
    if (!object)
        return Error{Errc::Malformed, {}};
    return *object;
}

Result<Done> PeerTree::dropBulk(const BulkId &id, Moment moment, Actions &actions)
{
    const BulkObject *object = m_bulk ? m_bulk->find(id) : nullptr;
    if (!object)
        return Error{Errc::NotFound, {}};
    begin(moment, actions);
    if (object->isOwn && isRunning(m_placement.standing().state)) {
        const BulkEnd word{bytesOf(id)};
        (void)m_broadcast.originate(
            QString(wire::latin1(BulkEnd::kName)), wire::encodeFields(word), {}, kBulkPriority);
        m_broadcast.flush();
    }
    (void)m_bulk->drop(id);
    finish();
    return Done{};
}

std::vector<BulkStatus> PeerTree::bulks() const
{
    return m_bulk ? m_bulk->status() : std::vector<BulkStatus>{};
}

bool PeerTree::isInnerBulk(const Broadcast::Received &received)
{
    const auto &[delivered, type, seq, head, from] = received;
    if (type == QByteArrayView(BulkRecord::kName.data(), BulkRecord::kName.size())) {
        if (from && !takesBulk())
            return true;
        ensureBulk().announced(head);
        return true;
    }
    if (type == QByteArrayView(BulkEnd::kName.data(), BulkEnd::kName.size())) {
        const auto word = wire::decodeFields<BulkEnd>(net::bodyOf(delivered.message));
        if (word && m_bulk)
            m_bulk->ended(delivered.src, *word);
        return true;
    }
    return false;
}

void PeerTree::handle(const SendRefused &event)
{
    if (m_bulk && Bulk::isChunk(event.frame)) {
        m_links.uncount(event.frame);
        m_bulk->refused(event.to, event.frame);
        return;
    }
    m_links.refused(event);
}

void PeerTree::handle(const Writable &event)
{
    m_links.writable(event.peer);
    if (m_bulk)
        m_bulk->writable(event.peer);
}

void PeerTree::handle(const BulkEvent &event)
{
    if (m_bulk || std::holds_alternative<BulkResumed>(event))
        ensureBulk().on(event);
}

} // namespace borg::tree
