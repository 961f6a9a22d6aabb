// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include <QJsonArray>

#include <cmath>
#include <map>
#include <toml++/toml.hpp>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Takes a value into the settings. @return what would have been right, when it is wrong.
using Take = std::optional<QString> (*)(const toml::node &value, Config &config);

QString text(const toml::node &value)
{
    const auto found = value.value<std::string>();
    return found ? QString::fromStdString(*found) : QString();
}

std::optional<QString> takeName(const toml::node &value, Config &config)
{
    config.name = text(value);
    if (!value.is_string() || config.name.size() > 64)
        return u"a text of at most 64 characters"_s;
    return std::nullopt;
}

std::optional<QString> takeEndpoint(
    const toml::node &value, std::optional<net::Endpoint> &into, Port port)
{
    if (value.is_string() && text(value).isEmpty())
        return std::nullopt;
    const auto endpoint = parseEndpoint(text(value), port);
    if (!value.is_string() || !endpoint)
        return u"an address such as \"192.0.2.7:7400\" or \"[::]:7400\""_s;
    into = *endpoint;
    return std::nullopt;
}

std::optional<QString> takeListen(const toml::node &value, Config &config)
{
    return takeEndpoint(value, config.listen, Port::MayBeAny);
}

std::optional<QString> takeAdvertise(const toml::node &value, Config &config)
{
    return takeEndpoint(value, config.advertise, Port::Fixed);
}

std::optional<QString> takeSize(const toml::node &value, qint64 &into)
{
    std::optional<qint64> bytes = parseSize(text(value));
    if (value.is_integer())
        bytes = value.value<int64_t>();
    if (!bytes || *bytes < 0)
        return u"a size such as \"50 GiB\" or \"500 MB\""_s;
    into = *bytes;
    return std::nullopt;
}

std::optional<QString> takeLimit(const toml::node &value, Config &config)
{
    return takeSize(value, config.storageLimitBytes);
}

std::optional<QString> takeMinFree(const toml::node &value, Config &config)
{
    return takeSize(value, config.minFreeBytes);
}

std::optional<QString> takeBulkLimit(const toml::node &value, Config &config)
{
    return takeSize(value, config.bulkLimitBytes);
}

std::optional<QString> takeSeeds(const toml::node &value, Config &config)
{
    const QString expected = u"a list of at most 64 addresses such as [\"192.0.2.7:7400\"]"_s;
    const toml::array *const list = value.as_array();
    if (list == nullptr || list->size() > 64)
        return expected;
    for (const toml::node &entry : *list) {
        auto seed = Seed::fromText(text(entry));
        if (!entry.is_string() || !seed)
            return expected;
        config.seeds.push_back(*std::move(seed));
    }
    return std::nullopt;
}

std::optional<QString> takePortMapping(const toml::node &value, Config &config)
{
    const QString word = text(value);
    if (!value.is_string() || (word != u"auto" && word != u"off"))
        return u"\"auto\" or \"off\""_s;
    config.mapsPorts = word == u"auto";
    return std::nullopt;
}

std::optional<QString> takeLanDiscovery(const toml::node &value, Config &config)
{
    const QString word = text(value);
    if (!value.is_string() || (word != u"auto" && word != u"on" && word != u"off"))
        return u"\"auto\", \"on\" or \"off\""_s;
    if (word != u"auto")
        config.findsLan = word == u"on";
    return std::nullopt;
}

std::optional<QString> takeUplink(const toml::node &value, Config &config)
{
    const QString uplink = text(value).trimmed();
    config.uplinkBits = uplink == u"none" ? std::optional<qint64>(0) : parseRate(uplink);
    if (!value.is_string() || (!config.uplinkBits && uplink != u"auto"))
        return u"\"auto\", \"none\" or a rate such as \"50 Mbit/s\""_s;
    return std::nullopt;
}

constexpr std::array kLevels{"debug"_L1, "info"_L1, "warning"_L1, "error"_L1};

std::optional<QString> takeLevel(const toml::node &value, Config &config)
{
    const auto found = std::ranges::find(kLevels, text(value));
    if (!value.is_string() || found == kLevels.end())
        return u"\"debug\", \"info\", \"warning\" or \"error\""_s;
    config.logLevel = LogLevel(found - kLevels.begin());
    return std::nullopt;
}

using Section = std::map<QString, Take>;

