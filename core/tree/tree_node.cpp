// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_node.h"

#include "bulk_hands.h"
#include "direct_links.h"
#include "peer_tree.h"

#include <base/sleep.h>

#include <QtEndian>

#include <deque>
#include <set>

namespace borg::tree {

namespace {
constexpr Ticks kCountedWithin = std::chrono::seconds(4);
constexpr Ticks kLastWords = std::chrono::milliseconds(100); ///< For what is queued at the end.
} // namespace

/// Carries actions out, in order, and calls the node's callbacks.
struct TreeNode::Driver {
    Driver(TaskScope &scope, Rng &rng, net::Transport &links, const crypto::Crypto &crypto,
        TreeConfig config)
        : m_scope(scope)
        , m_transport(links)
        , m_machine(std::move(config), rng, crypto)
        , m_direct(scope, means())
    {
    }
    ~Driver()
    {
        m_scope.clock().cancel(m_timer);
        m_scope.clock().cancel(m_notice);
    }

    [[nodiscard]] Moment moment() const
    {
        const Clock &clock = m_scope.clock();
        const qint64 utcUs = clock.utcUs();
        return {clock.now(), utcUs / 1000, utcUs, clock.boundUs()};
    }
    void feed(const Event &event)
    {
        Actions actions;
        m_machine.on(event, moment(), actions);
        carryOut(std::move(actions));
    }
    void carryOut(Actions &&actions)
    {
        // A callback may have brought us here: its actions come after those before.
        if (m_isBusy)
            return void(std::ranges::move(actions, std::back_inserter(m_queue)));
        m_isBusy = true;
        for (const Action &action : actions)
            std::visit([this](const auto &concrete) { perform(concrete); }, action);
        while (!m_queue.empty()) {
            const Action action = std::move(m_queue.front());
            m_queue.pop_front();
            std::visit([this](const auto &concrete) { perform(concrete); }, action);
        }
        m_isBusy = false;
    }

    /// Asks the machine for something and waits for what becomes of it.
    using Ask = std::function<Result<quint64>(PeerTree &, Moment, Actions &)>;
    QCoro::Task<Result<Receipt>> settled(Ask ask)
    {
        OneShot<Receipt> outcome(m_scope);
        Actions actions;
        const auto token = ask(m_machine, moment(), actions);
        if (token)
            m_waiters.emplace(*token, outcome.setter());
        carryOut(std::move(actions));
        if (!token)
            co_return token.error();
        co_return co_await outcome;
    }

    template <wire::Message M>
    QCoro::Task<Result<Receipt>> tell(NodeId to, M word)
    {
        return settled([to, word](PeerTree &tree, Moment moment, Actions &actions) {
            return tree.tell(to, word, DirectLinks::kCallWithin, moment, actions);
        });
    }
    DirectLinks::Means means()
    {
        DirectLinks::Means means;
        means.dial = [this](quint32 protocol, const net::Peer &peer, std::optional<quint16> from) {
            if (protocol == 1 && m_onBulkDialWanted)
                m_onBulkDialWanted(peer, from);
            else if (protocol == 0 && from)
                m_transport.punch(peer, *from);
            else if (protocol == 0)
                m_transport.dial(peer);
        };
        means.call = [this](const NodeId &to, const Call &word) { return tell(to, word); };
        means.meet = [this](const NodeId &to, const Meet &word) { return tell(to, word); };
        means.isLinked = [this](const NodeId &id) { return isLinked(id); };
        means.isBulkLinked
            = [this](const NodeId &id) { return m_isBulkLinked && m_isBulkLinked(id); };
        means.endpointOf = [this](const NodeId &id) -> std::optional<net::Endpoint> {
            const auto member = m_machine.members().find(id);
            return member ? std::optional(member->endpoint) : std::nullopt;
        };
        means.mirrors = [this] { return m_machine.mirrors(); };
        means.self = [this] { return m_machine.self(); };
        means.id = m_machine.status().self;
        means.isLocal = m_machine.isLocal();
        return means;
    }
    [[nodiscard]] bool isLinked(const NodeId &peer) const
    {
        return std::ranges::any_of(m_machine.status().links, [&](const LinkStatus &link) {
            return link.peer == peer && link.depth >= 0; // it has said hello
        });
    }

