// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/loop_clock.h>
#include <base/pool_executor.h>
#include <base/system_rng.h>
#include <control/server.h>
#include <crypto/key_source.h>
#include <crypto/openssl_crypto.h>
#include <disk/data_folder.h>
#include <net/tls_endpoint.h>
#include <node/bulk_files.h>
#include <node/jobs.h>
#include <node/log.h>
#include <node/stream.h>
#include <store/store_node.h>
#include <tree/tree_node.h>

#include <reach/reach_node.h>
#include <time/net_clock.h>

namespace borg::node {

/// What the command line said.
struct NodeOptions {
    QString dataDir;
    QString configFile; ///< Empty: config.toml in dataDir, made when missing.
    std::optional<net::Endpoint> listen; ///< Instead of the configured one.
    std::vector<QString> join; ///< Invite links, files that hold one, or host:port.
    QString network; ///< An invite link that only says which network (for host:port).
    QString create; ///< The name of a network to create; empty: none.
    bool local = false; ///< The created network is on this computer only.
};

/// How borgd ends. Written down in docs/user/borgd.md: never renumber.
enum class ExitCode : quint8 {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    InUse = 3,
    Damaged = 4, ///< The data folder is of another version, or damaged.
    PortInUse = 5,
    Configuration = 6,
};

/// Why a node cannot start: one or two sentences that say what was wrong and what to do.
struct StartError {
    ExitCode code;
    QString sentence;
};

/// A whole node, put together here and nowhere else: data folder, key, TLS port, tree, store,
/// control socket, log. Lives on the thread of the event loop.
class Node {
public:
    static constexpr int kStreamsMax = 2; ///< Each may block a thread of the executor.

    /// @param log outlives this object.
    Node(Log &log, NodeOptions options);
    ~Node();

    /// Opens everything. Nothing was changed but a made data folder when it fails.
    [[nodiscard]] std::optional<StartError> start();

    /// Leaves the tree, ends all jobs, closes all files; then calls `stopped`. Again: no effect.
    void stop();
    void onStopped(std::function<void()> stopped) { m_stopped = std::move(stopped); }

private:
    Q_DISABLE_COPY_MOVE(Node)

    // start(), step by step
    std::optional<StartError> readConfig();
    std::optional<StartError> readInvites();
    std::optional<StartError> openFolder();
    std::optional<StartError> readGenesis();
    std::optional<StartError> openKey();
    std::optional<StartError> openPort();
    std::optional<StartError> openControl();
    void makeTree();
    void joinTree();
    void startStore();
    [[nodiscard]] QString advertisedHost() const;
    [[nodiscard]] store::StoreConfig storeConfig() const;
    void startReach();

    /// Nodes of earlier runs, from the `peers` file.
    struct Remembered {
        std::vector<Seed> peers;
        std::vector<Seed> anchors; ///< To whom there were links at the end: tried first.
    };
    Remembered rememberedPeers();
    [[nodiscard]] QByteArray peersFile() const;

    // what runs
    QCoro::Task<Result<Done>> openStore();
    QCoro::Task<Result<Done>> shutDown();
    QCoro::Task<Result<Done>> savePeers();
    void savePeersSoon();
    void treeChanged();
    void storeChanged();
    void refresh();
    void tidyMemory();
    void timeLooked();

    // methods (node_methods.cpp)
    void addMethods();
    void addJobMethods();
    [[nodiscard]] Result<control::JobStarted> put(const control::Put &request);
    [[nodiscard]] Result<control::JobStarted> get(const control::Get &request);
    [[nodiscard]] Result<QString> linkFor(const control::Get &request) const;
    /// What a job keeps until it ends, and lets go on this thread.
    using Guard = std::shared_ptr<void>;
    [[nodiscard]] Result<control::JobStarted> openStream(
        const QString &jobId, std::function<void(std::shared_ptr<StreamSocket>, Guard)> arrived);
    QCoro::Task<Result<Done>> runPutPath(QString jobId, QString path, store::PutOptions options);
    QCoro::Task<Result<Done>> runGetFolder(
        QString jobId, QString folder, QString path, store::Overwrite overwrite);
    [[nodiscard]] std::shared_ptr<FolderJob> folderJob(const QString &jobId);
    void endFolder(const QString &jobId, const FolderJob &job, const Result<Done> &ended);
    QCoro::Task<Result<Done>> runPut(QString jobId, std::shared_ptr<store::Source> source,
        store::PutOptions options, Guard guard);
    QCoro::Task<Result<Done>> runGet(
        QString jobId, QString link, std::shared_ptr<store::Sink> sink, Guard guard);
    // methods about what is in the network (node_files.cpp)
    void addFileMethods();
    void addFolderMethods();
    [[nodiscard]] Result<control::JobStarted> verify(const control::VerifyFile &request);
    QCoro::Task<Result<Done>> runVerify(QString jobId, QString fileId);
    QCoro::Task<Result<Done>> runMove(
        control::MoveFile request, control::Answer<control::MoveFile> answer);
    QCoro::Task<Result<Done>> runRemoveFolder(
        control::RemoveFolder request, control::Answer<control::RemoveFolder> answer);
    QCoro::Task<Result<Done>> runRemove(
        control::RemoveFile request, control::Answer<control::RemoveFile> answer);
    QCoro::Task<Result<Done>> runRestore(
        QString fileId, control::Answer<control::RestoreFile> answer);
    QCoro::Task<Result<Done>> runRecover(QString link, control::Answer<control::Recover> answer);
    QCoro::Task<Result<Done>> runPing(NodeId node, control::Answer<control::Ping> answer);
    QCoro::Task<Result<Done>> runFind(NodeId node, control::Answer<control::FindNode> answer);
    QCoro::Task<Result<Done>> runPingAll(control::Answer<control::PingAll> answer);
    [[nodiscard]] std::vector<control::Check> checks();

