// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/hash_tree.h>

#include <QTest>

#include <random>

using namespace borg;
using namespace borg::store;

namespace {

QByteArray noise(qsizetype size, quint32 seed = 1)
{
    std::mt19937 random(seed);
    QByteArray bytes(size, '\0');
    for (char &byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

crypto::HashKind kindOf(HashCode code)
{
    return static_cast<crypto::HashKind>(code);
}

/// RFC 6962, section 2.1, word for word.
crypto::Hash byDefinition(std::span<const QByteArray> leaves, HashCode code)
{
    if (leaves.empty())
        return crypto::hashOf(kindOf(code), {});
    if (leaves.size() == 1)
        return crypto::hashOf(kindOf(code), QByteArray(1, '\0') + leaves[0]);
    std::size_t split = 1;
    while (split * 2 < leaves.size())
        split *= 2;
    QByteArray node(1, '\1');
    node.append(QByteArrayView(byDefinition(leaves.first(split), code)));
    node.append(QByteArrayView(byDefinition(leaves.subspan(split), code)));
    return crypto::hashOf(kindOf(code), node);
}

std::vector<QByteArray> cut(const QByteArray &bytes, qsizetype part)
{
    std::vector<QByteArray> parts;
    for (qsizetype at = 0; at < bytes.size(); at += part)
        parts.push_back(bytes.sliced(at, std::min(part, bytes.size() - at)));
    return parts;
}

constexpr std::array kCodes{HashCode::Blake3, HashCode::Sha256};
constexpr std::array<qsizetype, 12> kSizes{
    0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 139265, 300001, 458752, 524288};

} // namespace

class HashTreeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// The eight leaves that implementations of Certificate Transparency test with.
    void fitsThePublishedTree()
    {
        std::vector<crypto::Hash> leaves;
        TreeBuilder builder(HashCode::Sha256);
        for (const char *hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                 "606162636465666768696a6b6c6d6e6f"}) {
            leaves.push_back(crypto::hashLeaf(crypto::HashKind::Sha256, QByteArray::fromHex(hex)));
            builder.add(leaves.back());
        }
        const auto root = QByteArray::fromHex(
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
        QCOMPARE(QByteArray(QByteArrayView(rootOfLeaves(leaves, HashCode::Sha256))), root);
        QCOMPARE(QByteArray(QByteArrayView(builder.root())), root);
    }

    void theIdIsTheRootByTheDefinition()
    {
        for (const HashCode code : kCodes) {
            for (const qsizetype size : kSizes) {
                const QByteArray bytes = noise(size);
                const ShardId id = shardIdOf(bytes, code);
                QCOMPARE(id.bytes[0], static_cast<quint8>(code));
                QCOMPARE(rootOf(id), byDefinition(cut(bytes, kLeafBytes), code));
                QCOMPARE(rootOfGroups(groupRootsOf(bytes, code), code), rootOf(id));
                QVERIFY(matches(id, bytes));
                QVERIFY(!matches(id, bytes + '\0'));
            }
        }
    }

    void everyGroupIsASubtree()
    {
        const QByteArray bytes = noise(300001);
        const auto roots = groupRootsOf(bytes, HashCode::Blake3);
        const auto groups = cut(bytes, kGroupBytes);
        QCOMPARE(roots.size(), groups.size());
        for (std::size_t i = 0; i < groups.size(); ++i)
            QCOMPARE(roots[i], byDefinition(cut(groups[i], kLeafBytes), HashCode::Blake3));
    }

    void everyLeafAndGroupProvesItsPlaceOnly()
    {
        for (const HashCode code : kCodes) {
            for (const qsizetype size : kSizes) {
                if (size == 0)
                    continue;
                const QByteArray bytes = noise(size);
                PartPlace place{shardIdOf(bytes, code), size, 0};
                const auto leaves = cut(bytes, kLeafBytes);
                const std::size_t step = leaves.size() > 40 ? 7 : 1;
                for (place.index = 0; place.index < leaves.size(); place.index += step) {
                    const HashPath path = leafProof(bytes, place.index, code);
                    QVERIFY(checkLeaf(place, leaves[place.index], path));
                    QVERIFY(!checkLeaf(
                        {place.shard, size, place.index ^ 1}, leaves[place.index], path));
                }
                const auto groups = cut(bytes, kGroupBytes);
                const auto roots = groupRootsOf(bytes, code);
                for (place.index = 0; place.index < groups.size(); ++place.index)
                    QVERIFY(checkGroup(
                        place, groups[place.index], groupProof(roots, place.index, code)));
            }
        }
    }

    void aChangedByteOrPathIsRefused()
    {
        const QByteArray bytes = noise(300001);
        const PartPlace place{shardIdOf(bytes, HashCode::Blake3), bytes.size(), 5};
        const QByteArray leaf = bytes.sliced(5 * kLeafBytes, kLeafBytes);
        const HashPath path = leafProof(bytes, 5, HashCode::Blake3);
        QVERIFY(checkLeaf(place, leaf, path));
        for (qsizetype at = 0; at < leaf.size(); at += 13) {
            QByteArray changed = leaf;
            changed[at] = static_cast<char>(changed[at] ^ 0x40);
            QVERIFY(!checkLeaf(place, changed, path));
        }
        for (std::size_t at = 0; at < path.size(); ++at) {
            HashPath changed = path;
            changed[at][31] ^= 1;
            QVERIFY(!checkLeaf(place, leaf, changed));
        }
        HashPath longer = path;
        longer.push_back({});
        QVERIFY(checkLeaf(place, leaf, longer).error().code == Errc::Malformed);
        HashPath shorter = path;
        shorter.pop_back();
        QVERIFY(checkLeaf(place, leaf, shorter).error().code == Errc::Malformed);
        QVERIFY(!checkLeaf(place, leaf.chopped(1), path));
        QVERIFY(!checkLeaf({place.shard, bytes.size(), 1000}, leaf, path));
        QVERIFY(!checkLeaf({place.shard, -5, 0}, leaf, path));
        QVERIFY(!checkLeaf({place.shard, 0, 0}, {}, {}));
    }

    /// An inner node's two hashes are 64 bytes: no leaf of that content may have its hash.
    void aLeafNeverPassesForANode()
    {
        const QByteArray bytes = noise(2 * kLeafBytes);
        std::vector<crypto::Hash> leaves(2);
        crypto::hashLeaves(crypto::HashKind::Blake3, bytes, leaves);
        QByteArray fake;
        fake.append(QByteArrayView(leaves[0])).append(QByteArrayView(leaves[1]));
        QVERIFY(shardIdOf(fake, HashCode::Blake3) != shardIdOf(bytes, HashCode::Blake3));
    }

    void theBuilderFollowsTheDefinitionAtEveryCount()
    {
        std::vector<crypto::Hash> leaves;
        TreeBuilder builder(HashCode::Blake3);
        QCOMPARE(builder.root(), rootOfLeaves({}, HashCode::Blake3));
        for (quint32 i = 0; i < 130; ++i) {
            leaves.push_back(crypto::sha256(noise(8, i)));
            builder.add(leaves.back());
            QCOMPARE(builder.root(), rootOfLeaves(leaves, HashCode::Blake3));
        }
        QCOMPARE(builder.count(), 130U);
    }

    void aCodeThatThisBuildLacksMatchesNothing()
    {
        ShardId id = shardIdOf("abc", HashCode::Sha256);
        id.bytes[0] = 77;
        QVERIFY(!matches(id, "abc"));
        QVERIFY(!hasHashCode(id.code()));
        QVERIFY(!checkLeaf({id, 3, 0}, "abc", {}));
    }
};

QTEST_APPLESS_MAIN(HashTreeTest)
#include "hash_tree_test.moc"
