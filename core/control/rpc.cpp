// SPDX-License-Identifier: GPL-3.0-or-later
#include "rpc.h"

#include <QJsonDocument>

namespace borg::control::rpc {

using namespace Qt::Literals::StringLiterals;

void LineReader::append(QByteArrayView bytes)
{
    if (m_start == m_buffer.size()) {
        m_buffer.clear();
        m_start = m_searched = 0;
    } else if (m_start > 64 * 1024) {
        m_buffer.remove(0, m_start);
        m_searched -= m_start;
        m_start = 0;
    }
    m_buffer.append(bytes);
}

std::optional<QByteArray> LineReader::next()
{
    const qsizetype end = m_buffer.indexOf('\n', m_searched);
    if (end < 0) {
        m_searched = m_buffer.size(); // a slow line is searched once, not once per piece
        return std::nullopt;
    }
    QByteArray line = m_buffer.sliced(m_start, end - m_start);
    m_start = m_searched = end + 1;
    return line;
}

bool LineReader::isTooLong() const
{
    return m_buffer.size() - m_start > m_max;
}

void LineReader::clear()
{
    m_buffer.clear();
    m_start = m_searched = 0;
}

Result<QJsonObject> parse(const QByteArray &line)
{
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(line, &problem);
    if (problem.error != QJsonParseError::NoError)
        return Error{Errc::Malformed,
            u"not JSON: %1 at byte %2"_s.arg(problem.errorString()).arg(problem.offset)};
    if (!document.isObject())
        return Error{Errc::Malformed, u"not one JSON object"_s};
    return document.object();
}

namespace {

QByteArray line(QJsonObject message)
{
    message.insert(u"jsonrpc", u"2.0"_s);
    return QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace

QByteArray request(quint64 id, const QString &method, const QJsonObject &params)
{
    return line({{u"id"_s, static_cast<qint64>(id)}, {u"method"_s, method}, {u"params"_s, params}});
}

QByteArray notification(const QString &method, const QJsonObject &params)
{
    return line({{u"method"_s, method}, {u"params"_s, params}});
}

QByteArray result(const QJsonValue &id, const QJsonObject &result)
{
    return line({{u"id"_s, id}, {u"result"_s, result}});
}

QByteArray failure(const QJsonValue &id, int code, const Error &error)
{
    const qsizetype cut = error.detail.indexOf(u'\n');
    const QString message = cut < 0 ? error.detail : error.detail.first(cut);
    const QString advice = cut < 0 ? QString() : error.detail.sliced(cut + 1);
    const QJsonObject data{{u"errc"_s, name(error.code)}, {u"advice"_s, advice}};
    return line({{u"id"_s, id},
        {u"error"_s, QJsonObject{{u"code"_s, code}, {u"message"_s, message}, {u"data"_s, data}}}});
}

Error readFailure(const QJsonObject &error)
{
    const auto data = error.value(u"data").toObject();
    QString text = error.value(u"message").toString();
    if (const QString advice = data.value(u"advice").toString(); !advice.isEmpty())
        text += u'\n' + advice;
    const auto code = errcFromName(data.value(u"errc").toString());
    return {code.value_or(Errc::Malformed), text};
}

std::optional<Errc> errcFromName(QStringView text)
{
    for (int code = 1; code <= static_cast<int>(kErrcLast); ++code) {
        if (name(Errc(code)) == text)
            return Errc(code);
    }
    return std::nullopt;
}

} // namespace borg::control::rpc
