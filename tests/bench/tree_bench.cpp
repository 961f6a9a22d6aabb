// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_bench_many.h"

#include <base/program_start.h>

#include <cstdio>
#include <map>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

/// The whole tree protocol over TLS on the loopback: every node is a process of its own, payloads
/// are 1 KiB, signed and checked by everyone. The last line is one JSON object.
///
/// tree_bench [--only PART] [--in-process N] [NODES [MESSAGES]]
///
/// PART is one of: each (a signature per message), batched, idle, join, memory (N nodes in one
/// process, default 100). Without it, all of them.
namespace {

using namespace borg;
using namespace Qt::Literals::StringLiterals;

constexpr auto kPatience = std::chrono::seconds(20);
constexpr qint64 kWindow = 128; ///< Messages under way at a time.

/// A node's process, at the other end of its socket.
class Child {
public:
    Child(const char *program, quint32 batchMax, int memberPeriodS)
    {
        std::array<int, 2> ends{};
        BORG_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        m_pid = ::fork();
        BORG_ASSERT(m_pid >= 0);
        if (m_pid == 0) {
            ::dup2(ends[1], STDIN_FILENO);
            for (int fd = 3; fd < 1024; ++fd)
                ::close(fd);
            const QByteArray batch = QByteArray::number(batchMax);
            const QByteArray period = QByteArray::number(memberPeriodS);
            ::execl(program, program, "--node", batch.constData(), period.constData(), nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        m_descriptor = ends[0];
    }
    ~Child()
    {
        ::close(m_descriptor);
        ::waitpid(m_pid, nullptr, 0);
    }
    void tell(const QJsonObject &command) const
    {
        const QByteArray line = QJsonDocument(command).toJson(QJsonDocument::Compact) + '\n';
        BORG_ASSERT(::write(m_descriptor, line.data(), static_cast<std::size_t>(line.size()))
            == line.size());
    }
    /// Takes what is there, and waits when there is nothing.
    void read()
    {
        std::array<char, 4096> buffer;
        const auto size = ::read(m_descriptor, buffer.data(), buffer.size());
        if (size <= 0) {
            std::fputs("a node died\n", stderr);
            std::exit(1);
        }
        m_input.append(buffer.data(), size);
    }
    [[nodiscard]] bool hasLine() const { return m_input.contains('\n'); }
    [[nodiscard]] int descriptor() const { return m_descriptor; }
    QJsonObject hear()
    {
        while (!hasLine())
            read();
        const auto end = m_input.indexOf('\n');
        const auto json = QJsonDocument::fromJson(m_input.first(end)).object();
        m_input.remove(0, end + 1);
        return json;
    }

private:
    pid_t m_pid = 0;
    int m_descriptor = -1;
    QByteArray m_input;
    Q_DISABLE_COPY_MOVE(Child)
};

double percentile(std::vector<double> values, int percent)
{
    std::ranges::sort(values);
    const auto last = values.size() - 1;
    return values.empty() ? 0 : values[last * static_cast<std::size_t>(percent) / 100];
}

/// What all nodes say of themselves, added up.
struct Sums {
    qint64 heard = 0;
    qint64 leastHeard = 0;
    qint64 lastUs = 0;
    qint64 mostDelayUs = 0;
    qint64 cpuUs = 0;
    qint64 bytesOut = 0;
    qint64 duplicates = 0;
    qint64 pulled = 0;
    qint64 parentChanges = 0;
    qint64 depth = 0;
    qint64 links = 0;
    qint64 leastMembers = 0;
    std::vector<double> rssMib;
    std::map<QString, int> reasons; ///< Of the last changes of parents.
};

class Network {
public:
    /// @param memberPeriodS seconds between a node's records; 0: as in a local network.
    Network(const char *program, std::size_t count, quint32 batchMax, int memberPeriodS = 0)
    {
        for (std::size_t i = 0; i < count; ++i)
            m_children.push_back(std::make_unique<Child>(program, batchMax, memberPeriodS));
        for (const auto &child : m_children)
            m_hellos.push_back(child->hear());
        at(0).tell({{u"do"_s, u"root"_s}});
        (void)at(0).hear();
    }

    [[nodiscard]] Child &at(std::size_t index) const { return *m_children[index]; }
    [[nodiscard]] std::size_t size() const { return m_children.size(); }

    void startJoin(std::size_t index) const
    {
        at(index).tell({{u"do"_s, u"join"_s}, {u"id"_s, m_hellos[0].value(u"id")},
            {u"port"_s, m_hellos[0].value(u"port")}});
    }
    [[nodiscard]] double endJoin(std::size_t index) const
    {
        return at(index).hear().value(u"joinedMs").toDouble();
    }
    /// Everybody at once. @return seconds until the last one has a parent.
    [[nodiscard]] double joinAll(std::vector<double> &eachMs) const
    {
        const qint64 start = bench::monotonicUs();
        for (std::size_t i = 1; i < size(); ++i)
            startJoin(i);
        for (std::size_t i = 1; i < size(); ++i)
            eachMs.push_back(endJoin(i));
        return static_cast<double>(bench::monotonicUs() - start) / 1e6;
    }

    /// @param source is not asked for what it heard: it hears nothing of itself.
    [[nodiscard]] Sums sums(std::size_t source) const
    {
        Sums sums;
        sums.leastHeard = std::numeric_limits<qint64>::max();
        sums.leastMembers = std::numeric_limits<qint64>::max();
        for (const auto &child : m_children)
            child->tell({{u"do"_s, u"stats"_s}});
        for (std::size_t i = 0; i < size(); ++i) {
            const auto json = at(i).hear();
            const auto number = [&](QStringView key) { return json.value(key).toInteger(); };
            sums.heard += number(u"heard");
            sums.cpuUs += number(u"cpuUs");
            sums.bytesOut += number(u"bytesOut");
            sums.duplicates += number(u"duplicates");
            sums.pulled += number(u"pulled");
            sums.parentChanges += number(u"parentChanges");
            sums.links += number(u"links");
            sums.depth = std::max(sums.depth, number(u"depth"));
            sums.leastMembers = std::min(sums.leastMembers, number(u"members"));
            sums.rssMib.push_back(json.value(u"rssMib").toDouble());
            for (const auto &reason : json.value(u"reasons").toArray())
                ++sums.reasons[reason.toString()];
            if (i == source)
                continue;
            sums.leastHeard = std::min(sums.leastHeard, number(u"heard"));
            sums.lastUs = std::max(sums.lastUs, number(u"lastUs"));
            sums.mostDelayUs = std::max(sums.mostDelayUs, number(u"delayUs"));
        }
        return sums;
    }
    /// Lets `source` send `count` messages, never more than `window` ahead of the slowest node.
    void send(std::size_t source, qint64 count, qint64 window) const
    {
        const qint64 every = window / 8;
        std::vector<qint64> heard(size(), 0);
        heard[source] = count;
        for (const auto &child : m_children)
            child->tell({{u"do"_s, u"progress"_s}, {u"every"_s, every}});
        at(source).tell({{u"do"_s, u"flood"_s}, {u"count"_s, count}, {u"window"_s, window}});
        qint64 told = 0;
        while (told < count && wait()) {
            for (std::size_t i = 0; i < size(); ++i) {
                while (at(i).hasLine()) {
                    const auto line = at(i).hear();
                    heard[i] = std::max(heard[i], line.value(u"heardNow").toInteger());
                }
            }
            if (const qint64 least = std::ranges::min(heard); least > told) {
                told = least;
                at(source).tell({{u"do"_s, u"allow"_s}, {u"most"_s, told + window}});
            }
        }
        for (const auto &child : m_children)
            child->tell({{u"do"_s, u"progress"_s}, {u"every"_s, 0}});
    }
    /// @return whether somebody had something to say before long.
    [[nodiscard]] bool wait() const
    {
        constexpr int kSilenceMs = 10'000;
        std::vector<pollfd> ends;
        for (const auto &child : m_children)
            ends.push_back({child->descriptor(), POLLIN, 0});
        if (::poll(ends.data(), ends.size(), kSilenceMs) <= 0)
            return false;
        for (std::size_t i = 0; i < size(); ++i) {
            if (ends[i].revents != 0)
                at(i).read();
        }
        return true;
    }
    /// Waits until all but `source` have heard `count` in all, or nothing more comes.
    /// @param every how often they are asked, which takes some of their time.
    [[nodiscard]] Sums settle(std::size_t source, qint64 count, unsigned everyMs) const
    {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        for (;;) {
            ::usleep(everyMs * 1000);
            const auto now = sums(source);
            if (now.heard >= count || std::chrono::steady_clock::now() > deadline)
                return now;
        }
    }

private:
    std::vector<std::unique_ptr<Child>> m_children;
    std::vector<QJsonObject> m_hellos;
};

struct Flood {
    double perSecond = 0;
    double cpuUsPerDelivery = 0;
    double tcpBytesPerByte = 0;
    qint64 duplicates = 0;
    qint64 lost = 0;
};

Flood flood(const Network &network, std::size_t source, qint64 count, qint64 window)
{
    const auto others = static_cast<qint64>(network.size() - 1);
    const auto before = network.sums(source);
    const qint64 start = bench::monotonicUs();
    network.send(source, count, window);
    const auto after = network.settle(source, before.heard + others * count, 20);
    const auto heard = after.heard - before.heard;
    Flood result;
    result.perSecond = static_cast<double>(count) * 1e6 / static_cast<double>(after.lastUs - start);
    result.cpuUsPerDelivery
        = static_cast<double>(after.cpuUs - before.cpuUs) / static_cast<double>(heard);
    result.tcpBytesPerByte
        = static_cast<double>(after.bytesOut - before.bytesOut) / static_cast<double>(heard * 1024);
    result.duplicates = after.duplicates - before.duplicates;
    result.lost = others * count - heard;
    std::fprintf(stderr,
        "flood of %lld: %.0f/s, %.1f us CPU and %.2f TCP bytes per byte delivered, %lld pulled, "
        "%lld parents changed\n",
        static_cast<long long>(count), result.perSecond, result.cpuUsPerDelivery,
        result.tcpBytesPerByte, static_cast<long long>(after.pulled - before.pulled),
        static_cast<long long>(after.parentChanges - before.parentChanges));
    for (const auto &[reason, times] : after.reasons) {
        const auto known = before.reasons.find(reason);
        const int more = times - (known == before.reasons.end() ? 0 : known->second);
        if (more > 0)
            std::fprintf(stderr, "  %d x %s\n", more, qUtf8Printable(reason));
    }
    return result;
}

/// One message at a time, each from another node.
std::vector<double> allNodesMs(const Network &network, int rounds)
{
    std::vector<double> delays;
    for (int round = 0; round < rounds; ++round) {
        const auto source = static_cast<std::size_t>(round) % network.size();
        const auto before = network.sums(source).heard;
        network.at(source).tell({{u"do"_s, u"send"_s}});
        (void)network.at(source).hear();
        const auto after
            = network.settle(source, before + static_cast<qint64>(network.size() - 1), 20);
        delays.push_back(static_cast<double>(after.mostDelayUs) / 1000);
    }
    return delays;
}

struct Options {
    QByteArray part; ///< Empty: all.
    std::size_t nodes = 32;
    qint64 messages = 2048;
    std::size_t inProcess = 100;

    [[nodiscard]] bool wants(const char *name) const { return part.isEmpty() || part == name; }
};

/// The bench, and what it found so far.
class Bench {
public:
    Bench(const char *program, Options options)
        : m_program(program)
        , m_options(std::move(options))
        , m_out{{u"nodes"_s, static_cast<qint64>(m_options.nodes)}}
    {
    }

    int run()
    {
        const double verify = bench::verifyUs();
        put(u"verify_us"_s, verify, 1);
        if (m_options.wants("each"))
            each();
        if (m_options.wants("idle"))
            idle();
        if (m_options.wants("batched"))
            batched();
        if (m_options.wants("join"))
            join();
        if (m_options.wants("memory"))
            memory();
        if (m_out.contains(u"cpu_us_per_delivery"_s))
            put(u"cpu_per_verify"_s, m_out.value(u"cpu_us_per_delivery"_s).toDouble() / verify, 2);
        m_out.insert(u"lost"_s, m_lost);
        std::puts(QJsonDocument(m_out).toJson(QJsonDocument::Compact).constData());
        return m_lost == 0 ? 0 : 1;
    }

private:
    void put(const QString &key, double value, int digits)
    {
        const double scale = std::pow(10, digits);
        m_out.insert(key, std::round(value * scale) / scale);
    }

    void each()
    {
        const Network network(m_program, m_options.nodes, 1);
        std::vector<double> joins;
        for (std::size_t i = 1; i < network.size(); ++i) {
            network.startJoin(i);
            joins.push_back(network.endJoin(i));
        }
        put(u"join_ms_p50"_s, percentile(joins, 50), 1);
        put(u"join_ms_p99"_s, percentile(joins, 99), 1);
        ::sleep(3); // the records and the links beside the tree
        const auto quiet = network.sums(0);
        std::fprintf(stderr, "depth %lld, %.1f links a node, members known %lld of %zu\n",
            static_cast<long long>(quiet.depth),
            static_cast<double>(quiet.links) / static_cast<double>(network.size()),
            static_cast<long long>(quiet.leastMembers), network.size() - 1);
        loaded(network);
    }
    /// With a record of each node once a minute, as in a network that is not on one computer, and
    /// after the rounds in which a new tree looks for better parents (tree::Moves).
    void idle()
    {
        constexpr unsigned kSettle = 100;
        constexpr unsigned kSeconds = 20;
        const Network network(m_program, m_options.nodes, 1, 60);
        std::vector<double> joins;
        (void)network.joinAll(joins);
        ::sleep(kSettle);
        const qint64 before = network.sums(0).cpuUs;
        ::sleep(kSeconds);
        const auto spent = static_cast<double>(network.sums(0).cpuUs - before);
        put(u"idle_percent_of_core"_s,
            spent / static_cast<double>(network.size()) / (kSeconds * 1e6) * 100, 3);
    }
    void loaded(const Network &network)
    {
        const auto delays = allNodesMs(network, 200);
        put(u"all_ms_p50"_s, percentile(delays, 50), 2);
        put(u"all_ms_p99"_s, percentile(delays, 99), 2);
        const auto floods = flood3(network, m_options.messages, kWindow);
        qint64 duplicates = 0;
        for (const auto &one : floods)
            duplicates += one.duplicates;
        put(u"broadcasts_per_s_verified"_s, floods[1].perSecond, 0);
        put(u"rmr"_s,
            static_cast<double>(duplicates) / static_cast<double>(3 * m_options.messages)
                / static_cast<double>(network.size() - 1),
            4);
        put(u"tcp_bytes_per_delivered_byte"_s, floods[1].tcpBytesPerByte, 2);
        put(u"cpu_us_per_delivery"_s, floods[1].cpuUsPerDelivery, 1);
        put(u"rss_mib_per_node"_s, percentile(network.sums(0).rssMib, 50), 1);
    }
    void batched()
    {
        const Network network(m_program, m_options.nodes, 64);
        std::vector<double> joins;
        (void)network.joinAll(joins);
        ::sleep(3);
        const auto floods = flood3(network, 8 * m_options.messages, 8 * kWindow);
        put(u"broadcasts_per_s_batched"_s, floods[1].perSecond, 0);
        put(u"cpu_us_per_delivery_batched"_s, floods[1].cpuUsPerDelivery, 1);
    }
    void join()
    {
        const Network network(m_program, 65, 64);
        std::vector<double> joins;
        put(u"join64_s"_s, network.joinAll(joins), 2);
    }
    void memory()
    {
        if (const auto mib = bench::furtherNodeMib(m_options.inProcess))
            put(u"mib_per_further_node"_s, *mib, 2);
        else
            ++m_lost;
    }
    /// Three times, from nodes at different places. @return them by speed.
    std::vector<Flood> flood3(const Network &network, qint64 messages, qint64 window)
    {
        std::vector<Flood> floods;
        for (std::size_t source : {std::size_t{3}, std::size_t{0}, network.size() - 1}) {
            floods.push_back(flood(network, source, messages, window));
            m_lost += floods.back().lost;
        }
        std::ranges::sort(floods, {}, &Flood::perSecond);
        return floods;
    }

    const char *const m_program;
    const Options m_options;
    QJsonObject m_out;
    qint64 m_lost = 0;
};

std::optional<Options> optionsFrom(std::span<char *> arguments)
{
    Options options;
    for (int numbers = 0; !arguments.empty(); arguments = arguments.subspan(1)) {
        const QByteArray argument(arguments.front());
        if (argument.startsWith("--")) {
            if (arguments.size() < 2)
                return std::nullopt;
            arguments = arguments.subspan(1);
            if (argument == "--only")
                options.part = arguments.front();
            else if (argument == "--in-process")
                options.inProcess = QByteArray(arguments.front()).toULongLong();
            else
                return std::nullopt;
        } else if (numbers++ == 0) {
            options.nodes = argument.toULongLong();
        } else {
            options.messages = argument.toLongLong();
        }
    }
    static const std::array<QByteArray, 6> kParts{"", "each", "batched", "idle", "join", "memory"};
    const bool isGood = options.nodes >= 5 && options.nodes <= 256 && options.messages >= 16
        && options.messages % 16 == 0 && options.inProcess > 2 && options.inProcess <= 1000
        && std::ranges::contains(kParts, options.part);
    return isGood ? std::optional(options) : std::nullopt;
}

} // namespace

int main(int argc, char **argv)
{
    prepareProgram();
    QCoreApplication app(argc, argv);
    if (argc == 4 && QByteArrayView(argv[1]) == "--node") {
        const bench::TreeBenchNode node(STDIN_FILENO,
            QByteArrayView(argv[2]).toByteArray().toUInt(),
            std::chrono::seconds(QByteArrayView(argv[3]).toByteArray().toInt()));
        return QCoreApplication::exec();
    }
    const auto options = optionsFrom(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        std::fputs("usage: tree_bench [--only each|batched|idle|join|memory] [--in-process N (3 to "
                   "1000)] [NODES (5 to 256) [MESSAGES (of 16 each)]]\n",
            stderr);
        return 2;
    }
    return Bench("/proc/self/exe", *options).run();
}
