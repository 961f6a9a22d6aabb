// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;

namespace {

struct Ran {
    int code = -1;
    QByteArray out;
    QByteArray err;

    [[nodiscard]] QJsonObject json() const
    {
        return QJsonDocument::fromJson(out.trimmed().split('\n').last()).object();
    }
};

/// Runs a program that lies beside this test, to its end.
Ran run(const QString &program, const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    process.start(QCoreApplication::applicationDirPath() + u'/' + program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(100'000)) {
        process.kill();
        process.waitForFinished();
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
        process.readAllStandardOutput(), process.readAllStandardError()};
}

QByteArray randomBytes(qsizetype count)
{
    QByteArray bytes(count, Qt::Uninitialized);
    QRandomGenerator generator(4711);
    for (char &byte : bytes)
        byte = static_cast<char>(generator.bounded(256));
    return bytes;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

/// Three real nodes on loopback, through borgctl alone, as a person would.
class ProgramsTest : public QObject {
    Q_OBJECT

private:
    Ran ctl(int node, const QStringList &arguments, const QByteArray &input = {})
    {
        return run(u"borgctl"_s,
            QStringList{u"--data"_s, m_dir.filePath(QString::number(node))} + arguments, input);
    }
    [[nodiscard]] QString file(const QString &name) const { return m_dir.filePath(name); }

    QTemporaryDir m_dir;
    QString m_link;
    const QByteArray m_bytes = randomBytes(3'000'000);

private Q_SLOTS:
    void initTestCase()
    {
        const auto started = run(u"borgctl"_s, {u"cluster"_s, u"3"_s, m_dir.path()});
        QVERIFY2(started.code == 0, started.err.constData());
        QCOMPARE(started.json().value(u"pids").toArray().size(), 3);
        QCOMPARE(started.json().value(u"dirs").toArray().size(), 3);
    }
    void cleanupTestCase()
    {
        QCOMPARE(run(u"borgctl"_s, {u"cluster"_s, u"--stop"_s, m_dir.path()}).code, 0);
    }

    void allAreOneTree()
    {
        QSet<QString> roots;
        int depths = 0;
        for (int node = 1; node <= 3; ++node) {
            const auto status = ctl(node, {u"status"_s, u"--json"_s}).json();
            QCOMPARE(status.value(u"members").toInt(), 3);
            QCOMPARE(status.value(u"state").toString(), u"online"_s);
            const auto tree = ctl(node, {u"tree"_s, u"--json"_s}).json();
            roots.insert(tree.value(u"root").toString());
            depths += tree.value(u"depth").toInt();
        }
        QCOMPARE(roots.size(), 1);
        QVERIFY(depths >= 2);
    }

    void theSurroundingsAreTold()
    {
        const auto id = ctl(1, {u"status"_s, u"--json"_s}).json().value(u"nodeId").toString();
        const auto root = ctl(1, {u"tree"_s, u"--json"_s}).json().value(u"root").toString();
        for (int node = 1; node <= 3; ++node) {
            const auto tree = ctl(node, {u"tree"_s});
            QCOMPARE(tree.code, 0);
            QVERIFY2(tree.out.contains("THIS NODE"), tree.out);
            QVERIFY2(tree.out.contains(root.left(12).toUtf8()), tree.out);
            QVERIFY2(!tree.out.contains(root.toUtf8()), tree.out);
        }
        const auto peers = ctl(2, {u"peers"_s});
        QVERIFY2(peers.out.startsWith("NODE "), peers.out);
        QVERIFY2(peers.out.contains(id.left(12).toUtf8()), peers.out);
        QVERIFY2(peers.out.endsWith("2 nodes, 2 online\n"), peers.out);
        const auto listed = ctl(2, {u"peers"_s, u"--json"_s}).json().value(u"peers").toArray();
        QCOMPARE(listed.size(), 2);
        const QStringList withLink{u"parent"_s, u"child"_s};
        const auto first = listed.first().toObject();
        QVERIFY(withLink.contains(first.value(u"role").toString()));
        QVERIFY(first.value(u"linkSinceUtcMs").toInteger() > 0);
        QVERIFY(first.value(u"bytesIn").toInteger() > 0);
        QCOMPARE(first.value(u"score").toInt(-1), 0);
    }

    void nodesAnswerAPing()
    {
        const auto id = ctl(3, {u"status"_s, u"--json"_s}).json().value(u"nodeId").toString();
        const auto one = ctl(1, {u"ping"_s, id.left(8), u"--json"_s});
        QCOMPARE(one.code, 0);
        QVERIFY(one.json().value(u"rttUs").toInteger() > 0);
        QVERIFY(one.json().value(u"hops").toInt() >= 1);
        QCOMPARE(ctl(3, {u"ping"_s, id}).code, 2); // itself
        QCOMPARE(ctl(1, {u"ping"_s, u"nonsense"_s}).code, 2);
        const auto all = ctl(2, {u"ping"_s, u"--json"_s});
        QCOMPARE(all.json().value(u"reached").toInt(), 2);
        QCOMPARE(all.json().value(u"known").toInt(), 2);
        QCOMPARE(all.code, 0);
    }

    void theTimeIsTold()
    {
        const auto text = ctl(1, {u"time"_s});
        QCOMPARE(text.code, 0);
        QVERIFY2(text.out.contains(" UTC\n"), text.out);
        const auto time = ctl(1, {u"time"_s, u"--json"_s}).json();
        const qint64 off = time.value(u"utcMs").toInteger() - QDateTime::currentMSecsSinceEpoch();
        QVERIFY2(std::abs(off) < 60'000, text.out);
        QVERIFY2((QStringList{u"local"_s, u"synced"_s, u"holdover"_s})
                     .contains(time.value(u"state").toString()),
            text.out);
    }

    void theDoctorSaysWhetherSomethingIsWrong()
    {
        const auto told = ctl(1, {u"doctor"_s});
        const auto json = ctl(1, {u"doctor"_s, u"--json"_s});
        bool well = true;
        for (const auto check : json.json().value(u"checks").toArray())
            well = well && check.toObject().value(u"ok").toBool();
        QCOMPARE(json.code, well ? 0 : 1);
        QCOMPARE(told.code, json.code);
        QCOMPARE(told.out.contains("PROBLEM"), !well);
    }

    void aFileComesBackAtAnotherNode()
    {
        write(file(u"in \n ü.bin"_s), m_bytes);
        const auto put = ctl(1, {u"put"_s, file(u"in \n ü.bin"_s), u"--json"_s});
        QVERIFY2(put.code == 0, put.err.constData());
        m_link = put.json().value(u"link").toString();
        QVERIFY(m_link.startsWith(u"borg:r/"));
        QCOMPARE(put.json().value(u"bytes").toInt(), m_bytes.size());
        QVERIFY(!put.json().value(u"state").toString().isEmpty());

        const auto got = ctl(2, {u"get"_s, m_link, file(u"out"_s)});
        QVERIFY2(got.code == 0, got.err.constData());
        QCOMPARE(contentOf(file(u"out"_s)), m_bytes);
    }

    void bytesGoThroughPipes()
    {
        const auto put = ctl(2, {u"put"_s, u"-"_s, u"--name"_s, u"piped"_s, u"--json"_s}, m_bytes);
        QVERIFY2(put.code == 0, put.err.constData());
        const auto got = ctl(3, {u"get"_s, u"--link-file"_s, file(u"link"_s), u"-"_s});
        QCOMPARE(got.code, 6); // the link file is not there yet
        write(file(u"link"_s), put.json().value(u"link").toString().toUtf8() + '\n');
        const auto again = ctl(3, {u"get"_s, u"--link-file"_s, file(u"link"_s), u"-"_s});
        QVERIFY2(again.code == 0, again.err.constData());
        QCOMPARE(again.out, m_bytes);
    }

    void failuresHaveACodeAndASentence_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const auto row
            = [](const char *name, const QStringList &arguments, int code, const char *says) {
                  QTest::newRow(name) << arguments << code << QByteArray(says);
              };
        const QString out = file(u"never"_s);
        row("unknown option", {u"ls"_s, u"--fast"_s}, 2, "--fast");
        row("unknown verb", {u"fly"_s}, 2, "fly");
        row("missing file", {u"put"_s, u"/no/such/file"_s}, 4, "/no/such/file");
        row("a folder above", {u"put"_s, file(u"out"_s), u"--into"_s, u"a/../../b"_s}, 2, "\"..\"");
        row("wrong code", {u"put"_s, u"/dev/null"_s, u"--code"_s, u"9/3"_s}, 2, "9/3");
        row("code of no code", {u"put"_s, file(u"out"_s), u"--code"_s, u"255/255"_s}, 2, "255/255");
        row("code too large", {u"put"_s, file(u"out"_s), u"--code"_s, u"256/300"_s}, 2, "256/300");
        row("empty name", {u"put"_s, file(u"out"_s), u"--name"_s, u" "_s}, 2, "--name");
        row("long name", {u"put"_s, file(u"out"_s), u"--name"_s, QString(256, u'n')}, 2, "255");
        row("huge link", {u"get"_s, m_link + QString(100'000, u'a'), out}, 8, "4096");
        row("remove no file of ours", {u"rm"_s, m_link + u'x'}, 4, "None of your files");
        row("cluster below a file", {u"cluster"_s, u"2"_s, u"/dev/null"_s}, 6, "/dev/null");
        row("cut link", {u"get"_s, m_link.chopped(3), out}, 8, "cut short");
        row("no key", {u"get"_s, m_link.section(u'#', 0, 0), out}, 8, "key");
        row("no link", {u"get"_s, u"borg:hello"_s, out}, 8, "link");
        row("unknown name", {u"get"_s, u"nothing of mine"_s, out}, 4, "nothing of mine");
        row("into a folder", {u"get"_s, m_link, m_dir.path()}, 6, "folder");
        row("missing folder", {u"get"_s, m_link, u"/no/such/folder/x"_s}, 6, "/no/such/folder/x");
        row("existing file", {u"get"_s, m_link, file(u"out"_s)}, 5, "exists");
    }
    void failuresHaveACodeAndASentence()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const auto ran = ctl(1, arguments);
        QCOMPARE(ran.code, code);
        QVERIFY2(ran.err.contains(says), ran.err.constData());
        QVERIFY2(!ran.err.contains(m_link.section(u'#', 1).toLatin1()), "a key was shown");
        QVERIFY(!QFile::exists(file(u"never"_s)));
        QCOMPARE(contentOf(file(u"out"_s)), m_bytes);
        const auto json = ctl(1, arguments + QStringList{u"--json"_s}).json();
        QCOMPARE(json.value(u"error").toObject().value(u"exit").toInt(), code);
    }

    void strangeSurroundingsAreSurvived_data()
    {
        QTest::addColumn<QString>("script"); // $0 is borgctl, $1 a data folder, $2 a link
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char *name, const QString &script, int code, const char *says) {
            QTest::newRow(name) << script << code << QByteArray(says);
        };
        row("closed output", u"\"$0\" --data \"$1\" ls >&-"_s, 6, "standard output");
        row("closed input", u"\"$0\" --data \"$1\" put - <&-"_s, 6, "standard input");
        row("full output", u"\"$0\" --data \"$1\" ls >/dev/full"_s, 9, "standard output");
        row("full pipe", u"\"$0\" --data \"$1\" get \"$2\" - >/dev/full"_s, 9, "standard output");
        row("full device", u"\"$0\" --data \"$1\" get \"$2\" /dev/full"_s, 9, "/dev/full");
        row("not UTF-8", u"\"$0\" --data \"$1\" put \"$(printf 'a\\377b')\""_s, 2, "UTF-8");
        row("no environment", u"env -i XDG_DATA_HOME=/no/such \"$0\" status"_s, 3, "/no/such");
    }
    void strangeSurroundingsAreSurvived()
    {
        QFETCH(QString, script);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        QProcess shell;
        shell.start(u"/bin/sh"_s,
            {u"-c"_s, script, QCoreApplication::applicationDirPath() + u"/borgctl"_s, file(u"1"_s),
                m_link});
        QVERIFY(shell.waitForFinished(30'000));
        const QByteArray err = shell.readAllStandardError();
        QVERIFY2(shell.exitCode() == code, err.constData());
        QVERIFY2(err.startsWith("borgctl: ") && err.contains(says), err.constData());
    }

    void aNamedPipeKeepsItsName()
    {
        const QString pipe = file(u"a pipe"_s);
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        QProcess writer;
        writer.start(u"/bin/sh"_s, {u"-c"_s, u"echo through > \"$0\""_s, pipe});
        const auto put = ctl(1, {u"put"_s, pipe, u"--json"_s});
        QVERIFY(writer.waitForFinished(30'000));
        QVERIFY2(put.code == 0, put.err.constData());
        QCOMPARE(put.json().value(u"name").toString(), u"a pipe"_s);
        QCOMPARE(put.json().value(u"bytes").toInt(), 8);
    }

    void theLinkIsWipedFromTheListOfProcesses()
    {
        QProcess process;
        process.start(QCoreApplication::applicationDirPath() + u"/borgctl"_s,
            {u"--data"_s, file(u"1"_s), u"get"_s, m_link, u"-"_s});
        QVERIFY(process.waitForReadyRead(30'000));
        const QByteArray shown = contentOf(u"/proc/%1/cmdline"_s.arg(process.processId()));
        process.kill();
        process.waitForFinished();
        QVERIFY(!shown.contains("borg:"));
        QVERIFY(shown.contains("get"));
    }

    void aNodeSaysWhyItCannotStart_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const auto row
            = [](const char *name, const QStringList &arguments, int code, const char *says) {
                  QTest::newRow(name) << arguments << code << QByteArray(says);
              };
        const QString used = ctl(1, {u"status"_s, u"--json"_s}).json().value(u"listen").toString();
        QDir().mkpath(file(u"other files"_s));
        write(file(u"other files/letter.txt"_s), "dear");
        QDir().mkpath(file(u"config"_s));
        write(file(u"config/config.toml"_s), "[storage]\nlimit = true\n");
        QDir().mkpath(file(u"future"_s));
        write(file(u"future/format"_s), "BorgIOS data folder, format 99\n");
        row("unknown option", {u"--fast"_s}, 2, "fast");
        row("no network", {u"--data"_s, file(u"new"_s)}, 2, "--create");
        row("bad invite", {u"--data"_s, file(u"new"_s), u"--join"_s, u"borg:join/abc"_s}, 2,
            "invite");
        row("address alone", {u"--data"_s, file(u"new"_s), u"--join"_s, used}, 2, "--network");
        row("folder in use", {u"--data"_s, file(u"1"_s)}, 3, "in use");
        row("other files", {u"--data"_s, file(u"other files"_s), u"--create"_s, u"x"_s}, 4,
            "other files");
        row("other version", {u"--data"_s, file(u"future"_s), u"--create"_s, u"x"_s}, 4, "Update");
        row("port in use",
            {u"--data"_s, file(u"port"_s), u"--create"_s, u"x"_s, u"--listen"_s, used}, 5,
            "--listen");
        row("configuration", {u"--data"_s, file(u"config"_s), u"--create"_s, u"x"_s}, 6, "line 2");
    }
    void aNodeSaysWhyItCannotStart()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const auto ran = run(u"borgd"_s, arguments + QStringList{u"--quiet"_s});
        QVERIFY2(ran.code == code, ran.err.constData());
        QVERIFY2(ran.err.contains(says), ran.err.constData());
    }

    void killedNodesComeBackFromTheirData()
    {
        const qint64 pid = ctl(2, {u"status"_s, u"--json"_s}).json().value(u"pid").toInteger();
        QVERIFY(pid > 1);
        QCOMPARE(::kill(static_cast<pid_t>(pid), SIGKILL), 0);
        const auto got = ctl(3, {u"get"_s, m_link, file(u"degraded"_s)});
        QVERIFY2(got.code == 0, got.err.constData());
        QCOMPARE(contentOf(file(u"degraded"_s)), m_bytes);

        const auto restarted = run(u"borgctl"_s, {u"cluster"_s, u"3"_s, m_dir.path()});
        QVERIFY2(restarted.code == 0, restarted.err.constData());
        const auto status = ctl(2, {u"status"_s, u"--json"_s}).json();
        QVERIFY(status.value(u"pid").toInteger() != pid);
        QCOMPARE(status.value(u"members").toInt(), 3);
        QCOMPARE(ctl(2, {u"get"_s, m_link, file(u"after"_s)}).code, 0);
        QCOMPARE(contentOf(file(u"after"_s)), m_bytes);
    }
};

QTEST_GUILESS_MAIN(ProgramsTest)
#include "programs_test.moc"
