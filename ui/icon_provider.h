// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QQuickImageProvider>

class QQmlEngine;

namespace borg::ui {

/// Our SVG pictures in any colour and size: `image://icon/storage?5AA9FF`. `currentColor` in a
/// picture becomes that colour, so one file serves both themes and every scene graph backend.
class IconProvider : public QQuickImageProvider {
public:
    IconProvider();

    QPixmap requestPixmap(const QString &id, QSize *size, const QSize &requestedSize) override;

    /// @return the picture `name` of resources/icons, drawn at `size` pixels.
    [[nodiscard]] static QPixmap draw(const QString &name, const QColor &color, const QSize &size);
    /// @return it in the sizes that trays and title bars ask for.
    [[nodiscard]] static QIcon icon(const QString &name, const QColor &color);
    /// Makes `image://icon/…` work in `engine`.
    static void install(QQmlEngine &engine);
};

} // namespace borg::ui
