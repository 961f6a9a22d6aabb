// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "verify_reference.h"

#include <base/loop_clock.h>
#include <base/system_rng.h>
#include <crypto/openssl_crypto.h>
#include <net/tls_endpoint.h>
#include <tree/tree_node.h>

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSocketNotifier>
#include <QtEndian>

#include <chrono>
#include <sys/resource.h>
#include <unistd.h>

/// One node of the tree bench: a process of its own that takes commands, one JSON object a line, on
/// a socket and answers each with one line.
namespace borg::bench {

/// Of this process.
inline double residentMib()
{
    QFile statm(QStringLiteral("/proc/self/statm"));
    const auto pages
        = statm.open(QIODevice::ReadOnly) ? statm.readAll().split(' ').value(1).toLongLong() : 0;
    return static_cast<double>(pages) / 256;
}

class TreeBenchNode {
public:
    TreeBenchNode(int descriptor, quint32 batchMax, std::chrono::seconds memberPeriod)
        : m_descriptor(descriptor)
        , m_notifier(descriptor, QSocketNotifier::Read)
        , m_key(newKey())
        , m_crypto(m_key)
        , m_endpoint(m_clock, m_key)
        , m_listening(listen(m_endpoint))
        , m_tree(m_scope, m_rng, m_endpoint.transport(net::Protocol::Tree), m_crypto,
              config(m_listening, batchMax, memberPeriod))
    {
        m_tree.onDelivered([this](const tree::Delivered &delivered) { heard(delivered); });
        m_tree.onChanged([this] { lookForJoin(); });
        QObject::connect(&m_notifier, &QSocketNotifier::activated, [this] { read(); });
        answer({{QStringLiteral("port"), m_listening.port},
            {QStringLiteral("id"), m_crypto.self().text()}});
    }

