// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.h"

#include "lifecycle.h"
#include "time_words.h"

#include <control/paths.h>
#include <disk/on_executor.h>
#include <tree/place.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QNetworkInterface>
#include <QThread>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcNode, "borg.node")

namespace {

constexpr QLatin1StringView kConfigFile{"config.toml"};
constexpr QLatin1StringView kGenesisFile{"network.json"};
constexpr QLatin1StringView kKeyFile{"node.key"};
constexpr QLatin1StringView kLogFile{"node.log"};
constexpr QLatin1StringView kPortFile{"port"};
constexpr int kDiskThreads = 4; ///< Which wait for syncs, so more than one disk needs.
constexpr Ticks kTidyEvery = 10s;

StartError failed(ExitCode code, const Error &error)
{
    return {code, QString(error.detail).replace(u'\n', u' ')};
}

Result<QByteArray> readSmallFile(const QString &path, qint64 bytesMax)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{file.exists() ? Errc::Storage : Errc::NotFound,
            u"Cannot read %1: %2."_s.arg(path, file.errorString())};
    const QByteArray bytes = file.read(bytesMax + 1);
    if (bytes.size() > bytesMax)
        return Error{Errc::TooLarge, u"%1 is larger than %2 bytes."_s.arg(path).arg(bytesMax)};
    return bytes;
}

qint64 bytesBelow(const QString &dir)
{
    qint64 bytes = 0;
    for (const QFileInfo &entry :
        QDir(dir).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks))
        bytes += entry.isDir() ? bytesBelow(entry.filePath()) : entry.size();
    return bytes;
}

} // namespace

Node::Node(Log &log, NodeOptions options)
    : m_log(log)
    , m_options(std::move(options))
    , m_clock(m_loop)
    // A person's pipe may block a thread for as long as the person likes.
    , m_executor(QThread::idealThreadCount() + kStreamsMax)
    , m_diskExecutor(kDiskThreads + kStreamsMax)
    , m_startedUtcMs(m_clock.utcMs())
    , m_scope(m_clock)
{
}

Node::~Node()
{
    m_clock.cancel(m_refreshTimer);
    m_clock.cancel(m_tidyTimer);
    m_clock.cancel(m_saveTimer);
}

std::optional<StartError> Node::start()
{
    using Step = std::optional<StartError> (Node::*)();
    for (const Step step : {&Node::readConfig, &Node::readInvites, &Node::openFolder,
             &Node::readGenesis, &Node::openKey, &Node::openPort, &Node::openControl}) {
        if (auto problem = (this->*step)())
            return problem;
    }
    qCInfo(lcNode).noquote() << "node" << m_key->id().text() << "of network" << m_genesis.name
                             << "listens at" << endpointText(m_listen);
    makeTree();
    startStore();
    notifyReady();
    treeChanged();
    return std::nullopt;
}

std::optional<StartError> Node::readConfig()
{
    const bool isNamed = !m_options.configFile.isEmpty();
    m_configPath
        = QFileInfo(isNamed ? m_options.configFile : m_options.dataDir + u'/' + kConfigFile)
              .absoluteFilePath();
    const auto text = readSmallFile(m_configPath, Config::kFileBytesMax);
    if (!text) {
        if (text.error().code == Errc::NotFound && !isNamed)
            return std::nullopt; // the defaults; openFolder() writes them down
        return failed(ExitCode::Configuration, text.error());
    }
    auto config = parseConfig(*text, m_configPath);
    if (!config)
        return failed(ExitCode::Configuration, config.error());
    m_config = *std::move(config);
    m_log.setLevel(m_config.logLevel);
    return std::nullopt;
}

