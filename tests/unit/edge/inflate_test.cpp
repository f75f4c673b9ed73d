// The inflater: every way a gzip body may be cut, ended, broken or meant badly.
#include "edge/inflate.hpp"

#include "../api/expect_failure.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace xtap::edge {
namespace {

using test::expect_failure;

constexpr int kGzip = MAX_WBITS + 16, kZlib = MAX_WBITS, kRaw = -MAX_WBITS;

// The parts in one member, flushed after each, so that each can be read as soon as it came.
std::vector<std::string> packed_parts(const std::vector<std::string> &parts, int format = kGzip) {
    z_stream z{};
    if (deflateInit2(&z, 6, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflate");
    std::vector<std::string> packed;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::string out(deflateBound(&z, static_cast<uLong>(parts[i].size())) + 64, '\0');
        z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(parts[i].data()));
        z.avail_in = static_cast<uInt>(parts[i].size());
        z.next_out = reinterpret_cast<Bytef *>(out.data());
        z.avail_out = static_cast<uInt>(out.size());
        deflate(&z, i + 1 == parts.size() ? Z_FINISH : Z_SYNC_FLUSH);
        out.resize(out.size() - z.avail_out);
        packed.push_back(out);
    }
    deflateEnd(&z);
    return packed;
}

std::string packed(const std::string &text, int format = kGzip) {
    return packed_parts({text}, format).front();
}

// All that comes out of `bytes`; an empty step means that they are used up.
std::string all_of(Inflater &inflater, std::string_view bytes) {
    std::string text;
    for (;;) {
        const std::string_view step = inflater.step(bytes);
        EXPECT_LE(step.size(), Inflater::kStepBytes);
        if (step.empty()) break;
        text += step;
    }
    EXPECT_TRUE(bytes.empty()) << "bytes were left";
    return text;
}

std::string unpacked(const std::vector<std::string_view> &chunks) {
    Inflater inflater;
    std::string text;
    for (const std::string_view chunk : chunks)
        text += all_of(inflater, std::string(chunk));
    return text;
}

// Hard to compress, so that it takes several steps.
std::string noise(std::size_t size) {
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same every time
    std::string text;
    while (text.size() < size)
        text += static_cast<char>(random());
    return text;
}

const std::string kText = "{\"data\":{\"id\":\"1\",\"text\":\"é😊\"}}\r\n{\"data\":{\"id\":\"2\"}}\r\n";

TEST(Inflate, UnpacksABodyInOnePiece) { EXPECT_EQ(unpacked({packed(kText)}), kText); }

TEST(Inflate, UnpacksABodyByteByByte) {
    const std::string body = packed(kText);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < body.size(); ++i)
        bytes.push_back(std::string_view(body).substr(i, 1));
    EXPECT_EQ(unpacked(bytes), kText);
}

TEST(Inflate, UnpacksSeveralMembersCutAnywhere) {
    const std::string body = packed("first\n") + packed("") + packed("second\n") + packed("third\n");
    for (std::size_t cut = 0; cut <= body.size(); ++cut)
        ASSERT_EQ(unpacked({std::string_view(body).substr(0, cut), std::string_view(body).substr(cut)}),
                  "first\nsecond\nthird\n")
            << cut;
}

TEST(Inflate, UnpacksWhatTakesManySteps) {
    const std::string text = noise(1'000'000) + std::string(1'000'000, 'x') + noise(100'000);
    EXPECT_EQ(unpacked({packed(text)}), text);
}

TEST(Inflate, GivesWhatWasFlushedAtOnce) {
    const std::vector<std::string> messages = {kText, "\r\n", "{\"data\":{\"id\":\"3\"}}\r\n", "\r\n"};
    const std::vector<std::string> parts = packed_parts(messages);
    Inflater inflater;
    for (std::size_t i = 0; i < parts.size(); ++i)
        EXPECT_EQ(all_of(inflater, parts[i]), messages[i]) << i;
}

TEST(Inflate, NothingGivesNothing) {
    Inflater inflater;
    std::string_view none;
    EXPECT_EQ(inflater.step(none), "");
    EXPECT_EQ(inflater.step(none), "");
    EXPECT_EQ(all_of(inflater, packed(kText)), kText);
    EXPECT_EQ(inflater.step(none), "");
}

TEST(Inflate, ABodyCutShortGivesWhatItHoldsAndNoError) {
    const std::string text = noise(200'000);
    const std::string body = packed(text);
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{10}, body.size() / 2,
                                   body.size() - 8, body.size() - 1}) {
        const std::string found = unpacked({std::string_view(body).substr(0, size)});
        EXPECT_EQ(found, text.substr(0, found.size())) << size;
        EXPECT_LT(body.size() - size, found.size() == text.size() ? 10 : body.size() + 1);
    }
}

TEST(Inflate, ABombIsOneStepAtATime) {
    const std::string bomb = packed(std::string(64 << 20, '\0'));
    ASSERT_LT(bomb.size(), 100'000u);
    Inflater inflater;
    std::string_view rest = bomb;
    std::size_t size = 0, steps = 0;
    for (std::string_view step = inflater.step(rest); !step.empty(); step = inflater.step(rest)) {
        ASSERT_LE(step.size(), Inflater::kStepBytes);
        size += step.size();
        ++steps;
    }
    EXPECT_EQ(size, std::size_t{64} << 20);
    EXPECT_GE(steps, size / Inflater::kStepBytes);
}

TEST(Inflate, WhatIsNoGzipIsRefusedWithAReason) {
    for (const std::string &body :
         {kText, packed(kText, kZlib), packed(kText, kRaw), std::string("\0\0\0\0", 4),
          std::string("\x1f\x8b\x09\0\0\0\0\0\0\0", 10)})
        expect_failure(
            Status::protocol, [&] { unpacked({body}); }, "not valid gzip");
}

TEST(Inflate, WhatFollowsTheLastMemberMustBeGzipToo) {
    expect_failure(
        Status::protocol, [] { unpacked({packed(kText) + "garbage"}); }, "not valid gzip");
}

// What is not refused waits for bytes that do not come, or turned something in the header that nobody needs.
TEST(Inflate, ABitThatTurnedIsMostlyRefusedAndNeverTurnsTheWholeTextIntoAnother) {
    const std::string text = kText + kText + noise(100) + kText;
    const std::string body = packed(text);
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
        std::string bad = body;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        // A second member is only reached when the first one's checksum was right.
        std::string found;
        const auto failure = test::failure_of([&] { found = unpacked({bad + packed("!")}); });
        if (failure) {
            EXPECT_EQ(failure->status, Status::protocol);
            ++refused;
        } else if (found.ends_with('!')) {
            EXPECT_EQ(found, text + "!") << bit;
        }
    }
    EXPECT_GT(refused, body.size() * 7);
}

TEST(Inflate, ResetBeginsANewBodyAfterACutOrBrokenOne) {
    Inflater inflater;
    const std::string body = packed(kText);
    all_of(inflater, std::string_view(body).substr(0, body.size() / 2));
    inflater.reset();
    EXPECT_EQ(all_of(inflater, body), kText);
    expect_failure(
        Status::protocol, [&] { all_of(inflater, "no gzip"); }, "gzip");
    inflater.reset();
    EXPECT_EQ(all_of(inflater, body), kText);
}

} // namespace
} // namespace xtap::edge
