// SPDX-License-Identifier: GPL-3.0-or-later
#include "path.h"

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

/// What a file system would take for something else. Who shows a name sees to control characters.
std::optional<Error> faultOf(const QString &part)
{
    if (part == u"." || part == u"..")
        return Error{Errc::Malformed, u"\"%1\" cannot be part of a path."_s.arg(part)};
    if (part.size() > kNameCharactersMax)
        return Error{Errc::TooLarge,
            u"\"%1…\" is too long: a name has at most %2 characters."_s.arg(part.left(40))
                .arg(kNameCharactersMax)};
    if (part.contains(QChar(u'\0')))
        return Error{Errc::Malformed, u"A name holds a zero."_s};
    if (QString::fromUtf8(part.toUtf8()) != part)
        return Error{Errc::Malformed, u"A name is not valid Unicode."_s};
    return std::nullopt;
}

} // namespace

Result<QString> cleanFolder(QStringView text)
{
    const QString normal = text.toString().normalized(QString::NormalizationForm_C);
    const QStringList parts = normal.split(u'/', Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        if (auto fault = faultOf(part))
            return *std::move(fault);
    }
    QString folder = parts.join(u'/');
    if (folder.size() > kFolderCharactersMax || parts.size() > kFolderDepthMax)
        return Error{Errc::TooLarge,
            u"The folder is too deep: at most %1 characters and %2 levels."_s
                .arg(kFolderCharactersMax)
                .arg(kFolderDepthMax)};
    return folder;
}

Result<Path> cleanPath(QStringView text)
{
    const auto slash = text.lastIndexOf(u'/');
    const QString name = text.sliced(slash + 1).toString().normalized(QString::NormalizationForm_C);
    if (auto fault = faultOf(name))
        return *std::move(fault);
    auto folder = cleanFolder(text.first(std::max<qsizetype>(slash, 0)));
    if (!folder)
        return folder.error();
    return Path{*std::move(folder), name};
}

bool isWithin(QStringView folder, QStringView top)
{
    return top.isEmpty() || folder == top
        || (folder.size() > top.size() && folder.startsWith(top) && folder[top.size()] == u'/');
}

} // namespace borg::store
