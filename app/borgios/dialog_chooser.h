// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFileDialog>

#include <file_chooser.h>
#include <memory>

namespace borg::desktop {

/// The file dialogs of the desktop, or Qt's where the desktop has none. One at a time.
class DialogChooser final : public ui::FileChooser {
    Q_OBJECT

public:
    using FileChooser::FileChooser;

    void chooseFiles(std::function<void(QList<QUrl>)> chosen) override;
    void chooseFolder(std::function<void(QUrl)> chosen) override;
    void chooseTarget(const QString &name, std::function<void(QUrl)> chosen) override;

private:
    std::unique_ptr<QFileDialog> m_dialog;
};

} // namespace borg::desktop
