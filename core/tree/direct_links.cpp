// SPDX-License-Identifier: GPL-3.0-or-later
#include "direct_links.h"

#include "dial_back.h"

#include <base/sleep.h>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr quint32 kTree = 0; ///< As in Call.
constexpr quint32 kBulk = 1;
} // namespace

DirectLinks::DirectLinks(TaskScope &scope, Means means)
    : m_scope(scope)
    , m_means(std::move(means))
{
}

QCoro::Task<Result<Done>> DirectLinks::linked(NodeId to, Ticks most, bool endsByFailure)
{
    OneShot<Done> up(m_scope);
    up.setAfter(most, Error{Errc::Timeout, {}});
    const auto waiter = m_linkWaiters.emplace(to, LinkWaiter{up.setter(), endsByFailure});
    auto outcome = co_await up;
    m_linkWaiters.erase(waiter);
    co_return outcome;
}

void DirectLinks::linkChanged(const NodeId &peer, bool isUp)
{
    const auto [first, last] = m_linkWaiters.equal_range(peer);
    for (const auto &[id, waiter] : std::ranges::subrange(first, last)) {
        if (isUp)
            waiter.set(Done{});
        else if (waiter.endsByFailure)
            waiter.set(Error{Errc::Unreachable, {}});
    }
}

QCoro::Task<Result<Done>> DirectLinks::connect(NodeId to)
{
    if (m_means.isLinked(to))
        co_return Done{};
    if (const auto endpoint = m_means.endpointOf(to)) {
        m_means.dial(kTree, {to, *endpoint}, {});
        if (co_await linked(to, kDialWithin, true)) {
            ++m_counters.dialled;
            co_return Done{};
        }
    }
    if (!isHidden()) {
        const auto turned = co_await reverse(to);
        if (turned) {
            ++m_counters.reversed;
            co_return Done{};
        }
        if (turned.error().code != Errc::Timeout)
            co_return turned.error();
    }
    for (quint32 number = 1; number <= kPunches; ++number) {
        const auto met = co_await meet(to, kTree, number);
        if (!met && met.error().code != Errc::Busy)
            co_return met.error();
        if (m_means.isLinked(to) || (co_await linked(to, kPunchWithin, false))) {
            ++m_counters.punched;
            co_return Done{};
        }
    }
    co_return Error{Errc::Unreachable, u"no direct way; others relay"_s};
}

QCoro::Task<Result<Done>> DirectLinks::reverse(NodeId to)
{
    // Eager: it is on its way, and the other side dials when it comes.
    const net::Endpoint self = m_means.self();
    auto asked = m_means.call(to, Call{kTree, self.host, self.port, 0});
    const auto up = co_await linked(to, kReverseWithin, false);
    const auto receipt = co_await std::move(asked);
    if (up || m_means.isLinked(to))
        co_return Done{};
    if (!receipt)
        co_return Error{Errc::Unreachable, receipt.error().detail};
    co_return Error{Errc::Timeout, {}};
}

bool DirectLinks::isHidden() const
{
    return !m_means.isLocal && isPrivateAddress(m_means.self().host);
}

QCoro::Task<Result<Done>> DirectLinks::meet(NodeId to, quint32 protocol, quint32 number)
{
    if (m_meetings.size() >= kMeetingsMax || m_meetings.contains({to, protocol}))
        co_return Error{Errc::Busy, u"a meeting is under way"_s};
    OneShot<net::Endpoint> met(m_scope);
    m_meetings.emplace(Meeting{to, protocol}, met.setter());
    const auto ours = co_await place();
    if (!ours) {
        m_meetings.erase({to, protocol});
        co_return ours.error();
    }
    met.setAfter(kMeetWithin, Error{Errc::Timeout, u"the other side does not punch"_s});
    auto asked = m_means.call(to, Call{protocol, ours->seen.host, ours->seen.port, number});
    const auto there = co_await met;
    m_meetings.erase({to, protocol});
    if (there)
        m_means.dial(protocol, {to, *there}, ours->port);
    const auto receipt = co_await std::move(asked);
    if (there)
        co_return Done{};
    if (!receipt)
        co_return receipt.error();
    co_return there.error();
}

void DirectLinks::asked(const MeetingAsked &word)
{
    const auto open = m_meetings.find({word.peer.id, word.protocol});
    if (word.isAnswer) {
        if (open != m_meetings.end())
            open->second(word.peer.endpoint);
        return;
    }
    // Both asked: one meeting is enough, that of the lesser id.
    if (open != m_meetings.end() && m_means.id < word.peer.id)
        return;
    if (open != m_meetings.end())
        open->second(Error{Errc::Busy, u"the other side asked as well"_s});
    if (m_answering < kMeetingsMax)
        m_scope.spawn("tree.meet"_L1, answer(word));
}

