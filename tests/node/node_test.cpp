// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/loop_clock.h>
#include <node/config.h>
#include <node/genesis.h>
#include <node/jobs.h>
#include <node/log.h>
#include <node/stream.h>
#include <sim/sim_clock.h>
#include <sim/sim_rng.h>

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <sys/socket.h>

#pragma GCC diagnostic ignored "-Wconversion" // QTRY_… of Qt 6.8 narrows by itself

using namespace borg;
using namespace borg::node;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcTest, "borg.test")

namespace {

const Genesis kGenesis{u"Übung"_s, true, QByteArray(16, '\x07')};

Invite someInvite()
{
    return {kGenesis,
        {Seed{NodeId{{1, 2, 3}}, {u"127.0.0.1"_s, 7400}}, Seed{std::nullopt, {u"::1"_s, 7401}}}};
}

QString wrapped(const QByteArray &json)
{
    return Invite::kPrefix
        + QLatin1StringView(
            json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

QByteArray chunk(const QByteArray &bytes)
{
    QByteArray framed(4, '\0');
    qToBigEndian(static_cast<quint32>(bytes.size()), framed.data());
    return framed + bytes;
}

} // namespace

class NodeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theDefaultFileSetsNothingAndSaysEverything()
    {
        const QByteArray file = defaultConfigFile();
        const auto config = parseConfig(file, u"config.toml"_s);
        QVERIFY2(config.ok(), config ? "" : qPrintable(config.error().detail));
        QCOMPARE(config->toJson(), Config{}.toJson());
        // Each key stands there as a comment, and is right when the comment mark is taken away.
        QByteArray all = file;
        all.replace("# name", "name")
            .replace("# listen =", "listen =")
            .replace("# limit =", "limit =");
        all.replace("# min_free =", "min_free =").replace("# seeds =", "seeds =");
        all.replace("# advertise =", "advertise =").replace("# level =", "level =");
        all.replace("# uplink =", "uplink =");
        const auto set = parseConfig(all, u"config.toml"_s);
        QVERIFY2(set.ok(), set ? "" : qPrintable(set.error().detail));
        QCOMPARE(set->storageLimitBytes, Config{}.storageLimitBytes);
        QCOMPARE(set->minFreeBytes, Config{}.minFreeBytes);
        QCOMPARE(set->listen->port, 7400);
    }

    void aWrongLineIsNamed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("says");
        const auto row = [](const char *name, const char *text, const QStringList &says) {
            QTest::newRow(name) << QByteArray(text) << says;
        };
        row("no TOML", "[node]\nlisten = \"a:1\nname=1\n", {u"line 2"_s, u"not TOML"_s});
        row("twice", "[log]\nlevel=\"info\"\nlevel=\"info\"\n", {u"line 3"_s, u"not TOML"_s});
        row("binary", "\x01\x02", {u"line 1"_s});
        row("bad UTF-8", "[node]\nname = \"\xff\"\n", {u"line 2"_s});
        row("section", "\n[stroage]\nlimit = 1\n", {u"line 2"_s, u"stroage"_s, u"storage"_s});
        row("section as value", "node = 5\n", {u"line 1"_s, u"[node]"_s});
        row("key", "[storage]\n\nlimmit = 1\n", {u"line 3"_s, u"limmit"_s, u"limit, min_free"_s});
        row("type", "[storage]\nlimit = true\n",
            {u"line 2"_s, u"storage.limit"_s, u"50 GiB"_s, u"true"_s});
        row("size", "[storage]\nlimit = \"50 pints\"\n", {u"line 2"_s, u"50 pints"_s});
        row("negative", "[storage]\nmin_free = -1\n", {u"line 2"_s, u"storage.min_free"_s});
        row("port", "[node]\nlisten = \"0.0.0.0:99999\"\n",
            {u"line 2"_s, u"node.listen"_s, u"99999"_s});
        row("no port", "[network]\nadvertise = \"example.org\"\n",
            {u"line 2"_s, u"network.advertise"_s});
        row("uplink", "[network]\nuplink = \"fast\"\n",
            {u"line 2"_s, u"network.uplink"_s, u"50 Mbit/s"_s});
        row("seeds", "[network]\nseeds = [\"a:1\", 7]\n",
            {u"line 2"_s, u"network.seeds"_s, u"list"_s});
        row("level", "[log]\nlevel = \"loud\"\n",
            {u"line 2"_s, u"log.level"_s, u"loud"_s, u"warning"_s});
    }
    void aWrongLineIsNamed()
    {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, says);
        const auto config = parseConfig(text, u"my.toml"_s);
        QVERIFY(!config.ok());
        QVERIFY2(config.error().detail.startsWith(u"my.toml, "), qPrintable(config.error().detail));
        for (const QString &part : says)
            QVERIFY2(config.error().detail.contains(part), qPrintable(config.error().detail));
    }

    void sizesAreReadAsPeopleWriteThem()
    {
        QCOMPARE(parseSize(u"50 GiB"), 50LL << 30);
        QCOMPARE(parseSize(u" 1.5 MB "), 1'500'000);
        QCOMPARE(parseSize(u"4096"), 4096);
        for (const auto *const wrong :
            {u"", u"GiB", u"1 2", u"-1", u"1e3", u"9999999 TiB", u"1..2 MB"})
            QVERIFY2(!parseSize(wrong), qPrintable(QString(wrong)));
        QCOMPARE(sizeText(50LL << 30), u"50 GiB"_s);
        QCOMPARE(sizeText(1536), u"1.50 KiB"_s);
    }

    void ratesAreReadAsPeopleWriteThem()
    {
        QCOMPARE(parseRate(u"50 Mbit/s"), 50'000'000);
        QCOMPARE(parseRate(u"1.5 Gbit/s "), 1'500'000'000);
        QCOMPARE(parseRate(u"800kbit/s"), 800'000);
        for (const auto *const wrong :
            {u"", u"50", u"Mbit/s", u"-1 Mbit/s", u"50 MB/s", u"nan bit/s"})
            QVERIFY2(!parseRate(wrong), qPrintable(QString(wrong)));
        QCOMPARE(rateText(50'000'000), u"50 Mbit/s"_s);
        const auto none = parseConfig("[network]\nuplink = \"none\"\n", u"my.toml"_s);
        QCOMPARE(none->uplinkBits, 0);
        QVERIFY(!parseConfig("[network]\nuplink = \"auto\"\n", u"my.toml"_s)->uplinkBits);
    }

    void aNetworkHasOneIdAtEveryNode()
    {
        sim::SimRng rng(1);
        const auto one = Genesis::create(u"one"_s, false, rng);
        const auto same = Genesis::fromFile(one->toFile());
        QVERIFY(same.ok());
        QCOMPARE(same->id(), one->id());
        QCOMPARE(one->id().size(), 64);
        QVERIFY(Genesis::create(u"one"_s, false, rng)->id() != one->id());
        QVERIFY(!Genesis::create(u"  "_s, false, rng).ok());
        QVERIFY(!Genesis::create(u"a\nb"_s, false, rng).ok());
        QVERIFY(!Genesis::create(QString(65, u'x'), false, rng).ok());
        for (const auto *const damaged : {"", "{}", "[]", "{\"v\":1}", "\xff"})
            QVERIFY(!Genesis::fromFile(damaged).ok());
        QByteArray flipped = one->toFile();
        flipped.replace("false", "true");
        QVERIFY(Genesis::fromFile(flipped)->id() != one->id());
    }

    void anInviteSurvivesTheWay()
    {
        const Invite invite = someInvite();
        const auto read = Invite::fromText(u"  "_s + invite.text() + u"\n"_s);
        QVERIFY2(read.ok(), read ? "" : qPrintable(read.error().detail));
        QCOMPARE(*read, invite);
    }

    void noCutOrChangedInviteIsTaken()
    {
        const QString link = someInvite().text();
        for (qsizetype length = 0; length < link.size(); ++length)
            QVERIFY2(!Invite::fromText(link.first(length)).ok(), qPrintable(link.first(length)));
        for (qsizetype at = Invite::kPrefix.size(); at < link.size(); ++at) {
            QString changed = link;
            changed[at] = changed[at] == u'A' ? u'B' : u'A';
            // A changed seed is another address, which the key of the node there decides about.
            const auto read = Invite::fromText(changed);
            QVERIFY(!read.ok() || read->genesis == kGenesis);
        }
    }

    void wrongInvitesSayWhatIsWrong_data()
    {
        QTest::addColumn<QString>("link");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QString() << u"no invite link"_s;
        QTest::newRow("a file's link") << u"borg:r/abc#def"_s << u"no invite link"_s;
        QTest::newRow("no base64") << u"borg:join/a b!"_s << u"characters"_s;
        QTest::newRow("cut") << someInvite().text().chopped(7) << u"incomplete"_s;
        QTest::newRow("huge") << u"borg:join/"_s + QString(5000, u'A') << u"too long"_s;
        QTest::newRow("version") << wrapped(
            R"({"local":true,"name":"x","net":"","salt":"","seeds":[],"v":2})")
                                 << u"another version"_s;
        QTest::newRow("other id") << wrapped(
            "{\"local\":true,\"name\":\"x\",\"net\":\"00\",\"salt\":\"" + QByteArray(32, '0')
            + "\",\"seeds\":[],\"v\":1}")
                                  << u"does not fit"_s;
    }
    void wrongInvitesSayWhatIsWrong()
    {
        QFETCH(QString, link);
        QFETCH(QString, says);
        const auto read = Invite::fromText(link);
        QVERIFY(!read.ok());
        QVERIFY2(read.error().detail.contains(says), qPrintable(read.error().detail));
    }

    void addressesAreExact_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("right");
        QTest::newRow("v4") << u"127.0.0.1:80"_s << true;
        QTest::newRow("name") << u"node.example.org:65535"_s << true;
        QTest::newRow("v6") << u"[::1]:7400"_s << true;
        QTest::newRow("bare v6") << u"::1:7400"_s << false;
        QTest::newRow("no port") << u"host"_s << false;
        QTest::newRow("port 0") << u"host:0"_s << false;
        QTest::newRow("port words") << u"host:http"_s << false;
        QTest::newRow("empty host") << u":80"_s << false;
        QTest::newRow("space") << u"ho st:80"_s << false;
        QTest::newRow("brackets") << u"[host]:80"_s << false;
        QTest::newRow("newline") << u"host\n:80"_s << false;
    }
    void addressesAreExact()
    {
        QFETCH(QString, text);
        QFETCH(bool, right);
        const auto endpoint = parseEndpoint(text);
        QCOMPARE(endpoint.ok(), right);
        if (right)
            QCOMPARE(endpointText(*endpoint), text);
    }

    void theLogHoldsNoKeys()
    {
        QCOMPARE(withoutKeys(u"get borg:r/abc#secret to \"borg:r/d#e\" now"_s),
            u"get borg:r/abc#(hidden) to \"borg:r/d#(hidden)\" now"_s);
        QCOMPARE(withoutKeys(u"borg:v/abc # no"_s), u"borg:v/abc # no"_s);
        QTemporaryDir dir;
        {
            Log log(Log::Echo::None);
            log.setLevel(LogLevel::Info);
            qCInfo(lcTest).noquote() << "before the file borg:r/a#SECRET";
            QVERIFY(log.openFile(dir.filePath(u"node.log"_s)).ok());
            qCInfo(lcTest) << "two\nlines";
            qCDebug(lcTest) << "not this";
            QCOMPARE(log.last(10).size(), 2U);
            QCOMPARE(log.last(1).front().level, u"info"_s);
            for (int i = 0; i < 3000; ++i)
                qCInfo(lcTest).noquote() << QString(2000, u'x');
            QCOMPARE(log.last(100'000).size(), Log::kLinesKept);
        }
        QFile oldest(dir.filePath(u"node.log.2"_s));
        QVERIFY(oldest.open(QIODevice::ReadOnly));
        QVERIFY(!QFile::exists(dir.filePath(u"node.log.3"_s)));
        QVERIFY(QFile(dir.filePath(u"node.log"_s)).size() <= Log::kFileBytesMax);
        for (const QString &name : QDir(dir.path()).entryList(QDir::Files)) {
            QFile file(dir.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(!file.readAll().contains("SECRET"));
        }
    }

    void jobsEndOnceAndAreForgotten()
    {
        sim::SimClock clock;
        sim::SimRng rng(1);
        TaskScope scope(clock);
        int changes = 0;
        {
            Jobs jobs(scope, rng, [&] { ++changes; });
            const QString id = *jobs.begin(u"put"_s, u"a"_s, u"/a"_s);
            jobs.progress(id, 5, 10);
            std::optional<control::Wait::Reply> ended;
            jobs.wait(id, [&](const auto &reply) { ended = *reply; });
            QVERIFY(!ended);
            jobs.end(id, {std::nullopt, u"borg:r/x#y"_s, u"f"_s, 10, u"durable"_s, u"2/3"_s, {}});
            QCOMPARE(ended->file->state, u"durable"_s);
            QCOMPARE(ended->link, u"borg:r/x#y"_s);
            QCOMPARE(ended->job.state, u"done"_s);
            jobs.fail(id, {Errc::Storage, u"late"_s}); // no second end
            jobs.progress(id, 1, 10);
            QCOMPARE(jobs.toJson().value(id).toObject().value(u"bytesDone").toInt(), 10);
            QVERIFY(!QString::fromUtf8(QJsonDocument(jobs.toJson()).toJson()).contains(u"borg:r"));

            const QString other = *jobs.begin(u"get"_s, u"b"_s, u"/b"_s);
            QVERIFY(jobs.cancel(other).ok());
            QVERIFY(jobs.cancelOf(other).isCancelled());
            jobs.fail(other, {Errc::Closed, {}});
            QCOMPARE(
                jobs.toJson().value(other).toObject().value(u"state").toString(), u"cancelled"_s);
            QVERIFY(!jobs.cancel(u"none"_s).ok());

            clock.advance(11min);
            QVERIFY(jobs.toJson().isEmpty());
            for (std::size_t i = 0; i < Jobs::kRunningMax; ++i)
                QVERIFY(jobs.begin(u"put"_s, u"c"_s, u"/c"_s).ok());
            QCOMPARE(jobs.begin(u"put"_s, u"c"_s, u"/c"_s).error().code, Errc::Busy);
        }
        scope.close();
        clock.advance(0s);
    }

    void aStreamWithoutItsEndIsNoFile()
    {
        int pair[2];
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        auto source = chunkSource(std::make_shared<StreamSocket>(pair[0]));
        auto sender = std::make_unique<StreamSocket>(pair[1]);
        const auto send = [&](const QByteArray &bytes) {
            QCOMPARE(::send(pair[1], bytes.constData(), static_cast<size_t>(bytes.size()), 0),
                static_cast<ssize_t>(bytes.size()));
        };
        send(chunk("hello ") + chunk("world"));
        QCOMPARE(*source->read(8), QByteArray("hello wo"));
        send(chunk("!"));
        QCOMPARE(*source->read(4), QByteArray("rld!"));
        sender.reset();
        QCOMPARE(source->read(1).error().code, Errc::Closed);
    }

    void aStreamEndsWithItsMark()
    {
        int pair[2];
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        auto sink = chunkSink(std::make_shared<StreamSocket>(pair[0]));
        auto source = chunkSource(std::make_shared<StreamSocket>(pair[1]));
        QVERIFY(sink->write("abc").ok());
        QVERIFY(sink->commit().ok());
        QCOMPARE(*source->read(100), QByteArray("abc"));
        QCOMPARE(*source->read(100), QByteArray());
    }

    void aChunkOverTheLimitIsRefused()
    {
        int pair[2];
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        auto source = chunkSource(std::make_shared<StreamSocket>(pair[0]));
        const StreamSocket sender(pair[1]);
        QCOMPARE(::send(pair[1], "\xff\xff\xff\xff", 4, 0), 4);
        QCOMPARE(source->read(10).error().code, Errc::TooLarge);
    }

    void theSecondSocketAsksForTheToken()
    {
        QTemporaryDir dir;
        LoopClock clock;
        StreamDoor door(clock);
        QVERIFY(door.listen(dir.filePath(u"d.sock"_s)).ok());
        const QByteArray token(StreamDoor::kTokenBytes, 't');
        std::shared_ptr<StreamSocket> arrived;
        door.expect(token, [&](const auto &socket) { arrived = *socket; });

        QLocalSocket wrong;
        wrong.connectToServer(door.path());
        wrong.write(QByteArray(StreamDoor::kTokenBytes, 'w'));
        QTRY_COMPARE(wrong.state(), QLocalSocket::UnconnectedState);
        QVERIFY(!arrived);

        QLocalSocket right;
        right.connectToServer(door.path());
        right.write(token.first(10));
        right.flush();
        QTest::qWait(20);
        right.write(token.sliced(10) + chunk("data"));
        QTRY_VERIFY(arrived);
        QCOMPARE(*chunkSource(arrived)->read(4), QByteArray("data"));

        QLocalSocket again; // a token opens once
        again.connectToServer(door.path());
        again.write(token);
        QTRY_COMPARE(again.state(), QLocalSocket::UnconnectedState);
    }
};

QTEST_GUILESS_MAIN(NodeTest)
#include "node_test.moc"
