// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_tree.h"

#include "place.h"

#include <QJsonDocument>

#include <cstring>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Ticks kStall
    = std::chrono::milliseconds(100); ///< A timer later than this: we stood still.
constexpr quint64 kSeqPerMs = 1024; ///< Sequence numbers begin at the date and outrun no restart.
constexpr quint8 kRecordPriority = 2;
constexpr quint8 kCountPriority = 1; // as the message itself, which it follows
constexpr quint8 kLeavePriority = 0; // in the class of the last word, which must not overtake it
constexpr Ticks kAnnounceSpread = std::chrono::milliseconds(20);
constexpr Ticks kAnswerWithin = std::chrono::seconds(10);

template <typename W>
concept BulkWord = requires(Bulk &bulk, Link &from, const W &word, const QByteArray &body) {
    { bulk.hear(from, word, body) } -> std::same_as<bool>;
};

QString nameOf(Errc why)
{
    return u"link lost: "_s + name(why);
}

} // namespace

PeerTree::PeerTree(TreeConfig config, Rng &rng, const crypto::Crypto &crypto)
    : m_config(std::move(config))
    , m_context{m_config, rng, crypto, crypto.self()}
    , m_links(m_context)
    , m_members(m_context, m_links)
    , m_broadcast(m_context, m_links, [this](const auto &received) { return isInner(received); })
    , m_placement(m_context, m_links, m_broadcast, m_members)
    , m_counting(m_context, m_links, m_broadcast, [this] { return mostNodes(); })
    , m_lookout(m_context, m_links, m_broadcast, m_members)
    , m_meetings(m_context, m_links, m_members)
    , m_clocks(m_context, m_links, m_members)
    , m_unicast(m_context, m_links, m_members, m_placement.standing(),
          [this](const auto &src, const auto &type, const auto &message) {
              return isInnerMessage(src, type, message);
          })
    , m_dialBack(m_context, m_links)
    , m_freeBytes(m_config.freeBytes)
{
}

void PeerTree::on(const Event &event, Moment moment, Actions &actions)
{
    begin(moment, actions);
    const auto state = m_placement.standing().state;
    const bool isRunning = state != TreeState::Idle && state != TreeState::Left;
    if (isRunning || std::holds_alternative<Start>(event))
        std::visit([this](const auto &concrete) { handle(concrete); }, event);
    finish();
}

Result<MessageId> PeerTree::broadcast(const QString &type, const QJsonObject &body,
    QByteArray attachment, Moment moment, Actions &actions)
{
    const auto state = m_placement.standing().state;
    if (state == TreeState::Idle || state == TreeState::Left)
        return Error{Errc::Closed, {}};
    if (type.startsWith(u"tree."))
        return Error{Errc::Malformed, u"a name of the tree itself"_s};
    begin(moment, actions);
    auto id = m_broadcast.originate(type, body, std::move(attachment), 1);
    finish();
    return id;
}

Result<MessageId> PeerTree::broadcastCounted(const QString &type, const QJsonObject &body,
    QByteArray attachment, Moment moment, Actions &actions)
{
    auto id = broadcast(type, body, std::move(attachment), moment, actions);
    if (!id)
        return id;
    begin(moment, actions);
    // Not with the message under one signature: every node has to see this one for itself.
    m_broadcast.flush();
    const CountRequest request{
        QByteArray(reinterpret_cast<const char *>(id->bytes.data()), std::ssize(id->bytes))};
    if (m_counting.begin(*id))
        (void)m_broadcast.originate(QString(wire::latin1(CountRequest::kName)),
            wire::encodeFields(request), {}, kCountPriority);
    m_broadcast.flush();
    finish();
    return id;
}

Result<quint64> PeerTree::sendTo(const NodeId &dst, const QString &type, const QJsonObject &body,
    QByteArrayView attachment, Ticks deadline, Moment moment, Actions &actions)
{
    const auto state = m_placement.standing().state;
    if (state == TreeState::Idle || state == TreeState::Left)
        return Error{Errc::Closed, {}};
    if (type.startsWith(u"tree."))
        return Error{Errc::Malformed, u"a name of the tree itself"_s};
    begin(moment, actions);
    auto token = m_unicast.send(dst, type, body, attachment, deadline);
    finish();
    return token;
}