    void perform(const Send &action)
    {
        if (action.isStamped) {
            wire::Frame stamped = action.frame;
            const qint64 now = m_scope.clock().now().count();
            qToBigEndian(now, stamped.body.data() + stamped.body.size() - sizeof now);
            return send(action.to, stamped);
        }
        send(action.to, action.frame);
    }
    void send(const NodeId &to, const wire::Frame &frame)
    {
        const auto sent = m_transport.send(to, frame);
        if (!sent && sent.error().code == Errc::Busy)
            feed(SendRefused{to, frame});
    }
    void perform(const TimeSampled &action)
    {
        if (m_onTimeSample)
            m_onTimeSample(action.sample);
    }
    void perform(const Dial &action) { m_transport.dial(action.peer); }
    void perform(const DialUnknown &action) { m_transport.dialUnknown(action.endpoint); }
    void perform(const Greeted &action) { m_direct.linkChanged(action.peer, true); }
    void perform(const HangUp &action) { m_transport.hangUp(action.peer); }
    void perform(const WakeAt &action)
    {
        m_scope.clock().cancel(m_timer);
        m_timer = m_scope.clock().after(
            action.at - m_scope.clock().now(), [this] { feed(TimerFired{}); });
    }
    void perform(const ProbeDial &action)
    {
        const auto answer = [this, peer = action.peer](std::optional<Errc> failure) {
            feed(Probed{peer.id, peer.endpoint, failure});
        };
        if (m_probe)
            m_probe(action.peer, answer);
        else
            answer(Errc::Closed);
    }
    void perform(const ReachChecked &action)
    {
        if (m_onReachChecked)
            m_onReachChecked(action.results);
    }
    void perform(const Deliver &action)
    {
        if (m_onDelivered)
            m_onDelivered(action.delivered);
    }
    void perform(const NodesCounted &action)
    {
        if (const auto set = m_counts.find(action.id); set != m_counts.end())
            set->second(action.nodes);
    }
    void perform(const MemberFound &action)
    {
        const auto [first, last] = m_finders.equal_range(action.member.id);
        for (const auto &[id, set] : std::ranges::subrange(first, last))
            set(action.member);
    }
    /// Waits until `id` says where it is.
    QCoro::Task<Result<Member>> found(NodeId id, Ticks most)
    {
        OneShot<Member> said(m_scope);
        said.setAfter(most, Error{Errc::Timeout, {}});
        const auto waiter = m_finders.emplace(id, said.setter());
        auto outcome = co_await said;
        m_finders.erase(waiter);
        co_return outcome;
    }
    void perform(const DeliverMessage &action)
    {
        if (m_onMessage)
            m_onMessage(action.delivered);
    }
    void perform(const DialForBulk &action)
    {
        if (m_onBulkDialWanted)
            m_onBulkDialWanted(action.peer, {});
    }
    void perform(const MeetingAsked &action) { m_direct.asked(action); }
    void perform(const BulkAction &action)
    {
        m_bulkHands.perform(action);
        if (const auto *changed = std::get_if<BulkChanged>(&action)) {
            m_changedBulks.insert(changed->id);
            noticeSoon();
        }
    }
    void perform(const Settled &action)
    {
        if (const auto waiter = m_waiters.extract(action.token))
            waiter.mapped()(action.outcome);
    }
    void perform(const MemberChanged &action)
    {
        m_changedMembers.insert(action.id);
        noticeSoon();
    }
    void perform(const StatusChanged &)
    {
        m_isStatusChanged = true;
        noticeSoon();
    }

