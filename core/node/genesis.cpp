// SPDX-License-Identifier: GPL-3.0-or-later
#include "genesis.h"

#include <wire/canonical.h>

#include <QCryptographicHash>
#include <QHostAddress>
#include <QJsonArray>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kSaltBytes = 16;
constexpr int kVersion = 1;

Error malformed(const QString &sentence)
{
    return {Errc::Malformed, sentence};
}

std::optional<Error> checkName(const QString &name)
{
    if (name.trimmed().isEmpty())
        return malformed(u"The name of a network must not be empty."_s);
    if (name.size() > Genesis::kNameMax)
        return malformed(
            u"The name of a network has at most %1 characters."_s.arg(Genesis::kNameMax));
    const bool printable
        = std::ranges::all_of(name, [](QChar c) { return c.isPrint() || c.isSurrogate(); });
    if (!printable || !name.isValidUtf16())
        return malformed(u"The name of a network must not hold control characters."_s);
    return std::nullopt;
}

QJsonObject document(const Genesis &genesis)
{
    return {{u"v"_s, kVersion}, {u"name"_s, genesis.name}, {u"local"_s, genesis.local},
        {u"salt"_s, QString::fromLatin1(genesis.salt.toHex())}};
}

QByteArray canonical(const QJsonObject &json)
{
    const auto bytes = wire::writeCanonical(json);
    BORG_ASSERT(bytes.ok()); // names are checked, the rest is ours
    return *bytes;
}

Result<Genesis> fromDocument(const QJsonObject &json)
{
    if (json.value(u"v").toInt(-1) != kVersion)
        return malformed(u"it is of another version"_s);
    const QByteArray hex = json.value(u"salt").toString().toLatin1();
    Genesis genesis{
        json.value(u"name").toString(), json.value(u"local").toBool(), QByteArray::fromHex(hex)};
    if (!json.value(u"local").isBool() || genesis.salt.size() != kSaltBytes
        || genesis.salt.toHex() != hex)
        return malformed(u"a field is missing or wrong"_s);
    if (const auto problem = checkName(genesis.name))
        return *problem;
    return genesis;
}

} // namespace

Result<Genesis> Genesis::create(const QString &name, bool local, Rng &rng)
{
    if (const auto problem = checkName(name))
        return *problem;
    Genesis genesis{name, local, {}};
    while (genesis.salt.size() < kSaltBytes) {
        const quint32 bits = rng.bits();
        for (int shift = 0; shift < 32; shift += 8)
            genesis.salt.append(static_cast<char>((bits >> shift) & 0xff));
    }
    return genesis;
}

Result<Genesis> Genesis::fromFile(const QByteArray &bytes)
{
    const auto json = wire::parseCanonical(bytes.trimmed());
    if (!json)
        return malformed(u"The file network.json is damaged (%1)."_s.arg(json.error().detail));
    auto genesis = fromDocument(*json);
    if (!genesis)
        return malformed(
            u"The file network.json cannot be used: %1."_s.arg(genesis.error().detail));
    return genesis;
}

QByteArray Genesis::toFile() const
{
    return canonical(document(*this)) + '\n';
}

QString Genesis::id() const
{
    return QString::fromLatin1(
        QCryptographicHash::hash(canonical(document(*this)), QCryptographicHash::Sha256).toHex());
}

QString Seed::text() const
{
    const QString where = endpointText(endpoint);
    return id ? id->text() + u'@' + where : where;
}

Result<Seed> Seed::fromText(const QString &text)
{
    const qsizetype at = text.indexOf(u'@');
    Seed seed;
    if (at >= 0) {
        const auto id = NodeId::fromText(QStringView(text).first(at));
        if (!id)
            return malformed(u"\"%1\" does not begin with a node's id."_s.arg(text.left(80)));
        seed.id = *id;
    }
    auto endpoint = parseEndpoint(text.sliced(at + 1));
    if (!endpoint)
        return endpoint.error();
    seed.endpoint = *std::move(endpoint);
    return seed;
}

QString Invite::text() const
{
    QJsonObject json = document(genesis);
    QJsonArray list;
    for (const Seed &seed : seeds)
        list.append(seed.text());
    json.insert(u"seeds", list);
    json.insert(u"net", genesis.id());
    return kPrefix
        + QLatin1StringView(canonical(json).toBase64(
            QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

Result<Invite> Invite::fromText(const QString &text)
{
    const QString link = text.trimmed();
    if (!link.startsWith(kPrefix))
        return malformed(u"This is no invite link: one begins with \"borg:join/\"."_s);
    if (link.size() > kTextMax)
        return Error{Errc::TooLarge,
            u"This invite link is too long (%1 characters, at most %2)."_s.arg(link.size())
                .arg(kTextMax)};
    const auto bytes = QByteArray::fromBase64Encoding(link.sliced(kPrefix.size()).toLatin1(),
        QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes)
        return malformed(u"This invite link holds characters that do not belong there."_s);
    const auto json = wire::parseCanonical(*bytes);
    if (!json)
        return malformed(
            u"This invite link is incomplete or was altered; copy it again, to its end."_s);
    auto genesis = fromDocument(*json);
    if (!genesis)
        return malformed(u"This invite link cannot be used: %1."_s.arg(genesis.error().detail));
    Invite invite{*std::move(genesis), {}};
    if (json->value(u"net").toString() != invite.genesis.id())
        return malformed(u"This invite link was altered: its network id does not fit."_s);
    const QJsonArray list = json->value(u"seeds").toArray();
    if (list.size() > kSeedsMax)
        return Error{
            Errc::TooLarge, u"This invite link names more than %1 nodes."_s.arg(kSeedsMax)};
    for (const auto &entry : list) {
        auto seed = Seed::fromText(entry.toString());
        if (!seed)
            return malformed(u"This invite link names a node that cannot be dialled: %1"_s.arg(
                seed.error().detail));
        invite.seeds.push_back(*std::move(seed));
    }
    return invite;
}

Result<net::Endpoint> parseEndpoint(const QString &text, Port port)
{
    const Error wrong = malformed(
        u"\"%1\" is no address: expected HOST:PORT, such as 192.0.2.7:7400 or [2001:db8::7]:7400."_s
            .arg(text.left(80)));
    const qsizetype colon = text.lastIndexOf(u':');
    if (colon < 1)
        return wrong;
    QString host = text.first(colon);
    if (host.startsWith(u'[') && host.endsWith(u']')) {
        host = host.sliced(1, host.size() - 2);
        if (QHostAddress(host).protocol() != QAbstractSocket::IPv6Protocol)
            return wrong;
    } else if (host.contains(u':')) {
        return wrong; // a bare IPv6 address: where it ends and the port begins is a guess
    }
    const bool plain = std::ranges::all_of(host, [](QChar c) {
        return c.unicode() < 128 && (c.isLetterOrNumber() || u"-._:"_s.contains(c));
    });
    bool isNumber = false;
    const int number = text.sliced(colon + 1).toInt(&isNumber);
    if (!plain || host.isEmpty() || host.size() > 253 || !isNumber
        || number < (port == Port::Fixed ? 1 : 0) || number > 65535)
        return wrong;
    return net::Endpoint{host, static_cast<quint16>(number)};
}

QString endpointText(const net::Endpoint &endpoint)
{
    const QString host = endpoint.host.contains(u':') ? u'[' + endpoint.host + u']' : endpoint.host;
    return host + u':' + QString::number(endpoint.port);
}

} // namespace borg::node
