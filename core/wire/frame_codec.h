// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>
#include <wire/frame.h>

#include <QList>

#include <array>
#include <optional>
#include <span>

/// How frames cross a link, as pure functions of bytes: no I/O, no clock.
///
/// A frame is `u8 version=1 | u8 flags=0 | u8 class | u8 0 | u32 headLen | u32 bodyLen | head |
/// body`. It is cut into slices `u8 class | u8 flags | u16 length | bytes`, so that frames of
/// different classes interleave; frames of one class follow each other whole. Flag 1 marks a
/// frame's first slice, which holds the 12 bytes of the header whole, flag 2 its last. Numbers are
/// big-endian.
namespace borg::wire {

inline constexpr quint8 kFrameVersion = 1;
inline constexpr qsizetype kFrameHeaderBytes = 12;
inline constexpr qsizetype kSlicePrefixBytes = 4;
/// A slice and its prefix fill one TLS record of 16 KiB.
inline constexpr qsizetype kSliceBytesMax = 16 * 1024 - kSlicePrefixBytes;
inline constexpr quint8 kSliceFirst = 1;
inline constexpr quint8 kSliceLast = 2;
/// Heads and bodies of the frames that are under way in one direction of a link: a reader refuses
/// more, a writer does not begin more. Classes above 0 leave the reserve of class 0 free.
inline constexpr qsizetype kPartialBytesMax = 2 * 1024 * 1024;
inline constexpr qsizetype kPartialBytesReserved = 128 * 1024;

/// The queues of one link, and the order in which they leave: class 0 before all others, which
/// share by weights 8:4:1. A class that waits loses nothing to one that comes and goes.
class FrameWriter {
public:
    /// What all classes may hold together, each frame counted with kFrameCost.
    static constexpr qsizetype kQueueBytesMax = 4 * 1024 * 1024;
    /// What each class may still queue when the classes after it have filled the rest.
    static constexpr std::array<qsizetype, kFrameClassCount> kReserved{
        128 * 1024, 128 * 1024, 128 * 1024, 0};
    static constexpr qsizetype kFrameCost = 128; ///< So that empty frames are not free.
    /// fill() needs room for this much at least.
    static constexpr qsizetype kFillBytesMin = 1024;

    /// @return Done, TooLarge, or Busy: nothing was queued; takeWritable() will name the class.
    Result<Done> push(const Frame &frame);

    /// Remembers that the owner refused `frame` for a reason of its own: takeWritable() will name
    /// its class.  @pre !isEmpty()
    void refuse(const Frame &frame);

    /// Writes slices to the front of `out`: as much as waits, or as fits.
    /// @return the bytes written; 0 when nothing waits.  @pre out.size() >= kFillBytesMin
    qsizetype fill(std::span<char> out);

    /// @return a class that was refused and has room again; each refusal is answered once. To be
    /// asked after fill(), until it has none.
    std::optional<FrameClass> takeWritable();

    [[nodiscard]] bool isEmpty() const { return m_queuedBytes == 0; }
    /// Costs included; falls to 0 when the last byte was handed out.
    [[nodiscard]] qsizetype queuedBytes() const { return m_queuedBytes; }
    [[nodiscard]] quint64 framesWritten() const { return m_framesWritten; }

private:
    struct Queue {
        QList<Frame> frames; ///< The first may be under way.
        qsizetype sentBytes = 0; ///< Of the first: header, head and body.
        qsizetype queuedBytes = 0;
        qsizetype refusedBytes = 0; ///< Cost of a frame that was refused; 0 = none was.
        quint64 pass = 0; ///< Virtual time at which this class is served next.
    };

    [[nodiscard]] qsizetype roomFor(std::size_t frameClass) const;
    [[nodiscard]] bool mayGo(std::size_t frameClass) const;
    [[nodiscard]] std::optional<std::size_t> nextClass() const;
    void writeSlice(std::size_t frameClass, std::span<char> slice);

    std::array<Queue, kFrameClassCount> m_queues;
    qsizetype m_queuedBytes = 0;
    qsizetype m_partialBytes = 0;
    quint64 m_now = 0; ///< Virtual time: the pass of the class served last.
    quint64 m_framesWritten = 0;
};

/// Puts the frames of one link together again. Each head and body is allocated once, after its
/// length was checked, and filled in place.
class FrameReader {
public:
    /// Takes bytes from the front of `input` until a frame is whole or `input` is empty.
    ///
    /// @return a frame, or none when `input` is used up, or Malformed: the peer broke a rule. From
    ///         then on it is always Malformed; the link is to be cut.
    Result<std::optional<Frame>> next(QByteArrayView &input);

    /// Heads and bodies allocated for frames that are not whole yet.
    [[nodiscard]] qsizetype partialBytes() const { return m_partialBytes; }

private:
    struct Partial {
        Frame frame;
        qsizetype gotBytes = 0; ///< Of head and body.
        bool isOpen = false;

        [[nodiscard]] qsizetype missingBytes() const { return frame.sizeBytes() - gotBytes; }
    };

    Result<Done> beginSlice();
    Result<Done> beginFrame();
    Result<Done> checkLength(const Partial &partial);
    void takePayload(QByteArrayView &input);
    bool collect(QByteArrayView &input, qsizetype wanted);
    Error refuse(QLatin1StringView why);

    std::array<Partial, kFrameClassCount> m_partials;
    std::array<uchar, kFrameHeaderBytes> m_collected{}; ///< Of a prefix or of a header.
    qsizetype m_collectedBytes = 0;
    qsizetype m_sliceBytes = 0; ///< Still to come of the slice; 0 = a prefix comes next.
    qsizetype m_partialBytes = 0;
    std::size_t m_class = 0;
    quint8 m_flags = 0;
    bool m_wantsHeader = false;
    bool m_isBroken = false;
};

} // namespace borg::wire
