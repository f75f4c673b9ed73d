// Ending handles in every order, in callbacks and under other threads.
#include "patience.hpp"
#include "process.hpp"
#include "tap.hpp"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <thread>

namespace xtap::test {
namespace {

class Closing : public testing::TestWithParam<Mode> {};

struct Handles {
    xtap_config *config = nullptr;
    xtap_client *client = nullptr;
    xtap_request *request = nullptr;
    xtap_stream *stream = nullptr;

    Handles(const std::string &url, bool ahead) {
        Error error;
        xtap_config_create(&config, nullptr);
        for (const auto &[name, value] : quick())
            xtap_config_set(config, name.c_str(), value.c_str(), nullptr);
        xtap_config_set(config, "base_url", url.c_str(), nullptr);
        if (!ahead) xtap_config_set(config, "read_ahead_bytes", "0", nullptr);
        xtap_client_open(config, &client, nullptr);
        xtap_request_create(client, "streamPostsSample", &request, nullptr);
        if (xtap_stream_open(request, &stream, &error) != XTAP_OK) throw std::runtime_error(error.message);
    }
    void end(int which) {
        if (which == 0) xtap_config_destroy(std::exchange(config, nullptr));
        if (which == 1) xtap_client_close(std::exchange(client, nullptr));
        if (which == 2) xtap_request_destroy(std::exchange(request, nullptr));
        if (which == 3) xtap_stream_close(std::exchange(stream, nullptr));
    }
};

// Full queues are not what these tests are about; TSan would spend minutes filling them.
const std::vector<std::string> kUnhurried = {"--rate", "2000"};

bool read_one(xtap_stream *stream, Batch &batch) {
    return xtap_stream_read(stream, batch.get(), XTAP_FOREVER, nullptr) == XTAP_OK;
}

TEST_P(Closing, InEveryOrderWithAStreamThatNeverRan) {
    std::vector<int> order = {0, 1, 2, 3};
    do {
        Handles handles("http://127.0.0.1:1", GetParam().ahead);
        for (const int which : order)
            handles.end(which);
    } while (std::ranges::next_permutation(order).found);
}

TEST_P(Closing, InEveryOrderWithAStreamThatIsOpenAndGoesOnUntilItsOwnEnd) {
    sim::SimulatorProcess simulator(kUnhurried);
    std::vector<int> order = {0, 1, 2, 3};
    Batch batch;
    do {
        Handles handles(simulator.url(), GetParam().ahead);
        for (int i = 0; i < 3; ++i)
            ASSERT_TRUE(read_one(handles.stream, batch));
        for (const int which : order) {
            handles.end(which);
            ASSERT_TRUE(!handles.stream || read_one(handles.stream, batch)) << "it needs none of its parents";
        }
    } while (std::ranges::next_permutation(order).found);
    EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>());
}

TEST_P(Closing, ManyStreamsOfOneClientWhoseHandleIsGone) {
    sim::SimulatorProcess simulator(kUnhurried);
    Handles first(simulator.url(), GetParam().ahead);
    std::vector<xtap_stream *> streams{std::exchange(first.stream, nullptr)};
    for (int i = 0; i < 5; ++i) {
        xtap_stream *stream = nullptr;
        ASSERT_EQ(xtap_stream_open(first.request, &stream, nullptr), XTAP_OK);
        streams.push_back(stream);
    }
    for (int i = 0; i < 3; ++i)
        first.end(i);
    Batch batch;
    for (int i = 0; i < 3; ++i)
        for (xtap_stream *stream : streams)
            ASSERT_TRUE(read_one(stream, batch));
    for (xtap_stream *stream : streams)
        xtap_stream_close(stream);
    EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>());
}

TEST_P(Closing, AStreamInItsOwnEventCallbackEndsItsRunAsCancelled) {
    sim::SimulatorProcess simulator;
    Handles handles(simulator.url(), GetParam().ahead);
    struct Data {
        xtap_stream *stream;
        int events = 0;
        std::string after;
    } data{handles.stream, 0, ""};
    xtap_stream_on_event(
        handles.stream,
        [](const xtap_event *event, void *self) {
            Data &d = *static_cast<Data *>(self);
            if (++d.events < 3) return xtap_flow{XTAP_CONTINUE};
            xtap_stream_close(d.stream);
            const xtap_text json = xtap_event_json(event); // borrowed until the callback returns
            d.after.assign(json.data, json.size);
            return xtap_flow{XTAP_CONTINUE};
        },
        &data);
    Error error;
    EXPECT_EQ(xtap_stream_run(std::exchange(handles.stream, nullptr), &error), XTAP_E_CANCELLED)
        << error.text();
    EXPECT_EQ(data.events, 3);
    EXPECT_TRUE(data.after.starts_with("{"));
    EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>());
    for (int i = 0; i < 3; ++i)
        handles.end(i);
}

