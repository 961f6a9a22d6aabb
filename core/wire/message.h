// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/codec.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

/// Messages are plain structs that list their fields once. Encoding, decoding, limits, the
/// fuzz corpus and docs/protocol.md are all made from that one list.
namespace borg::wire {

/// A struct inside a message: fields() without a name of its own.
template <typename T>
concept Record
    = !requires { T::kName; } && requires { std::tuple_size<decltype(T::fields())>::value; };

template <Record T>
struct Codec<T>;

[[nodiscard]] inline QLatin1String latin1(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

/// One entry of a message's field list.
template <typename Message, typename T>
struct Field {
    std::string_view key;
    T Message::*member;
    qsizetype limit;
    std::string_view doc{}; ///< One line, for the printed protocol.
    bool mayLack = false; ///< Keeps its default when the sender does not know it yet.

    [[nodiscard]] QLatin1String name() const { return latin1(key); }
};

template <typename Message, typename T>
constexpr Field<Message, T> field(
    std::string_view key, T Message::*member, qsizetype limit = 256, std::string_view doc = {})
{
    return {key, member, limit, doc};
}
template <typename Message, typename T>
constexpr Field<Message, T> field(std::string_view key, T Message::*member, std::string_view doc)
{
    return {key, member, 256, doc};
}

/// A field that came later: an older program does not send it, and the default stays.
template <typename Message, typename T>
constexpr Field<Message, T> added(
    std::string_view key, T Message::*member, qsizetype limit, std::string_view doc)
{
    return {key, member, limit, doc, true};
}
template <typename Message, typename T>
constexpr Field<Message, T> added(std::string_view key, T Message::*member, std::string_view doc)
{
    return {key, member, 256, doc, true};
}

/// A struct is a message when it has `static constexpr std::string_view kName` (its `t` on
/// the wire, never renamed) and `static constexpr auto fields()` (a tuple of Field).
template <typename T>
concept Message = requires {
    { T::kName } -> std::convertible_to<std::string_view>;
    std::tuple_size<decltype(T::fields())>::value;
};

template <typename T>
inline constexpr bool isOptional = false;
template <typename T>
inline constexpr bool isOptional<std::optional<T>> = true;

namespace detail {

template <typename M, typename T>
void write(QJsonObject &json, const M &message, const Field<M, T> &field)
{
    const T &value = message.*field.member;
    if constexpr (isOptional<T>) {
        if (value)
            json.insert(field.name(), Codec<typename T::value_type>::write(*value));
    } else {
        json.insert(field.name(), Codec<T>::write(value));
    }
}

/// @return the first problem, or nothing.
template <typename M, typename T>
std::optional<Error> read(const QJsonObject &json, M &message, const Field<M, T> &field)
{
    const QJsonValue value = json.value(field.name());
    const auto readAs = [&]<typename V>(std::type_identity<V>) -> std::optional<Error> {
        auto decoded = Codec<V>::read(value, field.limit);
        if (!decoded)
            return Error{
                decoded.error().code, field.name() + QStringLiteral(": ") + decoded.error().detail};
        message.*field.member = *std::move(decoded);
        return std::nullopt;
    };
    if constexpr (isOptional<T>) {
        if (value.isUndefined() || value.isNull())
            return std::nullopt;
        return readAs(std::type_identity<typename T::value_type>{});
    } else {
        if (field.mayLack && value.isUndefined())
            return std::nullopt;
        return readAs(std::type_identity<T>{});
    }
}

} // namespace detail

/// The fields of a record or message, without its name.
template <typename R>
[[nodiscard]] QJsonObject encodeFields(const R &record)
{
    QJsonObject json;
    std::apply(
        [&](const auto &...field) { (detail::write(json, record, field), ...); }, R::fields());
    return json;
}

/// @return the record, or Malformed, or TooLarge; the detail names the field.
template <typename R>
[[nodiscard]] Result<R> decodeFields(const QJsonObject &json)
{
    R record;
    std::optional<Error> error;
    std::apply(
        [&](const auto &...field) {
            (void)((error = detail::read(json, record, field), !error) && ...);
        },
        R::fields());
    if (error)
        return *std::move(error);
    return record;
}

template <Record T>
struct Codec<T> {
    static QJsonValue write(const T &value) { return encodeFields(value); }
    static Result<T> read(const QJsonValue &json, qsizetype)
    {
        if (!json.isObject())
            return Error{Errc::Malformed, QStringLiteral("not an object")};
        return decodeFields<T>(json.toObject());
    }
};

template <Message M>
[[nodiscard]] QJsonObject encode(const M &message)
{
    QJsonObject json = encodeFields(message);
    json.insert(u"t", latin1(M::kName));
    return json;
}

/// Unknown keys are ignored, so that an older node reads a newer one's message.
///
/// @return the message, or Malformed, or TooLarge; the detail names the field.
template <Message M>
[[nodiscard]] Result<M> decode(const QJsonObject &json)
{
    if (json.value(u"t").toString() != latin1(M::kName))
        return Error{Errc::Malformed, QStringLiteral("not a ") + latin1(M::kName)};

    return decodeFields<M>(json);
}

/// The whole vocabulary of one protocol: a closed list, so that a new message does not
/// compile until every handler answers for it.
template <Message... Ms>
struct Catalogue {
    using Any = std::variant<Ms...>;

    static constexpr bool namesAreUnique()
    {
        std::array<std::string_view, sizeof...(Ms)> names{Ms::kName...};
        std::sort(names.begin(), names.end());
        return std::adjacent_find(names.begin(), names.end()) == names.end();
    }

    /// @return whether a message is called `name`; an unknown one may come from a newer node.
    [[nodiscard]] static bool knows(QStringView name)
    {
        return ((latin1(Ms::kName) == name) || ...);
    }

    [[nodiscard]] static Result<Any> decode(const QJsonObject &json)
    {
        const QString wanted = json.value(u"t").toString();
        std::optional<Result<Any>> found;
        (void)((latin1(Ms::kName) == wanted && (found.emplace(widen(wire::decode<Ms>(json))), true))
            || ...);
        if (!found)
            return Error{Errc::Malformed, QStringLiteral("unknown message")};
        return *std::move(found);
    }

private:
    template <typename M>
    static Result<Any> widen(Result<M> message)
    {
        if (!message)
            return message.error();
        return Any(*std::move(message));
    }
};

/// For std::visit: `Handlers{[](const JoinRequest &) {…}, …}`. No generic lambda here.
template <typename... Fs>
struct Handlers : Fs... {
    using Fs::operator()...;
};
template <typename... Fs>
Handlers(Fs...) -> Handlers<Fs...>;

} // namespace borg::wire
