// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge_patch.h"

namespace borg::control {

QJsonObject mergeDiff(const QJsonObject &before, const QJsonObject &after)
{
    QJsonObject patch;
    // Both are sorted by key, so one pass over the pair finds everything.
    auto old = before.constBegin();
    auto now = after.constBegin();
    while (old != before.constEnd() || now != after.constEnd()) {
        if (now == after.constEnd() || (old != before.constEnd() && old.key() < now.key())) {
            patch.insert(old.key(), QJsonValue::Null);
            ++old;
        } else if (old == before.constEnd() || now.key() < old.key()) {
            patch.insert(now.key(), now.value());
            ++now;
        } else {
            const QJsonValue was = old.value();
            const QJsonValue is = now.value();
            if (was.isObject() && is.isObject()) {
                // What is shared is equal at once: most records of a long list are.
                const QJsonObject wasObject = was.toObject();
                const QJsonObject isObject = is.toObject();
                if (wasObject != isObject)
                    patch.insert(now.key(), mergeDiff(wasObject, isObject));
            } else if (was != is) {
                patch.insert(now.key(), is);
            }
            ++old;
            ++now;
        }
    }
    return patch;
}

QJsonObject mergeApply(QJsonObject target, const QJsonObject &patch)
{
    for (auto entry = patch.constBegin(); entry != patch.constEnd(); ++entry) {
        if (entry.value().isNull())
            target.remove(entry.key());
        else if (entry.value().isObject())
            target.insert(entry.key(),
                mergeApply(target.value(entry.key()).toObject(), entry.value().toObject()));
        else
            target.insert(entry.key(), entry.value());
    }
    return target;
}

} // namespace borg::control