    // big objects (node_bulk.cpp)
    void addBulkMethods();
    [[nodiscard]] std::optional<tree::BulkStatus> bulkOf(const QString &id) const;
    QCoro::Task<Result<Done>> runBulkSend(
        control::BulkSend request, control::Answer<control::BulkSend> answer);
    QCoro::Task<Result<Done>> runBulkSave(control::BulkSave request, tree::BulkStatus status,
        control::Answer<control::BulkSave> answer);
    void resumeBulk(const std::vector<BulkFiles::Found> &found);
    void bulkChanged(const tree::BulkId &id);

    // the picture (node_view.cpp)
    [[nodiscard]] QJsonObject encode(control::Part part) const;
    [[nodiscard]] QJsonObject filesJson() const;
    [[nodiscard]] control::Status status() const;
    [[nodiscard]] control::Tree tree() const;
    [[nodiscard]] control::Refused refused() const;
    [[nodiscard]] control::Storage storage() const;
    [[nodiscard]] control::Time worldTime() const;
    [[nodiscard]] control::Reach reach() const;
    [[nodiscard]] std::vector<control::Peer> peers() const;
    [[nodiscard]] static control::File shown(const store::FileInfo &info);
    [[nodiscard]] std::vector<control::File> files(bool isTrash = false) const;
    [[nodiscard]] std::optional<control::File> fileOf(const QString &id) const;
    [[nodiscard]] std::pair<QString, QString> stateAndReason(qint64 members) const;
    [[nodiscard]] qint64 memberCount() const;
    [[nodiscard]] QString invite() const;

    Log &m_log;
    const NodeOptions m_options;
    LoopClock m_loop;
    time::NetClock m_clock; ///< Over m_loop: what everything here stamps with is network time.
    SystemRng m_rng;
    crypto::SystemKeys m_keys;
    PoolExecutor m_executor; ///< What needs a processor.
    PoolExecutor m_diskExecutor; ///< What waits for a disk.
    const qint64 m_startedUtcMs;
    QString m_configPath;
    Config m_config;
    std::vector<Invite> m_invites;
    std::vector<Seed> m_seeds;
    std::unique_ptr<disk::DataFolder> m_folder;
    Genesis m_genesis;
    QString m_networkId;
    std::optional<crypto::NodeKey> m_key;
    std::optional<crypto::OpenSslCrypto> m_crypto;
    TaskScope m_scope;
    net::Endpoint m_listen; ///< Where we listen.
    net::Endpoint m_self; ///< What others dial.
    std::optional<net::TlsEndpoint> m_tls;
    std::optional<BulkFiles> m_bulk;
    bool m_bulkIsOpen = false;
    bool m_bulkIsMade = false; ///< A file of the user's is being prepared.
    std::optional<tree::TreeNode> m_tree;
    std::optional<reach::ReachNode> m_reach; ///< Before the tree goes.
    std::optional<store::StoreNode> m_store;
    bool m_storeIsOpen = false;
    struct ShownFile {
        store::FileInfo info;
        QJsonObject json;
    };
    mutable std::map<QString, ShownFile> m_shownFiles; ///< As they were encoded last.
    QString m_storeProblem;
    std::optional<Jobs> m_jobs;
    std::optional<StreamDoor> m_streams;
    std::optional<control::Server> m_server;
    tree::Directory::Watch m_watch;
    time::State m_toldTimeState = time::State::Local; ///< In the log.
    time::Warning m_toldTimeWarning = time::Warning::None;
    Clock::TimerId m_refreshTimer = Clock::TimerId::None;
    Clock::TimerId m_tidyTimer = Clock::TimerId::None;
    Clock::TimerId m_saveTimer = Clock::TimerId::None;
    QByteArray m_savedPeers;
    Remembered m_remembered;
    qint64 m_announcedFreeBytes = 0;
    int m_streamsOpen = 0;
    bool m_isStopping = false;
    bool m_hasJoined = false;
    bool m_hadSeeds = false;
    std::function<void()> m_stopped;
    std::optional<QCoro::Task<Result<Done>>> m_shutDown;
};

} // namespace borg::node
