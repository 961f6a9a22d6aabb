// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_types.h"

#include <net/envelope.h>

namespace borg::tree {

QString MessageId::text() const
{
    return QString::fromLatin1(QByteArrayView(bytes).toByteArray().toHex());
}

QJsonObject Delivered::body() const
{
    return net::bodyOf(message);
}

} // namespace borg::tree
