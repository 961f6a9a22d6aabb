// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QByteArray>
#include <QJsonObject>

#include <optional>

/// JSON-RPC 2.0, one object a line: what both ends of the control socket share.
namespace borg::control::rpc {

/// The longest line that a node reads; longer ones end the connection.
inline constexpr qsizetype kRequestBytesMax = 1024 * 1024;
/// The longest line that a client reads: a snapshot with 100,000 files.
inline constexpr qsizetype kReplyBytesMax = 64 * 1024 * 1024;

// Codes of the specification; kFailed is ours, with the Errc in `data`.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kFailed = -32000;

/// Takes one line without its end from the front of `buffer`, which a socket appends to.
class LineReader {
public:
    explicit LineReader(qsizetype lineBytesMax)
        : m_max(lineBytesMax)
    {
    }
    void append(QByteArrayView bytes);
    [[nodiscard]] std::optional<QByteArray> next();
    /// True when the line under way is above the limit; nothing more may be appended then.
    [[nodiscard]] bool isTooLong() const;
    void clear();

private:
    qsizetype m_max;
    QByteArray m_buffer;
    qsizetype m_start = 0; ///< Of the first line not taken.
    qsizetype m_searched = 0; ///< No line end between m_start and here.
};

/// A line that came from the other side.
/// @return the object, or Malformed.
[[nodiscard]] Result<QJsonObject> parse(const QByteArray &line);

[[nodiscard]] QByteArray request(quint64 id, const QString &method, const QJsonObject &params);
[[nodiscard]] QByteArray notification(const QString &method, const QJsonObject &params);
[[nodiscard]] QByteArray result(const QJsonValue &id, const QJsonObject &result);

/// An error object. A second line of the error's detail is the advice: what a person can do.
[[nodiscard]] QByteArray failure(const QJsonValue &id, int code, const Error &error);

/// The Error that failure() was made from, as far as it travels.
[[nodiscard]] Error readFailure(const QJsonObject &error);

/// @return the code with this name ("Timeout"), if there is one.
[[nodiscard]] std::optional<Errc> errcFromName(QStringView name);

} // namespace borg::control::rpc
