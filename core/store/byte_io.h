// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/assert.h>

#include <QByteArray>
#include <QtEndian>

#include <array>
#include <concepts>

/// Fixed binary layouts, big-endian. For the formats of this module.
namespace borg::store {

/// Appends to bytes.
class ByteWriter {
public:
    template <std::unsigned_integral T>
    void number(T value)
    {
        std::array<char, sizeof value> raw;
        qToBigEndian(value, raw.data());
        m_bytes.append(raw.data(), std::ssize(raw));
    }
    void raw(QByteArrayView bytes) { m_bytes.append(bytes); }
    void zeros(qsizetype count) { m_bytes.append(count, '\0'); }
    [[nodiscard]] qsizetype size() const { return m_bytes.size(); }
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

private:
    QByteArray m_bytes;
};

/// Reads from bytes that somebody else wrote. Past the end it gives zeros and says so at the end,
/// so that a parser checks once.
class ByteReader {
public:
    explicit ByteReader(QByteArrayView bytes)
        : m_left(bytes)
    {
    }
    template <std::unsigned_integral T>
    [[nodiscard]] T number()
    {
        const QByteArrayView from = raw(sizeof(T));
        return m_failed ? T{0} : qFromBigEndian<T>(from.data());
    }
    /// @return so many bytes, or none when there are fewer.
    [[nodiscard]] QByteArrayView raw(qsizetype count)
    {
        if (count < 0 || count > m_left.size()) {
            m_failed = true;
            m_left = {};
            return {};
        }
        const QByteArrayView taken = m_left.first(count);
        m_left = m_left.sliced(count);
        return taken;
    }
    template <std::size_t N>
    [[nodiscard]] std::array<quint8, N> array()
    {
        std::array<quint8, N> taken{};
        const QByteArrayView from = raw(qsizetype{N});
        for (qsizetype at = 0; at < from.size(); ++at)
            taken[static_cast<std::size_t>(at)] = static_cast<quint8>(from[at]);
        return taken;
    }
    [[nodiscard]] qsizetype left() const { return m_left.size(); }
    [[nodiscard]] bool failed() const { return m_failed; }

private:
    QByteArrayView m_left;
    bool m_failed = false;
};

} // namespace borg::store
