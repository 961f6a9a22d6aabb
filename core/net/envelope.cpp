// SPDX-License-Identifier: GPL-3.0-or-later
#include "envelope.h"

#include <wire/canonical.h>
#include <wire/frame.h>

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <charconv>
#include <span>

namespace borg::net {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QByteArrayView kMessageDomain = "borg-msg1";
constexpr QByteArrayView kBatchDomain = "borg-batch1";
constexpr qsizetype kTypeBytesMax = 64;
constexpr qsizetype kNodeIdBytes = 52;
constexpr QByteArrayView kHeadStart = R"({"r":{"h":)";
constexpr auto kBase64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

Error malformed(const char *what)
{
    return {Errc::Malformed, QString::fromLatin1(what)};
}

/// Base64url without padding and with one spelling only. @return whether it filled `bytes`.
bool decodeBase64(QByteArrayView text, std::span<quint8> bytes)
{
    static constexpr auto kDigits = [] {
        std::array<qint8, 256> digits{};
        digits.fill(-1);
        constexpr std::string_view kAlphabet
            = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (std::size_t i = 0; i < kAlphabet.size(); ++i)
            digits[static_cast<quint8>(kAlphabet[i])] = static_cast<qint8>(i);
        return digits;
    }();
    if (static_cast<std::size_t>(text.size()) != (bytes.size() * 4 + 2) / 3)
        return false;
    quint32 buffer = 0;
    int bits = 0;
    std::size_t next = 0;
    for (const char character : text) {
        const qint8 digit = kDigits[static_cast<quint8>(character)];
        if (digit < 0)
            return false;
        buffer = buffer << 6 | static_cast<quint32>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[next++] = static_cast<quint8>(buffer >> bits);
        }
    }
    return (buffer & ((1U << bits) - 1)) == 0;
}

QByteArray toBase64(std::span<const quint8> bytes)
{
    return QByteArray::fromRawData(
        reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size()))
        .toBase64(kBase64);
}

std::span<quint8> bytesOf(Signature &signature)
{
    return {reinterpret_cast<quint8 *>(signature.data()), signature.size()};
}

/// Reads a text of which every byte is known but for a few values.
class Cursor {
public:
    explicit Cursor(QByteArrayView text)
        : m_rest(text)
    {
    }
    bool take(QByteArrayView wanted)
    {
        if (!m_rest.startsWith(wanted))
            return false;
        m_rest = m_rest.sliced(wanted.size());
        return true;
    }
    bool takeBase64(std::span<quint8> bytes)
    {
        const auto size = static_cast<qsizetype>((bytes.size() * 4 + 2) / 3);
        if (m_rest.size() < size || !decodeBase64(m_rest.first(size), bytes))
            return false;
        m_rest = m_rest.sliced(size);
        return true;
    }
    bool takeNumber(qint64 max, qint64 &number)
    {
        const auto [end, code] = std::from_chars(m_rest.begin(), m_rest.end(), number);
        const auto size = end - m_rest.begin();
        if (code != std::errc{} || number < 0 || number > max || m_rest.front() == '-'
            || (m_rest.front() == '0' && size > 1))
            return false;
        m_rest = m_rest.sliced(size);
        return true;
    }
    [[nodiscard]] QByteArrayView rest() const { return m_rest; }

private:
    QByteArrayView m_rest;
};

bool readItems(Cursor &cursor, std::vector<BatchItem> &items)
{
    do {
        qint64 message = 0;
        qint64 attachment = 0;
        if (items.size() == kBatchMax || !cursor.take("[")
            || !cursor.takeNumber(kMessageBytesMax, message) || !cursor.take(",")
            || !cursor.takeNumber(kAttachmentBytesMax, attachment) || !cursor.take("]"))
            return false;
        items.push_back({message, attachment});
    } while (cursor.take(","));
    return cursor.take("]");
}

bool readPath(Cursor &cursor, BatchPath &path)
{
    qint64 index = 0;
    qint64 count = 0;
    if (!cursor.takeNumber(kBatchMax - 1, index) || !cursor.take(R"(,"n":)")
        || !cursor.takeNumber(kBatchMax, count) || !cursor.take(R"(,"w":[)"))
        return false;
    path.index = static_cast<std::size_t>(index);
    path.count = static_cast<std::size_t>(count);
    while (!cursor.take("]")) {
        if (path.siblings.size() == 6 || (!path.siblings.empty() && !cursor.take(",")))
            return false;
        if (!cursor.take("\"") || !cursor.takeBase64(path.siblings.emplace_back())
            || !cursor.take("\""))
            return false;
    }
    return true;
}

bool isName(QByteArrayView text, qsizetype sizeMax)
{
    return !text.isEmpty() && text.size() <= sizeMax && std::ranges::all_of(text, [](char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
    });
}

