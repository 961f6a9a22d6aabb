// SPDX-License-Identifier: GPL-3.0-or-later
#include "pointer.h"

#include "byte_io.h"

#include <crypto/aead.h>
#include <crypto/ed25519.h>
#include <crypto/hash.h>
#include <crypto/kdf.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QByteArrayView kMagic = "BRGN\1";
constexpr QByteArrayView kDomain = "borg pointer v1";
constexpr qsizetype kSaltBytes = 16;

QByteArrayView view(const std::array<quint8, 32> &bytes)
{
    return {reinterpret_cast<const char *>(bytes.data()), std::ssize(bytes)};
}

crypto::SecretKey sealKey(const Account &account, QByteArrayView salt)
{
    return crypto::deriveKey(account.listKey(), salt, "borg account seal v1");
}

} // namespace

ShardId pointerId(const crypto::PublicKey &key)
{
    crypto::Hasher hasher(crypto::HashKind::Sha256);
    hasher.add("borg pointer");
    hasher.add(view(key.bytes));
    const crypto::Hash hash = hasher.finish();
    ShardId id;
    id.bytes[0] = static_cast<quint8>(HashCode::Sha256);
    std::ranges::copy(hash, id.bytes.begin() + 1);
    return id;
}

Pointer writePointer(const Account &account, quint64 seq, QByteArrayView payload)
{
    BORG_ASSERT(payload.size() <= kPointerPayloadMax);
    ByteWriter out;
    out.raw(kMagic);
    out.raw(view(account.publicKey().bytes));
    out.number(seq);
    out.number(static_cast<quint16>(payload.size()));
    out.raw(payload);
    const QByteArray signature = account.sign(kDomain.toByteArray() + out.bytes());
    return {account.publicKey(), seq, payload.toByteArray(), out.bytes() + signature};
}

Result<Pointer> readPointer(QByteArrayView bytes)
{
    const Error malformed{Errc::Malformed, u"not a pointer"_s};
    if (bytes.size() > kPointerBytesMax)
        return malformed;
    ByteReader in(bytes);
    const bool isMagic = in.raw(kMagic.size()) == kMagic;
    Pointer pointer;
    pointer.key.bytes = in.array<32>();
    pointer.seq = in.number<quint64>();
    const qsizetype payloadBytes = in.number<quint16>();
    if (!isMagic || payloadBytes > kPointerPayloadMax)
        return malformed;
    pointer.payload = in.raw(payloadBytes).toByteArray();
    const QByteArrayView signature = in.raw(crypto::kSignatureBytes);
    if (in.failed() || in.left() != 0)
        return malformed;
    pointer.bytes = bytes.toByteArray();
    QByteArray covered = kDomain.toByteArray();
    covered.append(bytes.chopped(crypto::kSignatureBytes));
    if (!crypto::ed25519::isKey(pointer.key)
        || !crypto::ed25519::verify(pointer.key, covered, signature, crypto::ed25519::fastest()))
        return Error{Errc::Unauthorized, u"the pointer is not signed by its key"_s};
    return pointer;
}

QByteArray sealForAccount(const Account &account, QByteArrayView plain)
{
    const auto salt
        = crypto::deriveKey(account.listKey(), view(crypto::sha256(plain)), "borg account salt v1");
    QByteArray sealed = salt.view().first(kSaltBytes).toByteArray();
    sealed.resize(kSaltBytes + plain.size() + crypto::kGcmTagBytes);
    crypto::AesGcm(sealKey(account, QByteArrayView(sealed).first(kSaltBytes)))
        .seal({}, {}, plain,
            {sealed.data() + kSaltBytes, static_cast<std::size_t>(sealed.size() - kSaltBytes)});
    return sealed;
}

Result<QByteArray> openForAccount(const Account &account, QByteArrayView sealed)
{
    if (sealed.size() < kSaltBytes + crypto::kGcmTagBytes)
        return Error{Errc::Malformed, u"too short"_s};
    QByteArray plain(sealed.size() - kSaltBytes - crypto::kGcmTagBytes, Qt::Uninitialized);
    const auto opened = crypto::AesGcm(sealKey(account, sealed.first(kSaltBytes)))
                            .open({}, {}, sealed.sliced(kSaltBytes),
                                {plain.data(), static_cast<std::size_t>(plain.size())});
    if (!opened)
        return opened.error();
    return plain;
}

} // namespace borg::store
