// SPDX-License-Identifier: GPL-3.0-or-later
//
// store_bench [SIZE_MIB] [K/N] [NODES]: a put and gets over real node processes, TLS and disk on
// this computer. The last line is one JSON object. Files go below the folder for temporary files.
#include <base/loop_clock.h>
#include <base/pool_executor.h>
#include <base/system_rng.h>
#include <crypto/key_source.h>
#include <crypto/openssl_crypto.h>
#include <disk/real_disk.h>
#include <net/tls_endpoint.h>
#include <store/store_node.h>

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSocketNotifier>
#include <QTemporaryDir>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kMib = 1024.0 * 1024.0;

// --- One node: a process that is told what to do by lines on its standard input.

/// The roster that the parent hands out. In the application this is the tree's.
class Roster final : public tree::Directory {
public:
    void add(const tree::Member &member) { m_members.insert_or_assign(member.id, member); }
    void setDown(const NodeId &id, Ticks now)
    {
        const auto found = m_members.find(id);
        if (found == m_members.end())
            return;
        found->second.online = false;
        found->second.changedAt = now;
        for (const auto &watch : m_watches) {
            if (const auto call = watch.lock())
                (*call)(id);
        }
    }
    [[nodiscard]] std::vector<tree::Member> members() const override
    {
        std::vector<tree::Member> members;
        for (const auto &[id, member] : m_members)
            members.push_back(member);
        return members;
    }
    [[nodiscard]] std::optional<tree::Member> find(const NodeId &id) const override
    {
        const auto found = m_members.find(id);
        return found == m_members.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] Watch watch(std::function<void(const NodeId &)> changed) override
    {
        auto call = std::make_shared<std::function<void(const NodeId &)>>(std::move(changed));
        m_watches.push_back(call);
        return call;
    }

private:
    std::map<NodeId, tree::Member> m_members;
    std::vector<std::weak_ptr<std::function<void(const NodeId &)>>> m_watches;
};

void say(const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    (void)!::write(STDOUT_FILENO, bytes.constData(), static_cast<std::size_t>(bytes.size()));
}

class NodeProcess {
public:
    explicit NodeProcess(const QString &folder)
        : m_key(*crypto::NodeKey::generate())
        , m_endpoint(m_clock, m_key)
        , m_disk(*disk::RealDisk::open(folder))
        , m_crypto(m_key)
        , m_scope(m_clock)
        , m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        store::StoreConfig config;
        config.bytesLimit = 64LL << 30;
        config.repairAfter = std::chrono::hours(1); // repair is not what is measured
        config.healthEvery = std::chrono::hours(1);
        m_store.emplace(m_scope,
            store::StoreParts{m_rng, m_endpoint.transport(net::Protocol::Bulk), *m_disk, m_executor,
                m_diskExecutor, m_roster, m_crypto, m_keys},
            config);
        QObject::connect(&m_input, &QSocketNotifier::activated, &m_input, [this] { readInput(); });
        const auto at = m_endpoint.listen(u"127.0.0.1"_s, 0);
        say(u"listening %1 %2"_s.arg(m_key.id().text()).arg(at ? at->port : 0));
    }