/// @return what stands between the quotes; null unless it is a plain name.
QByteArrayView nameIn(QByteArrayView value, qsizetype sizeMax)
{
    if (value.size() < 2 || value.front() != '"')
        return {};
    const auto inner = value.sliced(1, value.size() - 2);
    return isName(inner, sizeMax) ? inner : QByteArrayView{};
}

bool readCount(QByteArrayView value, qint64 max, qint64 &number)
{
    Cursor cursor(value);
    return cursor.takeNumber(max, number) && cursor.rest().isEmpty();
}

/// `[{"h":"…","m":"…","n":…}]`: one attachment.
bool readAttachment(QByteArrayView value, MessageView &view)
{
    Cursor cursor(value);
    if (!cursor.take(R"([{"h":")") || !cursor.takeBase64(view.attachmentHash)
        || !cursor.take(R"(","m":"application/octet-stream","n":)")
        || !cursor.takeNumber(kAttachmentBytesMax, view.attachmentBytes) || !cursor.take("}]"))
        return false;
    view.hasAttachment = true;
    return cursor.rest().isEmpty() && view.attachmentBytes > 0;
}

/// @return false when the key is unknown or its value is not what it must be.
bool readField(const wire::CanonicalMember &member, MessageView &view)
{
    constexpr qint64 kWholeMax = (qint64{1} << 53) - 1;
    const auto [key, value] = member;
    qint64 number = 0;
    if (key == "att")
        return readAttachment(value, view);
    if (key == "b")
        view.body = value;
    else if (key == "dst")
        return (view.dst = nameIn(value, kNodeIdBytes)) == kEverybody
            || view.dst.size() == kNodeIdBytes;
    else if (key == "net")
        return !(view.network = nameIn(value, kTypeBytesMax)).isNull();
    else if (key == "p" && readCount(value, wire::kFrameClassCount - 1, number))
        view.priority = static_cast<quint8>(number);
    else if (key == "seq" && readCount(value, kWholeMax, number))
        view.seq = static_cast<quint64>(number);
    else if (key == "src")
        return (view.src = nameIn(value, kNodeIdBytes)).size() == kNodeIdBytes;
    else if (key == "t")
        return !(view.type = nameIn(value, kTypeBytesMax)).isNull();
    else if (key == "ts" && readCount(value, kWholeMax, number))
        view.tsUs = number;
    else if (key == "ttl" && readCount(value, kTtlMsMax, number))
        view.ttlMs = number;
    else if (key == "v")
        return value == "1";
    else
        return key == "re" || key == "x";
    return true;
}

QByteArray signedPart(QByteArrayView domain, QByteArrayView bytes)
{
    QByteArray part;
    part.reserve(domain.size() + bytes.size());
    return part.append(domain).append(bytes);
}

QByteArray batchPart(const crypto::Hash &root, std::size_t count)
{
    QByteArray part = signedPart(kBatchDomain, QByteArrayView(root));
    part.append(static_cast<char>(count));
    return part;
}

} // namespace

Result<QByteArray> writeMessage(
    const crypto::Crypto &crypto, const Draft &draft, QByteArrayView attachment)
{
    const QByteArray type = draft.type.toUtf8();
    const QByteArray network = draft.network.toUtf8();
    if (!isName(type, kTypeBytesMax) || !isName(network, kTypeBytesMax))
        return malformed("not a name");
    if (attachment.size() > kAttachmentBytesMax || draft.ttlMs > kTtlMsMax)
        return Error{Errc::TooLarge, u"attachment or ttl"_s};
    QJsonObject json{{u"v"_s, 1}, {u"t"_s, draft.type}, {u"net"_s, draft.network},
        {u"src"_s, crypto.self().text()}, {u"dst"_s, draft.dst ? draft.dst->text() : u"*"_s},
        {u"seq"_s, static_cast<qint64>(draft.seq)}, {u"ts"_s, draft.tsUs}, {u"ttl"_s, draft.ttlMs},
        {u"p"_s, draft.priority}, {u"b"_s, draft.body}};
    if (!attachment.isEmpty()) {
        const QByteArray hash = toBase64(crypto.hash(attachment));
        json.insert(u"att",
            QJsonArray{QJsonObject{{u"h"_s, QString::fromLatin1(hash)},
                {u"m"_s, u"application/octet-stream"_s}, {u"n"_s, attachment.size()}}});
    }
    auto bytes = wire::writeCanonical(json);
    if (bytes && bytes->size() > kMessageBytesMax)
        return Error{Errc::TooLarge, QStringLiteral("%1 bytes").arg(bytes->size())};
    return bytes;
}