    /// Watchers are called from the loop: a call of theirs may have brought the change.
    void noticeSoon()
    {
        if (m_notice == Clock::TimerId::None)
            m_notice = m_scope.clock().after(Ticks{0}, [this] { notice(); });
    }
    void notice()
    {
        m_notice = Clock::TimerId::None;
        for (const auto &id : std::exchange(m_changedMembers, {})) {
            const auto watchers = m_watchers; // one may come or go meanwhile
            for (const auto &watcher : watchers) {
                if (const auto living = watcher.lock())
                    (*living)(id);
            }
        }
        for (const auto &id : std::exchange(m_changedBulks, {})) {
            if (m_onBulkChanged)
                m_onBulkChanged(id);
        }
        if (std::exchange(m_isStatusChanged, false) && m_onChanged)
            m_onChanged();
    }

    using Watcher = std::function<void(const NodeId &)>;

    TaskScope &m_scope;
    net::Transport &m_transport;
    PeerTree m_machine;
    std::deque<Action> m_queue;
    bool m_isBusy = false;
    Clock::TimerId m_timer = Clock::TimerId::None;
    Clock::TimerId m_notice = Clock::TimerId::None;
    std::set<NodeId> m_changedMembers;
    BulkHands m_bulkHands{[this](const BulkEvent &event) { feed(event); }};
    std::set<BulkId> m_changedBulks;
    std::function<void(const BulkId &)> m_onBulkChanged;
    std::map<MessageId, OneShot<quint32>::Setter> m_counts;
    bool m_isStatusChanged = false;
    std::function<void(const Delivered &)> m_onDelivered;
    std::multimap<NodeId, OneShot<Member>::Setter> m_finders;
    DirectLinks m_direct;
    TreeNode::BulkDial m_onBulkDialWanted;
    std::function<bool(const NodeId &)> m_isBulkLinked;
    std::function<void(const Delivered &)> m_onMessage;
    std::map<quint64, OneShot<Receipt>::Setter> m_waiters; ///< By token.
    std::function<void()> m_onChanged;
    std::function<void(const time::Sample &)> m_onTimeSample;
    std::function<void(const std::vector<DialBackResult> &)> m_onReachChecked;
    TreeNode::Probe m_probe;
    std::vector<std::weak_ptr<Watcher>> m_watchers;
};

TreeNode::TreeNode(TaskScope &scope, Rng &rng, net::Transport &treeLinks,
    const crypto::Crypto &crypto, TreeConfig config)
    : m_driver(std::make_unique<Driver>(scope, rng, treeLinks, crypto, std::move(config)))
{
    treeLinks.setListener(this);
}

TreeNode::~TreeNode()
{
    m_driver->m_transport.setListener(nullptr);
}

void TreeNode::start(std::vector<net::Peer> seeds, std::vector<net::Endpoint> unknownSeeds,
    std::vector<net::Peer> anchors)
{
    m_driver->feed(Start{std::move(seeds), std::move(unknownSeeds), std::move(anchors)});
}

QCoro::Task<Result<Done>> TreeNode::leave()
{
    m_driver->feed(Leave{});
    co_return co_await Sleep(m_driver->m_scope, kLastWords);
}

Result<MessageId> TreeNode::broadcast(QString type, QJsonObject body, QByteArray attachment)
{
    Actions actions;
    auto id = m_driver->m_machine.broadcast(
        type, body, std::move(attachment), m_driver->moment(), actions);
    m_driver->carryOut(std::move(actions));
    return id;
}

QCoro::Task<Result<quint32>> TreeNode::broadcastCounted(
    QString type, QJsonObject body, QByteArray attachment)
{
    Driver &driver = *m_driver;
    OneShot<quint32> counted(driver.m_scope);
    Actions actions;
    const auto id = driver.m_machine.broadcastCounted(
        type, body, std::move(attachment), driver.moment(), actions);
    if (id)
        driver.m_counts.insert_or_assign(*id, counted.setter());
    driver.carryOut(std::move(actions));
    if (!id)
        co_return id.error();
    counted.setAfter(kCountedWithin, Error{Errc::Busy, QStringLiteral("too many are counted")});
    auto nodes = co_await counted;
    m_driver->m_counts.erase(*id);
    co_return nodes;
}

void TreeNode::onDelivered(std::function<void(const Delivered &)> delivered)
{
    m_driver->m_onDelivered = std::move(delivered);
}

QCoro::Task<Result<Done>> TreeNode::sendTo(
    NodeId to, QString type, QJsonObject body, QByteArray attachment, Ticks deadline)
{
    const auto receipt
        = co_await m_driver->settled([&](PeerTree &tree, Moment moment, Actions &actions) {
              return tree.sendTo(to, type, body, attachment, deadline, moment, actions);
          });
    if (!receipt)
        co_return receipt.error();
    if (!receipt->isDirect())
        m_driver->m_direct.relayed(to);
    co_return Done{};
}

QCoro::Task<Result<Receipt>> TreeNode::ping(NodeId to, Ticks deadline)
{
    auto receipt = co_await m_driver->settled([=](PeerTree &tree, Moment moment, Actions &actions) {
        return tree.ping(to, deadline, moment, actions);
    });
    if (receipt && !receipt->isDirect())
        m_driver->m_direct.relayed(to);
    co_return receipt;
}

QCoro::Task<Result<Done>> TreeNode::connect(NodeId to)
{
    return m_driver->m_direct.connect(to);
}

QCoro::Task<Result<Member>> TreeNode::locate(NodeId id, Ticks deadline)
{
    if (auto known = find(id); known && known->online)
        co_return *std::move(known);
    auto found = m_driver->found(id, deadline); // the answer may come before the acknowledgement
    const auto receipt
        = co_await m_driver->settled([=](PeerTree &tree, Moment moment, Actions &actions) {
              return tree.locate(id, deadline, moment, actions);
          });
    if (!receipt && receipt.error().code != Errc::Timeout)
        co_return receipt.error(); // it was not even asked, or nobody knows a way
    auto member = co_await std::move(found);
    if (!member && !receipt)
        co_return receipt.error();
    co_return member;
}

void TreeNode::onBulkDialWanted(BulkDial wanted, std::function<bool(const NodeId &)> isLinked)
{
    m_driver->m_isBulkLinked = std::move(isLinked);
    m_driver->m_onBulkDialWanted = std::move(wanted);
}

bool TreeNode::askForBulk(const NodeId &id)
{
    // Where everybody can be dialled, and of who is gone, a dial that failed says all there is.
    const auto member = find(id);
    if (m_driver->m_machine.isLocal() || !member || !member->online)
        return false;
    return m_driver->m_direct.askForBulk(id);
}

void TreeNode::setBulkSpool(BulkSpool *spool)
{
    m_driver->m_bulkHands.setSpool(spool);
}

Result<BulkObject> TreeNode::publishBulk(
    const QString &name, qint64 sizeBytes, const crypto::Hash &root, Ticks ttl)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ttl).count();
    const BulkRecord record{name, sizeBytes, kBulkChunkBytes, QByteArrayView(root).toByteArray(),
        static_cast<quint32>(std::max<qint64>(seconds, 0))};
    Actions actions;
    auto object = m_driver->m_machine.publishBulk(record, m_driver->moment(), actions);
    m_driver->carryOut(std::move(actions));
    return object;
}