private:
    void readInput()
    {
        char buffer[4096];
        const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (count <= 0)
            std::_Exit(0); // the parent is gone; nothing here is worth keeping
        m_pending.append(buffer, count);
        for (qsizetype end = m_pending.indexOf('\n'); end >= 0; end = m_pending.indexOf('\n')) {
            const QStringList words = QString::fromUtf8(m_pending.first(end)).split(u'\t');
            m_pending.remove(0, end + 1);
            obey(words);
        }
    }
    void obey(const QStringList &words)
    {
        const QString &verb = words.front();
        if (verb == "peer"_L1)
            m_roster.add({*NodeId::fromText(words[1]), {u"127.0.0.1"_s, words[2].toUShort()}, true,
                m_clock.now(), 64LL << 30});
        else if (verb == "down"_L1)
            m_roster.setDown(*NodeId::fromText(words[1]), m_clock.now());
        else if (verb == "open"_L1)
            m_scope.spawn("open"_L1, open());
        else if (verb == "put"_L1)
            m_scope.spawn("put"_L1, put(words[1], words[2].toInt(), words[3].toInt()));
        else if (verb == "get"_L1)
            m_scope.spawn("get"_L1, get(words[1], words[2]));
    }
    QCoro::Task<Result<Done>> open()
    {
        const auto opened = co_await m_store->open();
        say(opened ? u"opened"_s : u"failed "_s + opened.error().detail);
        co_return Done{};
    }
    QCoro::Task<Result<Done>> put(QString path, int k, int n)
    {
        const auto result
            = co_await m_store->put(store::fileSource(path), {u"bench"_s, k, n}, {}, {});
        say(result ? u"put\t%1\t%2"_s.arg(result->link, result->state)
                   : u"failed "_s + result.error().detail);
        co_return Done{};
    }
    QCoro::Task<Result<Done>> get(QString link, QString path)
    {
        const auto result = co_await m_store->get(
            link, store::fileSink(path, store::Overwrite::Allowed), {}, {}, {});
        say(result
                ? u"got\t%1\t%2"_s.arg(result->firstByteAfter.count()).arg(result->segmentsDecoded)
                : u"failed "_s + result.error().detail);
        co_return Done{};
    }

    LoopClock m_clock;
    SystemRng m_rng;
    PoolExecutor m_executor;
    PoolExecutor m_diskExecutor{4};
    crypto::SystemKeys m_keys;
    const crypto::NodeKey m_key;
    net::TlsEndpoint m_endpoint;
    std::unique_ptr<disk::RealDisk> m_disk;
    const crypto::OpenSslCrypto m_crypto;
    Roster m_roster;
    TaskScope m_scope;
    std::optional<store::StoreNode> m_store;
    QSocketNotifier m_input;
    QByteArray m_pending;
};

// --- The parent: starts nodes, gives orders, measures.

struct Child {
    std::unique_ptr<QProcess> process;
    QString id;
    QString port;