Result<quint64> PeerTree::sendInner(const NodeId &dst, std::string_view type,
    const QJsonObject &body, Ticks deadline, Moment moment, Actions &actions)
{
    const auto state = m_placement.standing().state;
    if (state == TreeState::Idle || state == TreeState::Left)
        return Error{Errc::Closed, {}};
    begin(moment, actions);
    const auto token = m_unicast.send(dst, QString(wire::latin1(type)), body, {}, deadline);
    finish();
    return token;
}

Result<quint64> PeerTree::ping(const NodeId &dst, Ticks deadline, Moment moment, Actions &actions)
{
    return sendInner(dst, Ping::kName, {}, deadline, moment, actions);
}

void PeerTree::called(const NodeId &src, const Call &word)
{
    const bool isRight = word.port > 0 && word.port <= 65'535 && !word.host.isEmpty();
    // Whoever asks may name any host: so few that nobody is flooded through us.
    if (!isRight || word.protocol > 1 || m_context.scores.isRefused(src)
        || !m_callsIn.take(1, m_context.now()))
        return;
    const net::Peer peer{src, {word.host, static_cast<quint16>(word.port)}};
    if (word.number > 0)
        m_context.act(MeetingAsked{peer, word.protocol, word.number});
    else if (word.protocol == 1)
        m_context.act(DialForBulk{peer});
    else if (!m_links.find(src))
        m_context.act(Dial{peer});
}

Result<quint64> PeerTree::locate(const NodeId &dst, Ticks deadline, Moment moment, Actions &actions)
{
    return sendInner(dst, Find::kName, {}, deadline, moment, actions);
}

void PeerTree::asked(const NodeId &src)
{
    // As often as calls: whoever asks makes us send.
    if (m_context.scores.isRefused(src) || !m_findsIn.take(1, m_context.now()))
        return;
    const Found word{m_config.self.host, m_config.self.port, m_freeBytes};
    (void)m_unicast.send(
        src, QString(wire::latin1(Found::kName)), wire::encodeFields(word), {}, kAnswerWithin);
}

