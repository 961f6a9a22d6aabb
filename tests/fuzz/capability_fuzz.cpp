// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is pasted as a link: it is refused with a sentence, or it is the one spelling of what it
// says.
#include <store/capability.h>

#include <cstdint>

using namespace borg;
using namespace borg::store;

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text = QString::fromUtf8(
        QByteArrayView(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    const auto link = Capability::parse(text);
    if (link)
        BORG_ASSERT(link->text() == text.trimmed());
    else
        BORG_ASSERT(link.error().code == Errc::Malformed && link.error().detail.endsWith(u'.'));
    return 0;
}