    static crypto::NodeKey newKey()
    {
        auto key = crypto::NodeKey::generate();
        BORG_ASSERT(key);
        return *std::move(key);
    }
    static net::Endpoint listen(net::TlsEndpoint &endpoint)
    {
        auto listening = endpoint.listen(QStringLiteral("127.0.0.1"), 0);
        BORG_ASSERT(listening);
        return *std::move(listening);
    }
    static tree::TreeConfig config(
        const net::Endpoint &self, quint32 batchMax, std::chrono::seconds memberPeriod = {})
    {
        tree::TreeConfig config;
        config.network = QStringLiteral("bench");
        config.self = self;
        config.local = true;
        config.memberPeriod = memberPeriod;
        config.batchMax = batchMax;
        config.credit = {1'000'000, 1'000'000, 2'000'000'000, 2'000'000'000};
        return config;
    }

private:
    void answer(const QJsonObject &json)
    {
        const QByteArray line = QJsonDocument(json).toJson(QJsonDocument::Compact) + '\n';
        for (qsizetype at = 0; at < line.size();) {
            const auto written = ::write(
                m_descriptor, line.data() + at, static_cast<std::size_t>(line.size() - at));
            if (written <= 0)
                ::_exit(1); // the bench is gone
            at += written;
        }
    }
    void read()
    {
        std::array<char, 4096> buffer;
        const auto size = ::read(m_descriptor, buffer.data(), buffer.size());
        if (size <= 0)
            ::_exit(0);
        m_input.append(buffer.data(), size);
        for (auto end = m_input.indexOf('\n'); end >= 0; end = m_input.indexOf('\n')) {
            const auto line = m_input.first(end);
            m_input.remove(0, end + 1);
            command(QJsonDocument::fromJson(line).object());
        }
    }
    void command(const QJsonObject &json)
    {
        const QString what = json.value(u"do").toString();
        if (what == u"root")
            start({});
        else if (what == u"join")
            start({{*NodeId::fromText(json.value(u"id").toString()),
                {QStringLiteral("127.0.0.1"), static_cast<quint16>(json.value(u"port").toInt())}}});
        else if (what == u"send")
            flood(1, 1);
        else if (what == u"flood")
            flood(json.value(u"count").toInteger(), json.value(u"window").toInteger());
        else if (what == u"allow")
            allow(json.value(u"most").toInteger());
        else if (what == u"progress")
            report(json.value(u"every").toInteger());
        else if (what == u"stats")
            stats();
    }
    void report(qint64 every)
    {
        m_reportEvery = every;
        m_reportBase = m_heard;
    }
    void flood(qint64 count, qint64 window)
    {
        m_goal = count;
        m_sent = 0;
        allow(window);
    }
    void start(const std::vector<net::Peer> &seeds)
    {
        m_startedUs = monotonicUs();
        m_isJoining = true;
        m_tree.start(seeds, {});
    }
    void lookForJoin()
    {
        const auto state = m_tree.status().state;
        if (!m_isJoining || (state != tree::TreeState::Attached && state != tree::TreeState::Root))
            return;
        m_isJoining = false;
        answer({{QStringLiteral("joinedMs"),
            static_cast<double>(monotonicUs() - m_startedUs) / 1000}});
    }
    /// As fast as the tree takes them, but never more than allowed.
    void send()
    {
        m_isSending = true;
        for (int turn = 0; turn < 64 && m_sent < std::min(m_goal, m_allowed); ++turn) {
            QByteArray payload(1024, 'x');
            qToBigEndian(monotonicUs(), payload.data());
            if (!m_tree.broadcast(QStringLiteral("bench"), {}, payload))
                break;
            ++m_sent;
        }
        m_isSending = m_sent < std::min(m_goal, m_allowed);
        if (m_isSending)
            m_clock.after(Ticks{200}, [this] { send(); });
        else if (m_sent == m_goal && std::exchange(m_goal, 0) > 0)
            answer({{QStringLiteral("sent"), true}});
    }
    void allow(qint64 most)
    {
        m_allowed = most;
        if (!m_isSending)
            send();
    }
    void heard(const tree::Delivered &delivered)
    {
        const qint64 now = monotonicUs();
        ++m_heard;
        m_lastUs = now;
        m_delayUs = now - qFromBigEndian<qint64>(delivered.attachment.data());
        m_hops = delivered.hops;
        if (m_reportEvery > 0 && (m_heard - m_reportBase) % m_reportEvery == 0)
            answer({{QStringLiteral("heardNow"), m_heard - m_reportBase}});
    }
    static QJsonArray reasonsOf(const tree::TreeStatus &status)
    {
        QJsonArray reasons;
        for (const auto &change : status.history)
            reasons.append(change.reason);
        return reasons;
    }
    void stats()
    {
        const auto status = m_tree.status();
        qint64 bytesOut = 0;
        for (const auto &link : status.links) {
            if (const auto stats = m_endpoint.stats(net::Protocol::Tree, link.peer))
                bytesOut += static_cast<qint64>(stats->bytesOut);
        }
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        const auto us = [](const timeval &time) { return time.tv_sec * 1'000'000 + time.tv_usec; };
        answer({{QStringLiteral("heard"), m_heard}, {QStringLiteral("lastUs"), m_lastUs},
            {QStringLiteral("delayUs"), m_delayUs}, {QStringLiteral("hops"), qint64{m_hops}},
            {QStringLiteral("cpuUs"), qint64{us(usage.ru_utime) + us(usage.ru_stime)}},
            {QStringLiteral("rssMib"), residentMib()}, {QStringLiteral("bytesOut"), bytesOut},
            {QStringLiteral("duplicates"), status.counters.duplicates},
            {QStringLiteral("pulled"), status.counters.pulled},
            {QStringLiteral("invalid"), status.counters.invalid},
            {QStringLiteral("depth"), qint64{status.depth}},
            {QStringLiteral("links"), qint64{std::ssize(status.links)}},
            {QStringLiteral("members"), qint64{std::ssize(m_tree.members())}},
            {QStringLiteral("parentChanges"), status.counters.parentChanges},
            {QStringLiteral("reasons"), reasonsOf(status)}});
    }

    const int m_descriptor;
    QSocketNotifier m_notifier;
    QByteArray m_input;
    LoopClock m_clock;
    SystemRng m_rng;
    TaskScope m_scope{m_clock};
    const crypto::NodeKey m_key;
    const crypto::OpenSslCrypto m_crypto;
    net::TlsEndpoint m_endpoint;
    const net::Endpoint m_listening;
    tree::TreeNode m_tree;
    qint64 m_startedUs = 0;
    bool m_isJoining = false;
    qint64 m_goal = 0; ///< Messages to send,
    qint64 m_sent = 0; ///< sent of them,
    qint64 m_allowed = 0; ///< and how many may be by now.
    bool m_isSending = false;
    qint64 m_reportEvery = 0; ///< 0: never.
    qint64 m_reportBase = 0;
    qint64 m_heard = 0;
    qint64 m_lastUs = 0;
    qint64 m_delayUs = 0;
    quint32 m_hops = 0;
};

} // namespace borg::bench