void PeerTree::found(const NodeId &src, const QByteArray &message)
{
    const auto word = wire::decodeFields<Found>(net::bodyOf(message));
    if (!word || word->port == 0 || word->port > 65'535 || word->host.isEmpty())
        return;
    m_context.act(MemberFound{{src, {word->host, static_cast<quint16>(word->port)}, true,
        m_context.now(), std::max<qint64>(word->freeBytes, 0)}});
}

void PeerTree::met(const NodeId &src, const Meet &word)
{
    const bool isRight = word.port > 0 && word.port <= 65'535 && !word.host.isEmpty();
    if (!isRight || m_context.scores.isRefused(src))
        return;
    const net::Endpoint endpoint{word.host, static_cast<quint16>(word.port)};
    m_context.act(MeetingAsked{{src, endpoint}, word.protocol, word.number, true});
}

bool PeerTree::isInnerMessage(const NodeId &src, const QString &type, const QByteArray &message)
{
    if (type == wire::latin1(Call::kName)) {
        if (const auto word = wire::decodeFields<Call>(net::bodyOf(message)))
            called(src, *word);
    } else if (type == wire::latin1(Meet::kName)) {
        if (const auto word = wire::decodeFields<Meet>(net::bodyOf(message)))
            met(src, *word);
    } else if (type == wire::latin1(Find::kName)) {
        asked(src);
    } else if (type == wire::latin1(Found::kName)) {
        found(src, message);
    }
    return type.startsWith(u"tree."); // others are of a newer node: not for us
}

void PeerTree::begin(Moment moment, Actions &actions)
{
    m_context.moment = moment;
    m_context.actions = &actions;
    m_context.wakeAt = Ticks::max();
    m_context.scores.setNow(moment.now);
    m_context.isBeaten = m_placement.standing().isAttached();
}

void PeerTree::finish()
{
    m_broadcast.balance();
    for (const auto &peer : m_broadcast.flow().takeStuck()) {
        m_context.scores.add(
            peer, Offence::SlowReader); // the placement sends it on, if it is a child
        if (m_placement.standing().parent == peer)
            m_context.parentFault = u"it takes nothing from us"_s;
    }
    if (const auto fault = std::exchange(m_context.parentFault, std::nullopt)) {
        if (m_placement.standing().isUnderRoot())
            m_placement.replaceRoot(*fault);
        else
            m_placement.leaveParent(*fault);
    }
    for (const auto &peer : m_context.scores.takeCondemned()) {
        if (m_links.find(peer))
            drop(peer, u"it abused the network"_s);
    }
    const auto &standing = m_placement.standing();
    // A tree that has not heard of us hears soon; most of it learns who joined from this record.
    const bool isPlaced = standing.isAttached() || standing.state == TreeState::Root;
    const bool isQuiet = m_members.isQuiet() || m_members.isLooking();
    const bool isElsewhere = m_announcedIn != standing.place.root && !(m_wasQuiet && isQuiet);
    if (isPlaced && (isElsewhere || isQuiet != m_wasQuiet)) {
        m_wasQuiet = isQuiet;
        m_announcedIn = standing.place.root;
        // The last record that everybody hears has the time that the next one would have had: a
        // thousand nodes find out at once that they are too many.
        if (!isQuiet || !m_isKnownToAll) {
            m_announceAt = m_context.now() + m_context.spread(kAnnounceSpread);
            m_context.wakeBy(m_announceAt);
        }
    }
    if (m_context.isStatusChanged)
        m_unicast.relay().placeChanged();
    m_unicast.relay().tend();
    if (std::exchange(m_context.isStatusChanged, false))
        m_context.act(StatusChanged{});
    if (m_context.wakeAt < m_wakeTold) {
        m_wakeTold = m_context.wakeAt;
        m_context.act(WakeAt{m_wakeTold});
    }
    m_context.actions = nullptr;
}

void PeerTree::handle(const Start &event)
{
    if (m_placement.standing().state != TreeState::Idle)
        return;
    m_broadcast.raiseSeq(
        static_cast<quint64>(std::max<qint64>(m_context.moment.utcMs, 0)) * kSeqPerMs);
    m_unicast.raiseSeq(m_broadcast.seq());
    m_placement.start(event);
    m_context.wakeBy(m_context.now() + std::chrono::seconds(1));
}

void PeerTree::handle(const Leave &)
{
    m_broadcast.flush();
    if (m_placement.standing().state != TreeState::Joining)
        (void)m_broadcast.originate(
            QString(wire::latin1(MemberLeave::kName)), {}, {}, kLeavePriority);
    m_broadcast.flush();
    m_unicast.close();
    m_placement.leave();
    m_context.wakeAt = Ticks::max();
}

void PeerTree::handle(const SetFreeBytes &event)
{
    m_freeBytes = event.bytes;
}

void PeerTree::handle(const ServeTime &event)
{
    m_clocks.serve(event.served);
}

void PeerTree::handle(const TimeLie &event)
{
    m_context.scores.add(event.peer, Offence::Absurd);
}

void PeerTree::handle(const SetSelf &event)
{
    if (std::exchange(m_config.self, event.endpoint) == event.endpoint || !m_announcedIn)
        return;
    m_announceAt = std::min(m_announceAt, m_context.now() + kAnnounceSpread);
    m_context.wakeBy(m_announceAt);
}

void PeerTree::handle(const AddSeeds &event)
{
    m_placement.addSeeds(event.seeds);
}

void PeerTree::handle(const CheckReach &event)
{
    m_dialBack.ask(event);
}

void PeerTree::handle(const Probed &event)
{
    m_dialBack.probed(event);
}

void PeerTree::handle(const LinkUp &event)
{
    m_placement.linkUp(event);
    if (Link *link = m_links.find(event.peer.id))
        m_clocks.linkUp(*link);
}

void PeerTree::handle(const LinkDown &event)
{
    if (event.why == Errc::Malformed && m_links.find(event.peer)) // its frames do not parse
        m_context.scores.add(event.peer, Offence::Malformed);
    // Only dials to where it says itself that it is: what others say of it may be a lie.
    const bool isOurs = m_meetings.hasDialled(event.peer) || m_clocks.hasDialled(event.peer);
    if (!m_links.find(event.peer) && isOurs && m_members.isInTouch())
        m_members.unreachable(event.peer);
    m_dialBack.linkDown(event.peer);
    if (m_bulk)
        m_bulk->linkDown(event.peer);
    m_placement.linkDown(event.peer, nameOf(event.why));
}

void PeerTree::handle(const DialFailed &event)
{
    m_placement.dialFailed(event.endpoint);
}

void PeerTree::handle(const TimerFired &)
{
    if (m_context.now() >= m_wakeTold) // else an old timer; the right one is still to come
        tick(Links::Cue::Timer);
}

void PeerTree::tick(Links::Cue cue)
{
    if (m_wakeTold != Ticks::max() && m_context.now() > m_wakeTold + kStall)
        m_links.forgive(m_context.now() - m_wakeTold);
    m_wakeTold = Ticks::max();
    m_tickedAt = m_context.now();
    for (const auto &peer : m_links.beat(m_placement.standing().place, cue)) {
        m_context.scores.note(peer, Offence::Silent);
        drop(peer, u"silent"_s);
    }
    if (m_context.now() >= m_announceAt)
        announceSelf();
    if (m_announceAt != Ticks::max())
        m_context.wakeBy(m_announceAt);
    m_broadcast.wake();
    m_unicast.wake();
    m_members.wake();
    m_dialBack.wake();
    if (m_bulk)
        m_bulk->wake();
    m_placement.wake();
    m_counting.wake();
    m_lookout.wake();
    m_meetings.wake();
    m_clocks.wake();
}

void PeerTree::drop(const NodeId &peer, const QString &reason)
{
    m_context.act(HangUp{peer});
    m_dialBack.linkDown(peer);
    if (m_bulk)
        m_bulk->linkDown(peer);
    m_placement.linkDown(peer, reason);
}

void PeerTree::greeted(Link &link)
{
    m_lookout.greeted(link);
    m_meetings.greeted(link);
    if (m_bulk && link.isGreeted)
        m_bulk->greeted(link);
}

std::size_t PeerTree::mostNodes() const
{
    const auto nodes = static_cast<std::size_t>(m_members.estimate());
    return m_members.isQuiet() ? 2 * nodes : std::max(nodes, m_members.count() + 1);
}

void PeerTree::announceSelf()
{
    const auto &self = m_config.self;
    const bool isQuiet = m_members.isQuiet() || (m_members.isLooking() && !m_isKnownToAll);
    const MemberRecord record{
        self.host, self.port, m_freeBytes, isQuiet ? std::optional(true) : std::nullopt};
    const Ticks period = m_members.period();
    const Ticks next = m_context.now() + period * 9 / 10 + m_context.spread(period / 5);
    // The last one that everybody hears says that there will be no more.
    if (isQuiet && !m_isKnownToAll) {
        m_broadcast.keepOwn(QString(wire::latin1(MemberRecord::kName)), wire::encodeFields(record),
            kRecordPriority);
        m_announceAt = next;
        return;
    }
    // Alone under its signature: it is kept and passed on to newcomers.
    m_broadcast.flush();
    const auto sent = m_broadcast.originate(QString(wire::latin1(MemberRecord::kName)),
        wire::encodeFields(record), {}, kRecordPriority);
    m_broadcast.flush();
    if (sent)
        m_isKnownToAll = !isQuiet;
    m_members.setAnnounced(m_isKnownToAll);
    m_announceAt = sent ? next : m_context.now() + std::chrono::seconds(1);
}

bool PeerTree::isInner(const Broadcast::Received &received)
{
    const auto &[delivered, type, seq, head, from] = received;
    if (from && delivered.src == m_placement.standing().place.root) {
        if (const auto view = net::readMessage(delivered.message))
            m_placement.heardRoot(*from, view->tsUs);
    }
    if (type == QByteArrayView(MemberRecord::kName.data(), MemberRecord::kName.size())) {
        Link *link = m_links.find(delivered.src);
        if (m_members.record(delivered.src, seq, delivered.message, head) && link) {
            if (const auto member = m_members.find(delivered.src))
                link->peer.endpoint = member->endpoint; // the hello was of its first address
        }
        return true;
    }
    if (type == QByteArrayView(CountRequest::kName.data(), CountRequest::kName.size())) {
        if (const auto asked = wire::decodeFields<CountRequest>(net::bodyOf(delivered.message)))
            m_counting.asked(from, *asked, head.hops);
        return true;
    }
    if (type.startsWith("tree.bulk"))
        return isInnerBulk(received);
    if (type != QByteArrayView(MemberLeave::kName.data(), MemberLeave::kName.size()))
        return false;
    m_members.left(delivered.src, seq);
    return true;
}

void PeerTree::handle(const FrameArrived &event)
{
    Link *link = m_links.find(event.from);
    if (!link)
        return;
    link->heardAt = m_context.now();
    if (hear(*link, event.frame))
        return;
    ++m_context.counters.invalid;
    if (!m_context.scores.isGreylisted(event.from)) // whoever refused it may have said why
        m_context.scores.add(event.from, Offence::Malformed);
    drop(event.from, u"it broke the protocol"_s);
}

bool PeerTree::hear(Link &from, const wire::Frame &frame)
{
    if (net::isMessageHead(frame.head))
        return !from.isGreeted || m_broadcast.messages(from, frame);
    if (frame.head == Links::kBeatHead) // by far the most: not parsed
        return m_links.hearBeat(from, frame.body) && beaten(from.peer.id);
    const auto document = QJsonDocument::fromJson(frame.head);
    if (!document.isObject())
        return false;
    const QJsonObject json = document.object();
    if (!Words::knows(json.value(u"t").toString()))
        return json.value(u"t").isString(); // of a newer node: not for us
    const auto word = Words::decode(json);
    if (!word)
        return false;
    const QByteArrayView body(frame.body);
    const NodeId peer = from.peer.id;
    Relay &relay = m_unicast.relay();
    const auto place = [&](const auto &concrete) { return m_placement.hear(from, concrete); };
    return std::visit(
        wire::Handlers{
            [&](const Hello &w) {
                const bool isRight = place(w);
                m_unicast.greeted(peer);
                // It may be gone: of another network.
                if (Link *link = m_links.find(peer); link && isRight) {
                    if (link->early)
                        m_clocks.doubt(*link);
                    greeted(*link);
                }
                return isRight;
            },
            [&](const State &w) { return place(w) && beaten(peer); },
            [&](const Contacts &w) { return place(w); },
            [&](const Attach &w) { return m_placement.hear(from, w, body); },
            [&](const Accept &w) { return m_placement.hear(from, w, body); },
            [&](const Redirect &w) { return place(w); },
            [&](const Detach &w) { return place(w); },
            [&](const Leaving &w) { return place(w); },
            [&](const Use &w) { return place(w); },
            [&](const Better &w) { return place(w); },
            [&](const Walk &w) { return place(w); },
            [&](const Walked &w) { return place(w); },
            [&](const Probe &w) { return place(w); },
            [&](const DialMe &w) { return m_dialBack.hear(from, w); },
            [&](const DialedYou &w) { return m_dialBack.hear(from, w); },
            [&](const IHave &) { return m_broadcast.announced(from, body, false); },
            [&](const Offer &) { return m_broadcast.announced(from, body, true); },
            [&](const Graft &) { return m_broadcast.asked(from, body); },
            [&](const Hold &w) { return m_broadcast.flow().hear(from, w); },
            [&](const Compare &w) { return m_broadcast.compared(from, w, body); },
            [&](const Counted &w) { return m_counting.hear(from, w); },
            [&](const MemberList &w) {
                const bool isRight = !from.isGreeted || m_members.list(from, w, body);
                m_broadcast.raiseSeq(m_members.ownSeqSeen());
                return isRight;
            },
            [&](const TimeAsk &w) { return m_clocks.hear(from, w, body); },
            [&](const TimeSay &w) { return m_clocks.hear(from, w, body); },
            [&](const MemberRecords &) {
                const bool isRight = !from.isGreeted || m_members.records(from, body);
                m_broadcast.raiseSeq(m_members.ownSeqSeen());
                return isRight;
            },
            [&](const Below &w) { return relay.hear(from, w, body); },
            [&](const Route &w) { return relay.hear(from, w, frame); },
            [&](const Stranded &w) { return relay.hear(from, w); },
            [&]<BulkWord W>(
                const W &w) { return !takesBulk() || ensureBulk().hear(from, w, frame.body); },
            [&](const Beat &) { return m_links.hearBeat(from, body) && beaten(peer); },
        },
        *word);
}

bool PeerTree::beaten(const NodeId &by)
{
    // What is due about now is done in the wake-up that the parent's heartbeat costs anyway, so an
    // idle tree beats from the root down and most nodes need no timer of their own.
    const Link *const link = m_links.find(by);
    if (link && link->isParent && m_placement.standing().isAccepted
        && m_context.now() >= m_tickedAt + m_config.heartbeatEvery / 2)
        tick(Links::Cue::Parent);
    return true;
}

} // namespace borg::tree