void TreeNode::resumeBulk(const QByteArray &head, const BulkBits &have)
{
    m_driver->feed(BulkEvent(BulkResumed{head, have.bytes()}));
}

Result<Done> TreeNode::dropBulk(const BulkId &id)
{
    Actions actions;
    auto dropped = m_driver->m_machine.dropBulk(id, m_driver->moment(), actions);
    m_driver->carryOut(std::move(actions));
    return dropped;
}

std::vector<BulkStatus> TreeNode::bulks() const
{
    return m_driver->m_machine.bulks();
}

void TreeNode::onBulkChanged(std::function<void(const BulkId &)> changed)
{
    m_driver->m_onBulkChanged = std::move(changed);
}

void TreeNode::onMessage(std::function<void(const Delivered &)> message)
{
    m_driver->m_onMessage = std::move(message);
}

void TreeNode::onChanged(std::function<void()> changed)
{
    m_driver->m_onChanged = std::move(changed);
}

void TreeNode::onTimeSample(std::function<void(const time::Sample &)> heard)
{
    m_driver->m_onTimeSample = std::move(heard);
}

void TreeNode::serveTime(const time::Served &served)
{
    m_driver->feed(ServeTime{served});
}

void TreeNode::chargeTimeLie(const NodeId &peer)
{
    m_driver->feed(TimeLie{peer});
}

