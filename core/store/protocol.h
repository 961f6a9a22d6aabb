// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/account.h>
#include <store/manifest.h>
#include <store/pointer.h>
#include <store/shard_id.h>
#include <wire/message.h>

/// What nodes say to each other about shards, over the bulk links (net/rpc.h). An error travels as
/// {"t":"error","code":…}. Every request may be repeated.
namespace borg::wire {

/// 66 hexadecimal digits.
template <>
struct Codec<store::ShardId> {
    static QJsonValue write(const store::ShardId &value) { return value.text(); }
    static Result<store::ShardId> read(const QJsonValue &json, qsizetype)
    {
        return store::ShardId::fromText(json.toString());
    }
};

} // namespace borg::wire

namespace borg::store {

/// The name under which nodes keep all records of a file together: its file id. Known before the
/// manifest is, so a stream can be sent while it is read. Not a hash.
[[nodiscard]] inline ShardId fileTag(const FileId &file)
{
    ShardId tag;
    tag.bytes[0] = static_cast<quint8>(HashCode::Sha256);
    std::ranges::copy(file.bytes, tag.bytes.begin() + 1);
    return tag;
}

inline constexpr qsizetype kHaveIdsMax = 4096;
inline constexpr qsizetype kIdBytes = 33;
inline constexpr qsizetype kPutBytesMax = 512 * 1024; ///< Of one record.
inline constexpr qsizetype kListRecordBytes = 6; ///< segment (4), index (2), big-endian.

struct HaveReply {
    static constexpr std::string_view kName = "haveReply";
    static constexpr auto fields() { return std::tuple{}; }
};
/// Which of these records are durable here? Body: ids of 33 bytes each, at most kHaveIdsMax; of
/// the answer: one byte each, 0 or 1.
struct Have {
    using Reply = HaveReply;
    static constexpr std::string_view kName = "have";
    static constexpr auto fields() { return std::tuple{}; }
};

struct PutReply {
    bool isNew = false; ///< Not there before.
    static constexpr std::string_view kName = "putReply";
    static constexpr auto fields() { return std::tuple{wire::field("isNew", &PutReply::isNew)}; }
};
/// Keep this record: a shard of a segment or page, or a piece of a root page. Body: its bytes. The
/// answer comes when it is durable.
///
/// Errors: Malformed (the bytes are not `id`'s), Unauthorized (not a member of the network),
/// Conflict (this node holds k - 1 of the segment already), NoSpace, Storage, Busy.
struct PutShard {
    using Reply = PutReply;

    ShardId id;
    ShardId file; ///< fileTag().
    quint32 segment = 0; ///< Or pageSegment(), or kRootSegment.
    quint32 index = 0;
    quint32 k = 0; ///< Of this segment's code.
    quint32 n = 0;
    qint64 leaseUntilUtcMs = 0;
    std::optional<NodeId> owner; ///< Account::id(): who may remove it; left out: the sender.
    std::optional<ShardId> manifest; ///< Where it is known already.
    /// A record of the same segment that may go for this one, since `alsoAt` holds it too. The
    /// holder sees for itself before it believes that, and does so for the file's owner only.
    std::optional<ShardId> replaces;
    std::optional<NodeId> alsoAt;
    std::optional<OwnerProof> proof; ///< Replace with `replaces`, else Bind with `manifest`.

    static constexpr std::string_view kName = "put";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &PutShard::id), field("file", &PutShard::file),
            field("segment", &PutShard::segment), field("index", &PutShard::index),
            field("k", &PutShard::k), field("n", &PutShard::n),
            field("lease", &PutShard::leaseUntilUtcMs), field("owner", &PutShard::owner),
            field("manifest", &PutShard::manifest), field("replaces", &PutShard::replaces),
            field("alsoAt", &PutShard::alsoAt), field("proof", &PutShard::proof)};
    }
};

struct GetReply {
    static constexpr std::string_view kName = "getReply";
    static constexpr auto fields() { return std::tuple{}; }
};
/// Give me this record, or `bytes` of it from `offset` (-1: to its end). Errors: NotFound,
/// Malformed (a range outside), Storage, Busy.
struct GetShard {
    using Reply = GetReply;

    ShardId id;
    qint64 offset = 0;
    qint64 bytes = -1;

    static constexpr std::string_view kName = "get";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("id", &GetShard::id),
            wire::field("offset", &GetShard::offset), wire::field("bytes", &GetShard::bytes)};
    }
};

