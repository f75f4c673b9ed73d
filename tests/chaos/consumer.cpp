// A consumer that is put through trouble: writes down every event it is given, commits as it is told to, and
// goes on where it stood when it was killed. A user of the public header alone.
#include "journal.hpp"
#include "tap.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>

namespace xtap::chaos {
namespace {

struct Arguments {
    std::string url, operation, partitions, journal, checkpoint, report;
    std::vector<std::string> options;
    std::uint32_t life = 0;
    std::size_t in_flight = 0; // batches that are not committed yet
    std::int64_t until_ms = 0; // the stream is to be covered so far
    std::int64_t pause_at_ms = 0, pause_ms = 0;
};

std::int64_t wall_ms() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void sleep_ms(std::int64_t ms) {
    timespec time{ms / 1000, ms % 1000 * 1'000'000};
    nanosleep(&time, nullptr);
}

void check(xtap_status status, const test::Error &error, const char *what) {
    if (status >= 100) throw std::runtime_error(std::string(what) + ": " + error.text());
}

// Every text of the simulator's ends in " No. NUMBER".
std::uint64_t number_of(std::string_view text) {
    const std::size_t at = text.rfind("No. ");
    std::uint64_t number = 0;
    if (at != std::string_view::npos)
        std::from_chars(text.data() + at + 4, text.data() + text.size(), number);
    return number;
}

class Consumer {
public:
    explicit Consumer(Arguments arguments)
        : arguments_(std::move(arguments)), journal_(arguments_.journal), batch_(4 << 20, 8192, 8192) {
        open();
        resume();
    }
    ~Consumer() {
        xtap_stream_close(stream_);
        xtap_request_destroy(request_);
        xtap_client_close(client_);
    }

    void run() {
        while (!done()) {
            test::Error error;
            const xtap_status status = xtap_stream_read(stream_, batch_.get(), 100, &error);
            check(status, error, "read");
            if (status == XTAP_END) throw std::runtime_error("the stream ended");
            if (status != XTAP_OK) continue;
            take();
            pause();
        }
        report();
    }

private:
    void open() {
        test::Error error;
        xtap_config *config = nullptr;
        check(xtap_config_create(&config, &error), error, "config");
        const auto set = [&](const char *name, const char *value) {
            check(xtap_config_set(config, name, value, &error), error, name);
        };
        set("base_url", arguments_.url.c_str());
        set("bearer_token", "chaos");
        set("connect_budget", "0");
        for (const std::string &option : arguments_.options) {
            const std::size_t equals = option.find('=');
            set(option.substr(0, equals).c_str(), option.substr(equals + 1).c_str());
        }
        check(xtap_client_open(config, &client_, &error), error, "client");
        xtap_config_destroy(config);
        check(xtap_request_create(client_, arguments_.operation.c_str(), &request_, &error), error,
              "request");
        check(xtap_request_set(request_, "partition", arguments_.partitions.c_str(), &error), error,
              "partition");
        check(xtap_stream_open(request_, &stream_, &error), error, "stream");
        const char *pointers[] = {"/data/text"};
        check(xtap_stream_select(stream_, pointers, 1, &error), error, "select");
    }

    void resume() {
        std::ifstream in(arguments_.checkpoint);
        if (arguments_.checkpoint.empty() || !in) return;
        std::uint32_t life = 0;
        std::uint64_t position = 0;
        std::string text;
        in >> life >> position >> text;
        test::Error error;
        check(xtap_stream_resume(stream_, text.data(), text.size(), &error), error, "resume");
        journal_.add({What::resumed, life, position, 0, 0, 0});
        journal_.flush();
    }

    void take() {
        std::uint64_t last = 0;
        for (std::size_t i = 0; i < batch_->record_count; ++i) {
            const xtap_record &record = batch_->records[i];
            last = record.position;
            if (record.kind < 0x8000)
                take_event(record);
            else
                take_notice(record);
        }
        journal_.flush();
        if (arguments_.checkpoint.empty()) return;
        in_flight_.push_back(last);
        if (in_flight_.size() <= arguments_.in_flight) return;
        commit(in_flight_.front());
        in_flight_.pop_front();
    }

    void take_event(const xtap_record &record) {
        if (record.kind != XTAP_EVENT_POST) return; // a fault's line
        const xtap_column &column = batch_->columns[record.first_column];
        const std::uint64_t number = number_of({batch_->data + column.offset, column.size});
        if (number == 0) throw std::runtime_error("an event without its number");
        journal_.add({What::event, record.partition, number, record.position,
                      static_cast<std::int64_t>(record.flags), wall_ms() - record.time_ms});
    }

    void take_notice(const xtap_record &record) {
        const auto facts = Json::parse(std::string_view(batch_->data + record.json_offset, record.json_size));
        std::string name = facts["notice"].text();
        if (facts.contains("by")) name += " by " + facts["by"].get<std::string>();
        if (facts.contains("reason")) name += " " + facts["reason"].get<std::string>();
        ++notices_[name];
        if (record.kind == XTAP_NOTICE_GAP)
            journal_.add({What::gap, record.partition, 0, record.position,
                          facts["from_ms"].get<std::int64_t>(), facts["to_ms"].get<std::int64_t>()});
    }

