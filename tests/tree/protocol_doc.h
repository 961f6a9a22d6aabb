// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/member_messages.h>
#include <tree/messages.h>
#include <tree/unicast_messages.h>

/// Prints docs/protocol.md from the catalogue of messages, and makes a sample of each.
namespace borg::tree::doc {

/// @return the whole of docs/protocol.md.
[[nodiscard]] QByteArray protocol();

/// A value of each field type that depends on nothing.
template <typename T>
T sample();

template <typename R>
R sampleFields()
{
    R record;
    std::apply(
        [&](const auto &...field) {
            ((record.*field.member = sample<std::remove_cvref_t<decltype(record.*field.member)>>()),
                ...);
        },
        R::fields());
    return record;
}

template <typename T>
struct Sample {
    static T make() { return sampleFields<T>(); }
};
template <>
struct Sample<QString> {
    static QString make() { return QStringLiteral("text \"\\\n\u00e4"); }
};
template <>
struct Sample<NodeId> {
    static NodeId make() { return {{1, 2, 3}}; }
};
template <>
struct Sample<quint32> {
    static quint32 make() { return 4'294'967'295; }
};
template <>
struct Sample<qint64> {
    static qint64 make() { return 9'007'199'254'740'991; }
};
template <>
struct Sample<bool> {
    static bool make() { return true; }
};
template <>
struct Sample<QByteArray> {
    static QByteArray make() { return QByteArray("\x00\x01\xfe\xff\x10\x20\x30\x40", 8); }
};
template <typename T>
struct Sample<std::vector<T>> {
    static std::vector<T> make() { return {sample<T>(), sample<T>()}; }
};
template <typename T>
struct Sample<std::optional<T>> {
    static std::optional<T> make() { return sample<T>(); }
};

template <typename T>
T sample()
{
    return Sample<T>::make();
}

} // namespace borg::tree::doc