std::optional<StartError> Node::readInvites()
{
    const auto takeInvite = [this](const QString &text) -> std::optional<StartError> {
        auto invite = Invite::fromText(text);
        if (!invite)
            return failed(ExitCode::Usage, invite.error());
        m_seeds.insert(m_seeds.end(), invite->seeds.begin(), invite->seeds.end());
        m_invites.push_back(*std::move(invite));
        return std::nullopt;
    };
    std::vector<QString> links = m_options.join;
    if (!m_options.network.isEmpty())
        links.push_back(m_options.network);
    for (const QString &given : links) {
        QString text = given;
        if (!text.startsWith(Invite::kPrefix) && QFileInfo(given).isFile()) {
            const auto file = readSmallFile(given, Invite::kTextMax);
            if (!file)
                return failed(ExitCode::Usage, file.error());
            text = QString::fromUtf8(*file).trimmed();
        }
        if (text.startsWith(Invite::kPrefix)) {
            if (auto problem = takeInvite(text))
                return problem;
        } else if (auto seed = Seed::fromText(text)) {
            m_seeds.push_back(*std::move(seed));
        } else {
            return StartError{ExitCode::Usage,
                u"Cannot join through \"%1\": it is neither an invite link, nor a file with one, "
                "nor HOST:PORT."_s.arg(given.left(100))};
        }
    }
    const QFileInfo folder(m_options.dataDir);
    if (folder.exists() && !(folder.isReadable() && folder.isExecutable()))
        return StartError{ExitCode::Failed,
            u"The data folder %1 cannot be used: Permission denied."_s.arg(m_options.dataDir)};
    const bool known = QFileInfo::exists(m_options.dataDir + u'/' + kGenesisFile);
    if (known || !m_options.create.isEmpty() || !m_invites.empty())
        return std::nullopt;
    if (!m_seeds.empty())
        return StartError{ExitCode::Usage,
            u"An address alone does not say which network it belongs to: give the invite link of "
            "that node (borgctl invite), or add --network LINK."_s};
    return StartError{ExitCode::Usage,
        u"The data folder %1 belongs to no network yet. Join one with --join LINK, or create one "
        "with --create NAME."_s.arg(m_options.dataDir)};
}

std::optional<StartError> Node::openFolder()
{
    auto folder = disk::DataFolder::open(m_options.dataDir);
    if (!folder) {
        ExitCode code = ExitCode::Failed;
        if (folder.error().code == Errc::Conflict)
            code = disk::DataFolder::lockHolder(m_options.dataDir) > 0 ? ExitCode::InUse
                                                                       : ExitCode::Damaged;
        return failed(code, folder.error());
    }
    m_folder = *std::move(folder);
    if (const auto opened = m_log.openFile(m_folder->path() + u'/' + kLogFile); !opened)
        return failed(ExitCode::Failed, opened.error());
    if (m_options.configFile.isEmpty() && !QFileInfo::exists(m_configPath)) {
        if (const auto written = m_folder->disk().writeFile(kConfigFile, defaultConfigFile());
            !written)
            return failed(ExitCode::Failed, written.error());
    }
    return std::nullopt;
}

std::optional<StartError> Node::readGenesis()
{
    const auto file = m_folder->disk().readFile(kGenesisFile, Genesis::kFileBytesMax);
    if (!file && file.error().code != Errc::NotFound)
        return failed(ExitCode::Damaged, file.error());

    auto genesis = file      ? Genesis::fromFile(*file)
        : !m_invites.empty() ? Result<Genesis>(m_invites.front().genesis)
                             : Genesis::create(m_options.create, m_options.local, m_rng);
    if (!genesis)
        return failed(file ? ExitCode::Damaged : ExitCode::Usage, genesis.error());
    m_genesis = *std::move(genesis);
    m_networkId = m_genesis.id();

    const QString what = u"The data folder %1 belongs to the network \"%2\""_s.arg(
        m_folder->path(), m_genesis.name);
    if (!m_options.create.isEmpty()
        && (m_options.create != m_genesis.name || m_options.local != m_genesis.local))
        return StartError{ExitCode::Usage,
            u"%1 already; use another --data folder to create \"%2\"."_s.arg(
                what, m_options.create)};
    for (const Invite &invite : m_invites) {
        if (invite.genesis.id() != m_networkId)
            return StartError{ExitCode::Usage,
                u"%1, but the invite is for another one, \"%2\"; use another --data folder."_s.arg(
                    what, invite.genesis.name)};
    }
    if (!file) {
        if (const auto written = m_folder->disk().writeFile(kGenesisFile, m_genesis.toFile());
            !written)
            return failed(ExitCode::Failed, written.error());
    }
    return std::nullopt;
}

