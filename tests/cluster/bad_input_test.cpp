// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

// The exit codes that docs/user/borgctl.md promises.
constexpr int kUsage = 2;
constexpr int kNotRunning = 3;
constexpr int kNotFound = 4;
constexpr int kExists = 5;
constexpr int kUnreadable = 6;
constexpr int kOthersSilent = 7;
constexpr int kBadLink = 8;

void writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

} // namespace

/// Every mistake gets a sentence and its exit code, and loses nothing.
class BadInputTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        QVERIFY2(m_cluster.start(3, &why), why);
        writeFile(path(u"good"_s), QByteArray(300'000, 'g'));
        const auto put = m_cluster.ctl(1, {u"put"_s, path(u"good"_s), u"--json"_s});
        QVERIFY2(put.exitCode == 0, put.text());
        m_link = put.json().value(u"link"_s).toString();
        QVERIFY(QDir().mkpath(path(u"folder"_s)));
    }

    void mistakesOnTheCommandLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("unknown option") << QStringList{u"status"_s, u"--colour"_s} << kUsage;
        QTest::newRow("unknown verb") << QStringList{u"frobnicate"_s} << kUsage;
        QTest::newRow("put nothing") << QStringList{u"put"_s} << kUsage;
        QTest::newRow("code text")
            << QStringList{u"put"_s, path(u"good"_s), u"--code"_s, u"x"_s} << kUsage;
        QTest::newRow("code k above n")
            << QStringList{u"put"_s, path(u"good"_s), u"--code"_s, u"5/3"_s} << kUsage;
        QTest::newRow("missing file") << QStringList{u"put"_s, path(u"none"_s)} << kNotFound;
        QTest::newRow("out of its folder")
            << QStringList{u"put"_s, path(u"good"_s), u"--name"_s, u"../x"_s} << kUsage;
        QTest::newRow("malformed link")
            << QStringList{u"get"_s, u"borg:r/!!!"_s, path(u"o1"_s)} << kBadLink;
        QTest::newRow("truncated link")
            << QStringList{u"get"_s, m_link.chopped(9), path(u"o2"_s)} << kBadLink;
        QTest::newRow("unknown name")
            << QStringList{u"get"_s, u"nothing-of-that-name"_s, path(u"o4"_s)} << kNotFound;
        QTest::newRow("onto a folder")
            << QStringList{u"get"_s, m_link, path(u"folder"_s)} << kUnreadable;
        QTest::newRow("into no folder")
            << QStringList{u"get"_s, m_link, path(u"no/such/folder/x"_s)} << kUnreadable;
        QTest::newRow("remove unknown")
            << QStringList{u"rm"_s, u"nothing-of-that-name"_s} << kNotFound;
    }
    void mistakesOnTheCommandLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        const auto outcome = m_cluster.ctl(1, arguments);
        QVERIFY2(outcome.exitCode == exitCode, outcome.text());
        QVERIFY2(outcome.err.size() > 20, outcome.text());
        QVERIFY2(!outcome.err.contains("Malformed"), "an error code is no sentence");
        for (const auto *name : {"o1", "o2", "o4"})
            QVERIFY(!QFile::exists(path(QLatin1StringView(name))));
    }

    void aWrongKeyIsToldFromADamagedLink()
    {
        const auto other
            = m_cluster.ctl(1, {u"put"_s, path(u"good"_s), u"--name"_s, u"b"_s, u"--json"_s});
        const auto key = other.json().value(u"link"_s).toString().section(u'#', 1);
        const auto mixed = m_link.section(u'#', 0, 0) + u'#' + key;
        const auto outcome = m_cluster.ctl(1, {u"get"_s, mixed, path(u"o3"_s)});
        QVERIFY2(outcome.exitCode == kBadLink, outcome.text());
        QVERIFY2(outcome.err.contains("key"), outcome.text());
        QVERIFY(!QFile::exists(path(u"o3"_s)));
    }

    void anExistingFileIsNeverOverwrittenWithoutForce()
    {
        writeFile(path(u"mine"_s), "precious");
        const auto refused = m_cluster.ctl(2, {u"get"_s, m_link, path(u"mine"_s)});
        QVERIFY2(refused.exitCode == kExists, refused.text());
        QCOMPARE(readFile(path(u"mine"_s)), "precious");
        const auto forced = m_cluster.ctl(2, {u"get"_s, m_link, path(u"mine"_s), u"--force"_s});
        QVERIFY2(forced.exitCode == 0, forced.text());
        QCOMPARE(sha256Of(path(u"mine"_s)), sha256Of(path(u"good"_s)));
    }

    void strangeFilesComeBackAsTheyWere_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << u"empty"_s << QByteArray();
        QTest::newRow("one byte") << u"one"_s << QByteArray("x");
        QTest::newRow("inline limit") << u"inline"_s << QByteArray(16 * 1024, 'i');
        QTest::newRow("above inline") << u"above"_s << QByteArray(16 * 1024 + 1, 'a');
        QTest::newRow("spaces") << u"a name with spaces"_s << QByteArray(5000, 's');
        QTest::newRow("unicode") << u"naïve 文件 🐝"_s << QByteArray(70'000, 'u');
        QTest::newRow("newline") << u"two\nlines"_s << QByteArray(1'100'000, 'n');
    }
    void strangeFilesComeBackAsTheyWere()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        writeFile(path(name), bytes);
        const auto put = m_cluster.ctl(1, {u"put"_s, path(name), u"--json"_s});
        QVERIFY2(put.exitCode == 0, put.text());
        const auto out = path(u"back-"_s + QString::fromLatin1(QTest::currentDataTag()));
        const auto get = m_cluster.ctl(3, {u"get"_s, put.json().value(u"link"_s).toString(), out});
        QVERIFY2(get.exitCode == 0, get.text());
        QCOMPARE(readFile(out), bytes);
    }

    void aSparseFileComesBack()
    {
        QFile sparse(path(u"sparse"_s));
        QVERIFY(sparse.open(QIODevice::WriteOnly) && sparse.resize(24 << 20));
        sparse.close();
        const auto put = m_cluster.ctl(1, {u"put"_s, path(u"sparse"_s), u"--json"_s});
        QVERIFY2(put.exitCode == 0, put.text());
        const auto get = m_cluster.ctl(
            2, {u"get"_s, put.json().value(u"link"_s).toString(), path(u"sparse-back"_s)});
        QVERIFY2(get.exitCode == 0, get.text());
        QCOMPARE(sha256Of(path(u"sparse-back"_s)), sha256Of(path(u"sparse"_s)));
    }

    void standardInputAndOutputWork()
    {
        const QByteArray bytes(900'000, 'p');
        const auto put = m_cluster.ctl(
            1, {u"put"_s, u"-"_s, u"--name"_s, u"piped"_s, u"--json"_s}, 60'000, bytes);
        QVERIFY2(put.exitCode == 0, put.text());
        const auto get
            = m_cluster.ctl(2, {u"get"_s, put.json().value(u"link"_s).toString(), u"-"_s});
        QVERIFY2(get.exitCode == 0, get.err);
        QCOMPARE(get.out, bytes);
    }

    void aFolderInUseAndAPortInUseAreNamed()
    {
        const auto second = run(u"borgd"_s, {u"--data"_s, m_cluster.dir(1)}, 20'000);
        QVERIFY2(second.exitCode == 3, second.text());
        QVERIFY2(second.err.contains(QByteArray::number(m_cluster.pid(1))), second.text());

        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        const auto address = u"127.0.0.1:%1"_s.arg(taken.serverPort());
        const auto blocked = run(u"borgd"_s,
            {u"--data"_s, path(u"other"_s), u"--create"_s, u"t"_s, u"--local"_s, u"--listen"_s,
                address},
            20'000);
        QVERIFY2(blocked.exitCode == 5, blocked.text());
        QVERIFY2(blocked.err.contains(address.toUtf8()), blocked.text());
    }

    void noNodeIsSaidSo()
    {
        const auto outcome = run(u"borgctl"_s, {u"--data"_s, path(u"nobody"_s), u"status"_s});
        QVERIFY2(outcome.exitCode == kNotRunning, outcome.text());
    }

    void aBadConfigurationLineIsNamed()
    {
        QVERIFY(QDir().mkpath(path(u"conf"_s)));
        const auto file = path(u"conf/bad.toml"_s);
        writeFile(file, "[storage]\nlimit = \"50 GiB\"\nlimt = 5\n");
        const auto outcome = run(u"borgd"_s,
            {u"--data"_s, path(u"conf/data"_s), u"--create"_s, u"t"_s, u"--local"_s, u"--config"_s,
                file},
            20'000);
        QVERIFY2(outcome.exitCode == 6, outcome.text());
        QVERIFY2(outcome.err.contains("bad.toml") && outcome.err.contains("3")
                && outcome.err.contains("limt"),
            outcome.text());
    }

    void aNodeWithoutRoomSaysSo()
    {
        const auto file = path(u"roomless.toml"_s);
        writeFile(file, "[storage]\nmin_free = \"1000 TiB\"\n");
        QProcess node;
        node.start(QCoreApplication::applicationDirPath() + u"/borgd"_s,
            {u"--data"_s, path(u"roomless"_s), u"--create"_s, u"t"_s, u"--local"_s, u"--config"_s,
                file, u"--quiet"_s});
        const QStringList at{u"--data"_s, path(u"roomless"_s)};
        QVERIFY(Cluster::eventually(
            [&] {
                const auto status = run(u"borgctl"_s, at + QStringList{u"status"_s});
                return status.out.contains("takes nothing new") && status.out.contains("min_free");
            },
            20'000));
        const auto doctor = run(u"borgctl"_s, at + QStringList{u"doctor"_s});
        QVERIFY2(doctor.exitCode == 1 && doctor.out.contains("1000 TiB"), doctor.text());
        QCOMPARE(run(u"borgctl"_s, at + QStringList{u"stop"_s}).exitCode, 0);
        QVERIFY(node.waitForFinished(20'000));
    }

    void aFolderOfAnotherVersionIsLeftAlone()
    {
        QByteArray why;
        const auto folder = path(u"future"_s);
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(
            QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        // Whatever the name of the version file: take it from a real node's folder.
        const auto names
            = QDir(m_cluster.dir(1)).entryList({u"*ersion*"_s, u"*ormat*"_s}, QDir::Files);
        QVERIFY(!names.isEmpty());
        writeFile(folder + u'/' + names.first(), "999999\n");
        const auto outcome
            = run(u"borgd"_s, {u"--data"_s, folder, u"--create"_s, u"t"_s, u"--local"_s}, 20'000);
        QVERIFY2(outcome.exitCode == 4, outcome.text());
        QCOMPARE(readFile(folder + u'/' + names.first()), "999999\n");
    }

    void damagedMemoriesOfPeersAreSaidAndDoNotStopTheNode_data()
    {
        QTest::addColumn<QString>("damage");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("truncated") << u"truncated"_s << QByteArray("lines of");
        QTest::newRow("rubbish") << u"rubbish"_s << QByteArray("lines of");
        QTest::newRow("huge") << u"huge"_s << QByteArray("are forgotten");
        QTest::newRow("a folder in its place") << u"folder"_s << QByteArray("are forgotten");
    }
    void damagedMemoriesOfPeersAreSaidAndDoNotStopTheNode()
    {
        QFETCH(QString, damage);
        QFETCH(QByteArray, said);
        const QString file = m_cluster.dir(3) + u"/peers"_s;
        QVERIFY(Cluster::eventually([&] { return readFile(file).contains('\n'); }, 20'000));
        m_cluster.kill(3);
        const QByteArray before = readFile(file);
        if (damage == u"truncated") {
            writeFile(file, before.first(before.lastIndexOf('\n', -2) + 12));
        } else if (damage == u"rubbish") {
            QVERIFY(writeNoise(file, 20'000, 4));
        } else if (damage == u"huge") {
            writeFile(file, before.repeated(4'000'000 / static_cast<int>(before.size())));
        } else {
            QVERIFY(QFile::remove(file) && QDir().mkpath(file));
        }
        const QString log = m_cluster.dir(3) + u"/node.log"_s;
        const auto logged = readFile(log).size();
        QByteArray why;
        QVERIFY2(m_cluster.restart(3, &why), why);
        const auto news = [&] { return readFile(log).sliced(logged); };
        QVERIFY2(Cluster::eventually([&] { return news().contains(said); }, 10'000), news());
        // Who remembers nothing is found by those who remember it.
        QVERIFY2(Cluster::eventually(
                     [&] {
                         const auto status = m_cluster.ctl(3, {u"status"_s, u"--json"_s}).json();
                         return status.value(u"members"_s).toInt() == 3;
                     },
                     60'000),
            news());
        if (damage == u"folder") { // as it was, for the next
            m_cluster.kill(3);
            QVERIFY(QDir().rmdir(file));
            writeFile(file, before);
            QVERIFY2(m_cluster.restart(3, &why), why);
        }
        const auto get = m_cluster.ctl(3, {u"get"_s, m_link, path(u"p-"_s + damage)});
        QVERIFY2(get.exitCode == 0, get.text());
    }

    void anUnknownNodeIsToldHowToBeFound()
    {
        const auto outcome = m_cluster.ctl(1, {u"ping"_s, u"nosuchnode"_s});
        QVERIFY2(outcome.exitCode == kUsage, outcome.text());
        QVERIFY2(outcome.err.contains("borgctl peers"), outcome.text());
    }

    void aPeerThatSendsGarbageDisturbsNobody()
    {
        const auto status = m_cluster.ctl(1, {u"status"_s, u"--json"_s}).json();
        const auto listen = status.value(u"listen"_s).toString();
        const auto port = static_cast<quint16>(listen.section(u':', -1).toUInt());
        QVERIFY2(port > 0, qPrintable(listen));
        std::vector<std::unique_ptr<QTcpSocket>> strangers;
        for (int count = 0; count < 40; ++count) {
            auto &socket = *strangers.emplace_back(std::make_unique<QTcpSocket>());
            socket.connectToHost(u"127.0.0.1"_s, port);
            QVERIFY(socket.waitForConnected(5000));
            if (count % 4 == 1)
                socket.write(QByteArray(100'000, '\xff'));
            else if (count % 4 == 2)
                socket.write(QByteArray::fromHex("160301ffff0100"));
            else if (count % 4 == 3)
                socket.write("GET / HTTP/1.1\r\n\r\n");
            socket.flush();
        }
        const auto get = m_cluster.ctl(2, {u"get"_s, m_link, path(u"despite"_s)});
        QVERIFY2(get.exitCode == 0, get.text());
        QCOMPARE(m_cluster.ctl(1, {u"status"_s}).exitCode, 0);
    }

    void aGetWithTooFewNodesEndsAndTheNodeLivesOn()
    {
        QVERIFY(writeNoise(path(u"long"_s), 40 << 20, 7));
        const auto put = m_cluster.ctl(1, {u"put"_s, path(u"long"_s), u"--json"_s});
        QVERIFY2(put.exitCode == 0, put.text());
        const auto link = put.json().value(u"link"_s).toString();
        m_cluster.kill(2);
        m_cluster.kill(3);
        // Many parts of the file fail at once, each ends the others.
        for (int count = 0; count < 5; ++count) {
            const auto get = m_cluster.ctl(1, {u"get"_s, link, path(u"few"_s)});
            QVERIFY2(get.exitCode == kNotFound || get.exitCode == kOthersSilent, get.text());
            QVERIFY(!QFile::exists(path(u"few"_s)));
            QCOMPARE(m_cluster.ctl(1, {u"status"_s}).exitCode, 0);
        }
        QByteArray why;
        QVERIFY2(m_cluster.restart(2, &why), why);
        QVERIFY2(m_cluster.restart(3, &why), why);
        QVERIFY(Cluster::eventually(
            [&] { return m_cluster.ctl(1, {u"get"_s, link, path(u"few"_s)}).exitCode == 0; },
            60'000));
        QCOMPARE(sha256Of(path(u"few"_s)), sha256Of(path(u"long"_s)));
    }

private:
    QString path(const QString &name) const { return m_cluster.scratch(name); }

    Cluster m_cluster;
    QString m_link;
};

QTEST_GUILESS_MAIN(BadInputTest)
#include "bad_input_test.moc"