TEST_P(Closing, EverythingInANoticeCallback) {
    sim::SimulatorProcess simulator;
    Handles handles(simulator.url(), GetParam().ahead);
    xtap_stream_on_notice(
        handles.stream,
        [](const xtap_notice *, void *self) {
            Handles &all = *static_cast<Handles *>(self);
            for (const int which : {1, 2, 3, 0})
                all.end(which);
            return xtap_flow{XTAP_STOP};
        },
        &handles);
    EXPECT_NE(xtap_stream_run(handles.stream, nullptr), XTAP_E_INTERNAL);
    EXPECT_EQ(handles.stream, nullptr);
}

TEST_P(Closing, AnotherStreamInACallback) {
    sim::SimulatorProcess simulator;
    Handles one(simulator.url(), GetParam().ahead), two(simulator.url(), GetParam().ahead);
    Batch batch;
    ASSERT_TRUE(read_one(two.stream, batch));
    xtap_stream_on_event(
        one.stream,
        [](const xtap_event *, void *self) {
            static_cast<Handles *>(self)->end(3);
            return xtap_flow{XTAP_STOP};
        },
        &two);
    EXPECT_EQ(xtap_stream_run(one.stream, nullptr), XTAP_OK);
    EXPECT_EQ(two.stream, nullptr);
    for (int i = 0; i < 4; ++i)
        one.end(i), two.end(i);
}

// While a thread runs a stream, another one closes it: it waits until the first has left, which is soon.
TEST_P(Closing, FromAnotherThreadWhileOneRuns) {
    sim::SimulatorProcess simulator;
    for (int round = 0; round < 30; ++round) {
        if (round % 2) simulator.fault({{"kind", "keep_alive_only"}, {"after_events", round}});
        Handles handles(simulator.url(), GetParam().ahead);
        std::atomic<int> seen{0};
        const auto count = [](const auto *, void *data) {
            ++*static_cast<std::atomic<int> *>(data);
            return xtap_flow{XTAP_CONTINUE};
        };
        xtap_stream_on_event(handles.stream, count, &seen);
        xtap_stream_on_notice(handles.stream, count, &seen);
        xtap_status status = XTAP_OK;
        std::thread runner([&] { status = xtap_stream_run(handles.stream, nullptr); });
        while (seen < round % 5 + 1)
            std::this_thread::yield();
        xtap_stream_close(handles.stream); // not end(): the runner reads that pointer once more, maybe
        const int seen_by_then = seen;
        runner.join();
        handles.stream = nullptr;
        EXPECT_EQ(status, XTAP_E_CANCELLED);
        EXPECT_EQ(seen, seen_by_then) << "no callback after close has returned";
        for (int i = 0; i < 3; ++i)
            handles.end(i);
    }
}

TEST_P(Closing, FromAnotherThreadWhileAReadWaits) {
    sim::SimulatorProcess simulator;
    for (int round = 0; round < 20; ++round) {
        simulator.fault({{"kind", "keep_alive_only"}});
        Handles handles(simulator.url(), GetParam().ahead);
        std::atomic<int> reads{0};
        xtap_status status = XTAP_OK;
        std::thread reader([&] {
            Batch batch;
            std::size_t records = 0;
            while (records < 2 &&
                   xtap_stream_read(handles.stream, batch.get(), XTAP_FOREVER, nullptr) == XTAP_OK)
                records += batch->record_count;
            ++reads;
            status = xtap_stream_read(handles.stream, batch.get(), XTAP_FOREVER, nullptr);
        });
        while (reads == 0)
            std::this_thread::yield();
        // Busy is the sign that it is inside: on_event answers it then.
        while (xtap_stream_on_event(handles.stream, nullptr, nullptr) != XTAP_E_BUSY)
            std::this_thread::yield();
        xtap_stream_close(handles.stream);
        reader.join();
        handles.stream = nullptr;
        EXPECT_EQ(status, XTAP_E_CANCELLED);
        for (int i = 0; i < 3; ++i)
            handles.end(i);
    }
}

INSTANTIATE_TEST_SUITE_P(, Closing, testing::ValuesIn(kEveryMode),
                         [](const auto &mode) { return mode.param.name(); });

} // namespace
} // namespace xtap::test
