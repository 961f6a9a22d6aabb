// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for libFuzzer in ordinary builds: feeds the target its corpus, and then mutations of it
// from a fixed seed, so that every build checks the parsers for a second or two.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
constexpr std::size_t kInputBytesMax = 1 << 20;
constexpr int kMutations = 20'000;

std::vector<Input> readCorpus(const std::string &folder)
{
    std::vector<Input> inputs{{}};
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(folder, error)) {
        std::ifstream file(entry.path(), std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return inputs;
}

Input mutated(Input input, std::mt19937_64 &random)
{
    const auto steps = 1 + random() % 8;
    for (std::uint64_t step = 0; step < steps; ++step) {
        const auto at = input.empty() ? 0 : random() % input.size();
        const auto spot = input.begin() + static_cast<std::ptrdiff_t>(at);
        switch (random() % 5) {
        case 0:
            if (!input.empty())
                input[at] = static_cast<std::uint8_t>(random());
            break;
        case 1:
            if (!input.empty())
                input[at] ^= static_cast<std::uint8_t>(1U << random() % 8);
            break;
        case 2:
            input.insert(spot, static_cast<std::uint8_t>(random()));
            break;
        case 3:
            input.resize(at);
            break;
        default:
            if (input.size() < kInputBytesMax / 2)
                input.insert(
                    input.end(), input.begin(), input.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        }
    }
    return input;
}

} // namespace

int main(int argc, char **argv)
{
    const auto corpus = readCorpus(argc > 1 ? argv[1] : "");
    for (const auto &input : corpus)
        LLVMFuzzerTestOneInput(input.data(), input.size());

    std::mt19937_64 random(1);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    int runs = 0;
    for (; runs < kMutations && std::chrono::steady_clock::now() < end; ++runs) {
        const auto input = mutated(corpus[random() % corpus.size()], random);
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::printf("%zu inputs, %d mutations, no complaint\n", corpus.size(), runs);
    return 0;
}
