// See past.hpp.
#include "past.hpp"

#include "api/date_time.hpp"
#include "stream/continuity/checkpoint.hpp"
#include "stream/event/event_time.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <stdexcept>

namespace xtap::test {
namespace {

std::vector<std::string> with_past(std::int64_t begun_ms, std::int64_t rate,
                                   std::vector<std::string> arguments) {
    const std::vector<std::string> own = {
        "--base-time", api::date_time(begun_ms), "--rate", std::to_string(rate), "--gzip", "off"};
    arguments.insert(arguments.end(), own.begin(), own.end());
    return arguments;
}

std::vector<Json> connections(SimulatorProcess &simulator, bool with_start) {
    const Json state = simulator.state();
    std::vector<Json> found;
    for (const Json &one : state["list"])
        if (asked(one, "start_time").empty() != with_start) found.push_back(one);
    return found;
}

} // namespace

std::int64_t wall_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Past::Past(std::int64_t since_s, std::int64_t rate, std::vector<std::string> arguments)
    : Past((wall_ms() / 1000 - since_s) * 1000, rate, std::move(arguments), 0) {}

Past::Past(std::int64_t begun_ms, std::int64_t rate, std::vector<std::string> arguments, int)
    : SimulatorProcess(with_past(begun_ms, rate, std::move(arguments))), begun_ms_(begun_ms), rate_(rate) {}

std::uint64_t Past::number(const Seen &event) const {
    return static_cast<std::uint64_t>((event.time_ms - begun_ms_) * rate_ / 1000);
}

std::vector<std::uint64_t> Past::numbers(const std::vector<Seen> &events) const {
    std::vector<std::uint64_t> found;
    for (const Seen &event : events)
        found.push_back(number(event));
    return found;
}

void Past::expect_each_once(const std::vector<Seen> &events, std::int64_t from_ms) const {
    std::vector<std::uint64_t> came = numbers(events);
    std::sort(came.begin(), came.end());
    const auto first = static_cast<std::uint64_t>((from_ms - begun_ms_) * rate_ / 1000);
    came.erase(came.begin(), std::lower_bound(came.begin(), came.end(), first));
    ASSERT_FALSE(came.empty());
    EXPECT_EQ(came.front(), first);
    const auto twice = std::adjacent_find(came.begin(), came.end());
    if (twice != came.end()) ADD_FAILURE() << *twice << " came twice";
    for (std::size_t i = 1; i < came.size(); ++i)
        ASSERT_LE(came[i], came[i - 1] + 1) << "missing up to " << came.back();
}

void Past::expect_each_once(const std::vector<Seen> &events) const {
    ASSERT_FALSE(events.empty());
    const auto earlier = [](const Seen &one, const Seen &other) { return one.time_ms < other.time_ms; };
    expect_each_once(events, std::min_element(events.begin(), events.end(), earlier)->time_ms);
}

Settings repairing(const Settings &more) {
    Settings settings = {{"continuity", "auto"}, {"late_ms", "1000"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return settings;
}

// ---- what was asked for ----

std::string asked(const Json &connection, const std::string &parameter) {
    const std::string line = connection["request_line"].text();
    for (const char before : {'?', '&'}) {
        const std::size_t at = line.find(before + parameter + "=");
        if (at == std::string::npos) continue;
        const std::size_t begin = at + parameter.size() + 2;
        return line.substr(begin, line.find_first_of("& ", begin) - begin);
    }
    return "";
}

std::vector<Json> recoveries(SimulatorProcess &simulator) { return connections(simulator, true); }

std::vector<Json> live_connections(SimulatorProcess &simulator) { return connections(simulator, false); }

// ---- streams that a test writes down ----

std::string post_line(std::int64_t time_ms) {
    const auto id = static_cast<std::uint64_t>(time_ms - event::kSnowflakeEpochMs) << 22;
    return R"({"data":{"id":")" + std::to_string(id) + R"(","text":"a"}})" + "\r\n";
}

HttpAnswer streamed(const std::string &body) {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char date[64];
    std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {.close = true,
            .raw = std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nDate: ") + date + "\r\n\r\n" + body};
}

// ---- what was told ----

bool is_recovery(const Seen &notice) { return notice.facts().value("leg", "") == "recovery"; }

std::vector<Json> told(const Told &of, std::uint32_t kind) {
    std::vector<Json> found;
    for (const Seen &notice : of.notices(kind))
        found.push_back(notice.facts());
    return found;
}

Enough repaired_by(const std::string &means) {
    return [means](const Told &told) {
        const Seen &last = told.all.back();
        return last.kind == XTAP_NOTICE_REPAIRED && last.facts()["by"] == means;
    };
}

Enough both(Enough first, Enough second) {
    return [first = std::move(first), second = std::move(second), held = false](const Told &told) mutable {
        if (held) return second(told);
        held = first(told);
        return false;
    };
}

Sibling::Sibling(const Tap &tap, const std::string &partition) {
    Error error;
    xtap_request *request = nullptr;
    xtap_request_create(tap.client(), Tap::kOperation, &request, &error);
    xtap_request_set(request, "partition", partition.c_str(), &error);
    const xtap_status status = xtap_stream_open(request, &stream_, &error);
    xtap_request_destroy(request);
    if (status != XTAP_OK) throw std::runtime_error(error.text());
}

void Sibling::resume(const std::string &checkpoint) {
    Error error;
    if (xtap_stream_resume(stream_, checkpoint.data(), checkpoint.size(), &error) != XTAP_OK)
        throw std::runtime_error(error.text());
}

Told Sibling::listen(const Enough &enough) {
    constexpr auto kPatienceMs = static_cast<std::uint32_t>(kPatience.count());
    Told told;
    Batch batch;
    for (;;) {
        told.status = xtap_stream_read(stream_, batch.get(), kPatienceMs, &told.error);
        if (told.status != XTAP_OK) return told;
        for (std::size_t i = 0; i < batch->record_count; ++i) {
            told.all.push_back(seen_of(*batch, batch->records[i], 0));
            if (enough(told)) return told;
        }
    }
}

// ---- checkpoints ----

std::string checkpoint_of(xtap_stream *stream, std::uint64_t upto) {
    Error error;
    std::string text;
    std::size_t size = 0;
    xtap_status status = XTAP_E_BUFFER_SMALL;
    while (status == XTAP_E_BUFFER_SMALL) {
        text.resize(size + 1024); // it may grow between two calls
        status = xtap_stream_checkpoint(stream, upto, text.data(), text.size(), &size, &error);
    }
    if (status != XTAP_OK) throw std::runtime_error(error.text());
    text.resize(size);
    return text;
}

continuity::PartitionCheckpoint kept_at(xtap_stream *stream, std::uint64_t upto) {
    return continuity::read_checkpoint(checkpoint_of(stream, upto)).partitions.at(0);
}

void resume(Tap &tap, const std::string &checkpoint) {
    if (xtap_stream_resume(tap.stream(), checkpoint.data(), checkpoint.size(), &tap.error) != XTAP_OK)
        throw std::runtime_error(tap.error.text());
}

std::string made_at(std::int64_t through_ms, const std::vector<std::uint32_t> &partitions,
                    const std::string &operation) {
    continuity::Checkpoint checkpoint{operation, {}};
    for (const std::uint32_t partition : partitions)
        checkpoint.partitions.push_back({.partition = partition, .through_ms = through_ms});
    return continuity::write_checkpoint(checkpoint);
}

} // namespace xtap::test