    void commit(std::uint64_t position) {
        test::Error error;
        std::size_t size = 0;
        for (;;) {
            const xtap_status status =
                xtap_stream_checkpoint(stream_, position, text_.data(), text_.size(), &size, &error);
            if (status == XTAP_OK) break;
            if (status != XTAP_E_BUFFER_SMALL) check(status, error, "checkpoint");
            text_.resize(error.needed + 1024);
        }
        largest_checkpoint_ = std::max(largest_checkpoint_, size);
        ++checkpoints_;
        const std::string next = arguments_.checkpoint + ".next";
        // Which life and position it is of stands in the same file: only so is it known what was committed at
        // death.
        std::ofstream(next, std::ios::binary | std::ios::trunc)
            << arguments_.life << ' ' << position << ' ' << std::string_view(text_.data(), size);
        if (std::rename(next.c_str(), arguments_.checkpoint.c_str()) != 0) throw std::runtime_error("rename");
    }

    void pause() {
        if (arguments_.pause_ms == 0 || wall_ms() < arguments_.pause_at_ms) return;
        sleep_ms(std::exchange(arguments_.pause_ms, 0));
    }

    Json stats() {
        std::string text(1 << 20, '\0');
        std::size_t size = 0;
        test::Error error;
        check(xtap_stream_stats(stream_, text.data(), text.size(), &size, &error), error, "stats");
        return Json::parse(text.substr(0, size));
    }

    // All has come up to the end, nothing of it is still being repaired, and what was read ahead then is
    // delivered.
    bool done() {
        if (wall_ms() < next_look_ms_) return false;
        next_look_ms_ = wall_ms() + 1000;
        const Json now = stats();
        most_queued_ = std::max(most_queued_, now["queue_bytes"].get<std::uint64_t>());
        most_key_bytes_ = std::max(most_key_bytes_, now["dedupe_bytes"].get<std::uint64_t>());
        const std::uint64_t position = now["position"].get<std::uint64_t>();
        if (last_position_ == 0 && covered(now))
            last_position_ = position + now["queue_records"].get<std::uint64_t>();
        return last_position_ != 0 && position >= last_position_;
    }

    bool covered(const Json &now) const {
        for (const Json &part : now["coverage"])
            if (part["through_ms"].is_null() || part["through_ms"] < arguments_.until_ms ||
                part["recovering"] != 0)
                return false;
        return !now["coverage"].empty();
    }

    void report() {
        std::ifstream status("/proc/self/status");
        std::string line;
        std::uint64_t peak_kib = 0;
        while (std::getline(status, line))
            if (line.starts_with("VmHWM:")) peak_kib = std::stoull(line.substr(6));
        Json said = stats();
        said["notices_by_kind"] = notices_;
        said["peak_kib"] = peak_kib;
        said["largest_checkpoint"] = largest_checkpoint_;
        said["checkpoints"] = checkpoints_;
        said["most_queued"] = most_queued_;
        said["most_key_bytes"] = most_key_bytes_;
        std::ofstream(arguments_.report) << said.dump();
    }

    Arguments arguments_;
    Journal journal_;
    test::Batch batch_;
    xtap_client *client_ = nullptr;
    xtap_request *request_ = nullptr;
    xtap_stream *stream_ = nullptr;
    std::deque<std::uint64_t> in_flight_;
    std::string text_ = std::string(1 << 16, '\0');
    std::map<std::string, std::uint64_t> notices_;
    std::size_t largest_checkpoint_ = 0, checkpoints_ = 0;
    std::uint64_t most_queued_ = 0, most_key_bytes_ = 0;
    std::int64_t next_look_ms_ = 0;
    std::uint64_t last_position_ = 0;
};

} // namespace
} // namespace xtap::chaos

int main(int argc, char **argv) {
    xtap::chaos::Arguments arguments;
    CLI::App app("consumes a stream of the simulator and writes down what it was given");
    app.add_option("--url", arguments.url)->required();
    app.add_option("--operation", arguments.operation)->required();
    app.add_option("--partitions", arguments.partitions)->required();
    app.add_option("--journal", arguments.journal)->required();
    app.add_option("--report", arguments.report)->required();
    app.add_option("--checkpoint", arguments.checkpoint);
    app.add_option("--life", arguments.life);
    app.add_option("--in-flight", arguments.in_flight);
    app.add_option("--until-ms", arguments.until_ms)->required();
    app.add_option("--pause-at-ms", arguments.pause_at_ms);
    app.add_option("--pause-ms", arguments.pause_ms);
    app.add_option("--option", arguments.options);
    CLI11_PARSE(app, argc, argv);
    try {
        xtap::chaos::Consumer(arguments).run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "chaos_consumer: %s\n", error.what());
        return 1;
    }
    return 0;
}
