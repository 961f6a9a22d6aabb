// SPDX-License-Identifier: GPL-3.0-or-later
#include <wire/frame_codec.h>

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace borg;

namespace {

struct Outcome {
    std::vector<wire::Frame> frames;
    bool isBroken = false;
};

Outcome read(QByteArrayView bytes, qsizetype piece)
{
    wire::FrameReader reader;
    Outcome outcome;
    while (!bytes.isEmpty()) {
        QByteArrayView input = bytes.first(std::min(piece, bytes.size()));
        bytes = bytes.sliced(input.size());
        while (!input.isEmpty()) {
            auto frame = reader.next(input);
            BORG_ASSERT(reader.partialBytes() <= wire::kPartialBytesMax);
            outcome.isBroken = !frame;
            if (!frame)
                return outcome;
            if (*frame)
                outcome.frames.push_back(**std::move(frame));
        }
    }
    return outcome;
}

} // namespace

/// The first byte says how to cut the rest. However it is cut the outcome is the same, and what was
/// read is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView bytes(data + 1, static_cast<qsizetype>(size - 1));
    const Outcome whole = read(bytes, std::max(bytes.size(), qsizetype{1}));
    const Outcome cut = read(bytes, 1 + data[0] % 64);
    BORG_ASSERT(whole.isBroken == cut.isBroken && whole.frames.size() == cut.frames.size());

    wire::FrameWriter writer;
    std::array<char, 2048> out;
    for (std::size_t at = 0; at < whole.frames.size(); ++at) {
        const wire::Frame &frame = whole.frames[at];
        BORG_ASSERT(frame.fitsLimits() && frame.body == cut.frames[at].body);
        BORG_ASSERT(writer.push(frame).ok());
        QByteArray again;
        while (const auto written = writer.fill(out))
            again.append(out.data(), written);
        const Outcome back = read(again, again.size());
        BORG_ASSERT(back.frames.size() == 1 && back.frames[0].head == frame.head
            && back.frames[0].body == frame.body);
    }
    return 0;
}
