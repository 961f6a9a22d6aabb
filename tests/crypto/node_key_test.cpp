// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/certificate.h>
#include <crypto/openssl_crypto.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

using namespace borg;
using namespace borg::crypto;
using namespace Qt::Literals::StringLiterals;

namespace {

NodeKey newKey()
{
    auto key = NodeKey::generate();
    BORG_ASSERT(key);
    return *std::move(key);
}

void writeFile(const QString &path, const QByteArray &bytes, mode_t mode = 0600)
{
    QFile file(path);
    BORG_ASSERT(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    file.close();
    BORG_ASSERT(::chmod(QFile::encodeName(path).constData(), mode) == 0);
}

QByteArray readFile(const QString &path)
{
    QFile file(path);
    BORG_ASSERT(file.open(QIODevice::ReadOnly));
    return file.readAll();
}

/// Takes `pair`.
QByteArray pemOf(EVP_PKEY *pair, const EVP_CIPHER *cipher)
{
    BIO *bio = BIO_new(BIO_s_mem());
    BORG_ASSERT(
        PEM_write_bio_PKCS8PrivateKey(bio, pair, cipher, "pass", cipher ? 4 : 0, {}, {}) == 1);
    QByteArray pem(2000, Qt::Uninitialized);
    pem.resize(BIO_read(bio, pem.data(), 2000));
    BIO_free(bio);
    EVP_PKEY_free(pair);
    return pem;
}

} // namespace

class NodeKeyTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;

