// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/ed25519.h>
#include <crypto/openssl_crypto.h>

#include <QTest>

#include <set>
#include <sodium.h>

using namespace borg;
using namespace borg::crypto;
using namespace borg::crypto::ed25519;
using namespace Qt::Literals::StringLiterals;

namespace {

using Bytes32 = std::array<quint8, 32>;

constexpr std::array kLibraries{Library::Sodium, Library::Lib25519};
constexpr Bytes32 kZero{};
constexpr Bytes32 kOrder{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
    0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};

Bytes32 fromHex(const char *hex)
{
    Bytes32 bytes{};
    std::ranges::copy(QByteArray::fromHex(hex), bytes.begin());
    return bytes;
}

Bytes32 plus(const Bytes32 &left, const Bytes32 &right)
{
    Bytes32 sum;
    BORG_ASSERT(crypto_core_ed25519_add(sum.data(), left.data(), right.data()) == 0);
    return sum;
}

/// The eight points whose order divides 8, by their order's index: torsion()[i] = i x a generator.
std::array<Bytes32, 8> torsion()
{
    std::array<Bytes32, 8> points{};
    points[0][0] = 1; // the neutral one
    points[1] = fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    for (std::size_t i = 2; i < points.size(); ++i)
        points[i] = plus(points[i - 1], points[1]);
    return points;
}

/// A whole number above 2^255 - 19 that stands for `low` below it.
Bytes32 otherSpelling(quint8 low)
{
    Bytes32 bytes;
    bytes.fill(0xff);
    bytes[0] = static_cast<quint8>(0xed + low);
    bytes[31] = 0x7f;
    return bytes;
}

Bytes32 randomScalar()
{
    Bytes32 scalar;
    crypto_core_ed25519_scalar_random(scalar.data());
    return scalar;
}

Bytes32 timesBase(const Bytes32 &scalar)
{
    Bytes32 point{};
    if (scalar == kZero)
        point[0] = 1;
    else
        BORG_ASSERT(crypto_scalarmult_ed25519_base_noclamp(point.data(), scalar.data()) == 0);
    return point;
}

QByteArrayView viewOf(const Bytes32 &bytes)
{
    return {bytes.data(), qsizetype(bytes.size())};
}

/// What a signer can do who keeps to no rule: a key and an R of its choice beside the right ones.
struct Forger {
    Bytes32 secret = randomScalar();
    Bytes32 nonce = randomScalar();
    Bytes32 key = timesBase(secret);
    Bytes32 r = timesBase(nonce);

    /// S = nonce + SHA-512(R || A || M) x secret: good up to what was added to `key` and `r`.
    [[nodiscard]] QByteArray sign(QByteArrayView message) const
    {
        QByteArray all;
        all.append(viewOf(r)).append(viewOf(key)).append(message);
        std::array<quint8, 64> hash;
        crypto_hash_sha512(hash.data(), reinterpret_cast<const quint8 *>(all.constData()),
            static_cast<unsigned long long>(all.size()));
        Bytes32 challenge;
        crypto_core_ed25519_scalar_reduce(challenge.data(), hash.data());
        Bytes32 s;
        crypto_core_ed25519_scalar_mul(s.data(), challenge.data(), secret.data());
        crypto_core_ed25519_scalar_add(s.data(), s.data(), nonce.data());
        QByteArray signature;
        return signature.append(viewOf(r)).append(viewOf(s));
    }
};

/// @return what all libraries of this build say; they say the same.
bool judge(const Bytes32 &key, QByteArrayView message, QByteArrayView signature)
{
    if (!isKey({key}))
        return false;
    std::set<bool> answers;
    for (const Library library : kLibraries) {
        if (has(library))
            answers.insert(verify({key}, message, signature, library));
    }
    if (answers.size() != 1)
        qFatal("libraries differ: key %s message %s signature %s",
            viewOf(key).toByteArray().toHex().constData(),
            message.toByteArray().toHex().constData(), signature.toByteArray().toHex().constData());
    return *answers.begin();
}

} // namespace

