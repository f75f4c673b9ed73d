// read and the caller's memory: batches too small, needs that are exact, tiny batches, timeouts, lingering,
// big records.
#include "faults.hpp"

#include <algorithm>

namespace xtap::test {
namespace {

class Batches : public testing::TestWithParam<bool> {
protected:
    Mode mode() const { return {.run = false, .ahead = GetParam()}; }
};

void append(Told &told, const Batch &batch, std::size_t columns = 0) {
    for (std::size_t i = 0; i < batch->record_count; ++i)
        told.all.push_back(seen_of(*batch, batch->records[i], columns));
}

TEST_P(Batches, ABatchTooSmallSaysExactlyWhatIsNeededAndConsumesNothing) {
    Simulator simulator;
    Tap tap(simulator.url(), mode());
    tap.select({"/data/id", "/data/text"});
    Told told;
    Batch batch(0, 0, 0);
    while (told.event_count() < 50) {
        batch.resize(0, 0, 0);
        ASSERT_EQ(tap.read(batch), XTAP_E_BUFFER_SMALL);
        ASSERT_EQ(batch->record_count, 0u);
        EXPECT_EQ(batch->records_needed, 1u);
        EXPECT_EQ(tap.error.needed, batch->data_needed);
        const std::size_t data = batch->data_needed, columns = batch->columns_needed;
        // One short of any of the three is too small still, and asks for the same.
        for (const auto &[d, r, c] : {std::tuple{data - 1, 1ul, columns},
                                      {data, 0ul, columns},
                                      {data, 1ul, columns ? columns - 1 : 0ul}}) {
            if (c == columns && d == data && r == 1) continue;
            batch.resize(d, r, c);
            ASSERT_EQ(tap.read(batch), XTAP_E_BUFFER_SMALL);
            EXPECT_EQ(batch->data_needed, data);
            EXPECT_EQ(batch->columns_needed, columns);
        }
        batch.grow();
        ASSERT_EQ(tap.read(batch), XTAP_OK) << tap.error.text();
        ASSERT_EQ(batch->record_count, 1u);
        append(told, batch, 2);
    }
    EXPECT_EQ(told.lines(), truth(50));
    expect_no_hole(told.all);
}

TEST_P(Batches, OneRecordAtATimeIsAWholeStream) {
    Simulator simulator;
    Tap tap(simulator.url(), mode());
    Batch batch(16 * 1024, 1, 0);
    Told told;
    while (told.event_count() < 3'000) {
        ASSERT_EQ(tap.read(batch), XTAP_OK) << tap.error.text();
        ASSERT_EQ(batch->record_count, 1u);
        append(told, batch);
    }
    EXPECT_EQ(told.lines(), truth(3'000));
    expect_no_hole(told.all);
}

TEST_P(Batches, FillUpToTheLastByteTheyHave) {
    Simulator simulator;
    Tap tap(simulator.url(), mode());
    Told told;
    Batch batch(6'000, 64, 0);
    while (told.event_count() < 2'000) {
        const xtap_status status = tap.read(batch);
        if (status == XTAP_E_BUFFER_SMALL) {
            batch.resize(batch->data_needed, 64, 0);
            continue;
        }
        ASSERT_EQ(status, XTAP_OK) << tap.error.text();
        ASSERT_LE(batch->data_size, batch->data_capacity);
        append(told, batch);
    }
    const std::vector<std::string> lines = told.lines();
    EXPECT_EQ(lines, truth(lines.size()));
    expect_no_hole(told.all);
}

TEST_P(Batches, NoticesAreRecordsInOrderWithTheEvents) {
    Simulator simulator;
    simulator.fault(fault("reset", {{"after_events", 3}}));
    Tap tap(simulator.url(), mode());
    const Told told = listen(tap, events(5));
    EXPECT_EQ(told.course(),
              "connecting, connected, 3 events, disconnected network XTAP_E_NETWORK, connecting, "
              "connected, 2 events");
    expect_no_hole(told.all);
    for (const Seen &seen : told.all) {
        EXPECT_NE(seen.time_ms, XTAP_TIME_UNKNOWN);
        EXPECT_EQ(seen.partition, 1u);
        if (!seen.is_notice()) continue;
        EXPECT_EQ(seen.position, static_cast<std::uint64_t>(&seen - told.all.data()) + 1);
        EXPECT_EQ(seen.id, 0u);
        EXPECT_EQ(seen.key[0] | seen.key[1], 0u);
        EXPECT_EQ(seen.time_ms, seen.facts()["at_ms"]);
    }
}

TEST_P(Batches, RecordsLargerThanAnyBufferOfOursArriveWhole) {
    for (const std::size_t size : {200'000u, 5'000'000u}) {
        for (const char *gzip : {"off", "auto"}) {
            Simulator simulator({"--gzip", gzip});
            simulator.fault(fault("oversized_line", {{"after_events", 3}, {"size", size}}));
            Tap tap(simulator.url(), mode());
            const Told told = listen(tap, events(10));
            ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
            EXPECT_EQ(told.course(), "connecting, connected, 10 events");
            std::vector<std::string> lines = told.lines();
            ASSERT_EQ(lines[3].size(), size);
            EXPECT_EQ(lines[3].find_first_not_of('x', 26), size - 3);
            EXPECT_EQ(told.events()[3].kind, static_cast<std::uint32_t>(XTAP_EVENT_POST));
            lines.erase(lines.begin() + 3);
            EXPECT_TRUE(lines == truth(9));
        }
    }
}

TEST_P(Batches, ALineOfExactlyTheLimitIsDeliveredAndOneMoreByteIsNot) {
    Simulator simulator;
    simulator.fault(
        {fault("oversized_line", {{"size", 65'536}}), fault("oversized_line", {{"size", 65'537}})});
    Tap tap(simulator.url(), mode(), {{"max_event_bytes", "64KiB"}});
    Told told = listen(tap, events(1));
    EXPECT_EQ(told.course(), "connecting, connected, 1 event");
    EXPECT_EQ(told.lines()[0].size(), 65'536u);
    simulator.close_all();
    told = listen(tap, notices(XTAP_NOTICE_OVERSIZED));
    EXPECT_EQ(told.all.back().facts()["size"], 65'537);
}

// ---- time ----

TEST_P(Batches, ATimeoutOfZeroPollsAndAFiniteOnePasses) {
    Simulator simulator;
    simulator.fault(fault("keep_alive_only", {{"after_events", 2}}));
    Tap tap(simulator.url(), mode());
    Batch batch;
    Told told;
    while (told.event_count() < 2) {
        const xtap_status status = tap.read(batch, 0);
        ASSERT_TRUE(status == XTAP_OK || status == XTAP_TIMEOUT) << tap.error.text();
        append(told, batch);
    }
    EXPECT_EQ(tap.read(batch, 0), XTAP_TIMEOUT);
    EXPECT_EQ(batch->record_count, 0u);
    EXPECT_EQ(tap.error.status, XTAP_OK) << "a timeout is no failure";
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(tap.read(batch, 50), XTAP_TIMEOUT);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(49));
    EXPECT_EQ(told.lines(), truth(2));
}

TEST_P(Batches, ReadMinBytesMakesLargerBatches) {
    Simulator simulator;
    Tap tap(simulator.url(), mode(), {{"read_min_bytes", "100000"}, {"read_linger_ms", "60000"}});
    Batch batch(1 << 20, 4'096, 0);
    Told told;
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(tap.read(batch), XTAP_OK) << tap.error.text();
        EXPECT_GE(batch->data_size, 100'000u);
        append(told, batch);
    }
    EXPECT_EQ(told.lines(), truth(told.event_count()));
}

TEST_P(Batches, LingeringEndsWithItsTimeOrTheTimeout) {
    Simulator simulator;
    simulator.fault(fault("keep_alive_only", {{"after_events", 2}}));
    Tap tap(simulator.url(), mode(), {{"read_min_bytes", "1MiB"}, {"read_linger_ms", "30"}});
    Batch batch;
    Told told;
    while (told.event_count() < 2) {
        ASSERT_EQ(tap.read(batch), XTAP_OK) << tap.error.text();
        append(told, batch);
    }
    EXPECT_EQ(told.lines(), truth(2));
    Simulator another;
    another.fault(fault("keep_alive_only", {{"after_events", 2}}));
    Tap patient(another.url(), mode(), {{"read_min_bytes", "1MiB"}, {"read_linger_ms", "3600000"}});
    told = {};
    while (told.event_count() < 2) {
        const xtap_status status = patient.read(batch, 30);
        ASSERT_TRUE(status == XTAP_OK || status == XTAP_TIMEOUT) << patient.error.text();
        append(told, batch);
    }
    EXPECT_EQ(told.lines(), truth(2));
}

TEST_P(Batches, AFailureAfterRecordsComesAfterThemAndThenAlways) {
    Simulator simulator;
    simulator.fault(fault("reset", {{"after_events", 3}}));
    Tap tap(simulator.url(), mode(), {{"max_reconnects", "0"}});
    Batch batch;
    Told told;
    xtap_status status;
    while ((status = tap.read(batch)) == XTAP_OK)
        append(told, batch);
    EXPECT_EQ(status, XTAP_E_NETWORK);
    EXPECT_EQ(batch->record_count, 0u);
    EXPECT_EQ(told.course(), "connecting, connected, 3 events, disconnected network XTAP_E_NETWORK");
    const std::string message = tap.error.message;
    for (const std::uint32_t timeout : {0u, 10u, XTAP_FOREVER}) {
        EXPECT_EQ(tap.read(batch, timeout), XTAP_E_NETWORK);
        EXPECT_EQ(message, tap.error.message);
    }
}

// ---- structs ----

TEST_P(Batches, ASmallStructGetsNoWriteAndALargerRecordItsStride) {
    Simulator simulator;
    Tap tap(simulator.url(), mode());
    Batch batch;
    batch.get()->struct_size = sizeof(xtap_batch) - 1;
    batch.get()->record_count = 77;
    EXPECT_EQ(tap.read(batch), XTAP_E_ARGUMENT);
    EXPECT_EQ(batch->record_count, 77u);
    batch.get()->struct_size = sizeof(xtap_batch);
    batch.get()->record_size = sizeof(xtap_record) - 1;
    EXPECT_EQ(tap.read(batch), XTAP_E_ARGUMENT);
    EXPECT_EQ(batch->record_count, 77u);

    struct Later {
        xtap_record now;
        std::uint64_t more[2];
    };
    std::vector<Later> records(8, Later{{}, {1, 1}});
    std::string data(64 * 1024, '\0');
    xtap_batch wide = XTAP_BATCH_INIT;
    wide.record_size = sizeof(Later);
    wide.data = data.data(), wide.data_capacity = data.size();
    wide.records = &records[0].now, wide.record_capacity = records.size();
    std::vector<std::string> lines;
    while (lines.size() < 20) {
        ASSERT_EQ(xtap_stream_read(tap.stream(), &wide, XTAP_FOREVER, &tap.error), XTAP_OK)
            << tap.error.text();
        for (std::size_t i = 0; i < wide.record_count; ++i) {
            EXPECT_EQ(records[i].more[0], 0u) << "fields this version does not know are zero";
            const xtap_record &record = records[i].now;
            if (record.kind < 0x8000) lines.emplace_back(data, record.json_offset, record.json_size);
        }
    }
    EXPECT_EQ(lines, truth(lines.size()));
}

INSTANTIATE_TEST_SUITE_P(, Batches, testing::Bool(),
                         [](const auto &value) { return std::string(value.param ? "ahead" : "direct"); });

} // namespace
} // namespace xtap::test
