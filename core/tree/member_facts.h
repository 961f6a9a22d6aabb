// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/transport.h>

#include <QByteArray>
#include <QExplicitlySharedDataPointer>

namespace borg::tree {

/// What a node signed of itself, read. Never changes, so all who hold it may share it.
struct MemberFacts : QSharedData {
    NodeId id;
    net::Endpoint endpoint;
    qint64 freeBytes = 0;
    quint64 seq = 0;
    qint64 tsUs = 0; ///< When it was signed, by its own clock.
    bool isQuiet = false; ///< It does not broadcast its records any more: see Membership.
    QByteArray head; ///< As it was signed, with the message.
};
using FactsPtr = QExplicitlySharedDataPointer<const MemberFacts>;

/// Makes nodes of one process share equal facts: the simulator has 100,000 of them.
class MemberPool {
public:
    virtual ~MemberPool() = default;
    /// @return what was interned of this node and seq, if it is the latest; saves to read it again.
    [[nodiscard]] virtual FactsPtr find(const NodeId &id, quint64 seq) const = 0;
    /// @return what is known already of the same node and seq, or `facts`.
    [[nodiscard]] virtual FactsPtr intern(FactsPtr facts) = 0;

protected:
    MemberPool() = default;
    Q_DISABLE_COPY_MOVE(MemberPool)
};

} // namespace borg::tree
