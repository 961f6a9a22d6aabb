// SPDX-License-Identifier: GPL-3.0-or-later
/// One TLS link between two processes of this program: bulk rate, small frames, handshakes. The
/// bulk rate is compared with two processes that do nothing but SSL_write and SSL_read, blocking,
/// in turns with ours, so that a busy machine slows both.
///
/// net_bench [MiB per round]; the last line is one JSON object.
#include <base/loop_clock.h>
#include <crypto/certificate.h>
#include <net/tls_endpoint.h>

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <arpa/inet.h>
#include <cstdio>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace borg;
using namespace borg::net;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto kHost = "127.0.0.1"_L1;
constexpr int kRounds = 3;
constexpr qsizetype kPlainChunk = 64 * 1024;

double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double cpuOf(const rusage &usage)
{
    const auto of = [](const timeval &t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

double cpuSelf()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return cpuOf(usage);
}

/// This program again, in another role; it prints its port first.
class Child {
public:
    Child(const char *role, const QByteArray &argument)
    {
        std::array<int, 2> ends{};
        BORG_ASSERT(pipe(ends.data()) == 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        posix_spawn_file_actions_addclose(&actions, ends[0]);
        QByteArray program("net_bench");
        QByteArray roleText(role);
        QByteArray argumentText = argument;
        std::array<char *, 4> arguments{
            program.data(), roleText.data(), argumentText.data(), nullptr};
        const int why
            = posix_spawn(&m_pid, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
        BORG_ASSERT(why == 0);
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        QByteArray line(16, '\0');
        const auto got = ::read(ends[0], line.data(), 16);
        m_port = line.first(qMax(qsizetype(got), qsizetype(0))).trimmed().toUShort();
        m_out = ends[0];
    }
    ~Child()
    {
        (void)wait();
        ::close(m_out);
    }
    Q_DISABLE_COPY_MOVE(Child)

    [[nodiscard]] quint16 port() const { return m_port; }
    /// @return the seconds of processor time that it took.
    double wait()
    {
        if (m_pid == 0)
            return 0;
        rusage usage{};
        wait4(std::exchange(m_pid, 0), nullptr, 0, &usage);
        return cpuOf(usage);
    }

private:
    pid_t m_pid = 0;
    int m_out = -1;
    quint16 m_port = 0;
};

void tellPort(quint16 port)
{
    std::printf("%d\n", port);
    std::fflush(stdout);
}

struct Outcome {
    double rate = 0; ///< Per second.
    double cpu = 0; ///< Seconds of both processes, per unit of rate.
};

struct Listener final : Transport::Listener {
    void linkUp(const Peer &peer, Direction) override
    {
        if (onUp)
            onUp(peer.id);
    }
    void linkDown(const NodeId &, Errc) override
    {
        if (onDown)
            onDown();
    }
    void frameArrived(const NodeId &from, const wire::Frame &frame) override
    {
        if (onFrame)
            onFrame(from, frame);
    }
    void writable(const NodeId &, wire::FrameClass) override
    {
        if (onWritable)
            onWritable();
    }
    void dialFailed(const Endpoint &, Errc why) override
    {
        std::fprintf(stderr, "dial failed: %s\n", name(why).data());
        std::exit(1);
    }

    std::function<void(const NodeId &)> onUp;
    std::function<void()> onDown;
    std::function<void(const NodeId &, const wire::Frame &)> onFrame;
    std::function<void()> onWritable;
};

crypto::NodeKey newKey()
{
    auto key = crypto::NodeKey::generate();
    BORG_ASSERT(key);
    return *std::move(key);
}

struct Node {
    Node() { link().setListener(&listener); }
    [[nodiscard]] Transport &link() { return endpoint.transport(Protocol::Bulk); }

    LoopClock clock;
    const crypto::NodeKey key = newKey();
    TlsEndpoint endpoint{clock, key};
    Listener listener;
};

/// Counts what comes, and answers the frame with an empty head.
int serve()
{
    Node node;
    quint64 sum = 0;
    node.listener.onFrame = [&](const NodeId &from, const wire::Frame &frame) {
        sum += static_cast<quint64>(frame.body.size());
        if (frame.head.isEmpty())
            (void)node.link()
                .send(from, {wire::FrameClass::Normal, {}, QByteArray::number(sum)})
                .ok();
    };
    int links = 0;
    int ups = 0;
    node.listener.onUp = [&](const NodeId &) {
        ++links;
        ++ups;
    };
    node.listener.onDown = [&] {
        if (--links > 0)
            return;
        QTimer::singleShot(300, [&, before = ups] { // unless somebody came back
            if (ups == before)
                QCoreApplication::quit();
        });
    };
    tellPort(node.endpoint.listen(kHost, 0)->port);
    return QCoreApplication::exec();
}

/// Sends `count` frames of `bytes`, the last of which asks for an answer.
Outcome sendFrames(qint64 count, qsizetype bytes)
{
    Child child("--serve", {});
    const double cpuBefore = cpuSelf();
    double begun = 0;
    double ended = 0;
    {
        Node node;
        std::optional<NodeId> peer;
        qint64 left = count;
        const QByteArray body(bytes, 'x');
        const auto pump = [&] {
            while (left > 0) {
                const QByteArray head = left == 1 ? QByteArray() : QByteArray("{}");
                if (!node.link().send(*peer, {wire::FrameClass::Normal, head, body}))
                    return;
                --left;
            }
        };
        node.listener.onUp = [&](const NodeId &id) {
            peer = id;
            begun = seconds();
            pump();
        };
        node.listener.onWritable = pump;
        node.listener.onFrame = [&](const NodeId &, const wire::Frame &) {
            ended = seconds();
            QCoreApplication::quit();
        };
        node.link().dialUnknown({kHost, child.port()});
        QCoreApplication::exec();
    }
    const double cpu = cpuSelf() - cpuBefore + child.wait();
    return {double(count) / (ended - begun), cpu / double(count)};
}

double handshakes()
{
    constexpr int kAtOnce = 8;
    constexpr int kTotal = 4000;
    Child child("--serve", {});
    int done = 0;
    std::vector<std::unique_ptr<Node>> nodes;
    const double begun = seconds();
    for (int at = 0; at < kAtOnce; ++at) {
        nodes.push_back(std::make_unique<Node>());
        Node &node = *nodes.back();
        const Endpoint to{kHost, child.port()};
        node.listener.onUp = [&done, &node, to](const NodeId &id) {
            node.link().hangUp(id);
            if (++done == kTotal)
                QCoreApplication::quit();
            else
                node.link().dialUnknown(to);
        };
        node.link().dialUnknown(to);
    }
    QCoreApplication::exec();
    const double rate = kTotal / (seconds() - begun);
    nodes.clear();
    return rate;
}

struct Plain {
    explicit Plain(const SSL_METHOD *method)
        : context(SSL_CTX_new(method))
    {
        const auto key = newKey();
        const auto certificate = crypto::selfSigned(key);
        EVP_PKEY *pair = key.openSslKey();
        SSL_CTX_use_certificate(context, certificate->get());
        SSL_CTX_use_PrivateKey(context, pair);
        EVP_PKEY_free(pair);
        SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
        SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384");
    }
    ~Plain()
    {
        SSL_free(ssl);
        SSL_CTX_free(context);
        ::close(fd);
    }
    Q_DISABLE_COPY_MOVE(Plain)

    void adopt(int descriptor)
    {
        fd = descriptor;
        const int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        ssl = SSL_new(context);
        SSL_set_fd(ssl, fd);
    }

    SSL_CTX *context;
    SSL *ssl = nullptr;
    int fd = -1;
};

sockaddr_in loopback(quint16 port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int servePlain(qint64 total)
{
    const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto *raw = reinterpret_cast<sockaddr *>(&address);
    BORG_ASSERT(::bind(listening, raw, size) == 0 && ::listen(listening, 1) == 0);
    ::getsockname(listening, raw, &size);
    tellPort(ntohs(address.sin_port));
    Plain plain(TLS_server_method());
    plain.adopt(::accept(listening, nullptr, nullptr));
    BORG_ASSERT(SSL_accept(plain.ssl) == 1);
    QByteArray buffer(kPlainChunk, Qt::Uninitialized);
    while (total > 0) {
        const int got = SSL_read(plain.ssl, buffer.data(), int(buffer.size()));
        BORG_ASSERT(got > 0);
        total -= got;
    }
    SSL_write(plain.ssl, "x", 1);
    SSL_read(plain.ssl, buffer.data(), 1);
    return 0;
}

Outcome sendPlain(qint64 total)
{
    Child child("--serve-plain", QByteArray::number(total));
    const double cpuBefore = cpuSelf();
    double spent = 0;
    {
        Plain plain(TLS_client_method());
        plain.adopt(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = loopback(child.port());
        const int isConnected
            = ::connect(plain.fd, reinterpret_cast<const sockaddr *>(&address), sizeof address);
        BORG_ASSERT(isConnected == 0 && SSL_connect(plain.ssl) == 1);
        const QByteArray chunk(kPlainChunk, 'x');
        const double begun = seconds();
        for (qint64 sent = 0; sent < total; sent += chunk.size())
            BORG_ASSERT(SSL_write(plain.ssl, chunk.constData(), int(chunk.size())) > 0);
        char answer = 0;
        BORG_ASSERT(SSL_read(plain.ssl, &answer, 1) == 1);
        spent = seconds() - begun;
    }
    const double cpu = cpuSelf() - cpuBefore + child.wait();
    return {double(total) / spent / 1e6, cpu / double(total) * 1e9};
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

int measure(qint64 mib)
{
    const qint64 total = mib * 1024 * 1024;
    QJsonObject json;
    std::vector<double> rates;
    std::vector<double> plainRates;
    std::vector<double> cpus;
    std::vector<double> plainCpus;
    for (const qsizetype kib : {64, 256, 512, 1024}) {
        std::vector<double> ofSize;
        for (int round = 0; round < kRounds; ++round) {
            const Outcome plain = sendPlain(total);
            const Outcome ours = sendFrames(total / (kib * 1024), kib * 1024);
            const double megabytes = double(kib) * 1024e-6;
            ofSize.push_back(ours.rate * megabytes);
            plainRates.push_back(plain.rate);
            cpus.push_back(ours.cpu / megabytes * 1e3);
            plainCpus.push_back(plain.cpu);
        }
        std::printf(
            "%4lld KiB frames: %.0f MB/s, %.2f cpu s/GB; openssl %.0f MB/s, %.2f cpu s/GB\n",
            qint64(kib), median(ofSize), cpus.back(), plainRates.back(), plainCpus.back());
        json[u"mb_s_%1_kib"_s.arg(kib)] = std::round(median(ofSize));
        rates.insert(rates.end(), ofSize.begin(), ofSize.end());
    }
    json["mb_s"_L1] = std::round(median(rates));
    json["openssl_mb_s"_L1] = std::round(median(plainRates));
    json["ratio"_L1] = median(rates) / median(plainRates);
    json["cpu_s_per_gb"_L1] = median(cpus);
    json["openssl_cpu_s_per_gb"_L1] = median(plainCpus);
    const Outcome small = sendFrames(400'000, 100);
    json["frames_per_s"_L1] = std::round(small.rate);
    json["cpu_us_per_frame"_L1] = small.cpu * 1e6;
    json["handshakes_per_s"_L1] = std::round(handshakes());
    std::printf("%s\n", QJsonDocument(json).toJson(QJsonDocument::Compact).constData());
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QByteArray role = argc > 1 ? argv[1] : "";
    if (role == "--serve")
        return serve();
    if (role == "--serve-plain")
        return servePlain(QByteArray(argv[2]).toLongLong());
    return measure(role.isEmpty() ? 512 : std::max(role.toLongLong(), 1LL));
}
