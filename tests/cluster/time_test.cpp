// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QDateTime>
#include <QFile>
#include <QTest>

#include <cstdio>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kNodes = 16;
constexpr auto kLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"_L1;
constexpr qint64 kHourUs = 3'600'000'000;

/// How far a node's answer lies outside the span in which it was asked for.
struct Reading {
    qint64 outsideMs = 0;
    QJsonObject time;
};

Reading read(Cluster &cluster, int node)
{
    const qint64 before = QDateTime::currentMSecsSinceEpoch();
    const auto answer = cluster.ctl(node, {u"time"_s, u"--json"_s});
    const qint64 after = QDateTime::currentMSecsSinceEpoch();
    const qint64 said = answer.json().value(u"utcMs"_s).toInteger();
    return {std::max({qint64{0}, before - said, said - after}), answer.json()};
}

} // namespace

/// Sixteen real nodes, three of which believe that it is another hour, day or year (libfaketime).
class TimeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(kLibrary))
            QSKIP("libfaketime is not installed: real clocks that differ were NOT tested");
        QByteArray why;
        QVERIFY2(m_cluster.start(kNodes, &why), why);
        const std::pair<int, const char *> off[]{{5, "+1h"}, {9, "-365d"}, {13, "+600s"}};
        for (const auto &[node, by] : off)
            m_cluster.kill(node);
        for (const auto &[node, by] : off) {
            setOff(node, by);
            auto environment = QProcessEnvironment::systemEnvironment();
            environment.insert(u"LD_PRELOAD"_s, kLibrary);
            environment.insert(
                u"FAKETIME_TIMESTAMP_FILE"_s, m_cluster.scratch(u"off%1"_s.arg(node)));
            environment.insert(u"FAKETIME_CACHE_DURATION"_s, u"1"_s);
            environment.insert(u"FAKETIME_DONT_FAKE_MONOTONIC"_s, u"1"_s);
            QVERIFY2(m_cluster.restart(node, &why, environment), why);
        }
    }

    void clocksFarOffDoNotKeepANodeOut()
    {
        for (const int node : {1, 5, 9, 13}) {
            Outcome status;
            QVERIFY2(
                Cluster::eventually(
                    [&] {
                        status = m_cluster.ctl(node, {u"status"_s, u"--json"_s});
                        const auto json = status.json();
                        const auto members = json.value(u"members"_s).toInteger()
                            + json.value(u"status"_s).toObject().value(u"members"_s).toInteger();
                        return members == kNodes;
                    },
                    120'000),
                status.text());
        }
    }

    void allNodesAgreeOnTheTime()
    {
        qint64 worstMs = 0;
        for (int node = 1; node <= kNodes; ++node) {
            Reading reading;
            QVERIFY2(Cluster::eventually(
                         [&] {
                             reading = read(m_cluster, node);
                             return reading.time.value(u"state"_s) == u"synced"_s;
                         },
                         180'000),
                qPrintable(QString::number(node)));
            const qint64 boundUs = reading.time.value(u"boundUs"_s).toInteger();
            QVERIFY(reading.outsideMs * 1000 <= boundUs);
            QVERIFY(reading.outsideMs <= 1000);
            worstMs = std::max(worstMs, reading.outsideMs);
        }
        std::printf("{\"nodes\":%d,\"worst_ms\":%lld}\n", kNodes, static_cast<long long>(worstMs));
    }

    void whoseClockIsOffIsWarned()
    {
        const auto check = [&](int node, qint64 offUs, const QString &word) {
            const auto time = read(m_cluster, node).time;
            QVERIFY(std::abs(time.value(u"offsetUs"_s).toInteger() + offUs) < 1'000'000);
            QVERIFY2(time.value(u"warning"_s).toString().contains(word),
                qPrintable(time.value(u"warning"_s).toString()));
        };
        check(5, kHourUs, u"60 min ahead"_s);
        check(9, -365 * 24 * kHourUs, u"365 days behind"_s);
        check(13, kHourUs / 6, u"10 min ahead"_s);
        QVERIFY(!read(m_cluster, 1).time.value(u"warning"_s).toString().contains(u"ahead"_s));
    }

    /// The clock of a running node is set back by a year and an hour.
    void aJumpWhileItRunsChangesNothing()
    {
        setOff(5, "-365d");
        QVERIFY(Cluster::eventually(
            [&] {
                return read(m_cluster, 5).time.value(u"offsetUs"_s).toInteger()
                    > 300 * 24 * kHourUs;
            },
            60'000));
        for (int i = 0; i < 10; ++i) {
            const auto reading = read(m_cluster, 5);
            QVERIFY(reading.outsideMs <= 1000);
            QCOMPARE(reading.time.value(u"state"_s).toString(), u"synced"_s);
            QTest::qWait(500);
        }
    }

private:
    void setOff(int node, const char *by)
    {
        QFile file(m_cluster.scratch(u"off%1"_s.arg(node)));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(by);
        file.write("\n");
    }

    Cluster m_cluster;
};

QTEST_GUILESS_MAIN(TimeTest)
#include "time_test.moc"
