// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard_id.h"

#include <QByteArray>

#include <algorithm>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

QString ShardId::text() const
{
    const auto view = QByteArray::fromRawData(
        reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    return QString::fromLatin1(view.toHex());
}

Result<ShardId> ShardId::fromText(QStringView text)
{
    ShardId id;
    const QByteArray raw = QByteArray::fromHex(text.toLatin1());
    if (raw.size() != static_cast<qsizetype>(id.bytes.size()))
        return Error{Errc::Malformed, u"a shard id has 66 hexadecimal digits"_s};
    std::ranges::transform(raw, id.bytes.begin(), [](char c) { return static_cast<quint8>(c); });
    if (id.text() != text || (id.code() != HashCode::Blake3 && id.code() != HashCode::Sha256))
        return Error{Errc::Malformed, u"not a shard id"_s};
    return id;
}

} // namespace borg::store