class Ed25519Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(sodium_init() >= 0);
        qInfo() << "lib25519:" << has(Library::Lib25519);
    }

    /// RFC 8032, 7.1: TEST 1 to 3.
    void takesThePublishedSignatures()
    {
        QVERIFY(
            judge(fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), "",
                QByteArray::fromHex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901"
                                    "555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a"
                                    "100b")));
        QVERIFY(judge(fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
            "\x72",
            QByteArray::fromHex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223eb"
                                "db69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d"
                                "291612bb0c00")));
        QVERIFY(judge(fromHex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
            "\xaf\x82",
            QByteArray::fromHex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680"
                                "d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716e"
                                "d28dc027beceea1ec40a")));
    }

    void takesWhatTheKeySignedAndNothingElse()
    {
        for (const qsizetype size : {0, 1, 32, 1300, 1983, 1984, 1985, 60'000}) {
            const Forger honest;
            QByteArray message(size, 'm');
            QByteArray signature = honest.sign(message);
            QVERIFY2(judge(honest.key, message, signature), QByteArray::number(size));
            QVERIFY(!judge(honest.key, message + 'x', signature));
            QVERIFY(!judge(honest.key, message, signature.chopped(1)));
            QVERIFY(!judge(honest.key, message, signature + 'x'));
            QVERIFY(!judge(honest.key, message, {}));
            QVERIFY(!judge(Forger().key, message, signature));
            for (qsizetype bit = 0; bit < 512; bit += 7) {
                auto changed = signature;
                changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
                QVERIFY(!judge(honest.key, message, changed));
            }
        }
    }

    void refusesKeysOutsideThePrimeSubgroup()
    {
        const auto small = torsion();
        QCOMPARE(std::set(small.begin(), small.end()).size(), 8U);
        QCOMPARE(plus(small[7], small[1]), small[0]);
        for (const auto &point : small)
            QVERIFY(!isKey({point}));
        for (int round = 0; round < 20; ++round) {
            const auto key = timesBase(randomScalar());
            QVERIFY(isKey({key}));
            for (std::size_t i = 1; i < small.size(); ++i) // 4 is what CVE-2025-69277 is about
                QVERIFY2(!isKey({plus(key, small[i])}), QByteArray::number(qsizetype(i)));
        }
    }

    void refusesKeysInAnotherSpelling()
    {
        for (quint8 low = 0; low < 19; ++low) {
            auto spelling = otherSpelling(low);
            QVERIFY(!isKey({spelling}));
            spelling[31] |= 0x80;
            QVERIFY(!isKey({spelling}));
        }
        Bytes32 minusZero{1}; // x = 0 with a sign
        minusZero[31] = 0x80;
        QVERIFY(!isKey({minusZero}));
        QVERIFY(!isKey({}));
        int points = 0;
        for (int round = 0; round < 200; ++round) { // half of all y are on the curve, 1 of 8 inside
            Bytes32 any;
            randombytes_buf(any.data(), any.size());
            points += isKey({any}) ? 1 : 0;
        }
        QVERIFY(points > 0 && points < 40);
    }

    /// S + n x order is the same number to whoever does not look.
    void refusesAnotherSpellingOfS()
    {
        const Forger honest;
        const QByteArray signature = honest.sign("message");
        auto other = signature;
        for (int n = 1; n < 16; ++n) {
            int carry = 0;
            for (qsizetype i = 0; i < 32; ++i) {
                carry += quint8(other[32 + i]) + kOrder[std::size_t(i)];
                other[32 + i] = static_cast<char>(carry & 0xff);
                carry >>= 8;
            }
            if (carry == 0)
                QVERIFY(!judge(honest.key, "message", other));
        }
        auto order = signature;
        std::ranges::copy(kOrder, order.begin() + 32);
        QVERIFY(!judge(honest.key, "message", order));
    }

    /// Without a secret: R is the neutral point, or one of small order, and S follows. libsodium
    /// refuses these by itself and lib25519 does not, so here the rules have to.
    void refusesTheNeutralR()
    {
        Forger forger;
        forger.nonce = kZero;
        for (const auto &point : torsion()) {
            forger.r = point;
            for (int round = 0; round < 8; ++round) {
                const auto message = QByteArray::number(round);
                QVERIFY(!judge(forger.key, message, forger.sign(message)));
            }
        }
        forger.r = otherSpelling(1);
        QVERIFY(!judge(forger.key, "message", forger.sign("message")));
    }

    /// Every mix of what can be added to a key and to R, over messages whose hashes are all
    /// residues of 8: where checks with and without the cofactor, and those that compute R and
    /// those that decode it, come apart.
    void answersTheSameWithEveryLibrary()
    {
        const auto small = torsion();
        int accepted = 0;
        for (std::size_t keyPart = 0; keyPart < small.size(); ++keyPart) {
            for (std::size_t rPart = 0; rPart < small.size(); ++rPart) {
                Forger forger;
                forger.key = plus(forger.key, small[keyPart]);
                forger.r = plus(forger.r, small[rPart]);
                for (int round = 0; round < 12; ++round) {
                    const auto message = QByteArray::number(round);
                    const bool isGood = judge(forger.key, message, forger.sign(message));
                    QCOMPARE(isGood, keyPart == 0 && rPart == 0);
                    accepted += isGood ? 1 : 0;
                }
            }
        }
        QCOMPARE(accepted, 12);
        for (int round = 0; round < 2000; ++round) {
            Forger forger;
            QByteArray signature = forger.sign("message");
            randombytes_buf(signature.data() + (round % 2) * 32, 32);
            QVERIFY(!judge(forger.key, "message", signature));
        }
    }

    void remembersKeysThatAreGoodOnly()
    {
        KnownKeys keys;
        const auto small = torsion();
        QVERIFY(!keys.admits({}));
        std::vector<Bytes32> good;
        for (std::size_t i = 0; i < KnownKeys::kSlots + 100; ++i)
            good.push_back(timesBase(randomScalar()));
        for (int round = 0; round < 2; ++round) {
            for (const auto &key : good)
                QVERIFY(keys.admits({key}));
            QVERIFY(!keys.admits({plus(good[0], small[4])}));
            QVERIFY(!keys.admits({small[1]}));
        }
    }

    void nodesRefuseWhatTheRulesRefuse()
    {
        const auto key = NodeKey::generate();
        QVERIFY(key);
        const OpenSslCrypto crypto(*key);
        QVERIFY(crypto.verify(crypto.publicKey(), "message", crypto.sign("message")));
        Forger forger;
        QVERIFY(crypto.verify({forger.key}, "message", forger.sign("message")));
        forger.key = plus(forger.key, torsion()[2]);
        for (int round = 0; round < 16; ++round) {
            const auto message = QByteArray::number(round);
            const auto checked = crypto.verify({forger.key}, message, forger.sign(message));
            QVERIFY(!checked);
            QVERIFY(checked.error().code == Errc::Unauthorized);
        }
    }
};

QTEST_APPLESS_MAIN(Ed25519Test)
#include "ed25519_test.moc"
