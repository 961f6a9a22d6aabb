// SPDX-License-Identifier: GPL-3.0-or-later
#include "capability.h"

#include "byte_io.h"

#include <crypto/hash.h>

#include <algorithm>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto kScheme = "borg:"_L1;
constexpr auto kAlphabet = "abcdefghijklmnopqrstuvwxyz234567"_L1;
constexpr qsizetype kPartBytes = 35; // an id or key with its checksum
constexpr qsizetype kPartChars = 56; // the same in base32, to the bit
constexpr qsizetype kIdCheckBytes = 2;
constexpr qsizetype kKeyCheckBytes = 3;
static_assert(kPartBytes * 8 == kPartChars * 5);

QString encoded(QByteArrayView part)
{
    BORG_ASSERT(part.size() == kPartBytes);
    QString text;
    text.reserve(kPartChars);
    quint32 buffer = 0;
    int bits = 0;
    for (const char byte : part) {
        buffer = buffer << 8 | static_cast<quint8>(byte);
        for (bits += 8; bits >= 5; bits -= 5)
            text += kAlphabet[buffer >> (bits - 5) & 31];
    }
    return text;
}

/// @pre the text has kPartChars characters of the alphabet
QByteArray decoded(QStringView text)
{
    QByteArray part;
    part.reserve(kPartBytes);
    quint32 buffer = 0;
    int bits = 0;
    for (const QChar character : text) {
        buffer = buffer << 5 | static_cast<quint32>(kAlphabet.indexOf(character));
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            part += static_cast<char>(buffer >> bits & 0xff);
        }
    }
    return part;
}

/// `letter` of the kind first: a link of one kind never passes for another.
QByteArray checksum(char letter, const QList<QByteArrayView> &parts, qsizetype size)
{
    crypto::Hasher hasher(crypto::HashKind::Sha256);
    hasher.add("borg link ");
    hasher.add(QByteArrayView(&letter, 1));
    for (const QByteArrayView part : parts)
        hasher.add(part);
    const crypto::Hash hash = hasher.finish();
    return QByteArray(reinterpret_cast<const char *>(hash.data()), size);
}

/// Bytes that held a key.
void wipe(QByteArray &bytes)
{
    crypto::wipe({bytes.data(), static_cast<std::size_t>(bytes.size())});
}

Error malformed(const QString &sentence)
{
    return Error{Errc::Malformed, sentence};
}

/// @return what kind of borg: text it is, if not a link to a file.
Error otherKind(QStringView kind)
{
    if (kind == "join"_L1 || kind == "net"_L1)
        return malformed(u"This is an invitation to a network, not a link to a file."_s);
    if (kind == "w"_L1)
        return malformed(u"This is a recovery link: it gives all files of an account and is for "
                         "`recover`. A link to one file begins with borg:r/."_s);
    return malformed(u"This kind of link is not known here. A link to a file begins with "
                     "borg:r/."_s);
}

/// @return Done when `part` has the size and the alphabet of one; `what` names it for people.
Result<Done> checkPart(QStringView part, const QString &what)
{
    for (qsizetype at = 0; at < part.size(); ++at) {
        if (kAlphabet.contains(part[at]))
            continue;
        if (part[at].isSpace())
            return malformed(u"The link has white space inside; it must be one piece."_s);
        if (part[at].isUpper() && kAlphabet.contains(part[at].toLower()))
            return malformed(
                u"The link has a capital letter in %1; links are all small letters."_s.arg(what));
        return malformed(u"The link has a character in %1 that does not belong there: '%2'."_s.arg(
            what, part.sliced(at, 1).toString()));
    }
    if (part.size() < kPartChars)
        return malformed(u"The link is cut short: %1 has %2 of %3 characters."_s.arg(what)
                .arg(part.size())
                .arg(kPartChars));
    if (part.size() > kPartChars)
        return malformed(u"The link is too long: %1 has %2 characters instead of %3."_s.arg(what)
                .arg(part.size())
                .arg(kPartChars));
    return Done{};
}

/// @return `kind/id#key` behind the scheme, told apart.
struct Parts {
    QStringView kind;
    QStringView id;
    std::optional<QStringView> key;
};
Result<Parts> split(QStringView text)
{
    text = text.trimmed();
    if (!text.startsWith(kScheme))
        return malformed(u"This is not a link: links begin with borg:."_s);
    const QStringView rest = text.sliced(kScheme.size());
    const auto slash = rest.indexOf(u'/');
    if (slash < 0)
        return malformed(u"The link is cut short, or is none: a link begins with borg:r/."_s);
    const QStringView body = rest.sliced(slash + 1);
    const auto hash = body.indexOf(u'#');
    Parts parts{rest.first(slash), hash < 0 ? body : body.first(hash), std::nullopt};
    if (hash >= 0)
        parts.key = body.sliced(hash + 1);
    return parts;
}

