// SPDX-License-Identifier: GPL-3.0-or-later
#include <sim/sim_rng.h>
#include <wire/frame_codec.h>

#include <QTest>
#include <QtEndian>

using namespace borg;
using namespace borg::wire;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray noise(Rng &rng, qsizetype size)
{
    QByteArray bytes(size + 4, Qt::Uninitialized);
    for (qsizetype at = 0; at < size; at += 4)
        qToBigEndian(rng.bits(), bytes.data() + at);
    bytes.truncate(size);
    return bytes;
}

Frame randomFrame(Rng &rng)
{
    constexpr std::array<quint32, 5> kSizes{1, 30, 2000, 40'000, 300'000};
    Frame frame;
    frame.frameClass = static_cast<FrameClass>(rng.below(4));
    frame.head = noise(rng, rng.below(rng.below(10) == 0 ? 65'537 : 300));
    frame.body = noise(rng, rng.below(kSizes[rng.below(5)]));
    return frame;
}

bool same(const Frame &a, const Frame &b)
{
    return a.frameClass == b.frameClass && a.head == b.head && a.body == b.body;
}

QByteArray drain(FrameWriter &writer, qsizetype chunk = 16 * 1024)
{
    QByteArray all;
    QByteArray out(chunk, Qt::Uninitialized);
    while (const auto bytes = writer.fill(out))
        all += out.first(bytes);
    return all;
}

/// All frames of `bytes`, fed in pieces of the sizes that `piece` gives.
Result<std::vector<Frame>> readAll(QByteArrayView bytes, const std::function<qsizetype()> &piece)
{
    FrameReader reader;
    std::vector<Frame> frames;
    while (!bytes.isEmpty()) {
        QByteArrayView input = bytes.first(std::min(piece(), bytes.size()));
        bytes = bytes.sliced(input.size());
        while (!input.isEmpty()) {
            auto frame = reader.next(input);
            if (!frame)
                return frame.error();
            if (*frame)
                frames.push_back(**std::move(frame));
        }
    }
    return frames;
}

QByteArray slice(quint8 frameClass, quint8 flags, const QByteArray &payload)
{
    QByteArray bytes;
    bytes += static_cast<char>(frameClass);
    bytes += static_cast<char>(flags);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size());
    return bytes + payload;
}

QByteArray header(quint8 frameClass, quint32 headBytes, quint32 bodyBytes)
{
    QByteArray bytes(kFrameHeaderBytes, '\0');
    bytes[0] = kFrameVersion;
    bytes[2] = static_cast<char>(frameClass);
    qToBigEndian(headBytes, bytes.data() + 4);
    qToBigEndian(bodyBytes, bytes.data() + 8);
    return bytes;
}

Errc verdict(const QByteArray &bytes)
{
    const auto frames = readAll(bytes, [] { return 1'000'000; });
    return frames ? Errc{} : frames.error().code;
}

} // namespace

class FrameCodecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theBytesAreThoseOfTheDesign()
    {
        FrameWriter writer;
        QVERIFY(writer.push({FrameClass::Normal, "{}", "abc"}));
        QCOMPARE(drain(writer).toHex(' '),
            "02 03 00 11 01 00 02 00 00 00 00 02 00 00 00 03 7b 7d 61 62 63"_ba);
        QVERIFY(writer.isEmpty());
    }

    void framesSurviveAnyCutting_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 60; ++seed)
            QTest::addRow("%d", int(seed)) << seed;
    }
    /// Whatever is queued, however it is drained and cut on the way, each class arrives whole, in
    /// order, and nothing else does.
    void framesSurviveAnyCutting()
    {
        QFETCH(quint64, seed);
        sim::SimRng rng(seed);
        FrameWriter writer;
        QByteArray sent;
        std::array<std::vector<Frame>, kFrameClassCount> expected;
        QByteArray out(1024 + rng.below(40'000), Qt::Uninitialized);
        for (int round = 0; round < 60; ++round) {
            const Frame frame = randomFrame(rng);
            if (writer.push(frame))
                expected.at(std::size_t(frame.frameClass)).push_back(frame);
            for (quint32 fills = rng.below(6); fills > 0; --fills)
                sent += out.first(writer.fill(out));
        }
        sent += drain(writer);

        const bool isTiny = rng.below(4) == 0;
        const auto got = readAll(
            sent, [&]() -> qsizetype { return isTiny ? 1 + rng.below(3) : 1 + rng.below(20'000); });
        QVERIFY2(got, got ? "" : qPrintable(got.error().detail));
        std::array<std::size_t, kFrameClassCount> next{};
        for (const Frame &frame : *got) {
            const auto at = std::size_t(frame.frameClass);
            QVERIFY(next.at(at) < expected.at(at).size());
            QVERIFY(same(frame, expected.at(at)[next.at(at)++]));
        }
        for (std::size_t at = 0; at < kFrameClassCount; ++at)
            QCOMPARE(next.at(at), expected.at(at).size());
    }

    void framesSurviveByteByByte()
    {
        FrameWriter writer;
        QVERIFY(writer.push({FrameClass::Bulk, "head", QByteArray(50'000, 'b')}));
        QVERIFY(writer.push({FrameClass::Control, {}, {}}));
        const auto got = readAll(drain(writer), [] { return 1; });
        QVERIFY(got);
        QCOMPARE(got->size(), 2U);
        QCOMPARE(got->back().body, QByteArray(50'000, 'b'));
    }

    /// 30 KiB of control traffic wait behind at most one slice of a bulk frame that has begun.
    void controlOvertakesBulk()
    {
        FrameWriter writer;
        QVERIFY(writer.push({FrameClass::Bulk, {}, QByteArray(1'000'000, 'b')}));
        QByteArray sent = QByteArray(16 * 1024, '\0');
        sent.resize(writer.fill(sent));
        QVERIFY(writer.push({FrameClass::Control, {}, QByteArray(30'000, 'c')}));
        sent += drain(writer);

        const auto got = readAll(sent.first(5 * 16 * 1024), [] { return 1'000'000; });
        QVERIFY(got);
        QCOMPARE(got->size(), 1U);
        QCOMPARE(got->front().frameClass, FrameClass::Control);
    }

    /// With all classes waiting, bytes leave in the proportion 8:4:1.
    void classesShareByWeight()
    {
        FrameWriter writer;
        std::array<qsizetype, kFrameClassCount> bytes{};
        FrameReader reader;
        QByteArray out(16 * 1024, Qt::Uninitialized);
        for (int round = 0; round < 5'000; ++round) {
            // Keep each class supplied, whatever the others do.
            for (const auto frameClass :
                {FrameClass::Interactive, FrameClass::Normal, FrameClass::Bulk})
                (void)writer.push({frameClass, {}, QByteArray(50'000, 'x')}).ok();
            const qsizetype filled = writer.fill(out);
            QByteArrayView input = QByteArrayView(out).first(filled);
            while (!input.isEmpty()) {
                auto frame = reader.next(input);
                QVERIFY(frame);
                if (*frame)
                    bytes.at(std::size_t((*frame)->frameClass)) += (*frame)->body.size();
            }
        }
        const double unit = double(bytes[3]);
        QVERIFY(unit > 0);
        QVERIFY2(
            std::abs(double(bytes[1]) / unit - 8) < 0.8, qPrintable(QString::number(bytes[1])));
        QVERIFY2(
            std::abs(double(bytes[2]) / unit - 4) < 0.4, qPrintable(QString::number(bytes[2])));
    }

    /// A queue refuses, remembers it, and says once that there is room again.
    void aFullQueueSaysBusyThenWritable()
    {
        FrameWriter writer;
        const Frame bulk{FrameClass::Bulk, {}, QByteArray(500'000, 'b')};
        int queued = 0;
        while (writer.push(bulk))
            ++queued;
        QCOMPARE(queued, 7);
        QVERIFY(writer.queuedBytes() <= FrameWriter::kQueueBytesMax);
        QVERIFY(!writer.takeWritable());

        // What bulk filled leaves the other classes their shares.
        QVERIFY(writer.push({FrameClass::Control, {}, QByteArray(120'000, 'c')}));
        QVERIFY(writer.push({FrameClass::Interactive, {}, QByteArray(120'000, 'i')}));
        QVERIFY(writer.push({FrameClass::Normal, {}, QByteArray(120'000, 'n')}));
        QVERIFY(writer.queuedBytes() <= FrameWriter::kQueueBytesMax);

        QByteArray out(16 * 1024, Qt::Uninitialized);
        std::optional<FrameClass> told;
        while (!told && writer.fill(out) > 0)
            told = writer.takeWritable();
        QCOMPARE(told, FrameClass::Bulk);
        QVERIFY(!writer.takeWritable());
        QVERIFY(writer.push(bulk));
    }

    void emptyFramesAreNotFree()
    {
        FrameWriter writer;
        qsizetype queued = 0;
        while (writer.push({FrameClass::Normal, {}, {}}))
            ++queued;
        QVERIFY(queued <= FrameWriter::kQueueBytesMax / FrameWriter::kFrameCost);
    }

    void tooLargeAFrameIsRefused()
    {
        FrameWriter writer;
        QCOMPARE(writer.push({FrameClass::Bulk, {}, QByteArray(Frame::kBodyBytesMax + 1, 'b')})
                     .error()
                     .code,
            Errc::TooLarge);
        QCOMPARE(writer.push({FrameClass::Bulk, QByteArray(Frame::kHeadBytesMax + 1, 'h'), {}})
                     .error()
                     .code,
            Errc::TooLarge);
        QVERIFY(writer.push({FrameClass::Bulk, QByteArray(Frame::kHeadBytesMax, 'h'),
            QByteArray(Frame::kBodyBytesMax, 'b')}));
    }

    /// The largest frames of all classes at once: the writer never has more under way than the
    /// reader takes.
    void theLargestFramesOfAllClassesPass()
    {
        FrameWriter writer;
        for (const auto frameClass :
            {FrameClass::Bulk, FrameClass::Normal, FrameClass::Interactive})
            QVERIFY(writer.push(
                {frameClass, QByteArray(60'000, 'h'), QByteArray(Frame::kBodyBytesMax, 'b')}));
        QByteArray sent(40 * 1024, Qt::Uninitialized);
        sent.resize(writer.fill(sent));
        QVERIFY(writer.push({FrameClass::Control, {}, QByteArray(100'000, 'c')}));
        const auto got = readAll(sent + drain(writer), [] { return 10'000; });
        QVERIFY2(got, got ? "" : qPrintable(got.error().detail));
        QCOMPARE(got->size(), 4U);
    }

    void brokenBytesAreMalformed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto h = [](quint32 head, quint32 body) { return header(2, head, body); };
        QTest::newRow("class 4") << slice(4, 3, header(4, 0, 0));
        QTest::newRow("slice flag 4") << slice(2, 7, h(0, 0));
        QTest::newRow("length 0") << slice(2, 3, {});
        QTest::newRow("length above a slice")
            << slice(2, 1, h(0, 20'000) + QByteArray(16'369, 'x'));
        QTest::newRow("header cut") << slice(2, 1, h(0, 5).first(11));
        QTest::newRow("version") << slice(2, 3, h(0, 0).replace(0, 1, "\2"));
        QTest::newRow("flags") << slice(2, 3, h(0, 0).replace(1, 1, "\1"));
        QTest::newRow("other class") << slice(2, 3, header(1, 0, 0));
        QTest::newRow("reserved") << slice(2, 3, h(0, 0).replace(3, 1, "\1"));
        QTest::newRow("head too long") << slice(2, 1, h(64 * 1024 + 1, 0));
        QTest::newRow("body too long") << slice(2, 1, h(0, 1024 * 1024 + 1));
        QTest::newRow("giant") << slice(2, 1, h(0xffffffff, 0xffffffff));
        QTest::newRow("starts in the middle") << slice(2, 0, "abc");
        QTest::newRow("starts twice") << slice(2, 1, h(0, 9) + "a") + slice(2, 1, h(0, 9));
        QTest::newRow("last too early") << slice(2, 3, h(0, 9) + "a");
        QTest::newRow("last missing") << slice(2, 1, h(0, 1) + "a");
        QTest::newRow("more than declared") << slice(2, 3, h(0, 1) + "ab");
        QTest::newRow("second slice too long") << slice(2, 1, h(0, 9)) + slice(2, 2, "0123456789");
        QTest::newRow("2 MiB under way")
            << slice(1, 1, header(1, 65'536, 1'048'576)) + slice(2, 1, h(0, 1'000'000));
    }
    void brokenBytesAreMalformed()
    {
        QFETCH(QByteArray, bytes);
        QCOMPARE(verdict(bytes), Errc::Malformed);
        QCOMPARE(verdict(slice(0, 3, header(0, 0, 0)) + bytes), Errc::Malformed);
    }

    void nothingComesAfterABrokenRule()
    {
        FrameReader reader;
        const QByteArray bytes = slice(9, 3, header(0, 0, 0)) + slice(0, 3, header(0, 0, 0));
        QByteArrayView input = bytes;
        QVERIFY(!reader.next(input));
        QVERIFY(!reader.next(input));
        QCOMPARE(reader.partialBytes(), 0);
    }

    /// The reader holds what it was promised and no more, and gives it back.
    void partialBytesAreCounted()
    {
        FrameReader reader;
        const QByteArray bytes = slice(3, 1, header(3, 2, 1000) + "hh");
        const QByteArray rest = slice(3, 2, QByteArray(1000, 'b'));
        QByteArrayView input = bytes;
        const auto none = reader.next(input);
        QVERIFY(none && !none->has_value());
        QCOMPARE(reader.partialBytes(), 1002);
        input = rest;
        QVERIFY((*reader.next(input)).has_value());
        QCOMPARE(reader.partialBytes(), 0);
    }
};

QTEST_GUILESS_MAIN(FrameCodecTest)
#include "frame_codec_test.moc"
