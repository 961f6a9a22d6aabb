// SPDX-License-Identifier: GPL-3.0-or-later
#include "qr_code.h"

#include <qrencode.h>

#include <memory>

namespace borg::qr {

using namespace Qt::Literals::StringLiterals;

Result<QrCode> qrOf(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    if (bytes.isEmpty())
        return Error{Errc::Malformed, u"There is nothing to draw."_s};
    if (bytes.size() > QrCode::kBytesMax)
        return Error{Errc::TooLarge, u"The text is too long for a QR code."_s};
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> drawn(
        QRcode_encodeData(static_cast<int>(bytes.size()),
            reinterpret_cast<const unsigned char *>(bytes.constData()), 0, QR_ECLEVEL_L),
        &QRcode_free);
    if (!drawn)
        return Error{Errc::Storage, u"The QR code could not be drawn."_s};
    QrCode code{drawn->width, {}};
    const auto count
        = static_cast<std::size_t>(drawn->width) * static_cast<std::size_t>(drawn->width);
    code.dark.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        code.dark.push_back((drawn->data[i] & 1) != 0);
    return code;
}

QString terminal(const QrCode &code)
{
    // Light modules are drawn: terminals are mostly dark, and a scanner wants light around.
    const auto isLight = [&code](int x, int y) { return !code.isDark(x, y); };
    constexpr int kQuiet = QrCode::kQuiet;
    QString text;
    for (int y = -kQuiet; y < code.size + kQuiet; y += 2) {
        for (int x = -kQuiet; x < code.size + kQuiet; ++x) {
            const bool upper = isLight(x, y);
            const bool lower = y + 1 < code.size + kQuiet && isLight(x, y + 1);
            text += upper && lower ? u'█' : upper ? u'▀' : lower ? u'▄' : u' ';
        }
        text += u'\n';
    }
    return text;
}

QByteArray svg(const QrCode &code)
{
    const int side = code.size + 2 * QrCode::kQuiet;
    QByteArray path;
    for (int y = 0; y < code.size; ++y) {
        for (int x = 0; x < code.size; ++x) {
            if (code.isDark(x, y))
                path += "M" + QByteArray::number(x + QrCode::kQuiet) + ","
                    + QByteArray::number(y + QrCode::kQuiet) + "h1v1h-1z";
        }
    }
    const QByteArray size = QByteArray::number(side);
    return R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + size + " " + size
        + R"(" shape-rendering="crispEdges"><rect width=")" + size + R"(" height=")" + size
        + R"(" fill="#fff"/><path fill="#000" d=")" + path + "\"/></svg>\n";
}

} // namespace borg::qr
