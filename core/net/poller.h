// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>

#include <array>
#include <functional>
#include <memory>
#include <sys/epoll.h>

namespace borg::net {

/// Many descriptors behind one QSocketNotifier: an epoll set of our own. Qt's dispatcher looks at
/// every descriptor in every turn of its loop, which a node with hundreds of links would feel.
///
/// Level-triggered. One thread. A handler may remove any handler, itself too, while it is called.
class Poller {
public:
    class Handler {
    public:
        /// An error or a hang-up of the descriptor counts as both: the next call on it says which.
        virtual void ready(bool isReadable, bool isWritable) = 0;

    protected:
        ~Handler() = default;
    };
    enum class Wants : quint32 {
        Nothing = 0,
        Read = EPOLLIN,
        Write = EPOLLOUT,
        Both = EPOLLIN | EPOLLOUT,
    };

    /// @param afterBatch is called after each group of handlers was.
    explicit Poller(std::function<void()> afterBatch);
    ~Poller();

    /// @return false when the system has no room for another descriptor.
    [[nodiscard]] bool add(int descriptor, Handler &handler, Wants wants);
    /// @pre added
    void change(int descriptor, Handler &handler, Wants wants);
    /// Before the descriptor is closed. Harmless when it was not added.
    void remove(int descriptor, Handler &handler);
    /// @return whether handlers are being called: afterBatch follows.
    [[nodiscard]] bool isDispatching() const { return m_isDispatching; }

private:
    static constexpr std::size_t kBatch = 32; ///< Then timers and others have their turn.

    Q_DISABLE_COPY_MOVE(Poller)
    void dispatch();

    const int m_epoll;
    const std::function<void()> m_afterBatch;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::array<epoll_event, kBatch> m_events{};
    std::size_t m_eventCount = 0;
    bool m_isDispatching = false;
};

} // namespace borg::net
