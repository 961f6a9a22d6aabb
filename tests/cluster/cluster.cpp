// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QThread>

#include <csignal>
#include <random>

namespace borg::test {

using namespace Qt::Literals::StringLiterals;

QJsonObject Outcome::json() const
{
    const auto lines = out.trimmed().split('\n');
    const auto whole = QJsonDocument::fromJson(out);
    return whole.isObject() ? whole.object() : QJsonDocument::fromJson(lines.last()).object();
}

QByteArray Outcome::text() const
{
    return "exit " + QByteArray::number(exitCode) + "\n" + out + "\n" + err;
}

Outcome run(
    const QString &program, const QStringList &arguments, int timeoutMs, const QByteArray &input)
{
    QProcess process;
    process.start(QCoreApplication::applicationDirPath() + u'/' + program, arguments);
    process.write(input);
    process.closeWriteChannel();
    Outcome outcome;
    if (process.waitForFinished(timeoutMs) && process.exitStatus() == QProcess::NormalExit)
        outcome.exitCode = process.exitCode();
    else
        process.kill();
    process.waitForFinished(5000);
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

Cluster::~Cluster()
{
    for (int node = 1; node <= count(); ++node)
        kill(node);
}

bool Cluster::start(int nodes, QByteArray *why)
{
    const auto started
        = run(u"borgctl"_s, {u"cluster"_s, QString::number(nodes), m_folder.path() + u"/nodes"_s});
    for (const auto &value : started.json().value(u"pids"_s).toArray())
        m_pids.push_back(static_cast<pid_t>(value.toInteger()));
    *why = started.text();
    return started.exitCode == 0 && count() == nodes;
}

QString Cluster::dir(int node) const
{
    return m_folder.path() + u"/nodes/"_s + QString::number(node);
}

QString Cluster::scratch(const QString &name) const
{
    return m_folder.path() + u'/' + name;
}

Outcome Cluster::ctl(int node, const QStringList &arguments, int timeoutMs, const QByteArray &in)
{
    return run(u"borgctl"_s, QStringList{u"--data"_s, dir(node)} + arguments, timeoutMs, in);
}

void Cluster::kill(int node)
{
    auto &process = m_pids.at(static_cast<std::size_t>(node - 1));
    if (process <= 0)
        return;
    ::kill(process, SIGKILL);
    // The node is no child of ours, and whoever inherits it may leave it a zombie for a while.
    const auto isGone = [process] {
        QFile stat(u"/proc/%1/stat"_s.arg(process));
        if (!stat.open(QIODevice::ReadOnly))
            return true;
        const QByteArray line = stat.readAll();
        return line.sliced(line.lastIndexOf(')') + 1).trimmed().startsWith('Z');
    };
    (void)eventually(isGone, 10'000);
    process = 0;
}

bool Cluster::spawn(int node, QByteArray *why, const QProcessEnvironment &environment)
{
    QProcess process;
    process.setProgram(QCoreApplication::applicationDirPath() + u"/borgd"_s);
    process.setArguments({u"--data"_s, dir(node)});
    process.setProcessEnvironment(environment);
    process.setStandardOutputFile(scratch(u"restart.log"_s));
    process.setStandardErrorFile(scratch(u"restart.log"_s), QIODevice::Append);
    qint64 id = 0;
    if (!process.startDetached(&id)) {
        *why = process.errorString().toUtf8();
        return false;
    }
    m_pids.at(static_cast<std::size_t>(node - 1)) = static_cast<pid_t>(id);
    return true;
}

bool Cluster::restart(int node, QByteArray *why, const QProcessEnvironment &environment)
{
    return spawn(node, why, environment)
        && eventually(
            [&] {
                const auto status = ctl(node, {u"status"_s, u"--json"_s}, 10'000);
                *why = status.text();
                return status.exitCode == 0;
            },
            20'000);
}

bool Cluster::eventually(const std::function<bool()> &what, int timeoutMs)
{
    QElapsedTimer timer;
    timer.start();
    while (!what()) {
        if (timer.hasExpired(timeoutMs))
            return false;
        QThread::msleep(timeoutMs < 15'000 ? 20 : 500);
    }
    return true;
}

bool writeNoise(const QString &path, qint64 sizeBytes, quint64 seed)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return false;
    std::mt19937_64 random(seed);
    QByteArray block(1 << 20, Qt::Uninitialized);
    for (qint64 left = sizeBytes; left > 0; left -= block.size()) {
        for (qsizetype at = 0; at < block.size(); at += 8) {
            const quint64 word = random();
            memcpy(block.data() + at, &word, sizeof word);
        }
        if (file.write(block.constData(), std::min<qint64>(left, block.size())) < 0)
            return false;
    }
    return file.flush();
}

QByteArray sha256Of(const QString &path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!file.open(QIODevice::ReadOnly) || !hash.addData(&file))
        return {};
    return hash.result().toHex();
}

} // namespace borg::test
