// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/tree_hash.h>

#include <QTest>

using namespace borg;
using namespace borg::crypto;

namespace {

QByteArray hex(const Hash &hash)
{
    return QByteArray(reinterpret_cast<const char *>(hash.data()), 32).toHex();
}

/// The input of the official BLAKE3 test vectors.
QByteArray counting(qsizetype size)
{
    QByteArray bytes(size, '\0');
    for (qsizetype at = 0; at < size; ++at)
        bytes[at] = static_cast<char>(at % 251);
    return bytes;
}

} // namespace

class HashTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sha256FitsItsPublishedVectors()
    {
        QCOMPARE(
            hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        QCOMPARE(
            hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    void blake3FitsItsPublishedVectors_data()
    {
        QTest::addColumn<qsizetype>("size");
        QTest::addColumn<QByteArray>("hash");
        const auto row = [](qsizetype size, const char *hash) {
            QTest::addRow("%lld bytes", static_cast<long long>(size)) << size << QByteArray(hash);
        };
        row(0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
        row(1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213");
        row(1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7");
        row(1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444");
        row(2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a");
        row(31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47");
        row(102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085");
    }

    void blake3FitsItsPublishedVectors()
    {
        if (!hasHash(HashKind::Blake3))
            QSKIP("this build has no BLAKE3");
        QFETCH(qsizetype, size);
        QFETCH(QByteArray, hash);
        QCOMPARE(hex(blake3(counting(size))), hash);

        Hasher hasher(HashKind::Blake3);
        const QByteArray bytes = counting(size);
        for (qsizetype at = 0; at < size; at += 700)
            hasher.add(QByteArrayView(bytes).sliced(at, std::min<qsizetype>(700, size - at)));
        QCOMPARE(hex(hasher.finish()), hash);
        hasher.add(bytes); // finish() made it as new
        QCOMPARE(hex(hasher.finish()), hash);
    }

    void aKindFromAPeerThatNobodyKnowsIsNotThere()
    {
        QVERIFY(!hasHash(static_cast<HashKind>(0)));
        QVERIFY(!hasHash(static_cast<HashKind>(200)));
    }

    /// The batch of sixteen computes what the definition says, for every number of leaves in it
    /// and from memory at any alignment.
    void leavesHashedTogetherAreLeavesHashedAlone()
    {
        const QByteArray bytes = counting(40 * kTreeLeafBytes + 8);
        for (const HashKind kind : {HashKind::Blake3, HashKind::Sha256}) {
            if (!hasHash(kind))
                continue;
            for (qsizetype leaves = 1; leaves <= 36; ++leaves) {
                for (const qsizetype last : {qsizetype{1}, qsizetype{4095}, kTreeLeafBytes}) {
                    const qsizetype size = (leaves - 1) * kTreeLeafBytes + last;
                    const QByteArrayView view = QByteArrayView(bytes).sliced(leaves % 7, size);
                    std::vector<Hash> together(static_cast<std::size_t>(leaves));
                    hashLeaves(kind, view, together);
                    for (qsizetype i = 0; i < leaves; ++i) {
                        const auto leaf = view.sliced(i * kTreeLeafBytes);
                        const QByteArray alone = QByteArray(1, '\0')
                            + leaf.first(std::min(kTreeLeafBytes, leaf.size())).toByteArray();
                        QCOMPARE(together[static_cast<std::size_t>(i)], hashOf(kind, alone));
                    }
                }
            }
        }
    }

    void aPairIsHashedAsItsDefinitionSays()
    {
        const Hash left = sha256("left");
        const Hash right = sha256("right");
        QByteArray bytes(1, '\1');
        bytes.append(QByteArrayView(left)).append(QByteArrayView(right));
        QCOMPARE(hashPair(HashKind::Sha256, left, right), sha256(bytes));
        if (hasHash(HashKind::Blake3))
            QCOMPARE(hashPair(HashKind::Blake3, left, right), blake3(bytes));
    }

    void aBuildOfThisProjectHasBlake3()
    {
        QVERIFY2(hasHash(HashKind::Blake3),
            "install librust-blake3-dev: without it shards of other nodes cannot be checked");
    }
};

QTEST_APPLESS_MAIN(HashTest)
#include "hash_test.moc"
