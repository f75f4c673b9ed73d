// Any bytes as a line: every backend must say the same, and agree with the plain classifier wherever simdjson
// takes the line for an object. The line lies in memory of exactly its size, so that a sanitizer sees every
// byte too far.
#include "reference.hpp"
#include "stream/event/unescape.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace xtap;
using namespace xtap::event;

constexpr std::array kKinds = {Kind::event_post,
                               Kind::event_like,
                               Kind::event_post_compliance,
                               Kind::event_user_compliance,
                               Kind::event_like_compliance,
                               Kind::event_label,
                               Kind::event_activity};

const std::vector<std::string> &pointers() {
    static const std::vector<std::string> made = {"/data/id",    "/data/text", "/data/created_at",
                                                  "/data/m",     "/data/m/0",  "/data/m/1/a",
                                                  "/data/m/0/0", "",           "/data",
                                                  "/errors/0",   "/data/text", "/data/delete/event_at",
                                                  "/a~1b",       "/data/m~0n", "/data/delete",
                                                  "/",           "/data/1"};
    return made;
}

[[noreturn]] void disagree(std::string_view line, const Backend &backend, Kind expected,
                           const std::string &what) {
    std::fprintf(stderr, "backend %s, stream of kind %u: %s\n%.*s\n", backend.name,
                 static_cast<unsigned>(expected), what.c_str(), static_cast<int>(line.size()), line.data());
    std::abort();
}

struct Result {
    Facts facts;
    std::vector<Span> spans;
};

Result run(const Backend &backend, Kind expected, std::string_view line) {
    static std::vector<std::unique_ptr<Classifier>> classifiers = [] {
        std::vector<std::unique_ptr<Classifier>> made;
        for (const Backend &each : backends())
            for (const Kind kind : kKinds)
                made.push_back(std::make_unique<Classifier>(kind, Pointers(pointers()), each));
        return made;
    }();
    const auto place = static_cast<std::size_t>(&backend - backends().data());
    std::size_t kind = 0;
    while (kKinds[kind] != expected)
        ++kind;
    Result result;
    result.spans.resize(pointers().size());
    result.facts = classifiers[place * kKinds.size() + kind]->classify(line, result.spans.data());
    return result;
}

std::string plain(const Span &span) {
    if (span.kind != ColumnKind::string) return std::string(span.text());
    const std::size_t bound = unescaped_bound(span, true);
    const std::unique_ptr<char[]> exact(new char[bound]); // the bound to the byte
    const Unescaped done = unescape(span.text(), exact.get(), true);
    return {exact.get(), done.size};
}

void compare(const Result &result, const test::ReferenceEvent &reference, std::string_view line,
             const Backend &backend, Kind expected) {
    const Facts &facts = result.facts;
    const auto check = [&](bool same, const std::string &what) {
        if (!same) disagree(line, backend, expected, what);
    };
    check(facts.kind == reference.kind, "kind " + std::to_string(static_cast<unsigned>(facts.kind)) +
                                            " but expected " +
                                            std::to_string(static_cast<unsigned>(reference.kind)));
    check(facts.flags == reference.flags, "flags");
    check(facts.id == reference.id,
          "id " + std::to_string(facts.id) + " but expected " + std::to_string(reference.id));
    check(facts.time_ms == reference.time_ms,
          "time " + std::to_string(facts.time_ms) + " but expected " + std::to_string(reference.time_ms));
    for (std::size_t i = 0; i < pointers().size(); ++i) {
        const std::string name = "column " + pointers()[i];
        const Span &span = result.spans[i];
        check(span.kind == reference.columns[i].kind, name + ": kind");
        if (span.kind == ColumnKind::absent) continue;
        const std::string text = plain(span);
        if (span.kind == ColumnKind::string)
            check(text == reference.columns[i].text, name + ": " + text);
        else
            check(test::normalised(text) == reference.columns[i].text, name + ": " + text);
    }
}

void compare_backends(const Result &one, const Result &other, std::string_view line, const Backend &backend,
                      Kind expected) {
    bool same = one.facts.kind == other.facts.kind && one.facts.flags == other.facts.flags &&
                one.facts.id == other.facts.id && one.facts.key == other.facts.key &&
                one.facts.time_ms == other.facts.time_ms;
    for (std::size_t i = 0; i < one.spans.size(); ++i)
        same &= one.spans[i].data == other.spans[i].data && one.spans[i].size == other.spans[i].size &&
                one.spans[i].kind == other.spans[i].kind && one.spans[i].escaped == other.spans[i].escaped;
    if (!same) disagree(line, backend, expected, "differs from the first backend");
}

// Any text, valid or not: what comes out is UTF-8 and stays inside the bound.
void check_unescape(std::string_view raw) {
    const Span span{raw.data(), static_cast<std::uint32_t>(raw.size()), ColumnKind::string, true};
    const std::unique_ptr<char[]> exact(new char[unescaped_bound(span, false)]);
    const Unescaped done = unescape(raw, exact.get());
    if (!test::normalised("\"\"") ||
        !Pointers(std::array{"/" +
                             [&] {
                                 std::string escaped;
                                 for (const char c : std::string_view(exact.get(), done.size))
                                     escaped += c == '~' ? "~0" : c == '/' ? "_" : std::string(1, c);
                                 return escaped;
                             }()})
             .count()) // Pointers refuses what is not UTF-8
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    if (size == 0) return 0;
    const std::unique_ptr<char[]> exact(new char[size]);
    std::memcpy(exact.get(), data, size);
    const std::string_view line(exact.get(), size);
    check_unescape(line);
    if (line.find("-0") != std::string_view::npos) return 0; // simdjson forgets the sign that we pass on
    for (const Kind expected : kKinds) {
        const auto reference = test::classify_by_reference(expected, pointers(), line);
        const Result first = run(backends().front(), expected, line);
        if (reference) compare(first, *reference, line, backends().front(), expected);
        for (const Backend &backend : backends())
            compare_backends(first, run(backend, expected, line), line, backend, expected);
    }
    return 0;
}
