// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <control/schema.h>

#include <QCoroTask>
#include <QObject>
#include <QPointer>
#include <QStringList>

#include <functional>
#include <map>
#include <memory>
#include <optional>

class QLocalSocket;

namespace borg::control {

namespace rpc {
class LineReader;
}

/// The parts of a Snapshot, for Client::changed().
enum class Part : quint8 {
    Status = 1,
    Tree = 2,
    Storage = 4,
    Peers = 8,
    Files = 16,
    Jobs = 32,
    Time = 64,
    Reach = 128,
};
Q_DECLARE_FLAGS(Parts, Part)
Q_DECLARE_OPERATORS_FOR_FLAGS(Parts)

/// Everything a node shows, as one consistent picture. The maps are keyed by id.
struct Snapshot {
    Status status;
    Tree tree;
    Storage storage;
    std::map<QString, Peer> peers;
    std::map<QString, File> files;
    std::map<QString, Job> jobs;
    Time time;
    Reach reach;

    friend bool operator==(const Snapshot &, const Snapshot &) = default;
};

struct ClientOptions {
    bool subscribe = true; ///< Keep snapshot() current; a one-shot command needs only calls.
    bool reconnect = true; ///< Try again after a loss: 100 ms, doubling to 5 s.
};

/// A node's control socket, from the desktop or the command line: calls, and a snapshot that is
/// kept current by the node's patches.
///
/// Lives on the thread of its creator. Destroying it answers every open call with Errc::Closed.
/// The detail of an Error from here is a sentence for people (a second sentence says what to do).
class Client : public QObject {
    Q_OBJECT

public:
    using Answer = std::function<void(Result<QJsonObject>)>;

    /// @param clock outlives this object (base/loop_clock.h).
    /// @param dataDir of the node; its socket is found by control/paths.h at each attempt.
    Client(Clock &clock, QString dataDir, ClientOptions options = {}, QObject *parent = nullptr);
    ~Client() override;

    /// Begins to connect; connected() or disconnected() follows from the event loop.
    void start();
    /// Hangs up and does not come back until start(). No signal.
    void stop();
    /// Tries at once instead of waiting for the next attempt.
    void retryNow();

    /// True between connected() and disconnected(). With `subscribe`, snapshot() is whole then.
    [[nodiscard]] bool isConnected() const { return m_state == State::Ready; }
    /// Why there is no connection: Unreachable (no node runs), Unauthorized (another user's), or
    /// Malformed (the node is of another version).
    [[nodiscard]] const std::optional<Error> &problem() const { return m_problem; }

    /// The last picture; stays as it was while disconnected.
    [[nodiscard]] const Snapshot &snapshot() const { return m_snapshot; }
    [[nodiscard]] const QString &dataDir() const { return m_dataDir; }

    /// Calls `method`. Waits for a connection that is being made; without one, Unreachable at once.
    ///
    /// @return the result, or the node's error, or Unreachable (lost meanwhile), or Closed.
    [[nodiscard]] QCoro::Task<Result<QJsonObject>> call(QString method, QJsonObject params = {});
    /// The same with a callback on this thread, dropped when `context` is gone by then.
    void call(const QString &method, const QJsonObject &params, QObject *context, Answer answer);

    /// A call of control/methods.h: `co_await client.ask(Put{.path = …})`.
    template <typename M>
    [[nodiscard]] QCoro::Task<Result<typename M::Reply>> ask(M method)
    {
        const auto answer = co_await call(wire::latin1(M::kName), wire::encodeFields(method));
        if (!answer)
            co_return answer.error();
        co_return wire::decodeFields<typename M::Reply>(*answer);
    }

Q_SIGNALS:
    void connected();
    void disconnected(const QString &reason);
    void changed(borg::control::Parts parts);

private:
    enum class State : quint8 { Stopped, Waiting, Connecting, Greeting, Ready };
    struct Open {
        QPointer<QObject> context;
        bool hasContext = false;
        Answer answer;
    };

    void connectNow();
    void tryNextPath();
    void socketConnected();
    void socketLost();
    void greeted(const Result<QJsonObject> &hello);
    void subscribed(const Result<QJsonObject> &reply);
    void becomeReady();
    void drop(Error problem);
    void forgetSocket();
    void readLines();
    void handleLine(const QByteArray &line);
    void handlePatch(const QJsonObject &params);
    std::optional<Error> decode(const QJsonObject &patch, Parts *parts);
    void issue(const QString &method, const QJsonObject &params, Open open);
    void fail(quint64 id);
    void failAll(const Error &error);
    static void finish(const Open &open, Result<QJsonObject> result);

    Clock &m_clock;
    const QString m_dataDir;
    const ClientOptions m_options;
    std::unique_ptr<QLocalSocket> m_socket;
    State m_state = State::Stopped;
    std::optional<Error> m_problem;
    QStringList m_paths; ///< Not tried yet in this attempt.
    Clock::TimerId m_timer = Clock::TimerId::None; ///< Next attempt, or end of patience.
    Ticks m_backoff{};
    quint64 m_lastId = 0;
    std::map<quint64, Open> m_open;
    struct Unsent {
        quint64 id;
        QString method;
        QJsonObject params;
    };
    std::vector<Unsent> m_unsent; ///< Asked while connecting.
    std::unique_ptr<rpc::LineReader> m_input;
    qint64 m_seq = 0;
    QJsonObject m_json; ///< What m_snapshot was decoded from.
    Snapshot m_snapshot;
};

} // namespace borg::control
