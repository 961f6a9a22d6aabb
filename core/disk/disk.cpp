// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk.h"

namespace borg::disk {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kNameCharactersMax = 1024;

} // namespace

Result<Done> Disk::writeFile(const QString &name, QByteArrayView bytes)
{
    const QString fresh = name + ".new"_L1;
    if (auto made = truncate(fresh, 0); !made && made.error().code != Errc::NotFound)
        return made.error();
    if (auto written = write(fresh, 0, bytes); !written)
        return written.error();
    return replace(fresh, name);
}

Result<QByteArray> Disk::readFile(const QString &name, qint64 sizeBytesMax)
{
    const auto sizeBytes = size(name);
    if (!sizeBytes)
        return sizeBytes.error();
    if (*sizeBytes > sizeBytesMax)
        return Error{Errc::TooLarge, u"%1 has %2 bytes"_s.arg(name).arg(*sizeBytes)};
    auto bytes = read(name, 0, *sizeBytes);
    if (bytes && bytes->size() != *sizeBytes)
        return Error{Errc::Storage, u"%1 changed while it was read"_s.arg(name)};
    return bytes;
}

Result<Done> checkName(const QString &name)
{
    bool fits = !name.isEmpty() && name.size() <= kNameCharactersMax && !name.contains(u'\0');
    for (const QStringView part : QStringView(name).split(u'/'))
        fits = fits && !part.isEmpty() && part != "."_L1 && part != ".."_L1;
    if (!fits)
        return Error{Errc::Malformed, u"not a name inside the data folder: %1"_s.arg(name)};
    return Done{};
}

} // namespace borg::disk