TreeStatus TreeNode::status() const
{
    TreeStatus status = m_driver->m_machine.status();
    const auto &made = m_driver->m_direct.counters();
    status.counters.directLinks = made.dialled;
    status.counters.reversedLinks = made.reversed;
    status.counters.punchedLinks = made.punched;
    return status;
}

void TreeNode::setFreeBytes(qint64 bytes)
{
    m_driver->feed(SetFreeBytes{bytes});
}

void TreeNode::setSelf(net::Endpoint endpoint)
{
    m_driver->feed(SetSelf{std::move(endpoint)});
}

void TreeNode::addSeeds(std::vector<net::Peer> seeds)
{
    m_driver->feed(AddSeeds{std::move(seeds)});
}

void TreeNode::checkReach(quint16 port)
{
    m_driver->feed(CheckReach{port});
}

void TreeNode::onReachChecked(std::function<void(const std::vector<DialBackResult> &)> checked)
{
    m_driver->m_onReachChecked = std::move(checked);
}

void TreeNode::onProbe(Probe probe)
{
    m_driver->m_probe = std::move(probe);
}

void TreeNode::onMirror(std::function<quint16()> sparePort, Mirror mirror)
{
    m_driver->m_direct.setMirror({std::move(sparePort), std::move(mirror)});
}

std::vector<net::Peer> TreeNode::knownPeers() const
{
    return m_driver->m_machine.knownPeers();
}

qint64 TreeNode::networkSize() const
{
    return m_driver->m_machine.members().estimate();
}

bool TreeNode::knowsEverybody() const
{
    return !m_driver->m_machine.members().isQuiet();
}

std::vector<net::Peer> TreeNode::sample(
    std::size_t count, const std::function<bool(const Member &)> &wanted) const
{
    return m_driver->m_machine.members().sample(count, wanted);
}

std::vector<Member> TreeNode::members() const
{
    return m_driver->m_machine.members().members();
}

std::optional<Member> TreeNode::find(const NodeId &id) const
{
    return m_driver->m_machine.members().find(id);
}

Directory::Watch TreeNode::watch(std::function<void(const NodeId &)> changed)
{
    auto watcher = std::make_shared<Driver::Watcher>(std::move(changed));
    std::erase_if(m_driver->m_watchers, [](const auto &w) { return w.expired(); });
    m_driver->m_watchers.push_back(watcher);
    return watcher;
}

void TreeNode::linkUp(const net::Peer &peer, net::Direction direction)
{
    m_driver->feed(LinkUp{peer, direction});
}

void TreeNode::linkDown(const NodeId &peer, Errc why)
{
    m_driver->feed(LinkDown{peer, why});
    m_driver->m_direct.linkChanged(peer, false);
}

void TreeNode::frameArrived(const NodeId &from, const wire::Frame &frame)
{
    m_driver->feed(FrameArrived{from, frame});
}

void TreeNode::writable(const NodeId &peer, wire::FrameClass)
{
    m_driver->feed(Writable{peer});
}

void TreeNode::dialFailed(const net::Endpoint &endpoint, Errc why)
{
    m_driver->feed(DialFailed{endpoint, why});
}

} // namespace borg::tree