std::optional<StartError> Node::openKey()
{
    auto key = crypto::NodeKey::loadOrCreate(m_folder->path() + u'/' + kKeyFile);
    if (!key)
        return failed(key.error().code == Errc::Malformed ? ExitCode::Damaged : ExitCode::Failed,
            {key.error().code,
                u"The key of this node cannot be used (%1/%2): %3"_s.arg(
                    m_folder->path(), kKeyFile, key.error().detail)});
    m_key = *std::move(key);
    m_crypto.emplace(*m_key);
    return std::nullopt;
}

std::optional<StartError> Node::openPort()
{
    m_tls.emplace(m_clock, *m_key);
    const net::Endpoint any{m_genesis.local ? u"127.0.0.1"_s : u"::"_s, 0};
    net::Endpoint wanted = m_options.listen.value_or(m_config.listen.value_or(any));
    const bool isChosen = wanted.port == 0; // by the system once, then kept
    if (isChosen) {
        const auto kept = m_folder->disk().readFile(kPortFile, 16);
        wanted.port = kept ? kept->trimmed().toUShort() : quint16{0};
    }
    auto listening = m_tls->listen(wanted.host, wanted.port);
    if (!listening && isChosen && wanted.port != 0) {
        qCWarning(lcNode) << "port" << wanted.port << "of the last run is taken; choosing another";
        m_tls.emplace(m_clock, *m_key);
        listening = m_tls->listen(wanted.host, 0);
    }
    if (!listening) {
        if (listening.error().code == Errc::Conflict)
            return StartError{ExitCode::PortInUse,
                u"Another program uses %1. Choose another port with --listen HOST:PORT, or with "
                "node.listen in %2."_s.arg(endpointText(wanted), m_configPath)};
        return failed(ExitCode::Failed,
            {listening.error().code,
                u"Cannot listen at %1: %2"_s.arg(endpointText(wanted), listening.error().detail)});
    }
    m_listen = *listening;
    if (isChosen && m_listen.port != wanted.port) {
        if (const auto kept
            = m_folder->disk().writeFile(kPortFile, QByteArray::number(m_listen.port) + '\n');
            !kept)
            return failed(ExitCode::Failed, kept.error());
    }
    m_self = m_config.advertise.value_or(net::Endpoint{advertisedHost(), m_listen.port});
    return std::nullopt;
}

QString Node::advertisedHost() const
{
    if (m_listen.host != "::"_L1 && m_listen.host != "0.0.0.0"_L1)
        return m_listen.host;
    QString found = u"127.0.0.1"_s;
    for (const QHostAddress &address : QNetworkInterface::allAddresses()) {
        if (address.isLoopback() || address.isLinkLocal())
            continue;
        if (address.protocol() == QAbstractSocket::IPv4Protocol)
            return address.toString();
        if (m_listen.host == "::"_L1)
            found = address.toString();
    }
    return found;
}

std::optional<StartError> Node::openControl()
{
    m_jobs.emplace(m_scope, m_rng, [this] {
        if (m_server)
            m_server->touch(control::Part::Jobs);
    });
    m_server.emplace(m_clock, [this](control::Part part) { return encode(part); });
    const auto path = m_server->listen(m_folder->path());
    if (!path)
        return failed(ExitCode::Failed, path.error());
    m_streams.emplace(m_clock);
    if (const auto opened = m_streams->listen(path->chopped(5) + u".data"_s); !opened)
        return failed(ExitCode::Failed, opened.error());
    addMethods();
    m_server->onSubscribersChanged([this](bool any) {
        m_clock.cancel(std::exchange(m_refreshTimer, Clock::TimerId::None));
        if (any)
            refresh();
    });
    return std::nullopt;
}

