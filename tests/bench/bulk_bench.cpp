// SPDX-License-Identifier: GPL-3.0-or-later
//
// bulk_bench [NODES] [SIZE_MIB]: one file to every node, over real borgd processes, TLS and disk on
// this computer. The last line is one JSON object; ratios are of the file's size, and so do not
// follow what else the computer does.
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QThread>
#include <QtEndian>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kMib = 1024 * 1024;

/// @return what borgctl printed as JSON; the program ends when it fails.
QJsonObject ctl(const QStringList &words)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(u"borgctl"_s, words);
    if (!process.waitForFinished(300'000) || process.exitCode() != 0) {
        std::fprintf(stderr, "borgctl %s failed\n", qPrintable(words.join(u' ')));
        std::exit(1);
    }
    return QJsonDocument::fromJson(process.readAllStandardOutput().trimmed().split('\n').last())
        .object();
}

QJsonObject itemOf(const QString &dir)
{
    const auto list = ctl({u"--data"_s, dir, u"--json"_s, u"bulk"_s, u"list"_s});
    return list.value(u"objects"_s).toArray().first().toObject();
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const auto words = QCoreApplication::arguments();
    const int nodes = std::clamp(words.value(1, u"10"_s).toInt(), 2, 100);
    const qint64 bytes = std::clamp<qint64>(words.value(2, u"32"_s).toLongLong(), 1, 256) * kMib;
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"release"_s);
    {
        QFile out(file);
        QByteArray block(kMib, '\0');
        bool isWritten = out.open(QIODevice::WriteOnly);
        for (qint64 at = 0; isWritten && at < bytes; at += kMib) {
            for (qsizetype i = 0; i < block.size(); i += 8)
                qToUnaligned(QRandomGenerator::system()->generate64(), block.data() + i);
            isWritten = out.write(block) == block.size();
        }
        if (!isWritten)
            return 1;
    }
    const QString data = folder.filePath(u"nodes"_s);
    const auto started = ctl({u"cluster"_s, QString::number(nodes), data, u"--json"_s});
    QStringList dirs;
    for (const auto dir : started.value(u"dirs"_s).toArray())
        dirs += dir.toString();

    QElapsedTimer clock;
    clock.start();
    (void)ctl({u"--data"_s, dirs.first(), u"--json"_s, u"bulk"_s, u"send"_s, file});
    const double announcedS = static_cast<double>(clock.elapsed()) / 1000;
    QStringList waiting = dirs;
    while (!waiting.isEmpty() && clock.elapsed() < 600'000) {
        if (itemOf(waiting.last()).value(u"state"_s) == u"whole"_s)
            waiting.removeLast();
        else
            QThread::msleep(20);
    }
    const double allS = static_cast<double>(clock.elapsed()) / 1000;
    double most = 0;
    double sum = 0;
    double bySource = 0;
    for (const QString &dir : dirs) {
        const double sent
            = itemOf(dir).value(u"bytesSent"_s).toDouble() / static_cast<double>(bytes);
        bySource = dir == dirs.first() ? sent : bySource;
        most = std::max(most, sent);
        sum += sent;
    }
    (void)ctl({u"cluster"_s, u"--stop"_s, data, u"--json"_s});
    const QJsonObject figures{{u"nodes"_s, nodes}, {u"mib"_s, bytes / kMib},
        {u"reached"_s, nodes - waiting.size()}, {u"announced_s"_s, announcedS}, {u"all_s"_s, allS},
        {u"mb_s_to_all"_s, static_cast<double>(bytes) * (nodes - 1) / 1e6 / (allS - announcedS)},
        {u"most_sent"_s, most}, {u"source_sent"_s, bySource},
        {u"fetched_per_node"_s, sum / (nodes - 1)}};
    std::puts(QJsonDocument(figures).toJson(QJsonDocument::Compact).constData());
    return waiting.isEmpty() ? 0 : 1;
}
