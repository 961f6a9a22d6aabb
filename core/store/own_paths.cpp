// SPDX-License-Identifier: GPL-3.0-or-later
#include "own_files.h"

/// Own files by where they stand: folders, and the versions of a file.
namespace borg::store {

using namespace Qt::Literals::StringLiterals;

QString OwnFiles::keyOf(const FileRecord &record)
{
    // What has no name is a file of its own; no path holds two slashes.
    return record.name.isEmpty() ? record.folder + u"//"_s + record.id : record.path().text();
}

void OwnFiles::insert(std::vector<const Own *> &versions, const Own &own)
{
    const auto at = std::ranges::lower_bound(versions, own.record.order(), std::greater{},
        [](const Own *other) { return other->record.order(); });
    versions.insert(at, &own);
}

void OwnFiles::place(const Own &own)
{
    m_byTag[own.record.tag] = own.record.id;
    if (!own.record.isHidden && !own.record.isInTrash())
        insert(m_paths[keyOf(own.record)], own);
}

void OwnFiles::unplace(const Own &own)
{
    const auto found = m_paths.find(keyOf(own.record));
    if (found == m_paths.end())
        return;
    std::erase(found->second, &own);
    if (found->second.empty())
        m_paths.erase(found);
}

FileInfo OwnFiles::infoOf(const std::vector<const Own *> &versions)
{
    FileInfo info = versions.front()->info;
    info.versions = static_cast<int>(versions.size()) - 1;
    return info;
}

std::ranges::subrange<OwnFiles::Paths::const_iterator> OwnFiles::pathsBelow(
    const QString &folder) const
{
    if (folder.isEmpty())
        return {m_paths.begin(), m_paths.end()};
    return {m_paths.lower_bound(folder + u'/'), m_paths.lower_bound(folder + QChar(u'/' + 1))};
}

FolderContent OwnFiles::content(const QString &folder) const
{
    FolderContent content;
    const qsizetype skip = folder.isEmpty() ? 0 : folder.size() + 1;
    std::map<QString, FolderInfo> folders;
    for (const auto &[path, versions] : pathsBelow(folder)) {
        const FileRecord &record = versions.front()->record;
        if (record.folder == folder) {
            content.files.push_back(infoOf(versions));
            continue;
        }
        const QString name = record.folder.sliced(skip).section(u'/', 0, 0);
        FolderInfo &inner = folders[name];
        inner.name = name;
        ++inner.files;
        inner.bytes += record.bytes;
    }
    for (auto &[name, inner] : folders)
        content.folders.push_back(std::move(inner));
    std::ranges::stable_sort(content.files, {}, &FileInfo::name);
    return content;
}

std::vector<FileRecord> OwnFiles::versions(const Path &path) const
{
    std::vector<FileRecord> records;
    if (const auto found = m_paths.find(path.text()); found != m_paths.end()) {
        for (const Own *own : found->second)
            records.push_back(own->record);
    }
    return records;
}

std::vector<FileRecord> OwnFiles::trashedWith(const FileRecord &file) const
{
    std::vector<FileRecord> records;
    for (const auto &[id, own] : m_files) {
        const bool isNamed = !file.name.isEmpty() || id == file.id;
        if (isNamed && !own.record.isHidden && own.record.trash == file.trash
            && own.record.path() == file.path())
            records.push_back(own.record);
    }
    std::ranges::sort(records, std::greater{}, &FileRecord::order);
    return records;
}

std::vector<FileRecord> OwnFiles::below(const QString &folder) const
{
    std::vector<FileRecord> records;
    for (const auto &[path, versions] : pathsBelow(folder))
        records.push_back(versions.front()->record);
    return records;
}

bool OwnFiles::isFolder(const QString &folder) const
{
    return folder.isEmpty() || !pathsBelow(folder).empty();
}

QString OwnFiles::obstacleTo(const Path &path) const
{
    if (!path.name.isEmpty() && isFolder(path.text()))
        return path.text();
    for (qsizetype end = path.folder.size(); end > 0;
        end = path.folder.lastIndexOf(u'/', end - 1)) {
        if (const QString above = path.folder.first(end); m_paths.contains(above))
            return above;
    }
    return {};
}

std::vector<FileRecord> OwnFiles::supersededBefore(qint64 utcMs) const
{
    std::vector<FileRecord> records;
    for (const auto &[path, versions] : m_paths) {
        for (std::size_t i = 1; i < versions.size(); ++i) {
            if (versions[i - 1]->record.order().first < utcMs)
                records.push_back(versions[i]->record);
        }
    }
    return records;
}

} // namespace borg::store