Result<ShardId> readId(QStringView part, char letter)
{
    const QByteArray bytes = decoded(part);
    ShardId id;
    std::copy_n(bytes.begin(), id.bytes.size(), id.bytes.begin());
    if (bytes.last(kIdCheckBytes) != checksum(letter, {QByteArrayView(id.bytes)}, kIdCheckBytes))
        return malformed(u"The link has a typing error before the #."_s);
    if (id.code() != HashCode::Blake3 && id.code() != HashCode::Sha256)
        return malformed(u"The link was made by a newer version: its hash code is unknown."_s);
    return id;
}

Result<crypto::SecretKey> readKey(QStringView keyPart, char letter, const ShardId &id)
{
    if (auto done = checkPart(keyPart, u"the key behind the #"_s); !done)
        return done.error();
    QByteArray part = decoded(keyPart);
    crypto::SecretKey key;
    std::copy_n(part.begin(), crypto::SecretKey::kBytes, key.mutableBytes().begin());
    const bool isIntact = part.last(kKeyCheckBytes)
        == checksum(letter, {QByteArrayView(id.bytes), key.view()}, kKeyCheckBytes);
    wipe(part);
    if (!isIntact)
        return malformed(u"The link has a typing error in the key behind the #."_s);
    return key;
}

QString spell(char letter, const ShardId &of, const crypto::SecretKey *key)
{
    const QByteArrayView id(of.bytes);
    QString text = kScheme + QLatin1Char(letter) + u'/'
        + encoded(id.toByteArray() + checksum(letter, {id}, kIdCheckBytes));
    if (!key)
        return text;
    QByteArray part = key->view().toByteArray();
    part.append(checksum(letter, {id, key->view()}, kKeyCheckBytes));
    text += u'#' + encoded(part);
    wipe(part);
    return text;
}

} // namespace

QString Capability::text() const
{
    return spell(key ? 'r' : 'v', manifest, key ? &*key : nullptr);
}

Result<Capability> Capability::parse(QStringView text)
{
    const auto parts = split(text);
    if (!parts)
        return parts.error();
    if (parts->kind != "r"_L1 && parts->kind != "v"_L1)
        return otherKind(parts->kind);
    const char letter = parts->kind == "r"_L1 ? 'r' : 'v';
    if (auto done = checkPart(parts->id, u"the part before the #"_s); !done)
        return done.error();
    if (letter == 'v' && parts->key)
        return malformed(u"A link that begins with borg:v/ has no key behind a #."_s);
    if (letter == 'r' && !parts->key)
        return malformed(u"The link is cut short: the # and the key behind it are missing."_s);
    const auto id = readId(parts->id, letter);
    if (!id)
        return id.error();
    Capability capability{*id, std::nullopt};
    if (letter == 'v')
        return capability;
    const auto key = readKey(*parts->key, letter, *id);
    if (!key)
        return key.error();
    capability.key = *key;
    return capability;
}

QString RecoveryLink::text() const
{
    return spell('w', pointer, &seed);
}

Result<RecoveryLink> RecoveryLink::parse(QStringView text)
{
    const auto parts = split(text);
    if (!parts)
        return parts.error();
    if (parts->kind == "r"_L1 || parts->kind == "v"_L1)
        return malformed(u"This is a link to one file. A recovery link begins with borg:w/."_s);
    if (parts->kind != "w"_L1)
        return malformed(u"This is not a recovery link: one begins with borg:w/."_s);
    if (auto done = checkPart(parts->id, u"the part before the #"_s); !done)
        return done.error();
    if (!parts->key)
        return malformed(u"The link is cut short: the # and the key behind it are missing."_s);
    const auto id = readId(parts->id, 'w');
    if (!id)
        return id.error();
    const auto key = readKey(*parts->key, 'w', *id);
    if (!key)
        return key.error();
    return RecoveryLink{*id, *key};
}

Result<Capability> Capability::parseRead(QStringView text)
{
    auto capability = parse(text);
    if (capability && !capability->key)
        return Error{Errc::Unauthorized,
            u"This link lets you check and repair the file, not read it: it has no key. Links "
            "that read begin with borg:r/."_s};
    return capability;
}

} // namespace borg::store
