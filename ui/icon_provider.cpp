// SPDX-License-Identifier: GPL-3.0-or-later
#include "icon_provider.h"

#include <QFile>
#include <QPainter>
#include <QQmlEngine>
#include <QSvgRenderer>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

IconProvider::IconProvider()
    : QQuickImageProvider(QQuickImageProvider::Pixmap)
{
}

QPixmap IconProvider::requestPixmap(const QString &id, QSize *size, const QSize &requestedSize)
{
    const auto name = id.section(u'?', 0, 0);
    const QColor color(u"#"_s + id.section(u'?', 1, 1));
    const auto wanted = requestedSize.isValid() ? requestedSize : QSize(24, 24);
    if (size)
        *size = wanted;
    return draw(name, color.isValid() ? color : QColor(Qt::black), wanted);
}

QPixmap IconProvider::draw(const QString &name, const QColor &color, const QSize &size)
{
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QFile file(u":/borg/icons/"_s + name + u".svg"_s);
    if (!file.open(QIODevice::ReadOnly)) {
        qWarning("no icon named %s", qUtf8Printable(name));
        return pixmap;
    }
    auto svg = file.readAll();
    svg.replace("currentColor", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    renderer.setAspectRatioMode(Qt::KeepAspectRatio);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    return pixmap;
}

QIcon IconProvider::icon(const QString &name, const QColor &color)
{
    QIcon icon;
    for (const int side : {16, 22, 24, 32, 48, 64, 128})
        icon.addPixmap(draw(name, color, {side, side}));
    return icon;
}

void IconProvider::install(QQmlEngine &engine)
{
    engine.addImageProvider(u"icon"_s, new IconProvider); // the engine owns it
}

} // namespace borg::ui
