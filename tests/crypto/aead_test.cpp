// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/aead.h>
#include <crypto/key_source.h>

#include <QTest>

#include <set>
#include <type_traits>

using namespace borg;
using namespace borg::crypto;

namespace {

SecretKey keyFrom(const char *hex)
{
    const QByteArray raw = QByteArray::fromHex(hex);
    return SecretKey({reinterpret_cast<const quint8 *>(raw.data()), std::size_t(raw.size())});
}

GcmNonce nonceFrom(const char *hex)
{
    GcmNonce nonce;
    std::ranges::copy(QByteArray::fromHex(hex), nonce.begin());
    return nonce;
}

std::span<char> spanOf(QByteArray &bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

QByteArray sealed(
    AesGcm &gcm, const GcmNonce &nonce, QByteArrayView associated, QByteArrayView plain)
{
    QByteArray out(plain.size() + kGcmTagBytes, '\0');
    gcm.seal(nonce, associated, plain, spanOf(out));
    return out;
}

template <typename T>
concept Debuggable = requires(QDebug debug, const T &value) { debug << value; };

} // namespace

class AeadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation", as submitted to NIST.
    void fitsThePublishedVectors_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("nonce");
        QTest::addColumn<QByteArray>("associated");
        QTest::addColumn<QByteArray>("plain");
        QTest::addColumn<QByteArray>("out");
        const QByteArray zeros(64, '0');
        QTest::newRow("13") << zeros << zeros.first(24) << QByteArray() << QByteArray()
                            << QByteArray("530f8afbc74536b9a963b4f1c4cb738b");
        QTest::newRow("14") << zeros << zeros.first(24) << QByteArray() << zeros.first(32)
                            << QByteArray("cea7403d4d606b6e074ec5d3baf39d18"
                                          "d0d1c8a799996bf0265b98b5d48ab919");
        QTest::newRow("16")
            << QByteArray("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
            << QByteArray("cafebabefacedbaddecaf888")
            << QByteArray("feedfacedeadbeeffeedfacedeadbeefabaddad2")
            << QByteArray("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
            << QByteArray("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                          "76fc6ece0f4e1768cddf8853bb2d551b");
    }

    void fitsThePublishedVectors()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, nonce);
        QFETCH(QByteArray, associated);
        QFETCH(QByteArray, plain);
        QFETCH(QByteArray, out);
        AesGcm gcm(keyFrom(key));
        const QByteArray extra = QByteArray::fromHex(associated);
        const QByteArray text = QByteArray::fromHex(plain);
        // Twice: the second message goes through a context that was used before.
        for (int round = 0; round < 2; ++round) {
            const QByteArray box = sealed(gcm, nonceFrom(nonce), extra, text);
            QCOMPARE(box.toHex(), out);
            QByteArray back(text.size(), 'x');
            QVERIFY(gcm.open(nonceFrom(nonce), extra, box, spanOf(back)));
            QCOMPARE(back, text);
        }
    }

    void sealsAndOpensInPlaceAndInPieces()
    {
        AesGcm gcm(randomKey());
        const GcmNonce nonce{1, 2, 3};
        const QByteArray plain(1000, 'p');
        const QByteArray box = sealed(gcm, nonce, "extra", plain);

        QByteArray inPlace = plain + QByteArray(kGcmTagBytes, '\0');
        gcm.seal(nonce, "extra", QByteArrayView(inPlace).first(1000), spanOf(inPlace));
        QCOMPARE(inPlace, box);
        QVERIFY(gcm.open(nonce, "extra", inPlace, spanOf(inPlace).first(1000)));
        QCOMPARE(inPlace.first(1000), plain);

        QByteArray pieces(1000, '\0');
        gcm.beginSeal(nonce, "extra");
        for (qsizetype at = 0, size = 1; at < 1000;
            at += size, size = std::min(size + 7, 1000 - at))
            gcm.update(QByteArrayView(plain).sliced(at, size),
                spanOf(pieces).subspan(std::size_t(at), std::size_t(size)));
        const GcmTag tag = gcm.finishSeal();
        QCOMPARE(pieces + QByteArray(reinterpret_cast<const char *>(tag.data()), 16), box);
    }

    void everyFlippedBitIsNoticedAndNothingLeaksOut()
    {
        AesGcm gcm(randomKey());
        const GcmNonce nonce{9};
        const QByteArray box = sealed(gcm, nonce, "extra", "some plaintext");
        for (qsizetype bit = 0; bit < box.size() * 8; ++bit) {
            QByteArray changed = box;
            changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
            QByteArray out(box.size() - kGcmTagBytes, 'x');
            const auto opened = gcm.open(nonce, "extra", changed, spanOf(out));
            QVERIFY(!opened);
            QVERIFY(opened.error().code == Errc::Unauthorized);
            QCOMPARE(out, QByteArray(out.size(), '\0'));
        }
    }

    void anotherKeyNonceOrContextDoesNotOpen()
    {
        const SecretKey key = randomKey();
        AesGcm gcm(key);
        const QByteArray box = sealed(gcm, {1}, "extra", "text");
        QByteArray out(4, 'x');
        QVERIFY(!gcm.open({2}, "extra", box, spanOf(out)));
        QVERIFY(!gcm.open({1}, "Extra", box, spanOf(out)));
        QVERIFY(!gcm.open({1}, "", box, spanOf(out)));
        AesGcm other(randomKey());
        QVERIFY(!other.open({1}, "extra", box, spanOf(out)));
        QVERIFY(AesGcm(key).open({1}, "extra", box, spanOf(out)));
        QCOMPARE(out, "text");
    }

    void keysAreDifferentAndCannotBePrinted()
    {
        std::set<QByteArray> keys;
        for (int i = 0; i < 100; ++i)
            keys.insert(randomKey().view().toByteArray());
        QCOMPARE(keys.size(), 100U);
        QVERIFY(randomKey() != randomKey());
        const SecretKey key = randomKey();
        QVERIFY(SecretKey(key) == key);
        static_assert(!Debuggable<SecretKey>);
    }

    void aKeyWipesItself()
    {
        alignas(SecretKey) std::array<quint8, sizeof(SecretKey)> memory{};
        auto *key = std::construct_at(reinterpret_cast<SecretKey *>(memory.data()), randomKey());
        QVERIFY(std::ranges::any_of(memory, [](quint8 byte) { return byte != 0; }));
        std::destroy_at(key);
        QVERIFY(std::ranges::all_of(memory, [](quint8 byte) { return byte == 0; }));
    }
};

QTEST_APPLESS_MAIN(AeadTest)
#include "aead_test.moc"
