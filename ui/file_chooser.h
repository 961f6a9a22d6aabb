// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QUrl>

#include <functional>

namespace borg::ui {

/// Asks the person for files. Returns at once; the answer comes when the dialog closes, and never
/// when it is cancelled.
class FileChooser : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Files of this computer to add.
    virtual void chooseFiles(std::function<void(QList<QUrl>)> chosen) = 0;
    /// A folder of this computer: to add it, or to save into it.
    virtual void chooseFolder(std::function<void(QUrl)> chosen) = 0;
    /// Where to save; the person has agreed to replace what is there.
    /// @param name is offered; empty: none is known.
    virtual void chooseTarget(const QString &name, std::function<void(QUrl)> chosen) = 0;
};

} // namespace borg::ui