    QStringList ask(const QString &order, int withinMs = 600'000)
    {
        if (!order.isEmpty())
            process->write(order.toUtf8() + '\n');
        while (!process->canReadLine()) {
            if (!process->waitForReadyRead(withinMs)) {
                std::fprintf(stderr, "a node does not answer: %s\n", qPrintable(order));
                std::exit(1);
            }
        }
        QString line = QString::fromUtf8(process->readLine()).trimmed();
        if (line.startsWith("failed"_L1)) {
            std::fprintf(
                stderr, "%s: %s\n", qPrintable(order.section(u'\t', 0, 0)), qPrintable(line));
            std::exit(1);
        }
        return line.split(QRegularExpression(u"[\t ]"_s));
    }
};

/// CPU seconds of a process so far, both modes.
double cpuOf(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = file.readAll();
    const auto fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return (fields[11].toDouble() + fields[12].toDouble())
        / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double cpuOfAll(const std::vector<Child> &children)
{
    double sum = 0;
    for (const Child &child : children)
        sum += cpuOf(child.process->processId());
    return sum;
}

/// What the disk does with one file that is synced every 8 MiB, in MB/s.
double rawDurableRate(const QString &folder, qint64 sizeMib)
{
    const QByteArray block(8 << 20, '\x5a');
    const QString path = folder + "/raw"_L1;
    const int file
        = ::open(QFile::encodeName(path).constData(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    QElapsedTimer timer;
    timer.start();
    qint64 written = 0;
    for (; written < sizeMib << 20; written += block.size()) {
        if (::write(file, block.constData(), static_cast<std::size_t>(block.size())) != block.size()
            || ::fdatasync(file) != 0)
            break;
    }
    const double seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    ::close(file);
    QFile::remove(path);
    return static_cast<double>(written) / 1e6 / seconds;
}

QByteArray makeFile(const QString &path, qint64 sizeMib)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Blake2b_256);
    std::vector<quint32> words(1 << 18);
    if (!file.open(QIODevice::WriteOnly))
        std::exit(1);
    for (qint64 mib = 0; mib < sizeMib; ++mib) {
        QRandomGenerator::global()->fillRange(words.data(), static_cast<qsizetype>(words.size()));
        const QByteArrayView bytes(reinterpret_cast<const char *>(words.data()), 1 << 20);
        file.write(bytes.data(), bytes.size());
        hash.addData(bytes);
    }
    return hash.result();
}

QByteArray hashOf(const QString &path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Blake2b_256);
    if (file.open(QIODevice::ReadOnly))
        hash.addData(&file);
    return hash.result();
}

struct Timed {
    QStringList answer;
    double seconds = 0;
    double cpu = 0;
};

Timed timed(std::vector<Child> &children, Child &child, const QString &order)
{
    const double cpu = cpuOfAll(children);
    QElapsedTimer timer;
    timer.start();
    Timed result{child.ask(order), 0, 0};
    result.seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    result.cpu = cpuOfAll(children) - cpu;
    return result;
}

std::vector<Child> startNodes(const QString &folder, int nodes)
{
    std::vector<Child> children;
    for (int i = 1; i <= nodes; ++i) {
        const QString data = folder + u"/%1"_s.arg(i);
        QDir().mkpath(data);
        Child child{std::make_unique<QProcess>(), {}, {}};
        child.process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.process->start(
            QCoreApplication::applicationFilePath(), {u"--node"_s, data}, QIODevice::ReadWrite);
        const auto words = child.ask({}, 20'000);
        child.id = words.value(1);
        child.port = words.value(2);
        children.push_back(std::move(child));
    }
    for (Child &child : children) {
        for (const Child &other : children) {
            if (other.id != child.id)
                child.process->write(u"peer\t%1\t%2\n"_s.arg(other.id, other.port).toUtf8());
        }
        child.ask(u"open"_s);
    }
    return children;
}

void loseAllBut(std::vector<Child> &children, int kept)
{
    for (std::size_t i = static_cast<std::size_t>(kept); i < children.size(); ++i) {
        ::kill(static_cast<pid_t>(children[i].process->processId()), SIGKILL);
        for (std::size_t j = 0; j < static_cast<std::size_t>(kept); ++j)
            children[j].process->write(u"down\t%1\n"_s.arg(children[i].id).toUtf8());
        children[i].process->waitForFinished();
    }
}

int runBench(const QStringList &arguments)
{
    const qint64 sizeMib = arguments.value(1, u"256"_s).toLongLong();
    const QString code = arguments.value(2, u"3/10"_s);
    const int nodes = arguments.value(3, u"10"_s).toInt();
    const int k = code.section(u'/', 0, 0).toInt();
    const int n = code.section(u'/', 1, 1).toInt();
    const QTemporaryDir folder(QDir::tempPath() + "/borg-store-bench-XXXXXX"_L1);
    if (sizeMib < 1 || k < 1 || n < k || nodes < k || !folder.isValid()) {
        std::fprintf(stderr, "usage: store_bench [SIZE_MIB] [K/N] [NODES]\n");
        return 2;
    }
    const QString input = folder.filePath(u"input"_s);
    const QString output = folder.filePath(u"output"_s);
    const QByteArray wanted = makeFile(input, sizeMib);
    const double raw = rawDurableRate(folder.path(), std::min<qint64>(sizeMib * n / k, 1024));
    auto children = startNodes(folder.path(), nodes);

    const auto put
        = timed(children, children.front(), u"put\t%1\t%2\t%3"_s.arg(input).arg(k).arg(n));
    const QString link = put.answer.value(1);
    const QString order = u"get\t%1\t%2"_s.arg(link, output);
    const auto get = timed(children, children[1], order); // a node without a link to the others yet
    bool isRight = hashOf(output) == wanted;
    loseAllBut(children, nodes - (n - k));
    const auto degraded = timed(children, children[1], order);
    isRight = isRight && hashOf(output) == wanted;
    for (Child &child : children)
        child.process->kill();
    for (Child &child : children)
        child.process->waitForFinished();

    const double mb = static_cast<double>(sizeMib) * kMib / 1e6;
    const double gib = static_cast<double>(sizeMib) / 1024.0;
    const double putRate = mb / put.seconds;
    std::printf("{\"size_mib\": %lld, \"nodes\": %d, \"code\": \"%s\", \"durable\": true, "
                "\"put_mb_s\": %.1f, \"get_mb_s\": %.1f, \"degraded_get_mb_s\": %.1f, "
                "\"first_byte_ms\": %.1f, \"cpu_s_per_gib_put\": %.2f, "
                "\"cpu_s_per_gib_get\": %.2f, \"raw_durable_mb_s\": %.1f, \"put_ratio\": %.2f, "
                "\"state\": \"%s\", \"segments_decoded\": %s, \"identical\": %s}\n",
        static_cast<long long>(sizeMib), nodes, qPrintable(code), putRate, mb / get.seconds,
        mb / degraded.seconds, get.answer.value(1).toDouble() / 1000.0, put.cpu / gib,
        get.cpu / gib, raw, putRate / (raw * k / n), qPrintable(put.answer.value(2)),
        qPrintable(degraded.answer.value(2)), isRight ? "true" : "false");
    return isRight ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--node"_L1) {
        const NodeProcess node(arguments.value(2));
        return QCoreApplication::exec();
    }
    return runBench(arguments);
}
