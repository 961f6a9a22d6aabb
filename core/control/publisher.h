// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <control/client.h>

#include <QJsonObject>

#include <functional>

namespace borg::control {

/// Turns "something changed" into numbered merge patches of the snapshot, one every 100 ms at most,
/// and so rarely that it takes no more than a tenth of a processor: a snapshot may be large.
///
/// Costs a comparison per touch() while nobody listens: nothing is encoded, no timer runs. Lives on
/// the node's thread.
class Publisher {
public:
    static constexpr Ticks kEvery{100'000};
    static constexpr int kRest = 9; ///< Times as long as the last patch took.

    /// Encodes one part of the snapshot now: an object {id: record} for Peers, Files and
    /// Jobs, a record for the others.
    using Encode = std::function<QJsonObject(Part)>;
    /// Takes {seq, patch}, already one line of JSON, for every listener.
    using Send = std::function<void(const QByteArray &line)>;

    /// @param clock outlives this object.
    Publisher(Clock &clock, Encode encode, Send send);
    ~Publisher();

    /// `parts` may have changed.
    void touch(Parts parts);

    /// Whether anybody gets patches. The first listener makes a fresh snapshot.
    void setListening(bool listening);
    [[nodiscard]] bool isListening() const { return m_listening; }

    /// Sends what is pending to those who listen already, then:
    /// @return {seq, snapshot} for a listener that is about to be added.
    [[nodiscard]] QJsonObject snapshot();

private:
    Q_DISABLE_COPY_MOVE(Publisher)
    void flush();
    [[nodiscard]] QJsonObject encodeAll() const;

    Clock &m_clock;
    const Encode m_encode;
    const Send m_send;
    QJsonObject m_published; ///< What the listeners have.
    qint64 m_seq = 0;
    Parts m_dirty;
    Clock::TimerId m_timer = Clock::TimerId::None;
    Ticks m_nextAt{0}; ///< Not before.
    bool m_listening = false;
};

/// The key of a part in the snapshot ("status").
[[nodiscard]] QString keyOf(Part part);
inline constexpr std::array kParts{Part::Status, Part::Tree, Part::Storage, Part::Peers,
    Part::Files, Part::Jobs, Part::Time, Part::Reach};

} // namespace borg::control
