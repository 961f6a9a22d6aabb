// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/loop_clock.h>
#include <control/client.h>
#include <control/merge_patch.h>
#include <control/paths.h>
#include <control/rpc.h>
#include <control/server.h>

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wconversion" // QTRY_… of Qt 6.8 narrows by itself
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized" // GCC 14 about a variant that is moved

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A node's picture that the test changes, behind a real server on a real socket.
struct World {
    World()
    {
        picture.status.nodeId = u"me"_s;
        const auto listening = server.listen(dir.path());
        if (!listening)
            qFatal("%s", qUtf8Printable(listening.error().detail));
        path = *listening;
        server.on<Hello>([](const Hello &, const Answer<Hello> &answer) {
            answer(Hello::Reply{u"1"_s, u"me"_s, 7});
        });
        server.on<GetLog>([](const GetLog &request, const Answer<GetLog> &answer) {
            answer(GetLog::Reply{{LogLine{request.lines, u"info"_s, u"test"_s, u"ü\n"_s}}});
        });
        server.on<RemoveFile>([](const RemoveFile &, const Answer<RemoveFile> &answer) {
            answer(Error{Errc::NotFound, u"There is no such file.\nLook with ls."_s});
        });
        server.on<Wait>([this](const Wait &, const Answer<Wait> &answer) { waiting = answer; });
    }

    QJsonObject encode(Part part)
    {
        ++encodings;
        QJsonObject json;
        switch (part) {
        case Part::Status:
            return wire::encodeFields(picture.status);
        case Part::Tree:
            return wire::encodeFields(picture.tree);
        case Part::Storage:
            return wire::encodeFields(picture.storage);
        case Part::Peers:
            for (const auto &[id, peer] : picture.peers)
                json.insert(id, wire::encodeFields(peer));
            break;
        case Part::Files:
            for (const auto &[id, file] : picture.files)
                json.insert(id, wire::encodeFields(file));
            break;
        case Part::Jobs:
            for (const auto &[id, job] : picture.jobs)
                json.insert(id, wire::encodeFields(job));
            break;
        case Part::Time:
            return wire::encodeFields(picture.time);
        case Part::Reach:
            return wire::encodeFields(picture.reach);
        }
        return json;
    }

    /// Sends raw bytes and returns the next line that comes back (empty: hung up).
    QByteArray exchange(const QByteArray &bytes)
    {
        QLocalSocket socket;
        socket.connectToServer(path);
        socket.write(bytes);
        const auto answered = [&] {
            return socket.canReadLine() || socket.state() == QLocalSocket::UnconnectedState;
        };
        (void)QTest::qWaitFor(answered, 5000);
        return socket.readLine();
    }

    QTemporaryDir dir;
    LoopClock clock;
    Snapshot picture;
    int encodings = 0;
    Server server{clock, [this](Part part) { return encode(part); },
        {.connectionsMax = 4, .outgoingBytesMax = 256 * 1024, .requestBytesMax = 64 * 1024}};
    QString path;
    Answer<Wait> waiting;
};

QJsonObject parsed(const QByteArray &line)
{
    const auto json = rpc::parse(line);
    return json ? *json : QJsonObject{};
}

QString errcOf(const QJsonObject &reply)
{
    return reply.value(u"error").toObject().value(u"data").toObject().value(u"errc").toString();
}

int codeOf(const QJsonObject &reply)
{
    return reply.value(u"error").toObject().value(u"code").toInt();
}

/// Runs a task of the client to its end.
template <typename T>
T resultOf(QCoro::Task<T> task)
{
    (void)QTest::qWaitFor([&] { return task.isReady(); }, 10'000);
    std::optional<T> result;
    task.then([&](T value) { result = std::move(value); });
    if (!result)
        qFatal("the call did not end");
    return *std::move(result);
}

} // namespace

class ControlTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void callsAMethodWithItsParameters()
    {
        World world;
        Client client(world.clock, world.dir.path(), {.subscribe = false});
        client.start();
        const auto reply = resultOf(client.ask(GetLog{17}));
        QVERIFY(reply.ok());
        QCOMPARE(reply->lines.front().utcMs, 17);
        QCOMPARE(reply->lines.front().text, u"ü\n"_s);
    }

    void whatAnOlderNodeDoesNotSendKeepsItsDefault()
    {
        Tree tree;
        tree.depth = 3;
        QJsonObject json = wire::encodeFields(tree);
        json.remove(u"latRootUs"_s);
        json.remove(u"changes"_s);
        const auto decoded = wire::decodeFields<Tree>(json);
        QVERIFY(decoded.ok());
        QCOMPARE(decoded->depth, 3);
        QCOMPARE(decoded->latRootUs, -1);
        json.remove(u"depth"_s);
        QVERIFY(!wire::decodeFields<Tree>(json).ok());
    }

    void carriesCodeSentenceAndAdviceOfAnError()
    {
        World world;
        Client client(world.clock, world.dir.path(), {.subscribe = false});
        client.start();
        const auto reply = resultOf(client.ask(RemoveFile{u"x"_s, {}}));
        QVERIFY(!reply.ok());
        QCOMPARE(
            reply.error(), (Error{Errc::NotFound, u"There is no such file.\nLook with ls."_s}));
        const auto raw = parsed(world.exchange(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rm\",\"params\":{\"id\":\"x\"}}\n"));
        QCOMPARE(raw.value(u"error").toObject().value(u"message").toString(),
            u"There is no such file."_s);
    }

    void keepsTheSnapshotCurrentThroughRandomChanges()
    {
        World world;
        Client client(world.clock, world.dir.path());
        client.start();
        QTRY_VERIFY(client.isConnected());
        QCOMPARE(client.snapshot(), world.picture);

        quint32 seed = 4711;
        const auto random = [&seed](quint32 below) {
            seed = seed * 1664525 + 1013904223;
            return (seed >> 8) % below;
        };
        for (int round = 0; round < 60; ++round) {
            const QString id = u"id%1"_s.arg(random(5));
            switch (random(6)) {
            case 0:
                world.picture.peers[id].id = id;
                world.picture.peers[id].rttUs = random(100);
                break;
            case 1:
                world.picture.peers.erase(id);
                break;
            case 2:
                world.picture.status.members = random(100);
                break;
            case 3:
                world.picture.tree.children.push_back(id);
                break;
            case 4:
                world.picture.tree.children.clear();
                break;
            default:
                world.picture.jobs[id].bytesDone = random(1000);
                break;
            }
            world.server.touch(Part::Status | Part::Tree | Part::Peers | Part::Jobs);
            if (random(8) == 0)
                QTest::qWait(static_cast<int>(random(130)));
        }
        QTRY_COMPARE(client.snapshot(), world.picture);
    }

    void aLateSubscriberAgreesWithAnEarlyOne()
    {
        World world;
        Client early(world.clock, world.dir.path());
        early.start();
        QTRY_VERIFY(early.isConnected());
        world.picture.status.members = 5;
        world.server.touch(Part::Status);
        world.picture.status.members = 6;
        world.server.touch(Part::Status); // still waits for its turn when the next one subscribes
        Client late(world.clock, world.dir.path());
        late.start();
        QTRY_VERIFY(late.isConnected());
        QTRY_COMPARE(early.snapshot(), world.picture);
        QCOMPARE(late.snapshot(), world.picture);
        world.picture.status.members = 7;
        world.server.touch(Part::Status);
        QTRY_COMPARE(early.snapshot().status.members, 7);
        QTRY_COMPARE(late.snapshot().status.members, 7);
    }

    void encodesNothingWhileNobodyListens()
    {
        World world;
        for (int i = 0; i < 1000; ++i)
            world.server.touch(Part::Status | Part::Files);
        QTest::qWait(150);
        QCOMPARE(world.encodings, 0);
        bool any = false;
        world.server.onSubscribersChanged([&](bool now) { any = now; });
        {
            Client client(world.clock, world.dir.path());
            client.start();
            QTRY_VERIFY(any);
        }
        QTRY_VERIFY(!any);
        const int before = world.encodings;
        world.server.touch(Part::Status);
        QTest::qWait(150);
        QCOMPARE(world.encodings, before);
    }

    void manyChangesMakeFewPatches()
    {
        World world;
        Client client(world.clock, world.dir.path());
        QSignalSpy changes(&client, &Client::changed);
        client.start();
        QTRY_VERIFY(client.isConnected());
        changes.clear();
        for (int i = 1; i <= 50; ++i) {
            world.picture.storage.shards = i;
            world.server.touch(Part::Storage);
            QTest::qWait(5);
        }
        QTRY_COMPARE(client.snapshot().storage.shards, 50);
        QVERIFY2(changes.size() < 25, "one patch every 100 ms at most");
    }

    void refusesWhatIsNoRequest_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("code");
        QTest::newRow("no JSON") << QByteArray("{nonsense") << rpc::kParseError;
        QTest::newRow("a list") << QByteArray("[1,2]") << rpc::kParseError;
        QTest::newRow("binary") << QByteArray("\x00\xff\x01", 3) << rpc::kParseError;
        QTest::newRow("no id") << QByteArray(R"({"method":"hello"})") << rpc::kInvalidRequest;
        QTest::newRow("id is a list")
            << QByteArray(R"({"id":[1],"method":"hello"})") << rpc::kInvalidRequest;
        QTest::newRow("params is a list")
            << QByteArray(R"({"id":1,"method":"hello","params":[1]})") << rpc::kInvalidRequest;
        QTest::newRow("method is a number")
            << QByteArray(R"({"id":1,"method":2})") << rpc::kInvalidRequest;
        QTest::newRow("unknown method")
            << QByteArray(R"({"id":1,"method":"fly"})") << rpc::kMethodNotFound;
        QTest::newRow("missing parameter")
            << QByteArray(R"({"id":1,"method":"log"})") << rpc::kInvalidParams;
        QTest::newRow("wrong type")
            << QByteArray(R"({"id":1,"method":"log","params":{"lines":"many"}})")
            << rpc::kInvalidParams;
        QTest::newRow("fraction") << QByteArray(R"({"id":1,"method":"log","params":{"lines":1.5}})")
                                  << rpc::kInvalidParams;
        QTest::newRow("text over its limit")
            << QByteArray(R"({"id":1,"method":"rm","params":{"id":")") + QByteArray(5000, 'x')
                + QByteArray(R"("}})")
            << rpc::kInvalidParams;
        QTest::newRow("deep nesting")
            << QByteArray(R"({"id":1,"method":"hello","params":)") + QByteArray(5000, '[')
            << rpc::kParseError;
    }
    void refusesWhatIsNoRequest()
    {
        QFETCH(QByteArray, line);
        QFETCH(int, code);
        World world;
        QCOMPARE(codeOf(parsed(world.exchange(line + '\n'))), code);
        // and goes on serving
        QVERIFY(parsed(world.exchange(R"({"id":2,"method":"hello","params":{}})"
                                      "\n"))
                .contains(u"result"));
    }

    void answersRequestsThatComeInPieces()
    {
        World world;
        QLocalSocket socket;
        socket.connectToServer(world.path);
        for (const char c :
            QByteArray("{\"id\":1,\"method\":\"hello\"}\n\n{\"id\":2,\"method\":\"hello\"}\n")) {
            socket.write(&c, 1);
            socket.flush();
            QCoreApplication::processEvents();
        }
        QByteArray all;
        QTRY_VERIFY((all += socket.readAll()).count('\n') == 2);
    }

    void hangsUpOnALineWithoutEnd()
    {
        World world;
        const auto reply = parsed(world.exchange(QByteArray(80 * 1024, 'x')));
        QCOMPARE(errcOf(reply), u"TooLarge"_s);
        QLocalSocket socket;
        socket.connectToServer(world.path);
        socket.write(QByteArray(80 * 1024, 'x'));
        QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
    }

    void dropsASubscriberThatDoesNotRead()
    {
        World world;
        QLocalSocket slow;
        slow.setReadBufferSize(1024);
        slow.connectToServer(world.path);
        slow.write("{\"id\":1,\"method\":\"subscribe\",\"params\":{}}\n");
        bool any = false;
        world.server.onSubscribersChanged([&](bool now) { any = now; });
        QTRY_VERIFY(any);
        Client honest(world.clock, world.dir.path());
        honest.start();
        QTRY_VERIFY(honest.isConnected());
        // Far more than the kernel's buffer and ours; the honest one stays.
        for (int i = 0; i < 30 && slow.state() == QLocalSocket::ConnectedState; ++i) {
            world.picture.status.dataDir = QString(4000, QChar(u'a' + i % 26));
            for (int file = 0; file < 20; ++file) {
                const QString id = QString::number(file);
                world.picture.files[id].id = id;
                world.picture.files[id].name = QString(1000 + i, u'n');
            }
            world.server.touch(Part::Status | Part::Files);
            QTest::qWait(110);
        }
        QTRY_COMPARE(honest.snapshot(), world.picture);
        QVERIFY(honest.isConnected());
        slow.setReadBufferSize(0); // now it reads, and finds the end
        QTRY_COMPARE(slow.state(), QLocalSocket::UnconnectedState);
    }

    void refusesConnectionsOverTheLimit()
    {
        World world;
        std::vector<std::unique_ptr<QLocalSocket>> sockets;
        for (int i = 0; i < 4; ++i) {
            sockets.push_back(std::make_unique<QLocalSocket>());
            sockets.back()->connectToServer(world.path);
            sockets.back()->write("{\"id\":1,\"method\":\"hello\"}\n");
            QTRY_VERIFY(sockets.back()->canReadLine());
        }
        QCOMPARE(errcOf(parsed(world.exchange({}))), u"Busy"_s);
    }

    void answersAfterTheClientHasGoneAreDropped()
    {
        World world;
        {
            QLocalSocket socket;
            socket.connectToServer(world.path);
            socket.write("{\"id\":1,\"method\":\"wait\",\"params\":{\"jobId\":\"a\"}}\n");
            QTRY_VERIFY(bool(world.waiting));
        }
        QTest::qWait(20);
        world.waiting(Error{Errc::NotFound, u"late"_s});
    }

    void aClientThatIsDestroyedAnswersItsCalls()
    {
        World world;
        auto client = std::make_unique<Client>(
            world.clock, world.dir.path(), ClientOptions{.subscribe = false});
        client->start();
        auto task = client->ask(Wait{u"a"_s});
        QTRY_VERIFY(bool(world.waiting));
        client.reset();
        const auto reply = resultOf(std::move(task));
        QCOMPARE(reply.error().code, Errc::Closed);
    }

    void reconnectsWhenTheNodeComesBack()
    {
        auto world = std::make_unique<World>();
        LoopClock clock;
        Client client(clock, world->dir.path());
        QSignalSpy lost(&client, &Client::disconnected);
        client.start();
        QTRY_VERIFY(client.isConnected());
        world->server.close();
        QTRY_COMPARE(lost.size(), 1);
        QVERIFY(!client.isConnected());
        QVERIFY(client.problem().has_value());
        const auto refused = resultOf(client.ask(Hello{}));
        QCOMPARE(refused.error().code, Errc::Unreachable);
        world->picture.status.members = 99;
        QVERIFY(world->server.listen(world->dir.path()).ok());
        QTRY_VERIFY(client.isConnected());
        QCOMPARE(client.snapshot().status.members, 99);
    }

    void saysWhenNoNodeRuns()
    {
        QTemporaryDir dir;
        LoopClock clock;
        Client client(clock, dir.path(), {.subscribe = false, .reconnect = false});
        client.start();
        const auto reply = resultOf(client.ask(Hello{}));
        QCOMPARE(reply.error().code, Errc::Unreachable);
        QVERIFY(reply.error().detail.contains(dir.path()));
    }

    void theSocketIsForThisUserOnly()
    {
        World world;
        struct stat info{};
        QCOMPARE(::stat(QFile::encodeName(world.path).constData(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0600U);
        if (::geteuid() != 0)
            QSKIP("needs root to become another user");
        // As if somebody had loosened everything: the check of the peer's user remains.
        const QByteArray path = world.dir.path().toUtf8() + "/loose.sock";
        QVERIFY(world.server.listenAt(QString::fromUtf8(path)).ok());
        ::chmod(path.constData(), 0666);
        ::chmod(QFile::encodeName(world.dir.path()).constData(), 0755);
        const pid_t child = ::fork();
        if (child == 0) {
            if (::setgid(65534) != 0 || ::setuid(65534) != 0)
                ::_exit(3);
            ::execlp("python3", "python3", "-c",
                "import socket,sys\n"
                "s=socket.socket(socket.AF_UNIX);s.connect(sys.argv[1])\n"
                "s.sendall(b'{\"id\":1,\"method\":\"hello\"}\\n')\n"
                "sys.exit(0 if b'Unauthorized' in s.recv(4096) else 1)",
                path.constData(), nullptr);
            ::_exit(4);
        }
        int status = -1;
        pid_t ended = 0;
        QTRY_VERIFY(ended == child || (ended = ::waitpid(child, &status, WNOHANG)) == child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void everyDataFolderHasAShortPath()
    {
        const QString deep = u"/tmp/"_s + QString(900, u'x');
        for (const QString &path : socketPaths(deep, u"/run/user/1000"_s))
            QVERIFY(path.size() <= kSocketPathBytesMax);
        // A runtime folder that is too deep itself is passed over.
        const auto fallback = socketPaths(u"/data"_s, QString(u"/run/"_s + QString(100, u'y')));
        QCOMPARE(fallback.size(), 1);
        QVERIFY(fallback.front().startsWith(u"/tmp/borg-run-"));
        QCOMPARE(socketPaths(u"/data/a/"_s, {}), socketPaths(u"/data/b/../a"_s, {}));
        QVERIFY(socketPaths(u"/data/a"_s, {}) != socketPaths(u"/data/b"_s, {}));
    }

    void refusesASocketFolderOfSomebodyElse()
    {
        QTemporaryDir dir;
        QVERIFY(QFile::link(u"/tmp"_s, dir.filePath(u"borg"_s)));
        const auto made = ensureSocketDir(dir.filePath(u"borg/a.sock"_s));
        QCOMPARE(made.error().code, Errc::Unauthorized);
        // Our own folder that others may read is closed.
        QVERIFY(QDir(dir.path()).mkdir(u"mine"_s));
        ::chmod(QFile::encodeName(dir.filePath(u"mine"_s)).constData(), 0755);
        QVERIFY(ensureSocketDir(dir.filePath(u"mine/a.sock"_s)).ok());
        struct stat info{};
        QCOMPARE(::stat(QFile::encodeName(dir.filePath(u"mine"_s)).constData(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0700U);
    }

    void aPatchMakesTheNewFromTheOld_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QByteArray>("patch");
        QTest::newRow("equal") << QByteArray(R"({"a":{"b":1}})") << QByteArray(R"({"a":{"b":1}})")
                               << QByteArray("{}");
        QTest::newRow("value") << QByteArray(R"({"a":1,"b":2})") << QByteArray(R"({"a":1,"b":3})")
                               << QByteArray(R"({"b":3})");
        QTest::newRow("gone") << QByteArray(R"({"a":{"x":1,"y":2}})")
                              << QByteArray(R"({"a":{"y":2}})")
                              << QByteArray(R"({"a":{"x":null}})");
        QTest::newRow("object for a value")
            << QByteArray(R"({"a":1})") << QByteArray(R"({"a":{}})") << QByteArray(R"({"a":{}})");
        QTest::newRow("value for an object")
            << QByteArray(R"({"a":{"b":1}})") << QByteArray(R"({"a":[]})")
            << QByteArray(R"({"a":[]})");
        QTest::newRow("emptied object")
            << QByteArray(R"({"a":{"b":1}})") << QByteArray(R"({"a":{}})")
            << QByteArray(R"({"a":{"b":null}})");
    }
    void aPatchMakesTheNewFromTheOld()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(QByteArray, patch);
        const auto diff = mergeDiff(parsed(before), parsed(after));
        QCOMPARE(diff, parsed(patch));
        QCOMPARE(mergeApply(parsed(before), diff), parsed(after));
    }
};

QTEST_GUILESS_MAIN(ControlTest)
#include "control_test.moc"
