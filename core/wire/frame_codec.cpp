// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame_codec.h"

#include <QtEndian>

#include <cstring>

namespace borg::wire {

using namespace Qt::Literals::StringLiterals;

namespace {
/// Virtual time per byte: the inverse of the weights 8:4:1. Class 0 does not take part.
constexpr std::array<quint64, kFrameClassCount> kStride{0, 1, 2, 8};
/// The rest of a record is not worth a slice of its own below this.
constexpr qsizetype kSliceBytesWorth = 512;
/// Before a refused class hears of room there is this much, so that it does not ask in vain.
constexpr qsizetype kRoomWorth = 64 * 1024;

qsizetype bytesOf(std::span<const char> bytes)
{
    return static_cast<qsizetype>(bytes.size());
}

std::array<uchar, kFrameHeaderBytes> headerOf(const Frame &frame)
{
    std::array<uchar, kFrameHeaderBytes> header{
        kFrameVersion, 0, static_cast<uchar>(frame.frameClass), 0};
    qToBigEndian(static_cast<quint32>(frame.head.size()), &header[4]);
    qToBigEndian(static_cast<quint32>(frame.body.size()), &header[8]);
    return header;
}

/// Copies what lies at [offset, offset + out.size()) of header | head | body.
void copyFrom(const Frame &frame, qsizetype offset, std::span<char> out)
{
    const auto copy = [&](const void *part, qsizetype size) {
        const auto bytes = std::min(size - offset, bytesOf(out));
        if (bytes > 0) {
            std::memcpy(out.data(), static_cast<const char *>(part) + offset,
                static_cast<std::size_t>(bytes));
            out = out.subspan(static_cast<std::size_t>(bytes));
        }
        offset = std::max(offset - size, qsizetype{0});
    };
    if (offset < kFrameHeaderBytes) {
        const auto header = headerOf(frame);
        copy(header.data(), kFrameHeaderBytes);
    } else {
        offset -= kFrameHeaderBytes;
    }
    copy(frame.head.constData(), frame.head.size());
    copy(frame.body.constData(), frame.body.size());
}
} // namespace

Result<Done> FrameWriter::push(const Frame &frame)
{
    if (!frame.fitsLimits())
        return Error{Errc::TooLarge, u"%1 bytes"_s.arg(frame.sizeBytes())};
    const auto at = static_cast<std::size_t>(frame.frameClass);
    Queue &queue = m_queues.at(at);
    const qsizetype cost = frame.sizeBytes() + kFrameCost;
    if (cost > roomFor(at)) {
        refuse(frame);
        return Error{Errc::Busy, {}};
    }
    if (queue.frames.isEmpty())
        queue.pass = std::max(queue.pass, m_now); // no credit for the time it had nothing to send
    queue.frames.append(frame);
    queue.queuedBytes += cost;
    m_queuedBytes += cost;
    return Done{};
}

void FrameWriter::refuse(const Frame &frame)
{
    qsizetype &refused = m_queues.at(static_cast<std::size_t>(frame.frameClass)).refusedBytes;
    refused = std::max(refused, frame.sizeBytes() + kFrameCost);
}

qsizetype FrameWriter::roomFor(std::size_t frameClass) const
{
    qsizetype room = kQueueBytesMax - m_queuedBytes;
    for (std::size_t other = 0; other < kFrameClassCount; ++other) {
        if (other != frameClass)
            room -= std::max(kReserved[other] - m_queues[other].queuedBytes, qsizetype{0});
    }
    return room;
}

bool FrameWriter::mayGo(std::size_t frameClass) const
{
    const Queue &queue = m_queues[frameClass];
    if (queue.frames.isEmpty() || queue.sentBytes > 0)
        return !queue.frames.isEmpty();
    const qsizetype reserved = frameClass == 0 ? 0 : kPartialBytesReserved;
    return m_partialBytes + queue.frames.constFirst().sizeBytes() <= kPartialBytesMax - reserved;
}

std::optional<std::size_t> FrameWriter::nextClass() const
{
    if (mayGo(0))
        return 0;
    std::optional<std::size_t> next;
    for (std::size_t at = 1; at < kFrameClassCount; ++at) {
        if (mayGo(at) && (!next || m_queues[at].pass < m_queues[*next].pass))
            next = at;
    }
    return next;
}

qsizetype FrameWriter::fill(std::span<char> out)
{
    BORG_ASSERT(bytesOf(out) >= kFillBytesMin);
    const qsizetype outBytes = bytesOf(out);
    while (const auto next = nextClass()) {
        const Queue &queue = m_queues[*next];
        const qsizetype left
            = kFrameHeaderBytes + queue.frames.constFirst().sizeBytes() - queue.sentBytes;
        const qsizetype space = bytesOf(out) - kSlicePrefixBytes;
        if (space < std::min(left, kSliceBytesWorth))
            break;
        const qsizetype bytes = kSlicePrefixBytes + std::min({left, kSliceBytesMax, space});
        writeSlice(*next, out.first(static_cast<std::size_t>(bytes)));
        out = out.subspan(static_cast<std::size_t>(bytes));
    }
    return outBytes - bytesOf(out);
}

void FrameWriter::writeSlice(std::size_t frameClass, std::span<char> slice)
{
    Queue &queue = m_queues[frameClass];
    const Frame &frame = queue.frames.constFirst();
    const qsizetype bytes = bytesOf(slice) - kSlicePrefixBytes;
    const bool isFirst = queue.sentBytes == 0;
    const bool isLast = queue.sentBytes + bytes == kFrameHeaderBytes + frame.sizeBytes();
    slice[0] = static_cast<char>(frameClass);
    slice[1] = static_cast<char>((isFirst ? kSliceFirst : 0) | (isLast ? kSliceLast : 0));
    qToBigEndian(static_cast<quint16>(bytes), &slice[2]);
    copyFrom(frame, queue.sentBytes, slice.subspan(kSlicePrefixBytes));

    queue.sentBytes += bytes;
    m_now = std::max(m_now, queue.pass);
    queue.pass += static_cast<quint64>(bytes) * kStride[frameClass];
    if (isFirst)
        m_partialBytes += frame.sizeBytes();
    if (!isLast)
        return;
    m_partialBytes -= frame.sizeBytes();
    const qsizetype cost = frame.sizeBytes() + kFrameCost;
    queue.queuedBytes -= cost;
    m_queuedBytes -= cost;
    queue.sentBytes = 0;
    queue.frames.removeFirst();
    ++m_framesWritten;
}

std::optional<FrameClass> FrameWriter::takeWritable()
{
    for (std::size_t at = 0; at < kFrameClassCount; ++at) {
        qsizetype &refused = m_queues[at].refusedBytes;
        if (refused == 0 || roomFor(at) < std::max(refused, kRoomWorth))
            continue;
        refused = 0;
        return static_cast<FrameClass>(at);
    }
    return {};
}

Result<std::optional<Frame>> FrameReader::next(QByteArrayView &input)
{
    if (m_isBroken)
        return refuse("broken before"_L1);
    while (!input.isEmpty()) {
        if (m_sliceBytes == 0) {
            if (!collect(input, kSlicePrefixBytes))
                break;
            if (const auto begun = beginSlice(); !begun)
                return begun.error();
            continue;
        }
        if (m_wantsHeader) {
            if (!collect(input, kFrameHeaderBytes))
                break;
            m_sliceBytes -= kFrameHeaderBytes;
            if (const auto begun = beginFrame(); !begun)
                return begun.error();
        } else {
            takePayload(input);
        }
        if (m_sliceBytes > 0 || (m_flags & kSliceLast) == 0)
            continue;
        Partial &partial = m_partials[m_class];
        m_partialBytes -= partial.frame.sizeBytes();
        return std::optional(std::exchange(partial, {}).frame);
    }
    return std::optional<Frame>();
}

bool FrameReader::collect(QByteArrayView &input, qsizetype wanted)
{
    const auto bytes = std::min(wanted - m_collectedBytes, input.size());
    std::memcpy(&m_collected[static_cast<std::size_t>(m_collectedBytes)], input.data(),
        static_cast<std::size_t>(bytes));
    m_collectedBytes += bytes;
    input = input.sliced(bytes);
    if (m_collectedBytes < wanted)
        return false;
    m_collectedBytes = 0;
    return true;
}

Result<Done> FrameReader::beginSlice()
{
    m_class = m_collected[0];
    m_flags = m_collected[1];
    m_sliceBytes = qFromBigEndian<quint16>(&m_collected[2]);
    m_wantsHeader = (m_flags & kSliceFirst) != 0;
    if (m_class >= kFrameClassCount)
        return refuse("no such class"_L1);
    if ((m_flags & ~(kSliceFirst | kSliceLast)) != 0)
        return refuse("unknown slice flags"_L1);
    if (m_sliceBytes == 0 || m_sliceBytes > kSliceBytesMax)
        return refuse("slice length"_L1);
    const Partial &partial = m_partials[m_class];
    if (m_wantsHeader == partial.isOpen)
        return refuse(partial.isOpen ? "frame begins within a frame"_L1 : "slice of no frame"_L1);
    if (m_wantsHeader && m_sliceBytes < kFrameHeaderBytes)
        return refuse("header is cut"_L1);
    return m_wantsHeader ? Done{} : checkLength(partial);
}

Result<Done> FrameReader::beginFrame()
{
    m_wantsHeader = false;
    const auto headBytes = qFromBigEndian<quint32>(&m_collected[4]);
    const auto bodyBytes = qFromBigEndian<quint32>(&m_collected[8]);
    if (m_collected[0] != kFrameVersion)
        return refuse("frame version"_L1);
    if (m_collected[1] != 0 || m_collected[2] != m_class || m_collected[3] != 0)
        return refuse("frame header"_L1);
    if (headBytes > Frame::kHeadBytesMax || bodyBytes > Frame::kBodyBytesMax)
        return refuse("frame length"_L1);
    if (m_partialBytes + qsizetype{headBytes} + qsizetype{bodyBytes} > kPartialBytesMax)
        return refuse("too many bytes under way"_L1);

    Partial &partial = m_partials[m_class];
    partial.isOpen = true;
    partial.gotBytes = 0;
    partial.frame.frameClass = static_cast<FrameClass>(m_class);
    if (headBytes > 0)
        partial.frame.head = QByteArray(qsizetype{headBytes}, Qt::Uninitialized);
    if (bodyBytes > 0)
        partial.frame.body = QByteArray(qsizetype{bodyBytes}, Qt::Uninitialized);
    m_partialBytes += partial.frame.sizeBytes();
    return checkLength(partial);
}

Result<Done> FrameReader::checkLength(const Partial &partial)
{
    const bool isLast = (m_flags & kSliceLast) != 0;
    const bool fits
        = isLast ? m_sliceBytes == partial.missingBytes() : m_sliceBytes < partial.missingBytes();
    if (!fits)
        return refuse("slices do not add up"_L1);
    return Done{};
}

void FrameReader::takePayload(QByteArrayView &input)
{
    Partial &partial = m_partials[m_class];
    Frame &frame = partial.frame;
    const bool inHead = partial.gotBytes < frame.head.size();
    QByteArray &part = inHead ? frame.head : frame.body;
    const qsizetype at = inHead ? partial.gotBytes : partial.gotBytes - frame.head.size();
    const auto bytes = std::min({input.size(), m_sliceBytes, part.size() - at});
    std::memcpy(part.data() + at, input.data(), static_cast<std::size_t>(bytes));
    input = input.sliced(bytes);
    partial.gotBytes += bytes;
    m_sliceBytes -= bytes;
}

Error FrameReader::refuse(QLatin1StringView why)
{
    m_isBroken = true;
    for (Partial &partial : m_partials)
        partial = {};
    m_partialBytes = 0;
    return {Errc::Malformed, why};
}

} // namespace borg::wire
