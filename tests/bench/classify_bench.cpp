// What the classifier costs per event and per byte, beside simdjson used the plain way. Lines lie one after
// another in one buffer, as they do in a receive buffer; the buffer is small enough for the second-level
// cache.
#include "sample_posts.hpp"
#include "stream/event/classifier.hpp"
#include "stream/event/unescape.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <simdjson.h>
#include <string>
#include <vector>

namespace {

using namespace xtap;
using namespace xtap::event;

// 300 posts are about 300 KB: what stays in L2 while curl's buffer goes round.
class Load {
public:
    explicit Load(std::size_t count) {
        for (const std::string &post : test::sample_posts(count)) {
            bytes_ += post;
            sizes_.push_back(post.size());
        }
        size_ = bytes_.size();
        bytes_.append(simdjson::SIMDJSON_PADDING, '\0');
    }
    template <class Use> void each(Use use) const {
        const char *at = bytes_.data();
        for (const std::size_t size : sizes_) {
            use(std::string_view(at, size));
            at += size;
        }
    }
    void report(benchmark::State &state) const {
        const auto rounds = static_cast<std::int64_t>(state.iterations());
        state.SetBytesProcessed(rounds * static_cast<std::int64_t>(size_));
        state.SetItemsProcessed(rounds * static_cast<std::int64_t>(sizes_.size()));
        state.counters["bytes/event"] = static_cast<double>(size_) / static_cast<double>(sizes_.size());
    }

private:
    std::string bytes_;
    std::size_t size_ = 0;
    std::vector<std::size_t> sizes_;
};

const Load &load() {
    static const Load made(300);
    return made;
}

const std::vector<std::string> kThree = {"/data/id", "/data/created_at", "/data/text"};

void classify_with(benchmark::State &state, const Backend &backend, const std::vector<std::string> &pointers,
                   bool unescaping) {
    Classifier classifier(Kind::event_post, Pointers(pointers), backend);
    std::array<Span, 8> spans;
    std::vector<char> out(1 << 16);
    std::uint64_t sum = 0;
    for (auto _ : state) {
        load().each([&](std::string_view line) {
            const Facts facts = classifier.classify(line, spans.data());
            sum += facts.id + static_cast<std::uint64_t>(facts.time_ms);
            if (!unescaping) return;
            char *at = out.data();
            for (std::size_t i = 0; i < pointers.size(); ++i)
                at += unescape(spans[i].text(), at, true).size;
            sum += static_cast<std::uint64_t>(at - out.data());
        });
        benchmark::DoNotOptimize(sum);
    }
    load().report(state);
}

void scan_alone(benchmark::State &state, const Backend &backend) {
    std::vector<BlockBits> blocks(1 << 10);
    std::vector<char> brackets(1 << 16);
    for (auto _ : state) {
        load().each([&](std::string_view line) {
            benchmark::DoNotOptimize(
                backend.scan(line.data(), line.size(), {blocks.data(), brackets.data()}));
        });
    }
    load().report(state);
}

void utf8_alone(benchmark::State &state) {
    for (auto _ : state) {
        load().each([&](std::string_view line) {
            benchmark::DoNotOptimize(simdjson::validate_utf8(line.data(), line.size()));
        });
    }
    load().report(state);
}

void simdjson_on_demand_id(benchmark::State &state) {
    simdjson::ondemand::parser parser;
    std::uint64_t sum = 0;
    for (auto _ : state) {
        load().each([&](std::string_view line) {
            auto document =
                parser.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING);
            sum += document["data"]["id"].get_uint64_in_string().value();
        });
        benchmark::DoNotOptimize(sum);
    }
    load().report(state);
}

void simdjson_dom(benchmark::State &state) {
    simdjson::dom::parser parser;
    std::size_t sum = 0;
    for (auto _ : state) {
        load().each([&](std::string_view line) {
            simdjson::dom::element document = parser.parse(line.data(), line.size(), false);
            sum += std::string_view(document["data"]["id"]).size();
        });
        benchmark::DoNotOptimize(sum);
    }
    load().report(state);
}

void register_all() {
    for (const Backend &backend : backends()) {
        const std::string name = backend.name;
        benchmark::RegisterBenchmark(("scan_alone/" + name).c_str(), scan_alone, backend);
        benchmark::RegisterBenchmark(("index_full/" + name).c_str(), classify_with, backend,
                                     std::vector<std::string>{}, false);
        benchmark::RegisterBenchmark(("three_found/" + name).c_str(), classify_with, backend, kThree, false);
        benchmark::RegisterBenchmark(("three_unescaped/" + name).c_str(), classify_with, backend, kThree,
                                     true);
    }
    benchmark::RegisterBenchmark("utf8_alone", utf8_alone);
    benchmark::RegisterBenchmark("simdjson_on_demand_id", simdjson_on_demand_id);
    benchmark::RegisterBenchmark("simdjson_dom", simdjson_dom);
}

} // namespace

int main(int argc, char **argv) {
    register_all();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
