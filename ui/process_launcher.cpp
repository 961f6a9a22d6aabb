// SPDX-License-Identifier: GPL-3.0-or-later
#include "process_launcher.h"

#include <control/paths.h>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

namespace {

constexpr qsizetype kLastWordsMax = 600;

/// @return the last lines of what a program said, short enough to show.
QString lastWords(const QByteArray &output)
{
    return QString::fromUtf8(output).trimmed().right(kLastWordsMax).trimmed();
}

} // namespace

ProcessLauncher::ProcessLauncher(QString programFolder, QObject *parent)
    : Launcher(parent)
    , m_programFolder(std::move(programFolder))
{
}

ProcessLauncher::~ProcessLauncher()
{
    for (auto &node : m_nodes) {
        node->disconnect(this);
        // A QProcess ends its program when it is destroyed; the node is meant to live on.
        (void)node.release();
    }
    if (m_cluster)
        m_cluster->disconnect(this);
}

QString ProcessLauncher::program(const QString &name) const
{
    const auto own = QStandardPaths::findExecutable(name, {m_programFolder});
    return own.isEmpty() ? QStandardPaths::findExecutable(name) : own;
}

void ProcessLauncher::startCluster(int count, const QString &dir,
    std::function<void(QString)> progress, std::function<void(Result<QString>)> done)
{
    const auto path = program(u"borgctl"_s);
    if (path.isEmpty()) {
        done(Error{Errc::NotFound, u"borgctl"_s});
        return;
    }
    if (!QDir().mkpath(dir)) {
        done(Error{Errc::Storage, dir});
        return;
    }
    m_cluster = std::make_unique<QProcess>();
    auto *process = m_cluster.get();
    auto said = std::make_shared<QByteArray>();
    connect(process, &QProcess::readyReadStandardError, this, [process, said, progress] {
        said->append(process->readAllStandardError());
        if (const auto line = lastWords(*said).section(u'\n', -1); !line.isEmpty())
            progress(line);
    });
    connect(process, &QProcess::errorOccurred, this, [process, done](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            done(Error{Errc::NotFound, process->errorString()});
    });
    connect(process, &QProcess::finished, this,
        [process, said, done, dir](int code, QProcess::ExitStatus status) {
            if (status != QProcess::NormalExit || code != 0) {
                said->append(process->readAllStandardError());
                done(Error{Errc::Storage, lastWords(*said)});
                return;
            }
            const auto json = QJsonDocument::fromJson(
                process->readAllStandardOutput().trimmed().split('\n').constLast());
            const auto first = json.object().value(u"dirs").toArray().at(0).toString();
            done(first.isEmpty() ? QDir(dir).filePath(u"1"_s) : first);
        });
    process->setProcessChannelMode(QProcess::SeparateChannels);
    process->setStandardInputFile(QProcess::nullDevice());
    process->setUnixProcessParameters(QProcess::UnixProcessFlag::CreateNewSession);
    process->start(path, {u"cluster"_s, QString::number(count), dir});
}

void ProcessLauncher::startNode(const NodeStart &start, std::function<void(Error)> failed)
{
    const auto path = program(u"borgd"_s);
    if (path.isEmpty()) {
        failed({Errc::NotFound, u"borgd"_s});
        return;
    }
    if (!QDir().mkpath(start.dataDir)) {
        failed({Errc::Storage, start.dataDir});
        return;
    }
    QStringList arguments{u"--data"_s, start.dataDir};
    if (!start.join.isEmpty())
        arguments << u"--join"_s << start.join;
    if (!start.createName.isEmpty())
        arguments << u"--create"_s << start.createName;

    auto &process = m_nodes.emplace_back(std::make_unique<QProcess>());
    // A file, not a pipe: the node goes on writing after this program has ended.
    // Not in the data folder either, which is the node's own.
    const auto words = control::socketPaths(start.dataDir).first() + u".log"_s;
    (void)control::ensureSocketDir(words).ok();
    process->setStandardInputFile(QProcess::nullDevice());
    process->setStandardOutputFile(QProcess::nullDevice());
    process->setStandardErrorFile(words);
    process->setUnixProcessParameters(QProcess::UnixProcessFlag::CreateNewSession);
    connect(process.get(), &QProcess::errorOccurred, this,
        [failed, it = process.get()](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                failed({Errc::NotFound, it->errorString()});
        });
    connect(process.get(), &QProcess::finished, this,
        [failed, words](int code, QProcess::ExitStatus status) {
            if (code == 0 && status == QProcess::NormalExit)
                return; // stopped on purpose
            QFile file(words);
            const auto text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
            failed({Errc::Storage, lastWords(text)});
        });
    process->start(path, arguments);
}

void ProcessLauncher::stopCluster(const QString &dir)
{
    if (const auto path = program(u"borgctl"_s); !path.isEmpty())
        QProcess::startDetached(path, {u"cluster"_s, u"--stop"_s, dir});
}

} // namespace borg::ui
