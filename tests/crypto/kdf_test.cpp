// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/kdf.h>

#include <QTest>

using namespace borg;
using namespace borg::crypto;

class KdfTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// The SHA-256 cases of RFC 5869, appendix A.
    void fitsThePublishedVectors_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("salt");
        QTest::addColumn<QByteArray>("info");
        QTest::addColumn<QByteArray>("out");
        const auto range = [](int first, int last) {
            QByteArray bytes;
            for (int byte = first; byte <= last; ++byte)
                bytes.append(static_cast<char>(byte));
            return bytes;
        };
        QTest::newRow("A.1") << QByteArray(22, '\x0b') << range(0, 12) << range(0xf0, 0xf9)
                             << QByteArray("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d"
                                           "56ecc4c5bf34007208d5b887185865");
        QTest::newRow("A.2")
            << range(0, 0x4f) << range(0x60, 0xaf) << range(0xb0, 0xff)
            << QByteArray("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                          "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                          "cc30c58179ec3e87c14c01d5c1f3434f1d87");
        QTest::newRow("A.3") << QByteArray(22, '\x0b') << QByteArray() << QByteArray()
                             << QByteArray("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e"
                                           "5f3c738d2d9d201395faa4b61a96c8");
    }

    void fitsThePublishedVectors()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, salt);
        QFETCH(QByteArray, info);
        QFETCH(QByteArray, out);
        std::vector<quint8> derived(static_cast<std::size_t>(out.size() / 2));
        hkdfSha256(key, salt, info, derived);
        QCOMPARE(QByteArray(reinterpret_cast<const char *>(derived.data()), out.size() / 2).toHex(),
            out);
    }

    void everyPurposeHasItsOwnKey()
    {
        SecretKey key;
        key.mutableBytes()[0] = 1;
        QVERIFY(deriveKey(key, "salt", "a") != deriveKey(key, "salt", "b"));
        QVERIFY(deriveKey(key, "salt", "a") != deriveKey(key, "tlas", "a"));
        QVERIFY(deriveKey(key, "salt", "a") != deriveKey(SecretKey(), "salt", "a"));
        QVERIFY(deriveKey(key, "salt", "a") == deriveKey(key, "salt", "a"));
    }
};

QTEST_APPLESS_MAIN(KdfTest)
#include "kdf_test.moc"