struct RootReply {
    std::vector<quint32> sizes; ///< Of the pieces in the body, one after the other.
    static constexpr std::string_view kName = "rootReply";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("sizes", &RootReply::sizes, 128)};
    }
};
/// Give me every piece you hold of this manifest's root page. None is no error.
struct GetRoot {
    using Reply = RootReply;
    ShardId manifest;
    static constexpr std::string_view kName = "root";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("manifest", &GetRoot::manifest)};
    }
};

struct ListReply {
    bool more = false; ///< Ask again from the segment after the last one listed.
    std::optional<NodeId> owner;
    std::optional<ShardId> manifest;
    static constexpr std::string_view kName = "listReply";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("more", &ListReply::more),
            wire::field("owner", &ListReply::owner), wire::field("manifest", &ListReply::manifest)};
    }
};
/// Which records of this file do you hold? Body of the answer: kListRecordBytes each, ordered. A
/// holder's word only: whoever needs to be sure fetches.
struct ListFile {
    using Reply = ListReply;

    ShardId file;
    quint32 fromSegment = 0;
    bool repairing = false; ///< The asker sees to this file's repair: others need not.

    static constexpr std::string_view kName = "list";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("file", &ListFile::file),
            wire::field("from", &ListFile::fromSegment),
            wire::field("repairing", &ListFile::repairing)};
    }
};

struct BindReply {
    static constexpr std::string_view kName = "bindReply";
    static constexpr auto fields() { return std::tuple{}; }
};
/// This file's manifest has this id, so that you can start a repair. Checked when it is used.
struct BindFile {
    using Reply = BindReply;
    ShardId file;
    ShardId manifest;
    std::optional<OwnerProof> proof; ///< The owner's word goes before that of others.
    static constexpr std::string_view kName = "bind";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("file", &BindFile::file),
            wire::field("manifest", &BindFile::manifest), wire::field("proof", &BindFile::proof)};
    }
};

struct RemoveReply {
    quint32 removed = 0;
    static constexpr std::string_view kName = "removeReply";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("removed", &RemoveReply::removed)};
    }
};
/// Drop every record of this file. Unauthorized: neither is the sender its owner nor did that sign.
struct RemoveFile {
    using Reply = RemoveReply;
    ShardId file;
    std::optional<NodeId> owner; ///< Left out: the sender.
    std::optional<OwnerProof> proof;
    static constexpr std::string_view kName = "remove";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("file", &RemoveFile::file),
            wire::field("owner", &RemoveFile::owner), wire::field("proof", &RemoveFile::proof)};
    }
};

struct PointerReply {
    static constexpr std::string_view kName = "pointerReply";
    static constexpr auto fields() { return std::tuple{}; }
};
/// Keep this pointer. Body: the record (pointer.h); of the answer: what is kept now, which is a
/// newer one where there was one. Errors: Malformed, Unauthorized (its signature is wrong, or the
/// sender is no member), NoSpace (so many of this sender's, or of all, are kept already), Storage.
struct PutPointer {
    using Reply = PointerReply;
    static constexpr std::string_view kName = "putPointer";
    static constexpr auto fields() { return std::tuple{}; }
};
/// Which record do you keep under this name? Body of the answer: the record, or nothing.
struct GetPointer {
    using Reply = PointerReply;
    ShardId id;
    static constexpr std::string_view kName = "getPointer";
    static constexpr auto fields() { return std::tuple{wire::field("id", &GetPointer::id)}; }
};

struct ProveReply {
    static constexpr std::string_view kName = "proveReply";
    static constexpr auto fields() { return std::tuple{}; }
};
/// Prove that you have this shard. Body of the answer: the leaf of 4 KiB with this number (the last
/// one may be shorter), and behind it the hashes from there up to the shard's id, lowest first.
/// Errors: NotFound, Malformed (no such leaf), Busy, Storage.
struct ProveShard {
    using Reply = ProveReply;
    ShardId id;
    quint32 leaf = 0;
    static constexpr std::string_view kName = "prove";
    static constexpr auto fields()
    {
        return std::tuple{
            wire::field("id", &ProveShard::id), wire::field("leaf", &ProveShard::leaf)};
    }
};

/// Append; never rename, reorder or reuse a name.
using StoreMessages = wire::Catalogue<Have, HaveReply, PutShard, PutReply, GetShard, GetReply,
    GetRoot, RootReply, ListFile, ListReply, BindFile, BindReply, RemoveFile, RemoveReply,
    PutPointer, GetPointer, PointerReply, ProveShard, ProveReply>;
static_assert(StoreMessages::namesAreUnique());

} // namespace borg::store