    QString newPath() { return m_folder.filePath(u"key%1"_s.arg(++m_count)); }

private Q_SLOTS:
    void isMadeOnceAndLoadedAfter()
    {
        const QString path = newPath();
        const auto made = NodeKey::loadOrCreate(path);
        QVERIFY(made);
        struct stat about{};
        QVERIFY(::stat(QFile::encodeName(path).constData(), &about) == 0);
        QCOMPARE(about.st_mode & 07777, mode_t(0600));
        QVERIFY(readFile(path).startsWith("-----BEGIN PRIVATE KEY-----\n"));
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files).size(), 1); // no temporary file left

        const auto loaded = NodeKey::loadOrCreate(path);
        QVERIFY(loaded);
        QVERIFY(loaded->id() == made->id());
        QCOMPARE(loaded->sign("x"), made->sign("x"));
    }

    void anExistingFileIsNeverReplaced()
    {
        const QString path = newPath();
        QVERIFY(newKey().save(path));
        const QByteArray before = readFile(path);
        QCOMPARE(newKey().save(path).error().code, Errc::Conflict);
        QCOMPARE(readFile(path), before);
    }

    void aBadFileIsRefusedAndLeftAlone_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("mode");
        QTest::addColumn<QString>("code");
        const QString path = newPath();
        QVERIFY(newKey().save(path));
        const QByteArray good = readFile(path);
        QTest::newRow("empty") << QByteArray() << 0600 << u"Malformed"_s;
        QTest::newRow("one byte") << "x"_ba << 0600 << u"Malformed"_s;
        QTest::newRow("cut") << good.first(good.size() / 2) << 0600 << u"Malformed"_s;
        QTest::newRow("flipped") << QByteArray(good).replace(40, 1, "#") << 0600 << u"Malformed"_s;
        QTest::newRow("other kind of key")
            << pemOf(EVP_EC_gen("P-256"), nullptr) << 0600 << u"Malformed"_s;
        QTest::newRow("with a password")
            << pemOf(newKey().openSslKey(), EVP_aes_256_cbc()) << 0600 << u"Malformed"_s;
        QTest::newRow("too large") << good + QByteArray(5000, '\n') << 0600 << u"Malformed"_s;
        QTest::newRow("group may read") << good << 0640 << u"Unauthorized"_s;
        QTest::newRow("all may read") << good << 0604 << u"Unauthorized"_s;
    }
    void aBadFileIsRefusedAndLeftAlone()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, mode);
        QFETCH(QString, code);
        const QString path = newPath();
        writeFile(path, bytes, mode_t(mode));
        const auto loaded = NodeKey::loadOrCreate(path);
        QVERIFY(!loaded);
        QCOMPARE(name(loaded.error().code), code);
        QVERIFY(loaded.error().detail.contains(path));
        QCOMPARE(readFile(path), bytes);
    }

    void whatIsNoFileIsRefused()
    {
        QCOMPARE(NodeKey::load(newPath()).error().code, Errc::NotFound);
        QCOMPARE(NodeKey::load(m_folder.path()).error().code, Errc::Malformed);
        const QString pipe = newPath();
        QVERIFY(::mkfifo(QFile::encodeName(pipe).constData(), 0600) == 0);
        QCOMPARE(NodeKey::load(pipe).error().code, Errc::Malformed);
        QCOMPARE(NodeKey::loadOrCreate(u"/no/such/folder/key"_s).error().code, Errc::Storage);
    }

    /// RFC 8032, 7.1, test 2: the same key, signature and SPKI as everybody else's.
    void agreesWithTheStandard()
    {
        const QByteArray der = QByteArray::fromHex(
            "302e020100300506032b657004220420"
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        const QString path = newPath();
        writeFile(path,
            "-----BEGIN PRIVATE KEY-----\n" + der.toBase64() + "\n-----END PRIVATE KEY-----\n");
        const auto key = NodeKey::load(path);
        QVERIFY(key);
        const auto &bytes = key->publicKey().bytes;
        QCOMPARE(QByteArrayView(bytes.data(), 32).toByteArray().toHex(),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"_ba);
        QCOMPARE(key->sign("r").toHex(),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"_ba);
        EVP_PKEY *pair = key->openSslKey();
        uchar *spki = nullptr;
        QCOMPARE(i2d_PUBKEY(pair, &spki), int(kSpkiBytes));
        const auto ours = spkiOf(key->publicKey());
        QVERIFY(std::equal(ours.begin(), ours.end(), spki));
        OPENSSL_free(spki);
        EVP_PKEY_free(pair);
    }

    void aCertificateNamesItsKey()
    {
        const NodeKey key = newKey();
        const auto certificate = selfSigned(key);
        QVERIFY(certificate);
        const auto found = keyOf(certificate->get());
        QVERIFY(found);
        QVERIFY(nodeIdOf(*found) == key.id());
        EVP_PKEY *pair = key.openSslKey();
        QCOMPARE(X509_verify(certificate->get(), pair), 1);
        EVP_PKEY_free(pair);
        QCOMPARE(keyOf(nullptr).error().code, Errc::Unauthorized);
    }

    void anotherKindOfCertificateHasNoKey()
    {
        const std::unique_ptr<X509, FreeCertificate> x509(X509_new());
        EVP_PKEY *pair = EVP_EC_gen("P-256");
        QVERIFY(X509_set_pubkey(x509.get(), pair));
        EVP_PKEY_free(pair);
        QCOMPARE(keyOf(x509.get()).error().code, Errc::Unauthorized);
        const std::unique_ptr<X509, FreeCertificate> empty(X509_new());
        QCOMPARE(keyOf(empty.get()).error().code, Errc::Unauthorized);
    }

    void signaturesAreChecked()
    {
        const NodeKey key = newKey();
        const NodeKey other = newKey();
        const OpenSslCrypto crypto(key);
        QVERIFY(crypto.self() == key.id());
        QVERIFY(crypto.idOf(crypto.publicKey()) == crypto.self());
        const QByteArray message(1000, 'm');
        const QByteArray signature = crypto.sign(message);
        QCOMPARE(signature.size(), kSignatureBytes);
        QVERIFY(crypto.verify(key.publicKey(), message, signature));

        const auto refused
            = [&](const PublicKey &by, const QByteArray &what, const QByteArray &sig) {
                  const auto checked = crypto.verify(by, what, sig);
                  return !checked && checked.error().code == Errc::Unauthorized;
              };
        QVERIFY(refused(other.publicKey(), message, signature));
        QVERIFY(refused(key.publicKey(), message + 'm', signature));
        QVERIFY(refused(key.publicKey(), message, signature.first(63)));
        QVERIFY(refused(key.publicKey(), message, signature + '\0'));
        QVERIFY(refused(key.publicKey(), message, {}));
        for (const int at : {0, 31, 32, 63}) {
            QByteArray flipped = signature;
            flipped[at] = char(flipped[at] ^ 1);
            QVERIFY(refused(key.publicKey(), message, flipped));
        }
        // The neutral point is a "key" whose signature anybody can write.
        PublicKey small{};
        small.bytes[0] = 1;
        QVERIFY(refused(small, message, QByteArray(64, '\0').replace(0, 1, "\1")));
    }

    void hashIsSha256()
    {
        const NodeKey key = newKey();
        const OpenSslCrypto crypto(key);
        const Hash hash = crypto.hash("abc");
        QCOMPARE(QByteArrayView(hash.data(), 32).toByteArray().toHex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"_ba);
    }
};

QTEST_GUILESS_MAIN(NodeKeyTest)
#include "node_key_test.moc"
