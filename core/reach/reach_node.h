// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/tree_node.h>

#include <reach/lan_finder.h>
#include <reach/port_map.h>
#include <reach/prober.h>
#include <reach/reachability.h>

namespace borg::reach {

/// What the composition root decides.
struct ReachConfig {
    QString network; ///< Its id.
    bool isLocal = false; ///< All nodes on one computer: nothing is mapped or checked.
    bool mapsPorts = true;
    bool findsLan = true;
    net::Endpoint listen; ///< Where the node listens.
    net::Endpoint self; ///< What others dial, unless something better is found.
    bool isFixed = false; ///< `self` is what the owner says: never another.
};

/// Makes the node reachable and finds out whether it is: asks the router for a port, has peers dial
/// back, calls into the LAN; tells the tree where others shall dial.
///
/// Lives on the node's thread. At rest it works once in 5 s for the LAN, and asks peers every
/// 30 minutes.
class ReachNode {
public:
    static constexpr Ticks kCheckEvery = std::chrono::minutes(30); ///< When it went well.
    static constexpr Ticks kCheckAgain
        = std::chrono::seconds(70); ///< Helpers answer once a minute.
    static constexpr Ticks kCheckSoon = std::chrono::seconds(2);
    static constexpr Ticks kLookEvery = std::chrono::seconds(5); ///< At our own addresses.

    /// @param scope, rng, executor, crypto, tree outlive this object.
    ReachNode(TaskScope &scope, Rng &rng, Executor &executor, const crypto::Crypto &crypto,
        tree::TreeNode &tree, ReachConfig config);
    ~ReachNode();

    /// Once the tree was started.  @param changed comes when snapshot() changed.
    void start(std::function<void()> changed);
    /// Gives the router's port back. The node's links still work.
    [[nodiscard]] QCoro::Task<Result<Done>> stop();
    /// The node has other links than before: whoever had nobody to ask may have now.
    void linksChanged();
    /// Looks again now, because a person asks; helpers may be busy for a minute.
    void checkNow() { checkIn(Ticks{0}); }
    /// A link came through a punched hole.
    void notePunched()
    {
        if (!std::exchange(m_isPunched, true))
            decide();
    }

    [[nodiscard]] const Reachability &snapshot() const { return m_now; }
    /// Where others shall dial.
    [[nodiscard]] const net::Endpoint &self() const { return m_self; }

private:
    Q_DISABLE_COPY_MOVE(ReachNode)

    void look();
    void check();
    void checkIn(Ticks span);
    void checked(const std::vector<tree::DialBackResult> &results);
    void lanPeerFound(const net::Peer &peer);
    void decide();
    [[nodiscard]] net::Endpoint bestSelf() const;
    [[nodiscard]] bool isReached() const;
    [[nodiscard]] quint16 externalPort() const;

    TaskScope &m_scope;
    tree::TreeNode &m_tree;
    const ReachConfig m_config;
    std::optional<PortMap> m_ports;
    std::optional<LanFinder> m_lan;
    std::optional<Error> m_lanProblem;
    Prober m_prober;
    std::function<void()> m_changed;
    net::Endpoint m_self;
    std::vector<QString> m_addresses; ///< Of this computer, without loopback and link-local.
    std::vector<DialBackAnswer> m_dialBack;
    QString m_seenAt;
    qint64 m_checkedUtcMs = 0;
    bool m_isChecking = false;
    bool m_isPunched = false;
    Clock::TimerId m_checkTimer = Clock::TimerId::None;
    Clock::TimerId m_lookTimer = Clock::TimerId::None;
    Reachability m_now;
};

/// @return the addresses of this computer that other computers may dial, IPv4 first; public ones
///         before private ones.
[[nodiscard]] std::vector<QString> ownAddresses();

/// What `doctor` and the Network page show, from what is known. Pure.
struct Facts {
    const ReachConfig &config;
    bool mapsPorts = false; ///< And tried.
    std::optional<Mapping> mapping;
    std::vector<PortMap::Attempt> attempts;
    std::vector<QString> addresses;
    std::vector<DialBackAnswer> dialBack;
    QString seenAt;
    qint64 lanPeers = 0;
    bool findsLan = false;
    std::optional<Error> lanProblem;
    bool isPunched = false;
};
/// Fills state, reason, findings, mappedBy, seenAt, isDoubleNat, dialBack, lanPeers.
[[nodiscard]] Reachability judge(const Facts &facts);

} // namespace borg::reach