std::map<QString, Section> sections()
{
    return {
        {u"node"_s, {{u"name"_s, takeName}, {u"listen"_s, takeListen}}},
        {u"storage"_s,
            {{u"limit"_s, takeLimit}, {u"min_free"_s, takeMinFree},
                {u"bulk_limit"_s, takeBulkLimit}}},
        {u"network"_s,
            {{u"seeds"_s, takeSeeds}, {u"advertise"_s, takeAdvertise},
                {u"port_mapping"_s, takePortMapping}, {u"lan_discovery"_s, takeLanDiscovery},
                {u"uplink"_s, takeUplink}}},
        {u"log"_s, {{u"level"_s, takeLevel}}},
    };
}

template <typename Map>
QString namesOf(const Map &map)
{
    QStringList names;
    for (const auto &[name, value] : map)
        names.append(name);
    return names.join(u", ");
}

/// What the file holds in place of what was expected.
QString found(const toml::node &value)
{
    std::ostringstream out;
    value.visit([&](const auto &node) { out << node; });
    QString shown = QString::fromStdString(out.str()).simplified();
    return shown.size() > 60 ? shown.first(57) + u"…"_s : shown;
}

Error at(const QString &file, const toml::source_region &where, const QString &what)
{
    return {Errc::Malformed, u"%1, line %2: %3"_s.arg(file).arg(where.begin.line).arg(what)};
}

QString fromView(std::string_view view)
{
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

Result<Config> take(const toml::table &table, const QString &file)
{
    const auto known = sections();
    Config config;
    for (const auto &[sectionKey, sectionNode] : table) {
        const QString name = fromView(sectionKey.str());
        const auto section = known.find(name);
        if (section == known.end())
            return at(file, sectionKey.source(),
                u"\"%1\" is not known; expected one of the sections %2."_s.arg(
                    name, namesOf(known)));
        const toml::table *const keys = sectionNode.as_table();
        if (keys == nullptr)
            return at(file, sectionKey.source(),
                u"\"%1\" is a section: expected a line [%1]."_s.arg(name));
        for (const auto &[key, value] : *keys) {
            const QString keyName = fromView(key.str());
            const auto taker = section->second.find(keyName);
            if (taker == section->second.end())
                return at(file, key.source(),
                    u"the key \"%1\" is not known in [%2]; expected one of %3."_s.arg(
                        keyName, name, namesOf(section->second)));
            if (const auto expected = taker->second(value, config))
                return at(file, key.source(),
                    u"%1.%2: expected %3, found %4."_s.arg(name, keyName, *expected, found(value)));
        }
    }
    return config;
}

} // namespace

Result<Config> parseConfig(const QByteArray &text, const QString &fileName)
{
    if (text.size() > Config::kFileBytesMax)
        return Error{Errc::TooLarge, u"%1 is larger than any settings file."_s.arg(fileName)};
    try { // the library throws; nothing of it passes this function
        const auto table = toml::parse(
            std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
        return take(table, fileName);
    } catch (const toml::parse_error &problem) {
        return at(fileName, problem.source(),
            u"this is not TOML: %1."_s.arg(fromView(problem.description()).simplified()));
    } catch (const std::exception &problem) {
        return Error{Errc::Malformed,
            u"%1 cannot be read: %2."_s.arg(fileName, QString::fromUtf8(problem.what()))};
    }
}

QJsonObject Config::toJson() const
{
    QJsonArray list;
    for (const Seed &seed : seeds)
        list.append(seed.text());
    const auto where = [](const std::optional<net::Endpoint> &endpoint) {
        return endpoint ? endpointText(*endpoint) : QString();
    };
    return {
        {u"node"_s, QJsonObject{{u"name"_s, name}, {u"listen"_s, where(listen)}}},
        {u"storage"_s,
            QJsonObject{{u"limit"_s, sizeText(storageLimitBytes)},
                {u"min_free"_s, sizeText(minFreeBytes)},
                {u"bulk_limit"_s, sizeText(bulkLimitBytes)}}},
        {u"network"_s,
            QJsonObject{{u"seeds"_s, list}, {u"advertise"_s, where(advertise)},
                {u"port_mapping"_s, mapsPorts ? u"auto"_s : u"off"_s},
                {u"lan_discovery"_s,
                    !findsLan       ? u"auto"_s
                        : *findsLan ? u"on"_s
                                    : u"off"_s},
                {u"uplink"_s, uplinkBits ? rateText(*uplinkBits) : u"auto"_s}}},
        {u"log"_s, QJsonObject{{u"level"_s, kLevels[static_cast<std::size_t>(logLevel)]}}},
    };
}

QByteArray defaultConfigFile()
{
    return R"(# Settings of this BorgIOS node, read when it starts.
# A line that begins with # is a comment; what is not set has the value of its comment.

[node]
# What this node is called, for people.
# name = ""

# Where the node takes connections of other nodes: "address:port". Port 0 lets the system choose
# once; the node keeps that port. Not set: 127.0.0.1 in a network on this computer only, else all
# addresses of this computer.
# listen = "0.0.0.0:7400"

[storage]
# What others may store here at most.
# limit = "20 GiB"

# What stays free on this disk, whatever the limit says.
# min_free = "2 GiB"

# The largest object that this node takes and passes on of what somebody sends to everybody, such as
# software releases; at most 256 MiB. "0" takes none.
# bulk_limit = "256 MiB"

[network]
# Further nodes to join through, as "address:port" or "id@address:port".
# seeds = []

# What others dial to reach this node, when that is not the address it listens at (a router with
# port forwarding, a name).
# advertise = "node.example.org:7400"

# Whether the router is asked to lead a port to this node (UPnP, NAT-PMP): "auto" or "off". Never in
# a network on this computer only.
# port_mapping = "auto"

# Whether nodes of the same network find each other in the local network: "on", "off" or "auto",
# which is on except in a network on this computer only.
# lan_discovery = "auto"

# What this computer can send, such as "50 Mbit/s": decides how many other nodes hang on it in the
# tree. "none" for a link that is metered, or a battery: then no node does.
# uplink = "auto"

[log]
# How much is written to node.log: "debug", "info", "warning" or "error".
# level = "info"
)";
}

