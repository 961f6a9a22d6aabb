// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec.h"

#include <cmath>
#include <limits>

namespace borg::wire {

Result<QString> Codec<QString>::read(const QJsonValue &json, qsizetype limit)
{
    if (!json.isString())
        return Error{Errc::Malformed, QStringLiteral("not text")};
    QString text = json.toString();
    if (text.size() > limit)
        return Error{Errc::TooLarge, QStringLiteral("%1 characters").arg(text.size())};
    return text;
}

Result<QUuid> Codec<QUuid>::read(const QJsonValue &json, qsizetype)
{
    const QUuid id = QUuid::fromString(json.toString());
    if (id.isNull())
        return Error{Errc::Malformed, QStringLiteral("not a UUID")};
    return id;
}

Result<quint32> Codec<quint32>::read(const QJsonValue &json, qsizetype)
{
    const double number = json.toDouble(-1);
    if (!json.isDouble() || number < 0 || number > std::numeric_limits<quint32>::max()
        || std::trunc(number) != number)
        return Error{Errc::Malformed, QStringLiteral("not a 32-bit count")};
    return static_cast<quint32>(number);
}

Result<bool> Codec<bool>::read(const QJsonValue &json, qsizetype)
{
    if (!json.isBool())
        return Error{Errc::Malformed, QStringLiteral("not true or false")};
    return json.toBool();
}

Result<qint64> Codec<qint64>::read(const QJsonValue &json, qsizetype)
{
    constexpr double kMax = 9007199254740991.0; // 2^53 - 1
    const double number = json.toDouble();
    if (!json.isDouble() || std::abs(number) > kMax || std::trunc(number) != number)
        return Error{Errc::Malformed, QStringLiteral("not a whole number below 2^53")};
    return static_cast<qint64>(number);
}

QJsonValue Codec<QByteArray>::write(const QByteArray &value)
{
    return QLatin1StringView(
        value.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

Result<QByteArray> Codec<QByteArray>::read(const QJsonValue &json, qsizetype limit)
{
    if (!json.isString())
        return Error{Errc::Malformed, QStringLiteral("not text")};
    const QString text = json.toString();
    if (text.size() > limit / 3 * 4 + 4)
        return Error{Errc::TooLarge, QStringLiteral("%1 characters").arg(text.size())};
    const auto bytes = QByteArray::fromBase64Encoding(
        text.toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes)
        return Error{Errc::Malformed, QStringLiteral("not base64url")};
    if ((*bytes).size() > limit)
        return Error{Errc::TooLarge, QStringLiteral("%1 bytes").arg((*bytes).size())};
    return *bytes;
}

Result<QJsonObject> Codec<QJsonObject>::read(const QJsonValue &json, qsizetype)
{
    if (!json.isObject())
        return Error{Errc::Malformed, QStringLiteral("not an object")};
    return json.toObject();
}

} // namespace borg::wire
