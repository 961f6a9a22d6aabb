// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace borg {

/// A request to stop, shared by whoever asks and whoever works. Copies are the same request.
/// Lives on the node's thread. Work that hears it ends with Errc::Closed.
class Cancel {
    struct State {
        bool isCancelled = false;
        quint64 lastId = 0;
        std::map<quint64, std::function<void()>> listeners;
    };

public:
    /// Takes a listener back when it is destroyed.
    using Listener = std::shared_ptr<void>;

    [[nodiscard]] bool isCancelled() const { return m_state->isCancelled; }

    /// Calls every listener once, from inside this call: they only post or set something.
    void cancel() const
    {
        if (std::exchange(m_state->isCancelled, true))
            return;
        for (const auto &[id, listener] : std::exchange(m_state->listeners, {}))
            listener();
    }

    /// `action` is called at once when the request was made already.
    [[nodiscard]] Listener onCancel(std::function<void()> action) const
    {
        if (m_state->isCancelled) {
            action();
            return {};
        }
        const quint64 id = ++m_state->lastId;
        m_state->listeners.emplace(id, std::move(action));
        return {m_state.get(), [weak = std::weak_ptr(m_state), id](void *) {
                    if (const auto state = weak.lock())
                        state->listeners.erase(id);
                }};
    }

private:
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace borg