std::optional<qint64> parseRate(QStringView rate)
{
    constexpr std::array<std::pair<QLatin1StringView, double>, 4> kUnits{
        {{"kbit/s"_L1, 1e3}, {"mbit/s"_L1, 1e6}, {"gbit/s"_L1, 1e9}, {"bit/s"_L1, 1}}};
    const QStringView trimmed = rate.trimmed();
    for (const auto &[unit, factor] : kUnits) {
        if (!trimmed.endsWith(unit, Qt::CaseInsensitive))
            continue;
        bool isNumber = false;
        const double bits = trimmed.chopped(unit.size()).trimmed().toDouble(&isNumber) * factor;
        if (!isNumber || !(bits >= 0 && bits < 9e15))
            return std::nullopt;
        return std::llround(bits);
    }
    return std::nullopt;
}

QString rateText(qint64 bitsPerSecond)
{
    const auto bits = static_cast<double>(bitsPerSecond);
    return bitsPerSecond == 0            ? u"none"_s
        : bitsPerSecond >= 1'000'000'000 ? u"%1 Gbit/s"_s.arg(bits / 1e9)
        : bitsPerSecond >= 1'000'000     ? u"%1 Mbit/s"_s.arg(bits / 1e6)
                                         : u"%1 kbit/s"_s.arg(bits / 1e3);
}

std::optional<qint64> parseSize(QStringView size)
{
    const QString trimmed = size.trimmed().toString();
    qsizetype digits = 0;
    while (digits < trimmed.size() && (trimmed[digits].isDigit() || trimmed[digits] == u'.'))
        ++digits;
    bool isNumber = false;
    const double number = trimmed.first(digits).toDouble(&isNumber);
    const QString unit = trimmed.sliced(digits).trimmed().toLower();
    const std::map<QString, double> units{{u""_s, 1}, {u"b"_s, 1}, {u"bytes"_s, 1}, {u"kb"_s, 1e3},
        {u"mb"_s, 1e6}, {u"gb"_s, 1e9}, {u"tb"_s, 1e12}, {u"kib"_s, 0x1p10}, {u"mib"_s, 0x1p20},
        {u"gib"_s, 0x1p30}, {u"tib"_s, 0x1p40}};
    const auto found = units.find(unit);
    if (!isNumber || found == units.end() || number * found->second >= 0x1p53)
        return std::nullopt;
    return static_cast<qint64>(std::llround(number * found->second));
}

QString sizeText(qint64 bytes)
{
    if (bytes < 1024)
        return u"%1 bytes"_s.arg(bytes);
    constexpr std::array kUnits{"KiB"_L1, "MiB"_L1, "GiB"_L1, "TiB"_L1, "PiB"_L1};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1023.5 && unit + 1 < kUnits.size(); ++unit)
        value /= 1024;
    const int decimals = value == std::floor(value) || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return u"%1 %2"_s.arg(value, 0, 'f', decimals).arg(kUnits[unit]);
}

} // namespace borg::node
