// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <file_chooser.h>

namespace borg::ui {

/// Chooses at once what a test laid ready.
class FakeChooser final : public FileChooser {
    Q_OBJECT

public:
    using FileChooser::FileChooser;

    void chooseFiles(std::function<void(QList<QUrl>)> chosen) override
    {
        chosen({QUrl(QStringLiteral("file:///home/ada/a file.txt"))});
    }
    void chooseFolder(std::function<void(QUrl)> chosen) override
    {
        chosen(QUrl(QStringLiteral("file:///home/ada/photos")));
    }
    void chooseTarget(const QString &name, std::function<void(QUrl)> chosen) override
    {
        chosen(QUrl::fromLocalFile(
            QStringLiteral("/home/ada/") + (name.isEmpty() ? QStringLiteral("unnamed") : name)));
    }
};

} // namespace borg::ui
