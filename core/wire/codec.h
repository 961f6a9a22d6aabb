// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>

#include <QJsonArray>
#include <QJsonObject>
#include <QUuid>

#include <vector>

namespace borg::wire {

/// Reads and writes one value type. Reading never trusts: wrong type or range is Malformed,
/// above the limit is TooLarge. `limit` is characters for text and items for lists.
template <typename T>
struct Codec;

template <>
struct Codec<QString> {
    static QJsonValue write(const QString &value) { return value; }
    static Result<QString> read(const QJsonValue &json, qsizetype limit);
};

template <>
struct Codec<QUuid> {
    static QJsonValue write(const QUuid &value) { return value.toString(QUuid::WithoutBraces); }
    static Result<QUuid> read(const QJsonValue &json, qsizetype limit);
};

template <>
struct Codec<NodeId> {
    static QJsonValue write(const NodeId &value) { return value.text(); }
    static Result<NodeId> read(const QJsonValue &json, qsizetype)
    {
        return NodeId::fromText(json.toString());
    }
};

template <>
struct Codec<quint32> {
    static QJsonValue write(quint32 value) { return static_cast<qint64>(value); }
    static Result<quint32> read(const QJsonValue &json, qsizetype limit);
};

template <>
struct Codec<bool> {
    static QJsonValue write(bool value) { return value; }
    static Result<bool> read(const QJsonValue &json, qsizetype limit);
};

/// Whole numbers between -(2^53 - 1) and 2^53 - 1, which every JSON reader keeps exactly.
template <>
struct Codec<qint64> {
    static QJsonValue write(qint64 value) { return value; }
    static Result<qint64> read(const QJsonValue &json, qsizetype limit);
};

/// Base64url without padding; `limit` counts bytes.
template <>
struct Codec<QByteArray> {
    static QJsonValue write(const QByteArray &value);
    static Result<QByteArray> read(const QJsonValue &json, qsizetype limit);
};

/// Any object, as it is: for parts that another layer reads.
template <>
struct Codec<QJsonObject> {
    static QJsonValue write(const QJsonObject &value) { return value; }
    static Result<QJsonObject> read(const QJsonValue &json, qsizetype limit);
};

template <typename T>
struct Codec<std::vector<T>> {
    static QJsonValue write(const std::vector<T> &values)
    {
        QJsonArray array;
        for (const auto &value : values)
            array.append(Codec<T>::write(value));
        return array;
    }
    static Result<std::vector<T>> read(const QJsonValue &json, qsizetype limit)
    {
        if (!json.isArray())
            return Error{Errc::Malformed, QStringLiteral("not a list")};
        const auto array = json.toArray();
        if (array.size() > limit)
            return Error{Errc::TooLarge, QStringLiteral("%1 items").arg(array.size())};
        std::vector<T> values;
        values.reserve(static_cast<std::size_t>(array.size()));
        for (const auto &item : array) {
            auto value = Codec<T>::read(item, 256);
            if (!value)
                return value.error();
            values.push_back(*std::move(value));
        }
        return values;
    }
};

} // namespace borg::wire