Result<MessageView> readMessage(QByteArrayView message)
{
    // Which fields a message has is fixed by `v`; what is new goes into `x`.
    static constexpr std::array<QByteArrayView, 10> kRequired{
        "b", "dst", "net", "p", "seq", "src", "t", "ts", "ttl", "v"};
    if (message.size() > kMessageBytesMax)
        return Error{Errc::TooLarge, QStringLiteral("%1 bytes").arg(message.size())};
    std::array<wire::CanonicalMember, 13> room;
    const auto members = wire::scanCanonical(message, room);
    if (!members)
        return members.error();
    MessageView view;
    std::size_t required = 0;
    for (const auto &member : *members) {
        if (!readField(member, view))
            return Error{Errc::Malformed, QString::fromLatin1(member.key)};
        // Both are in rising order, so one step is enough.
        if (required < kRequired.size() && member.key == kRequired[required])
            ++required;
    }
    if (required != kRequired.size())
        return malformed("a field is missing");
    return view;
}

QJsonObject bodyOf(const QByteArray &message)
{
    return QJsonDocument::fromJson(message).object().value(u"b").toObject();
}

bool isMessageHead(QByteArrayView head)
{
    return head.startsWith(kHeadStart);
}

Result<Head> readHead(QByteArrayView bytes)
{
    Cursor cursor(bytes);
    Head head;
    qint64 hops = 0;
    if (!cursor.take(kHeadStart) || !cursor.takeNumber(kHopsMax, hops))
        return malformed("not a head");
    head.hops = static_cast<quint32>(hops);
    if (cursor.take(R"(,"i":)") && !readPath(cursor, head.path.emplace()))
        return malformed("not a path");
    if (!cursor.take(R"(,"k":")") || !cursor.takeBase64(head.key.bytes) || !cursor.take("\""))
        return malformed("not a key");
    if (!head.path && cursor.take(R"(,"l":[)") && !readItems(cursor, head.items))
        return malformed("not a list of sizes");
    if (!cursor.take(R"(,"s":")") || !cursor.takeBase64(bytesOf(head.signature)))
        return malformed("not a signature");
    if (!head.items.empty()) {
        if (cursor.rest() != "\"}}")
            return malformed("something follows the sizes");
        return head;
    }
    if (!cursor.take(R"("},"m":)") || cursor.rest().size() < 3 || !cursor.rest().endsWith('}'))
        return malformed("no message");
    head.message = cursor.rest().chopped(1);
    return head;
}

QByteArray writeHead(const Head &head)
{
    QByteArray bytes;
    bytes.reserve(head.message.size() + 640);
    bytes.append(kHeadStart).append(QByteArray::number(head.hops));
    if (head.path) {
        bytes.append(R"(,"i":)").append(QByteArray::number(head.path->index));
        bytes.append(R"(,"n":)").append(QByteArray::number(head.path->count));
        bytes.append(R"(,"w":[)");
        for (std::size_t i = 0; i < head.path->siblings.size(); ++i)
            bytes.append(i > 0 ? ",\"" : "\"").append(toBase64(head.path->siblings[i])).append('"');
        bytes.append(']');
    }
    bytes.append(R"(,"k":")").append(toBase64(head.key.bytes)).append('"');
    if (!head.items.empty()) {
        bytes.append(R"(,"l":[)");
        for (std::size_t i = 0; i < head.items.size(); ++i) {
            bytes.append(i > 0 ? ",[" : "[").append(QByteArray::number(head.items[i].messageBytes));
            bytes.append(',').append(QByteArray::number(head.items[i].attachmentBytes)).append(']');
        }
        bytes.append(']');
    }
    const QByteArrayView signature(head.signature);
    bytes.append(R"(,"s":")").append(signature.toByteArray().toBase64(kBase64));
    if (!head.items.empty())
        return bytes.append("\"}}");
    return bytes.append(R"("},"m":)").append(head.message).append('}');
}

QByteArray withHops(QByteArrayView head, quint32 hops)
{
    const auto rest = head.sliced(head.indexOf(',', kHeadStart.size()));
    QByteArray bytes;
    bytes.reserve(head.size() + 2);
    return bytes.append(kHeadStart).append(QByteArray::number(hops)).append(rest);
}

QByteArray signMessage(const crypto::Crypto &crypto, QByteArrayView message)
{
    return crypto.sign(signedPart(kMessageDomain, message));
}

Result<Done> verifyMessage(const crypto::Crypto &crypto, const crypto::PublicKey &key,
    QByteArrayView message, QByteArrayView signature)
{
    return crypto.verify(key, signedPart(kMessageDomain, message), signature);
}

QByteArray signBatch(const crypto::Crypto &crypto, const crypto::Hash &root, std::size_t count)
{
    return crypto.sign(batchPart(root, count));
}

Result<Done> verifyBatch(const crypto::Crypto &crypto, const crypto::PublicKey &key,
    const crypto::Hash &root, std::size_t count, QByteArrayView signature)
{
    return crypto.verify(key, batchPart(root, count), signature);
}

} // namespace borg::net
