// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <qr/qr_code.h>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

class QrCodeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aScannerReadsWhatWasDrawn()
    {
        const QString zbarimg = QStandardPaths::findExecutable(u"zbarimg"_s);
        if (zbarimg.isEmpty())
            QSKIP("SKIPPED, nothing was checked: zbarimg is not installed (zbar-tools)");
        const QString link = u"borg:join/"_s + QString(700, u'x') + u"-_Ab0"_s;
        const auto code = qr::qrOf(link);
        QVERIFY(code.ok());
        // A picture that needs no library: PGM, 4 dots a module.
        constexpr int kDots = 4;
        const int side = (code->size + 2 * qr::QrCode::kQuiet) * kDots;
        QByteArray picture
            = "P5 " + QByteArray::number(side) + " " + QByteArray::number(side) + " 255\n";
        for (int y = 0; y < side; ++y) {
            for (int x = 0; x < side; ++x)
                picture
                    += code->isDark(x / kDots - qr::QrCode::kQuiet, y / kDots - qr::QrCode::kQuiet)
                    ? '\0'
                    : '\xff';
        }
        QTemporaryDir folder;
        QFile file(folder.path() + u"/code.pgm"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(picture), picture.size());
        file.close();
        QProcess scan;
        scan.start(zbarimg, {u"--quiet"_s, u"--raw"_s, file.fileName()});
        QVERIFY(scan.waitForFinished(30'000));
        QCOMPARE(QString::fromUtf8(scan.readAllStandardOutput().trimmed()), link);
    }

    void theTerminalShowsEveryModuleAndTheQuietZone()
    {
        const auto code = qr::qrOf(u"borg:join/x"_s);
        QVERIFY(code.ok());
        const QStringList lines = qr::terminal(*code).chopped(1).split(u'\n');
        const int side = code->size + 2 * qr::QrCode::kQuiet;
        QCOMPARE(lines.size(), (side + 1) / 2);
        for (int y = 0; y < side; ++y) {
            for (int x = 0; x < side; ++x) {
                const QChar shown = lines[y / 2][x];
                const bool isLight = shown == u'█' || shown == (y % 2 == 0 ? u'▀' : u'▄');
                QCOMPARE(isLight, !code->isDark(x - qr::QrCode::kQuiet, y - qr::QrCode::kQuiet));
            }
        }
    }

    void thePictureHasAPathForEveryDarkModule()
    {
        const auto code = qr::qrOf(u"borg:join/x"_s);
        QCOMPARE(qr::svg(*code).count('M'), std::ranges::count(code->dark, true));
    }

    void whatDoesNotFitIsRefused()
    {
        QCOMPARE(name(qr::qrOf({}).error().code), name(Errc::Malformed));
        QCOMPARE(name(qr::qrOf(QString(2954, u'x')).error().code), name(Errc::TooLarge));
        QVERIFY(qr::qrOf(QString(2953, u'x')).ok());
    }
};

QTEST_APPLESS_MAIN(QrCodeTest)
#include "qr_code_test.moc"
