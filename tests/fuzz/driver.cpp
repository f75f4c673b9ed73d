// Runs a fuzz target without libFuzzer: made-up and mutated lines from a seed, a bounded number of rounds.
// Usage: PROGRAM [ROUNDS [SEED]], or PROGRAM FILE... to repeat single inputs.
#include "sample_posts.hpp"
#include "test_size.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    std::string line() {
        std::string made;
        switch (below(8)) {
        case 0:
            made = xtap::test::sample_post(below(1000));
            break;
        case 1:
            made = nested(below(1100));
            break;
        default:
            made = object(0);
            break;
        }
        for (std::size_t i = below(3) == 0 ? below(4) : 0; i != 0; --i)
            mutate(made);
        return made;
    }

private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

    template <std::size_t size> std::string pick(const std::array<const char *, size> &from) {
        return from[below(size)];
    }

    std::string space() {
        if (below(6) != 0) return {};
        return pick(
            std::array{" ", "\t", "  \n ", "\r", "                                                        "});
    }

    std::string key() {
        static constexpr std::array names = {"data",
                                             "errors",
                                             "id",
                                             "id_str",
                                             "text",
                                             "created_at",
                                             "timestamp_ms",
                                             "event_at",
                                             "delete",
                                             "tweet",
                                             "post",
                                             "user",
                                             "favorite",
                                             "like",
                                             "payload",
                                             "m",
                                             "1",
                                             "m~n",
                                             "a/b",
                                             "",
                                             "for_user_id",
                                             "event_uuid",
                                             "type",
                                             "title",
                                             "detail",
                                             "includes",
                                             "liked_tweet_id",
                                             "liked_post_id",
                                             "d\\u0061ta",
                                             "i\\u0064",
                                             "t\\u0065xt",
                                             "disconnect_type",
                                             "withheld",
                                             "full_text",
                                             "x\\\"data",
                                             "a",
                                             "status",
                                             "user_delete",
                                             "data\\\\",
                                             "long_name_that_no_one_wants_at_all",
                                             "データ"};
        return "\"" + pick(names) + "\"";
    }

    std::string scalar() {
        static constexpr std::array values = {"1346889436626259968",
                                              "\"1346889436626259968\"",
                                              "\"8ba4f34e6235d905a46bac021d98e923\"",
                                              "7",
                                              "\"7\"",
                                              "0",
                                              "1.5e3",
                                              "12345678901234567890",
                                              "\"99999999999999999999\"",
                                              "true",
                                              "false",
                                              "null",
                                              "null",
                                              "\"\"",
                                              "-17",
                                              "\"2021-07-06T18:40:40.000Z\"",
                                              "\"Wed Jan 06 18:40:40 +0000 2021\"",
                                              "\"2021-07-06T18:40:40+02:00\"",
                                              "1609958440344",
                                              "\"1609958440344\"",
                                              "\"connection_metadata\"",
                                              "\"\\u0037\"",
                                              "\"2021\\u002d07-06T18:40:40Z\"",
                                              "\"123e4567-e89b-12d3-a456-426614174000\""};
        return below(3) == 0 ? string() : pick(values);
    }

    std::string string() {
        static constexpr std::array pieces = {"a",
                                              "word ",
                                              "\\\\",
                                              "\\\"",
                                              "\\n",
                                              "\\/",
                                              "\\u00e9",
                                              "\\ud83d\\ude00",
                                              "{",
                                              "}",
                                              "[",
                                              "]",
                                              ":",
                                              ",",
                                              "日本語",
                                              "😊",
                                              "é",
                                              "\\b\\f\\r\\t",
                                              "{\\\"x\\\":[",
                                              "sixteen bytes  ",
                                              "\\u0000",
                                              "\\\\\\\\\\\\\\\\",
                                              "thirty-two bytes without escapes"};
        std::string made = "\"";
        for (std::size_t i = below(4) == 0 ? below(40) : below(6); i != 0; --i)
            made += pick(pieces);
        return made + "\"";
    }

    std::string value(unsigned depth) {
        const std::size_t choice = depth > 6 ? 5 : below(6);
        if (choice == 0) return object(depth + 1);
        return choice == 1 ? array(depth + 1) : scalar();
    }

    std::string object(unsigned depth) {
        std::string made = space() + "{" + space();
        const std::size_t members = below(depth == 0 ? 7 : 6);
        for (std::size_t i = 0; i < members; ++i) {
            if (i != 0) made += "," + space();
            const std::string name = depth == 0 && below(2) == 0 ? "\"data\"" : key();
            const bool go_in = depth < 2 && below(2) == 0;
            made += name + space() + ":" + space() + (go_in ? object(depth + 1) : value(depth)) + space();
        }
        return made + "}" + space();
    }

    std::string array(unsigned depth) {
        std::string made = "[" + space();
        const std::size_t elements = below(5);
        for (std::size_t i = 0; i < elements; ++i)
            made += (i != 0 ? "," + space() : "") + value(depth) + space();
        return made + "]";
    }

    std::string nested(std::size_t depth) {
        std::string open, close;
        for (std::size_t i = 0; i < depth; ++i) {
            const bool curly = below(2) == 0;
            open += curly ? "{\"a\":" : "[";
            close += curly ? '}' : ']';
        }
        std::reverse(close.begin(), close.end());
        return "{\"data\":{\"m\":" + open + "1" + close + ",\"id\":\"1346889436626259968\"}}";
    }

    void mutate(std::string &line) {
        static constexpr std::string_view special = "\"\\{}[]:, \n\t\0\x80\xC3\xED\xF0\xFF"
                                                    "01untf-";
        if (line.empty()) return;
        const std::size_t at = below(line.size());
        switch (below(6)) {
        case 0:
            line[at] = special[below(special.size())];
            break;
        case 1:
            line.insert(at, 1, special[below(special.size())]);
            break;
        case 2:
            line.erase(at, 1 + below(4));
            break;
        case 3:
            line.resize(at);
            break;
        case 4:
            line.insert(at, line.substr(below(line.size()), below(40)));
            break;
        default:
            line[at] = static_cast<char>(below(256));
            break;
        }
    }

    std::mt19937_64 random_;
};

void feed(const std::string &bytes) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(bytes.data()), bytes.size());
}

} // namespace

// So many times the rounds where all tests run at full size.
constexpr unsigned long kFullSize = 50;

int main(int argc, char **argv) {
    char *end = nullptr;
    unsigned long rounds = argc > 1 ? std::strtoul(argv[1], &end, 10) : 2000;
    if (end != nullptr && *end != '\0') {
        for (int i = 1; i < argc; ++i) {
            std::ifstream file(argv[i], std::ios::binary);
            feed({std::istreambuf_iterator<char>(file), {}});
        }
        return 0;
    }
    const unsigned long full = rounds * kFullSize;
    if (xtap::test::test_size() == "reduced")
        xtap::test::tell_reduced(std::filesystem::path(argv[0]).filename().c_str(), rounds, full);
    if (xtap::test::test_size() == "full") rounds = full;
    Maker maker(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
    for (unsigned long i = 0; i < rounds; ++i)
        feed(maker.line());
    std::printf("%lu lines\n", rounds);
    return 0;
}
