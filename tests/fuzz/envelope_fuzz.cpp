// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a frame and the signed message in it: what is taken is in the one form that it can
// have, and a hop changes nothing but its number.
#include <net/envelope.h>
#include <wire/canonical.h>

#include <cstdint>

using namespace borg;

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto bytes = QByteArray::fromRawData(
        reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    if (const auto message = net::readMessage(bytes)) {
        BORG_ASSERT(wire::checkCanonical(bytes));
        BORG_ASSERT(message->ttlMs <= net::kTtlMsMax && message->type.size() <= 64);
    }
    const auto head = net::readHead(bytes);
    if (!head)
        return 0;
    BORG_ASSERT(net::isMessageHead(bytes));
    BORG_ASSERT(head->items.size() <= net::kBatchMax);
    BORG_ASSERT(net::writeHead(*head) == bytes);
    BORG_ASSERT(net::withHops(net::withHops(bytes, 9), head->hops) == bytes);
    (void)net::readMessage(head->message).ok();
    return 0;
}