void Node::refresh()
{
    // Traffic and round trips change all the time and have no signal: somebody looks, so look.
    m_server->touch(control::Part::Peers | control::Part::Tree | control::Part::Storage
        | control::Part::Status | control::Part::Time | control::Part::Reach);
    m_refreshTimer = m_clock.after(1s, [this] { refresh(); });
}

void Node::tidyMemory()
{
    m_tidyTimer = m_clock.after(kTidyEvery, [this] { tidyMemory(); });
    if (m_jobs->runningCount() == 0)
        returnFreedMemory();
}

void Node::makeTree()
{
    tree::TreeConfig config;
    config.network = m_networkId;
    config.self = m_self;
    config.local = m_genesis.local;
    config.measuresUplink = !m_config.uplinkBits && !m_genesis.local;
    if (m_config.uplinkBits)
        config.capacity = tree::capacityFor(*m_config.uplinkBits);
    config.bulkBytesMax = std::min(m_config.bulkLimitBytes, tree::kBulkBytesMax);
    m_bulk.emplace(m_scope, m_folder->disk(), m_diskExecutor, *m_crypto, m_config.minFreeBytes);
    m_tree.emplace(m_scope, m_rng, m_tls->transport(net::Protocol::Tree), *m_crypto, config);
    m_tree->setBulkSpool(&*m_bulk);
    m_tree->onBulkChanged([this](const tree::BulkId &id) { bulkChanged(id); });
    m_tree->onChanged([this] {
        if (m_reach) {
            m_reach->linksChanged();
            if (m_tree->status().counters.punchedLinks > 0)
                m_reach->notePunched();
        }
        treeChanged();
    });
    m_tree->onTimeSample([this](const time::Sample &sample) { m_clock.add(sample); });
    time::Rules rules = m_genesis.local ? time::Rules::local(m_key->id()) : time::Rules{};
    rules.self = m_key->id();
    m_clock.start(rules, [this] { timeLooked(); });
    m_tree->onBulkDialWanted(
        [this](const net::Peer &peer, std::optional<quint16> fromPort) {
            auto &bulk = m_tls->transport(net::Protocol::Bulk);
            fromPort ? bulk.punch(peer, *fromPort) : bulk.dial(peer);
        },
        [this](const NodeId &id) { return m_tls->stats(net::Protocol::Bulk, id).has_value(); });
    m_tree->onMirror([this] { return m_tls->sparePort(); },
        [this](const net::Peer &helper, quint16 fromPort, auto answer) {
            m_tls->askOutside(helper, fromPort, std::move(answer));
        });
    m_watch = m_tree->watch([this](const NodeId &) {
        savePeersSoon();
        treeChanged();
    });
}

void Node::timeLooked()
{
    m_tree->serveTime(m_clock.served());
    for (const NodeId &peer : m_clock.takeLiars())
        m_tree->chargeTimeLie(peer);
    const auto now = m_clock.status();
    m_log.setClockOffsetMs(-now.osOffsetUs / 1000);
    if (std::exchange(m_toldTimeState, now.time.state) != now.time.state)
        qCInfo(lcNode).noquote() << "time:" << describe(now);
    if (std::exchange(m_toldTimeWarning, now.warning) != now.warning) {
        if (now.warning == time::Warning::None)
            qCInfo(lcNode) << "time: the clocks agree";
        else
            qCWarning(lcNode).noquote() << "time:" << warningOf(now);
    }
}

