// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_list.h"

#include "byte_io.h"

#include <store/capability.h>
#include <store/protocol.h>

#include <QJsonDocument>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint32 kVersion = 1;
constexpr quint8 kLinksVersion = 1;
constexpr qsizetype kNameMax = kNameCharactersMax * 4; // bytes of UTF-8
constexpr qsizetype kFolderMax = kFolderCharactersMax * 4;

struct Listed {
    QString link;
    ShardId tag;
    QString name;
    qint64 bytes = 0;
    qint64 createdUtcMs = 0;
    quint32 k = 0;
    quint32 n = 0;
    quint32 rootK = 0;
    quint32 rootN = 0;
    qint64 segments = 0;
    bool isOfAccount = true;
    qint64 trash = 0;
    QString folder;
    qint64 movedUtcMs = 0;
    qint64 modifiedUtcMs = 0;

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("link", &Listed::link, 256), field("file", &Listed::tag),
            field("name", &Listed::name, kNameMax), field("bytes", &Listed::bytes),
            field("created", &Listed::createdUtcMs), field("k", &Listed::k), field("n", &Listed::n),
            field("rootK", &Listed::rootK), field("rootN", &Listed::rootN),
            field("segments", &Listed::segments), field("ofAccount", &Listed::isOfAccount),
            field("trash", &Listed::trash), field("folder", &Listed::folder, kFolderMax),
            field("moved", &Listed::movedUtcMs), field("modified", &Listed::modifiedUtcMs)};
    }
};

struct List {
    quint32 version = kVersion;
    std::vector<Listed> files;
    std::vector<QString> after;

    static constexpr auto fields()
    {
        return std::tuple{wire::field("version", &List::version),
            wire::field("files", &List::files, kListedFilesMax),
            wire::field("after", &List::after, kListMarksMax)};
    }
};

bool isCode(quint32 k, quint32 n)
{
    return k >= 1 && k <= n && k <= quint32{kDataShardsMax} && n <= quint32{kShardsMax};
}

Result<FileRecord> recordOf(const Listed &file)
{
    const auto link = Capability::parseRead(file.link);
    if (!link)
        return link.error();
    // A path that steps out of its folder, from whoever else has the seed, stops here.
    const auto folder = cleanFolder(file.folder);
    if (!folder || *folder != file.folder || (!file.name.isEmpty() && !cleanPath(file.name)))
        return Error{Errc::Malformed, u"an impossible name in the list of files"_s};
    if (!isCode(file.k, file.n) || file.rootK < 1 || file.rootK > file.rootN
        || file.rootN > quint32{kRootPieces} || file.bytes < 0 || file.segments < 0
        || file.segments > kSegmentsMax)
        return Error{Errc::Malformed, u"impossible numbers in the list of files"_s};
    FileRecord record;
    record.id = link->manifest.text();
    record.manifest = link->manifest;
    record.tag = file.tag;
    record.link = file.link;
    record.name = file.name;
    record.bytes = file.bytes;
    record.createdUtcMs = file.createdUtcMs;
    record.code = {static_cast<int>(file.k), static_cast<int>(file.n)};
    record.rootCode = {static_cast<int>(file.rootK), static_cast<int>(file.rootN)};
    record.segments = file.segments;
    record.isOfAccount = file.isOfAccount;
    record.trash = file.trash;
    record.folder = file.folder;
    record.movedUtcMs = file.movedUtcMs;
    record.modifiedUtcMs = file.modifiedUtcMs;
    return record;
}

} // namespace

QString listMark(const QString &link)
{
    const auto parsed = Capability::parse(link);
    return parsed ? parsed->manifest.text().left(18) : QString(); // the code and 64 bits
}

Result<QByteArray> writeFileList(const FileList &of)
{
    List list;
    list.after.assign(of.after.begin(),
        of.after.begin() + static_cast<qptrdiff>(std::min(of.after.size(), kListMarksMax)));
    for (const FileRecord &file : of.files) {
        if (file.isHidden)
            continue;
        list.files.push_back({file.link, file.tag, file.name, file.bytes, file.createdUtcMs,
            static_cast<quint32>(file.code.k), static_cast<quint32>(file.code.n),
            static_cast<quint32>(file.rootCode.k), static_cast<quint32>(file.rootCode.n),
            file.segments, file.isOfAccount, file.trash, file.folder, file.movedUtcMs,
            file.modifiedUtcMs});
    }
    if (std::ssize(list.files) > kListedFilesMax)
        return Error{Errc::TooLarge, u"more than %1 files"_s.arg(kListedFilesMax)};
    std::ranges::sort(list.files, {}, &Listed::link);
    return QJsonDocument(wire::encodeFields(list)).toJson(QJsonDocument::Compact);
}

Result<FileList> readFileList(const QByteArray &bytes)
{
    if (bytes.size() > kListBytesMax)
        return Error{Errc::TooLarge, u"the list of files is too large"_s};
    const auto document = QJsonDocument::fromJson(bytes);
    if (!document.isObject())
        return Error{Errc::Malformed, u"not a list of files"_s};
    const auto list = wire::decodeFields<List>(document.object());
    if (!list)
        return list.error();
    if (list->version > kVersion)
        return Error{Errc::Conflict,
            u"The list of files was written by a newer version of BorgIOS; update this one."_s};
    FileList read{{}, list->after};
    for (const Listed &file : list->files) {
        auto record = recordOf(file);
        if (!record)
            return record.error();
        read.files.push_back(*std::move(record));
    }
    return read;
}

QByteArray writeListLinks(const Account &account, const std::vector<QString> &links)
{
    ByteWriter out;
    out.number(kLinksVersion);
    out.number(static_cast<quint8>(links.size()));
    for (const QString &text : links) {
        const auto link = Capability::parseRead(text);
        BORG_ASSERT(link);
        const auto &id = link->manifest.bytes;
        out.raw({reinterpret_cast<const char *>(id.data()), std::ssize(id)});
        out.raw(link->key->view());
    }
    return sealForAccount(account, out.bytes());
}

Result<std::vector<QString>> readListLinks(const Account &account, QByteArrayView payload)
{
    const auto plain = openForAccount(account, payload);
    if (!plain)
        return plain.error();
    ByteReader in(*plain);
    const auto version = in.number<quint8>();
    const auto count = in.number<quint8>();
    if (version != kLinksVersion || count < 1 || count > kListsKept)
        return Error{Errc::Malformed, u"not the links of lists of files"_s};
    std::vector<QString> links;
    for (int i = 0; i < count; ++i) {
        Capability link;
        link.manifest.bytes = in.array<std::tuple_size_v<decltype(link.manifest.bytes)>>();
        link.key = crypto::SecretKey(in.array<crypto::SecretKey::kBytes>());
        links.push_back(link.text());
    }
    if (in.failed() || in.left() != 0)
        return Error{Errc::Malformed, u"not the links of lists of files"_s};
    return links;
}

} // namespace borg::store
