// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kUnauthenticatedMax = 256;
constexpr qint64 kMemoryKiBMax = 100 * 1024; ///< More than before, under any of this.

/// A connection of somebody who does not play by the rules.
class Stranger {
public:
    explicit Stranger(quint16 port)
        : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_isConnected
            = ::connect(m_fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
        ::fcntl(m_fd, F_SETFL, O_NONBLOCK);
    }
    Stranger(Stranger &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
        , m_isConnected(other.m_isConnected)
    {
    }
    ~Stranger()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Stranger &operator=(Stranger &&) = delete;

    [[nodiscard]] bool isConnected() const { return m_isConnected; }
    [[nodiscard]] bool isCut() const
    {
        char byte = 0;
        return ::recv(m_fd, &byte, 1, MSG_PEEK) == 0 || errno == ECONNRESET;
    }
    bool say(char byte) const { return ::send(m_fd, &byte, 1, MSG_NOSIGNAL) == 1; }

private:
    int m_fd;
    bool m_isConnected = false;
};

qint64 residentKiB(pid_t pid)
{
    QFile status(u"/proc/%1/status"_s.arg(pid));
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.sliced(6).trimmed().split(' ').front().toLongLong();
    }
    return -1;
}

} // namespace

/// A real node at whose port strangers stand: it goes on, holds few of them, and says how many it
/// turned away, and why.
class FloodTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        rlimit limit{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
        limit.rlim_cur = limit.rlim_max;
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        if (limit.rlim_cur < 4096)
            QSKIP("SKIPPED, nothing was checked: this computer allows too few descriptors");
        QByteArray why;
        QVERIFY2(m_cluster.start(3, &why), why);
        const auto status = m_cluster.ctl(1, {u"status"_s, u"--json"_s}).json();
        m_port
            = static_cast<quint16>(status.value(u"listen"_s).toString().section(u':', -1).toUInt());
        QVERIFY(m_port > 0);
        QVERIFY(writeNoise(m_cluster.scratch(u"file"_s), 500'000, 3));
        m_memoryKiB = residentKiB(m_cluster.pid(1));
        QVERIFY(m_memoryKiB > 0);
    }

    /// 1,200 connections that say nothing, while the others work.
    void aFloodOfSilentConnectionsIsHeldDown()
    {
        const qint64 before = refused(u"tooMany"_s);
        std::vector<Stranger> flood;
        for (int count = 0; count < 1200; ++count) {
            flood.emplace_back(m_port);
            QVERIFY2(flood.back().isConnected(), QByteArray::number(count));
        }
        QVERIFY(Cluster::eventually([&] { return refused(u"tooMany"_s) > before + 900; }, 20'000));
        QVERIFY(refused(u"waiting"_s) <= kUnauthenticatedMax);
        honestWork();
        checkMemory();
        // At the latest at the deadline of a handshake nobody of them is left.
        QVERIFY(Cluster::eventually([&] { return refused(u"waiting"_s) == 0; }, 20'000));
        QVERIFY(std::ranges::all_of(flood, &Stranger::isCut));
    }

    void whoSaysAByteASecondIsCutAtTheDeadline()
    {
        const qint64 before = refused(u"slowHandshake"_s);
        constexpr int kSlow = 200;
        std::vector<Stranger> slow;
        for (int count = 0; count < kSlow; ++count)
            slow.emplace_back(m_port);
        const QByteArray hello = QByteArray::fromHex("16030100c8010000c40303") + QByteArray(190, 7);
        QElapsedTimer timer;
        timer.start();
        bool hasWorked = false;
        while (timer.elapsed() < 15'000 && !std::ranges::all_of(slow, &Stranger::isCut)) {
            for (const auto &stranger : slow)
                stranger.say(hello.at(std::min<qint64>(timer.elapsed() / 1000, 100)));
            if (!std::exchange(hasWorked, true))
                honestWork();
            QTest::qWait(1000);
        }
        QVERIFY2(std::ranges::all_of(slow, &Stranger::isCut), "some are still connected");
        QVERIFY(Cluster::eventually(
            [&] { return refused(u"slowHandshake"_s) >= before + kSlow; }, 5'000));
        checkMemory();
    }

    void aStormOfConnectionsThatCloseAtOnceIsHarmless()
    {
        const qint64 before = refused(u"vanished"_s) + refused(u"tooMany"_s);
        constexpr int kStorm = 5000;
        int connected = 0;
        for (int count = 0; count < kStorm; ++count)
            connected += Stranger(m_port).isConnected() ? 1 : 0;
        honestWork();
        QVERIFY2(Cluster::eventually(
                     [&] {
                         return refused(u"vanished"_s) + refused(u"tooMany"_s)
                             >= before + connected * 9 / 10;
                     },
                     20'000),
            QByteArray::number(refused(u"vanished"_s)) + " of " + QByteArray::number(connected));
        checkMemory();
        const auto text = m_cluster.ctl(1, {u"peers"_s}).out;
        QVERIFY2(text.contains("Connections refused:") && text.contains("too slow")
                && text.contains("gone before"),
            text);
    }

private:
    [[nodiscard]] qint64 refused(const QString &why)
    {
        const auto peers = m_cluster.ctl(1, {u"peers"_s, u"--json"_s}).json();
        return peers.value(u"refused"_s).toObject().value(why).toInteger(-1);
    }
    void honestWork()
    {
        const auto file = m_cluster.scratch(u"file"_s);
        const auto put = m_cluster.ctl(2, {u"put"_s, file, u"--json"_s});
        QVERIFY2(put.exitCode == 0, put.text());
        const auto back = m_cluster.scratch(u"back"_s);
        const auto get = m_cluster.ctl(
            3, {u"get"_s, put.json().value(u"link"_s).toString(), back, u"--force"_s});
        QVERIFY2(get.exitCode == 0, get.text());
        QCOMPARE(sha256Of(back), sha256Of(file));
        const auto id = m_cluster.ctl(1, {u"status"_s, u"--json"_s}).json().value(u"nodeId"_s);
        const auto ping = m_cluster.ctl(3, {u"ping"_s, id.toString()});
        QVERIFY2(ping.exitCode == 0, ping.text());
    }
    void checkMemory()
    {
        const qint64 now = residentKiB(m_cluster.pid(1));
        QVERIFY2(now > 0 && now < m_memoryKiB + kMemoryKiBMax,
            QByteArray::number(now) + " KiB, before " + QByteArray::number(m_memoryKiB));
    }

    Cluster m_cluster;
    quint16 m_port = 0;
    qint64 m_memoryKiB = 0;
};

QTEST_GUILESS_MAIN(FloodTest)
#include "flood_test.moc"
