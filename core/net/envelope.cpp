// SPDX-License-Identifier: GPL-3.0-or-later
#include "envelope.h"

#include <QJsonDocument>
#include <QStringBuilder>

namespace borg::net {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr QByteArrayView kBefore = R"({"m":)";
constexpr QByteArrayView kBetween = R"(,"s":")";
constexpr QByteArrayView kAfter = R"("})";
constexpr auto kBase64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;
} // namespace

QByteArray seal(const crypto::Crypto &crypto, const QJsonObject &message)
{
    const QByteArray bytes = QJsonDocument(message).toJson(QJsonDocument::Compact);
    return kBefore % bytes % kBetween % crypto.sign(bytes).toBase64(kBase64) % kAfter;
}

Result<QJsonObject> open(
    const crypto::Crypto &crypto, const crypto::PublicKey &signer, const QByteArray &head)
{
    // From the right: a signature has no quote in it, a message may hold the same text.
    const auto bytesEnd = head.lastIndexOf(kBetween);
    const auto textAt = bytesEnd + kBetween.size();
    const auto textEnd = head.size() - kAfter.size();
    if (!head.startsWith(kBefore) || !head.endsWith(kAfter) || bytesEnd < kBefore.size()
        || textAt > textEnd)
        return Error{Errc::Malformed, u"not a signed head"_s};
    const auto bytes = head.sliced(kBefore.size(), bytesEnd - kBefore.size());
    const auto text = head.sliced(textAt, textEnd - textAt);
    const auto signature
        = QByteArray::fromBase64Encoding(text, kBase64 | QByteArray::AbortOnBase64DecodingErrors);
    if (!signature)
        return Error{Errc::Malformed, u"not base64url"_s};
    if (const auto checked = crypto.verify(signer, bytes, *signature); !checked)
        return checked.error(); // before parsing: strangers do not reach the parser

    const auto document = QJsonDocument::fromJson(bytes);
    if (!document.isObject())
        return Error{Errc::Malformed, u"not an object"_s};
    return document.object();
}

} // namespace borg::net