store::StoreConfig Node::storeConfig() const
{
    store::StoreConfig config;
    config.network = m_networkId;
    config.local = m_genesis.local;
    config.bytesLimit = m_config.storageLimitBytes;
    if (const auto space = m_folder->disk().space()) {
        const qint64 room = bytesBelow(m_folder->path()) + space->freeBytes - m_config.minFreeBytes;
        config.bytesLimit = std::clamp<qint64>(room, 0, config.bytesLimit);
    }
    if (m_genesis.local) {
        config.packBytes = 64LL << 20; // several nodes share one disk, each preallocates a pack
    } else {
        config.repairAfter = 24h;
        config.healthEvery = 10min;
    }
    return config;
}

void Node::startStore()
{
    const store::StoreParts parts{m_rng, m_tls->transport(net::Protocol::Bulk), m_folder->disk(),
        m_executor, m_diskExecutor, *m_tree, *m_crypto, m_keys};
    m_store.emplace(m_scope, parts, storeConfig());
    m_store->onChanged([this] { storeChanged(); });
    m_scope.spawn("opening the store"_L1, openStore());
    tidyMemory();
}

QCoro::Task<Result<Done>> Node::openStore()
{
    const auto opened = co_await m_store->open();
    if (m_isStopping)
        co_return opened;
    if (opened) {
        m_storeIsOpen = true;
        qCInfo(lcNode) << "the store holds" << m_store->stats().shards << "shards";
        storeChanged();
    } else {
        m_storeProblem = sentenceOf(opened.error());
        m_server->touch(control::Part::Storage);
    }
    // Only now: whoever hears of this node may ask it for shards at once, and should know from its
    // first word how much room it has. Without a store it still carries messages.
    qCInfo(lcNode).noquote() << "offers" << sizeText(m_announcedFreeBytes) << "to others";
    // Before a neighbour tells of them, or they would be fetched anew.
    const auto found = co_await m_bulk->load();
    if (m_isStopping)
        co_return opened;
    joinTree();
    if (found)
        resumeBulk(*found);
    treeChanged();
    co_return opened;
}

void Node::treeChanged()
{
    if (m_server)
        m_server->touch(control::Part::Tree | control::Part::Peers | control::Part::Status);
    if (!m_isStopping)
        notifyStatus(stateAndReason(memberCount()).second);
}

void Node::storeChanged()
{
    m_server->touch(control::Part::Files | control::Part::Storage);
    if (!m_storeIsOpen)
        return;
    const auto stats = m_store->stats();
    const qint64 free = stats.readOnly ? 0 : stats.diskFreeBytes; // by the limit and by the disk
    // Others weigh by this number; an exact one is not worth a broadcast.
    if (std::abs(free - m_announcedFreeBytes) > (64LL << 20)
        || (free == 0) != (m_announcedFreeBytes == 0)) {
        m_announcedFreeBytes = free;
        m_tree->setFreeBytes(free);
    }
}

void Node::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    notifyStopping();
    m_shutDown = shutDown();
}

QCoro::Task<Result<Done>> Node::shutDown()
{
    qCInfo(lcNode) << "stopping";
    m_clock.cancel(std::exchange(m_saveTimer, Clock::TimerId::None));
    m_clock.cancel(std::exchange(m_tidyTimer, Clock::TimerId::None));
    if (m_server)
        m_server->touch(control::Part::Status);
    if (m_streams)
        m_streams->close();
    if (m_jobs)
        m_jobs->cancelAll();
    if (m_hasJoined) {
        if (const auto saved = co_await savePeers(); !saved)
            qCWarning(lcNode).noquote() << "peers are not remembered:" << saved.error().detail;
        if (m_reach)
            (void)co_await m_reach->stop(); // it says itself what went wrong
        if (const auto left = co_await m_tree->leave(); !left)
            qCInfo(lcNode).noquote() << "left without a word:" << left.error().detail;
    }
    co_await m_scope.close();
    if (m_tls)
        m_tls->close();
    if (m_server)
        m_server->close();
    qCInfo(lcNode) << "stopped";
    // Not from inside this coroutine: whoever is called destroys it.
    m_clock.after(0s, [this] {
        if (m_stopped)
            m_stopped();
    });
    co_return Done{};
}

} // namespace borg::node
