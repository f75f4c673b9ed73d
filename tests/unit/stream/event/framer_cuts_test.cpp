// The framer when its input is cut: the same lines must come out wherever the chunks end.
#include "stream/event/framer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::event {
namespace {

using What = Framer::What;

constexpr std::size_t kLimit = 64;

// All that a framer says about `chunks`, as text: lines in brackets, dropped ones by their size.
std::string framed(const std::vector<std::string_view> &chunks, std::size_t limit = kLimit) {
    Framer framer(limit);
    std::string said;
    for (const std::string_view chunk : chunks) {
        const std::string copy(chunk); // a chunk's memory is gone when the next one comes
        std::string_view input = copy;
        for (;;) {
            const Framer::Item item = framer.next(input);
            if (item.what == What::nothing) break;
            if (item.what == What::line) {
                EXPECT_EQ(item.size, item.text.size());
                said.append("[").append(item.text).append("]");
            } else {
                said += (item.what == What::oversized ? "<oversized " : "<endless ") +
                        std::to_string(item.size) + ">";
            }
        }
        EXPECT_TRUE(input.empty()) << "bytes were left";
    }
    return said.append("(").append(framer.tail()).append(")");
}

struct Sample {
    const char *name;
    std::string bytes;
    std::string said;
};

std::vector<Sample> samples() {
    const std::string exact(kLimit, 'x');
    return {
        {"LF", "{\"a\":1}\n{\"b\":2}\n", "[{\"a\":1}][{\"b\":2}]()"},
        {"CRLF", "{\"a\":1}\r\n{\"b\":2}\r\n", "[{\"a\":1}][{\"b\":2}]()"},
        {"posts end in CRLF, errors in LF", "{\"a\":1}\r\n{\"errors\":[]}\n{\"b\":2}\r\n",
         "[{\"a\":1}][{\"errors\":[]}][{\"b\":2}]()"},
        {"keep-alives between lines", "\r\n\n{\"a\":1}\r\n\r\n\n\r\n{\"b\":2}\n\n",
         "[{\"a\":1}][{\"b\":2}]()"},
        {"characters of two to four bytes", "{\"a\":\"é日😊\"}\n{\"b\":\"안\"}\r\n",
         "[{\"a\":\"é日😊\"}][{\"b\":\"안\"}]()"},
        {"escapes", "{\"a\":\"\\ud83d\\ude0a\\n\\\\\"}\r\n{\"b\":\"\\\"\"}\n",
         "[{\"a\":\"\\ud83d\\ude0a\\n\\\\\"}][{\"b\":\"\\\"\"}]()"},
        {"server-sent events", "data: {\"a\":1}\n\ndata:{\"b\":2}\r\n\r\n", "[{\"a\":1}][{\"b\":2}]()"},
        {"server-sent events with fields and comments",
         "data: {\"a\":1}\n: ping\nevent: post\nid: 7\nretry: 1000\n\ndata: {\"b\":2}\n\n",
         "[{\"a\":1}][{\"b\":2}]()"},
        {"a line of exactly the limit", exact + "\n" + exact + "\r\n", "[" + exact + "][" + exact + "]()"},
        {"one byte over the limit", exact + "y\n" + exact + "y\r\n{\"b\":2}\n",
         "<oversized 65><oversized 65>[{\"b\":2}]()"},
        {"far over the limit", std::string(300, 'z') + "\r\n{\"b\":2}\r\n", "<oversized 300>[{\"b\":2}]()"},
        {"a carriage return inside a line", "{\"a\":\r1}\n", "[{\"a\":\r1}]()"},
        {"garbage", "\x01\xff\xfe garbage\n{\"b\":2}\n", "[\x01\xff\xfe garbage][{\"b\":2}]()"},
        {"a tail", "{\"a\":1}\n{\"b\":2}", "[{\"a\":1}]({\"b\":2})"},
        {"a tail with its carriage return", "{\"a\":1}\r\n{\"b\":2}\r", "[{\"a\":1}]({\"b\":2})"},
        {"a tail of a carriage return", "{\"a\":1}\r\n\r", "[{\"a\":1}]()"},
    };
}

TEST(FramerCuts, AllSamplesInOnePiece) {
    for (const Sample &sample : samples())
        EXPECT_EQ(framed({sample.bytes}), sample.said) << sample.name;
}

TEST(FramerCuts, OneCutAtEveryByteChangesNothing) {
    for (const Sample &sample : samples()) {
        const std::string_view bytes = sample.bytes;
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
            ASSERT_EQ(framed({bytes.substr(0, cut), bytes.substr(cut)}), sample.said)
                << sample.name << ", " << cut;
    }
}

TEST(FramerCuts, TwoCutsAtEveryPairOfBytesChangeNothing) {
    for (const Sample &sample : samples()) {
        const std::string_view bytes = sample.bytes;
        for (std::size_t a = 0; a <= bytes.size(); ++a)
            for (std::size_t b = a; b <= bytes.size(); ++b)
                ASSERT_EQ(framed({bytes.substr(0, a), bytes.substr(a, b - a), bytes.substr(b)}), sample.said)
                    << sample.name << ", " << a << " and " << b;
    }
}

TEST(FramerCuts, ChunksOfEverySizeChangeNothing) {
    for (const Sample &sample : samples()) {
        const std::string_view bytes = sample.bytes;
        for (std::size_t size = 1; size <= bytes.size(); ++size) {
            std::vector<std::string_view> chunks;
            for (std::size_t at = 0; at < bytes.size(); at += size)
                chunks.push_back(bytes.substr(at, size));
            ASSERT_EQ(framed(chunks), sample.said) << sample.name << ", chunks of " << size;
        }
    }
}

TEST(FramerCuts, RandomLinesInRandomChunksComeOutAsTheyWentIn) {
    std::mt19937 random(20240607); // NOLINT(cert-msc51-cpp): the same every time
    const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
    for (int round = 0; round < 300; ++round) {
        std::string bytes, said;
        for (std::size_t line = 0; line < 20; ++line) {
            const std::size_t size = below(kLimit + 10);
            std::string text;
            for (std::size_t i = 0; i < size; ++i)
                text += "{}\"\\a:, \xe3\x81\x82"[below(11)];
            if (!text.empty()) text.front() = '{';
            bytes += text + (below(2) == 0 ? "\n" : "\r\n");
            if (text.size() > kLimit)
                said += "<oversized " + std::to_string(text.size()) + ">";
            else if (!text.empty())
                said += "[" + text + "]";
        }
        std::vector<std::string_view> chunks;
        for (std::string_view rest = bytes; !rest.empty();) {
            const std::size_t size = std::min(rest.size(), below(40));
            chunks.push_back(rest.substr(0, size));
            rest.remove_prefix(size);
        }
        ASSERT_EQ(framed(chunks), said + "()") << "round " << round;
    }
}

} // namespace
} // namespace xtap::event