QCoro::Task<Result<Done>> DirectLinks::answer(MeetingAsked word)
{
    ++m_answering;
    const NodeId peer = word.peer.id;
    const auto ours = co_await place();
    if (!ours) {
        --m_answering;
        co_return Done{}; // it waits in vain; we have nothing to offer
    }
    const bool waits = word.protocol == kTree && !m_means.isLinked(peer);
    m_means.dial(word.protocol, word.peer, ours->port);
    const Meet here{word.protocol, ours->seen.host, ours->seen.port, word.number};
    auto told = m_means.meet(peer, here);
    if (waits && (co_await linked(peer, kMeetWithin, false)))
        ++m_counters.punched;
    (void)co_await std::move(told);
    --m_answering;
    co_return Done{};
}

bool DirectLinks::askForBulk(const NodeId &to)
{
    if (m_scope.isClosed() || m_meetings.size() >= kMeetingsMax)
        return false;
    m_scope.spawn("tree.bulk"_L1, bulk(to));
    return true;
}

QCoro::Task<Result<Done>> DirectLinks::bulk(NodeId to)
{
    if (!isHidden()) {
        const net::Endpoint self = m_means.self();
        const auto receipt = co_await m_means.call(to, Call{kBulk, self.host, self.port, 0});
        if (!receipt)
            co_return Done{};
        if (const auto slept = co_await Sleep(m_scope, kReverseWithin); !slept)
            co_return slept.error();
        if (m_means.isBulkLinked(to))
            co_return Done{};
    }
    // Whoever waits for the link gives up by itself.
    (void)co_await meet(to, kBulk, 1);
    co_return Done{};
}

void DirectLinks::relayed(const NodeId &to)
{
    const Ticks now = m_scope.clock().now();
    if (m_means.isLocal || m_means.isLinked(to))
        return;
    if (!m_relayed.contains(to) && m_relayed.size() >= kRelayedMax) {
        std::erase_if(m_relayed, [now](const auto &entry) {
            return now > entry.second.since + kOftenWithin && now > entry.second.notBefore;
        });
        if (m_relayed.size() >= kRelayedMax)
            return;
    }
    Relayed &entry = m_relayed[to];
    if (now > entry.since + kOftenWithin)
        entry = {0, now, entry.notBefore};
    if (++entry.count < kOften || now < entry.notBefore)
        return;
    entry.notBefore = now + kAgainAfter;
    m_scope.spawn("tree.connect"_L1, connectAside(to));
}

QCoro::Task<Result<Done>> DirectLinks::connectAside(NodeId to)
{
    if (co_await connect(to)) // when it went, it may be needed again
        m_relayed.erase(to);
    co_return Done{};
}

QCoro::Task<Result<DirectLinks::Place>> DirectLinks::place()
{
    /// What the answers leave behind; they may come when nobody waits any more.
    struct Asked {
        std::vector<net::Endpoint> seen;
        std::size_t open = 0;
    };
    const auto helpers = m_mirror.ask ? m_means.mirrors() : std::vector<net::Peer>{};
    const quint16 port = helpers.empty() ? 0 : m_mirror.sparePort();
    const Error hidden{Errc::Unreachable, u"nobody can tell where others see this node"_s};
    if (port == 0 && isHidden())
        co_return hidden;
    if (port == 0)
        co_return Place{0, m_means.self()};
    OneShot<Done> all(m_scope);
    all.setAfter(kOutsideWithin, Error{Errc::Timeout, {}});
    const auto asked = std::make_shared<Asked>();
    asked->open = helpers.size();
    for (const net::Peer &helper : helpers) {
        m_mirror.ask(helper, port, [asked, set = all.setter()](const auto &seen) {
            if (seen)
                asked->seen.push_back(*seen);
            if (--asked->open == 0)
                set(Done{});
        });
    }
    (void)co_await all;
    if (asked->seen.empty())
        co_return hidden;
    // Two who see two ports: a third, whom we want to meet, would see another one again.
    const auto [least, most] = std::ranges::minmax_element(asked->seen, {}, &net::Endpoint::port);
    if (least->port != most->port)
        co_return Error{Errc::Unreachable, u"the router takes another port for each destination"_s};
    co_return Place{port, asked->seen.front()};
}

} // namespace borg::tree
