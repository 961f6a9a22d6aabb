// SPDX-License-Identifier: GPL-3.0-or-later
// Every message of the catalogues of the tree: what is decoded from any JSON keeps its limits, and
// comes back from its own bytes.
#include <tree/member_messages.h>
#include <tree/messages.h>

#include <QJsonDocument>

#include <cstdint>

using namespace borg;

namespace {

template <typename M>
void decodeAs(const QJsonObject &json)
{
    const auto word = wire::decodeFields<M>(json);
    if (!word)
        return;
    const auto again = wire::decodeFields<M>(wire::encodeFields(*word));
    BORG_ASSERT(again.ok() && *again == *word);
}

template <typename... Ms>
void decodeAll(std::type_identity<std::variant<Ms...>>, const QJsonObject &json)
{
    (decodeAs<Ms>(json), ...);
}

} // namespace

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto document = QJsonDocument::fromJson(QByteArray::fromRawData(
        reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    if (!document.isObject())
        return 0;
    const auto json = document.object();
    decodeAll(std::type_identity<tree::Words::Any>{}, json);
    decodeAll(std::type_identity<tree::Broadcasts::Any>{}, json);
    return 0;
}
