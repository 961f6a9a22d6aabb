// SPDX-License-Identifier: GPL-3.0-or-later
#include "canonical.h"

#include <QJsonDocument>

namespace borg::wire {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kWholeMax = 9'007'199'254'740'991; // 2^53 - 1

/// A cursor over bytes that are canonical or refused. Each read moves on past what it took.
class Scanner {
public:
    explicit Scanner(QByteArrayView bytes, std::span<CanonicalMember> room = {})
        : m_at(bytes.begin())
        , m_end(bytes.end())
        , m_room(room)
        , m_isListing(!room.empty())
    {
    }

    [[nodiscard]] bool readWhole() { return readObject(1) && m_at == m_end; }
    [[nodiscard]] std::size_t count() const { return m_count; }

private:
    bool take(char wanted)
    {
        if (m_at == m_end || *m_at != wanted)
            return false;
        ++m_at;
        return true;
    }
    bool takeWord(QByteArrayView word)
    {
        if (m_end - m_at < word.size() || QByteArrayView(m_at, word.size()) != word)
            return false;
        m_at += word.size();
        return true;
    }
    bool readValue(int depth)
    {
        if (m_at == m_end)
            return false;
        switch (*m_at) {
        case '{':
            return readObject(depth);
        case '[':
            return readArray(depth);
        case '"':
            return readString();
        case 't':
            return takeWord("true");
        case 'f':
            return takeWord("false");
        case 'n':
            return takeWord("null");
        default:
            return readNumber();
        }
    }
    bool readObject(int depth)
    {
        if (depth > kCanonicalDepthMax || !take('{'))
            return false;
        if (take('}'))
            return true;
        QByteArrayView before;
        bool isFirst = true;
        do {
            const auto key = readKey();
            if (key.isNull() || (!isFirst && !std::ranges::lexicographical_compare(before, key)))
                return false; // also refuses a key that comes twice
            isFirst = false;
            before = key;
            const char *valueAt = m_at;
            if (!readValue(depth + 1))
                return false;
            if (m_isListing && depth == 1 && !list({key, QByteArrayView(valueAt, m_at)}))
                return false;
        } while (take(','));
        return take('}');
    }
    bool list(const CanonicalMember &member)
    {
        if (m_count == m_room.size())
            return false;
        m_room[m_count++] = member;
        return true;
    }
    bool readArray(int depth)
    {
        if (depth > kCanonicalDepthMax || !take('['))
            return false;
        if (take(']'))
            return true;
        do {
            if (!readValue(depth + 1))
                return false;
        } while (take(','));
        return take(']');
    }
    /// @return the key without quotes, past the colon; null when there is none.
    QByteArrayView readKey()
    {
        if (!take('"'))
            return {};
        const char *start = m_at;
        while (m_at != m_end && *m_at >= 0x20 && *m_at < 0x7f && *m_at != '"' && *m_at != '\\')
            ++m_at;
        const QByteArrayView key(start, m_at);
        return takeWord("\":") ? key : QByteArrayView{};
    }
    bool readNumber()
    {
        const bool isNegative = take('-');
        if (m_at == m_end || *m_at < '0' || *m_at > '9')
            return false;
        if (take('0'))
            return !isNegative && isNumberOver();
        qint64 value = 0;
        for (; m_at != m_end && *m_at >= '0' && *m_at <= '9'; ++m_at) {
            value = value * 10 + (*m_at - '0');
            if (value > kWholeMax)
                return false;
        }
        return isNumberOver();
    }
    [[nodiscard]] bool isNumberOver() const
    {
        return m_at != m_end && (*m_at == ',' || *m_at == '}' || *m_at == ']');
    }
    bool readString()
    {
        ++m_at; // the quote that the caller saw
        while (m_at != m_end) {
            const auto byte = static_cast<quint8>(*m_at++);
            if (byte == '"')
                return true;
            if (byte < 0x20 || (byte == '\\' && !readEscape()) || (byte >= 0x80 && !readWide(byte)))
                return false;
        }
        return false;
    }
    bool readEscape()
    {
        if (m_at == m_end)
            return false;
        const char escape = *m_at++;
        if (QByteArrayView("\"\\bfnrt").contains(escape))
            return true;
        if (escape != 'u' || m_end - m_at < 4 || m_at[0] != '0' || m_at[1] != '0')
            return false;
        const auto low = QByteArrayView("0123456789abcdef").indexOf(m_at[3]);
        if ((m_at[2] != '0' && m_at[2] != '1') || low < 0)
            return false;
        const auto code = (m_at[2] - '0') * 16 + low;
        m_at += 4;
        return code != '\b' && code != '\f' && code != '\n' && code != '\r' && code != '\t';
    }
    /// The rest of a character in UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
    bool readWide(quint8 lead)
    {
        const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || m_end - m_at < more)
            return false;
        const auto second = static_cast<quint8>(*m_at);
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)
            || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
            return false;
        for (int i = 0; i < more; ++i) {
            if ((static_cast<quint8>(*m_at++) & 0xc0) != 0x80)
                return false;
        }
        return true;
    }

    const char *m_at;
    const char *const m_end;
    const std::span<CanonicalMember> m_room;
    const bool m_isListing;
    std::size_t m_count = 0;
};

Error notCanonical()
{
    return {Errc::Malformed, u"not canonical JSON"_s};
}

} // namespace

Result<QByteArray> writeCanonical(const QJsonObject &json)
{
    // Qt sorts keys, escapes and writes whole numbers as RFC 8785 does; the scan refuses what
    // differs (fractions, big numbers) and what Qt lets through (lone surrogates, any key).
    QByteArray bytes = QJsonDocument(json).toJson(QJsonDocument::Compact);
    if (!Scanner(bytes).readWhole())
        return notCanonical();
    return bytes;
}

Result<Done> checkCanonical(QByteArrayView bytes)
{
    if (!Scanner(bytes).readWhole())
        return notCanonical();
    return Done{};
}

Result<QJsonObject> parseCanonical(const QByteArray &bytes)
{
    if (!Scanner(bytes).readWhole())
        return notCanonical();
    return QJsonDocument::fromJson(bytes).object();
}

Result<std::span<const CanonicalMember>> scanCanonical(
    QByteArrayView bytes, std::span<CanonicalMember> room)
{
    Scanner scanner(bytes, room);
    if (!scanner.readWhole())
        return notCanonical();
    return std::span<const CanonicalMember>(room.first(scanner.count()));
}

} // namespace borg::wire
