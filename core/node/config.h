// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <node/genesis.h>

#include <QJsonObject>

namespace borg::node {

enum class LogLevel : quint8 { Debug, Info, Warning, Error };

/// The settings of a node, from `config.toml` in its data folder.
struct Config {
    static constexpr qsizetype kFileBytesMax = 256 * 1024;

    QString name; ///< What this node is called, for people; may be empty.
    std::optional<net::Endpoint> listen; ///< None: chosen by the node. Port 0: any.
    std::optional<net::Endpoint> advertise; ///< What others dial, where it differs.
    qint64 storageLimitBytes = 20LL << 30;
    qint64 minFreeBytes = 2LL << 30; ///< Stays free on the disk, whatever the limit says.
    qint64 bulkLimitBytes = 256LL << 20; ///< Of one object for everybody; 0: none is taken.
    bool mapsPorts = true; ///< Asks the router for a port.
    std::optional<bool> findsLan; ///< Calls into the local network; none: not in local networks.
    /// What this computer can send, in bits per second: decides how many nodes hang on it. None:
    /// measured. 0: nothing to spare, as on a metered link or a battery; nobody hangs on it.
    std::optional<qint64> uplinkBits;
    std::vector<Seed> seeds; ///< Further nodes to join through.
    LogLevel logLevel = LogLevel::Info;

    /// For `borgctl config`.
    [[nodiscard]] QJsonObject toJson() const;
};

/// @param fileName only for messages
/// @return the settings, or Malformed: one sentence with file, line, key and what was expected.
[[nodiscard]] Result<Config> parseConfig(const QByteArray &text, const QString &fileName);

/// The file that a new node gets: every key with a comment and its default.
[[nodiscard]] QByteArray defaultConfigFile();

/// "50 GiB", "500 MB", "1048576"; units of 1000 and of 1024. At most 2^53 - 1 bytes.
[[nodiscard]] std::optional<qint64> parseSize(QStringView text);
/// "50 Mbit/s", "1.5 Gbit/s", "800 kbit/s". @return bits per second, below 2^53.
[[nodiscard]] std::optional<qint64> parseRate(QStringView text);
/// The same back: "50 Mbit/s".
[[nodiscard]] QString rateText(qint64 bitsPerSecond);
/// With three digits and a unit of 1024: "50 GiB", "1.25 MiB", "17 bytes".
[[nodiscard]] QString sizeText(qint64 bytes);

} // namespace borg::node
