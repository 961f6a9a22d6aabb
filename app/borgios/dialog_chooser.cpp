// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialog_chooser.h"

#include <QStandardPaths>

namespace borg::desktop {

void DialogChooser::chooseFiles(std::function<void(QList<QUrl>)> chosen)
{
    m_dialog = std::make_unique<QFileDialog>(nullptr, tr("Add files to the network"),
        QStandardPaths::writableLocation(QStandardPaths::HomeLocation));
    m_dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(m_dialog.get(), &QDialog::accepted, this,
        [this, chosen = std::move(chosen)] { chosen(m_dialog->selectedUrls()); });
    m_dialog->open();
}

void DialogChooser::chooseFolder(std::function<void(QUrl)> chosen)
{
    m_dialog = std::make_unique<QFileDialog>(nullptr, tr("Choose a folder"),
        QStandardPaths::writableLocation(QStandardPaths::HomeLocation));
    m_dialog->setFileMode(QFileDialog::Directory);
    m_dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(m_dialog.get(), &QDialog::accepted, this, [this, chosen = std::move(chosen)] {
        if (const auto urls = m_dialog->selectedUrls(); !urls.isEmpty())
            chosen(urls.first());
    });
    m_dialog->open();
}

void DialogChooser::chooseTarget(const QString &name, std::function<void(QUrl)> chosen)
{
    m_dialog = std::make_unique<QFileDialog>(nullptr, tr("Save the file as"),
        QStandardPaths::writableLocation(QStandardPaths::DownloadLocation));
    m_dialog->setAcceptMode(QFileDialog::AcceptSave);
    m_dialog->setFileMode(QFileDialog::AnyFile);
    m_dialog->selectFile(name);
    connect(m_dialog.get(), &QDialog::accepted, this, [this, chosen = std::move(chosen)] {
        if (const auto urls = m_dialog->selectedUrls(); !urls.isEmpty())
            chosen(urls.first());
    });
    m_dialog->open();
}

} // namespace borg::desktop
