// The list of scenarios, run through the C header. README.md says what each does and observes.
#include "world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace xtap::test {
namespace {

using Scenario = Json (*)(World &);

bool consecutive(const std::vector<int> &numbers, int first, int step) {
    for (const int number : numbers) {
        if (number != first) return false;
        first += step;
    }
    return true;
}

// ---- deliver ----

struct Delivery {
    std::vector<int> numbers;
    Json kinds = Json::array(), columns = nullptr, told = Json::array();
    std::size_t events = 0, largest = 0, noticed = 0;
    std::uint64_t position = 0;
    bool in_order = true, by_callback = false;

    // A callback is not told a notice's position, which it has all the same.
    void place(const Seen &seen) {
        ++position;
        in_order = in_order && (seen.position == position || (by_callback && seen.is_notice()));
    }

    void notice(const Seen &seen, const Json &tell, const std::string &awaited) {
        const Json facts = seen.facts();
        const std::string name = facts["notice"].text();
        noticed += name == awaited;
        if (!tell.contains(name)) return;
        const Json fact = facts.value(tell[name].get<std::string>(), Json());
        told.push_back(name + (fact.is_null()     ? ""
                               : fact.is_string() ? " " + fact.get<std::string>()
                                                  : " " + fact.dump()));
    }

    void event(const Seen &seen) {
        ++events;
        largest = std::max(largest, seen.json.size());
        if (std::find(kinds.begin(), kinds.end(), seen.kind) == kinds.end()) kinds.push_back(seen.kind);
        if (seen.selected.empty()) return;
        numbers.push_back(number_of(seen.selected[0].text));
        if (!columns.is_null()) return;
        columns = Json::array();
        for (const Selected &one : seen.selected)
            columns.push_back({one.kind, one.text});
    }
};

Json deliver(World &world) {
    const Json until = world.entry["until"], tell = world.entry.value("tell", Json::object());
    const std::size_t events = until.value("events", 0u), times = until.value("times", 0u);
    const std::size_t finish_at = world.entry.value("finish_at", 0u);
    const Client client = world.client();
    const Stream stream = world.stream(client);
    Delivery seen;
    seen.by_callback = world.level == "events";
    std::thread finishing;
    const xtap_status status = world.consume(stream, [&](const Seen &record) {
        seen.place(record);
        if (record.is_notice())
            seen.notice(record, tell, until.value("notice", ""));
        else
            seen.event(record);
        if (finish_at != 0 && seen.events == finish_at && !finishing.joinable())
            finishing = std::thread([&] { xtap_stream_finish(stream.get()); });
        return (events != 0 && seen.events == events) || (times != 0 && seen.noticed == times);
    });
    if (finishing.joinable()) finishing.join();
    return {{"status", xtap_status_name(status)},
            {"events", seen.events},
            {"numbers", seen.numbers},
            {"in_order", consecutive(seen.numbers, 1, 1)},
            {"positions_in_order", seen.in_order},
            {"kinds", seen.kinds},
            {"columns", seen.columns},
            {"largest", seen.largest},
            {"told", seen.told},
            {"asked", world.found(world.simulator.state()["list"].back()["request_line"].text())}};
}

// ---- fail ----

// Throws the Failure. The stream, and with it the client, where it came to reading, stay.
void attempt(World &world, Client &client, Stream &stream) {
    client = world.client();
    if (world.entry["do"] == "send") {
        world.send(world.request(client));
        return;
    }
    Stream opened = world.stream(client);
    if (world.entry.contains("resume")) {
        const std::string text = world.entry["resume"].text();
        Failure failure;
        if (xtap_stream_resume(opened.get(), text.data(), text.size(), &failure.error) != XTAP_OK)
            throw failure;
    }
    stream = std::move(opened);
    world.consume(stream, [](const Seen &) { return false; });
}

Json facts_of(World &world, const Failure &failure, const Stream &stream) {
    Json again;
    if (stream) {
        Batch batch;
        again = xtap_status_name(xtap_stream_read(stream.get(), batch.get(), XTAP_FOREVER, nullptr));
    }
    const Error &error = failure.error;
    return {{"status", xtap_status_name(error.status)},
            {"http_status", error.http_status},
            {"retriable", error.retriable != 0},
            {"waits", error.retry_after_ms > 0},
            {"problem", *error.problem_title != '\0'},
            {"request_id", *error.request_id != '\0'},
            {"response", failure.response},
            {"said", world.found(error.message)},
            {"again", again},
            {"requests", world.simulator.control("GET", "/requests")["requests"]}};
}

Json fail(World &world) {
    Client client;
    Stream stream;
    try {
        attempt(world, client, stream);
    } catch (const Failure &failure) {
        return facts_of(world, failure, stream);
    }
    return nullptr;
}

// ---- page ----

Json page(World &world) {
    const Client client = world.client();
    const Request request = world.request(client);
    std::vector<int> numbers;
    int pages = 0;
    for (xtap_status status = XTAP_OK; status == XTAP_OK; ++pages) {
        const Response response = world.send(request);
        const xtap_text body = xtap_response_body(response.get());
        const Json answer = Json::parse(std::string_view(body.data, body.size));
        for (const Json &item : answer["data"])
            numbers.push_back(number_of(item["text"].text()));
        status = xtap_request_next_page(request.get(), response.get(), nullptr);
    }
    return {{"pages", pages},
            {"items", numbers.size()},
            {"first", numbers.front()},
            {"last", numbers.back()},
            {"in_order", consecutive(numbers, numbers.front(), -1)}};
}

// ---- interrupt ----

Json interrupt(World &world) {
    const Client client = world.client();
    Stream stream = world.stream(client);
    xtap_stream *const reading = stream.get();
    Batch batch;
    const auto read = [&](std::uint32_t timeout_ms) {
        return xtap_status_name(xtap_stream_read(reading, batch.get(), timeout_ms, nullptr));
    };
    if (!world.entry.value("lingers", false)) read(XTAP_FOREVER); // connecting
    const std::string act = world.entry["act"].text();
    std::thread other([&] {
        world.simulator.state_when("min_connections=1");
        if (act == "cancel") xtap_stream_cancel(reading);
        if (act == "wake") xtap_stream_wake(reading);
        if (act == "finish") xtap_stream_finish(reading);
        if (act == "close") stream.reset();
    });
    Json observed = {{"read", read(XTAP_FOREVER)}};
    other.join();
    if (stream) observed["then"] = read(0);
    return observed;
}

// ---- raise ----

Json raise_in_the_loop(World &world) {
    const Client client = world.client();
    const Stream stream = world.stream(client);
    const int at = world.entry["at"].get<int>();
    bool raised = false;
    try {
        world.consume(stream, [&](const Seen &seen) {
            if (!seen.is_notice() && number_of(seen.selected[0].text) == at) throw at;
            return false;
        });
    } catch (int) {
        raised = true;
    }
    int next = 0;
    world.consume(stream, [&](const Seen &seen) {
        if (!seen.is_notice()) next = number_of(seen.selected[0].text);
        return next != 0;
    });
    return {{"raised", raised}, {"next", next}};
}

// ---- resume ----

std::string checkpoint_of(const Stream &stream, std::uint64_t upto) {
    std::size_t size = 0;
    xtap_stream_checkpoint(stream.get(), upto, nullptr, 0, &size, nullptr);
    std::string text(size, '\0');
    text.resize(text.size() + 1);
    Failure failure;
    if (xtap_stream_checkpoint(stream.get(), upto, text.data(), text.size(), &size, &failure.error) !=
        XTAP_OK)
        throw failure;
    text.resize(size);
    return text;
}

Json resume(World &world) {
    const Client client = world.client();
    const int rounds = world.entry["rounds"].get<int>(), wanted = world.entry["events"].get<int>();
    std::string checkpoint;
    std::set<int> seen;
    int twice = 0;
    const auto missing = [&] { return *seen.rbegin() - *seen.begin() + 1 - static_cast<int>(seen.size()); };
    for (int round = 0; round < rounds; ++round) {
        const Stream stream = world.stream(client);
        if (!checkpoint.empty()) {
            EXPECT_EQ(xtap_stream_resume(stream.get(), checkpoint.data(), checkpoint.size(), nullptr),
                      XTAP_OK);
        }
        int taken = 0;
        std::uint64_t upto = 0;
        world.consume(stream, [&](const Seen &event) {
            if (event.is_notice()) return false;
            if (!seen.insert(number_of(event.selected[0].text)).second) ++twice;
            upto = event.position;
            // What is fetched comes beside what is live: the last one is read until nothing is missing.
            return ++taken >= wanted && (round < rounds - 1 || missing() == 0);
        });
        checkpoint = checkpoint_of(stream, upto);
    }
    return {{"twice", twice}, {"missing", missing()}};
}

// ---- close ----

Json close_in_order(World &world) {
    Client client = world.client();
    Request request = world.request(client);
    xtap_stream *made = nullptr;
    xtap_stream_open(request.get(), &made, nullptr);
    Stream stream(made);
    const auto request_works = [&] {
        xtap_stream *other = nullptr;
        const xtap_status status = xtap_stream_open(request.get(), &other, nullptr);
        xtap_stream_close(other);
        return status == XTAP_OK;
    };
    Json alive = Json::array();
    for (const Json &name : world.entry["order"]) {
        if (name == "client") client.reset();
        if (name == "request") request.reset();
        if (name == "stream") stream.reset();
        Json working = Json::array();
        std::size_t size = 0;
        Batch batch;
        if (client && xtap_client_stats(client.get(), nullptr, 0, &size, nullptr) == XTAP_OK)
            working.push_back("client");
        if (request && request_works()) working.push_back("request");
        if (stream && xtap_stream_read(stream.get(), batch.get(), XTAP_FOREVER, nullptr) == XTAP_OK)
            working.push_back("stream");
        alive.push_back(working);
    }
    return {{"alive", alive}};
}

// ---- exit ----

constexpr const char kChildOf[] = "XTAP_TEST_CHILD_OF";

// What the scenario runs in a process of its own.
[[noreturn]] void exit_while_reading(const char *url) {
    xtap_config *config = nullptr;
    xtap_client *client = nullptr;
    xtap_request *request = nullptr;
    xtap_stream *stream = nullptr;
    xtap_config_create(&config, nullptr);
    xtap_config_set(config, "base_url", url, nullptr);
    xtap_config_set(config, "bearer_token", "token", nullptr);
    xtap_client_open(config, &client, nullptr);
    xtap_request_create(client, "streamPostsSample", &request, nullptr);
    xtap_stream_open(request, &stream, nullptr);
    Batch first;
    if (xtap_stream_read(stream, first.get(), XTAP_FOREVER, nullptr) != XTAP_OK) std::exit(1);
    std::thread([stream] {
        Batch batch;
        while (xtap_stream_read(stream, batch.get(), XTAP_FOREVER, nullptr) == XTAP_OK) {
        }
    }).detach();
    std::exit(7);
}

Json exit_with_a_stream(World &world) {
    const std::string variable = kChildOf + ("=" + world.simulator.url());
    std::string program = "scenarios";
    char *arguments[] = {program.data(), nullptr};
    std::vector<char *> environment;
    for (char **one = environ; *one; ++one)
        environment.push_back(*one);
    environment.push_back(const_cast<char *>(variable.c_str()));
    environment.push_back(nullptr);
    pid_t child = -1;
    posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments, environment.data());
    int status = 0;
    waitpid(child, &status, 0);
    return {{"exit_status", WIFEXITED(status) ? WEXITSTATUS(status) : -1}};
}

// ---- the list ----

const std::map<std::string, Scenario> kScenarios = {{"deliver", deliver},
                                                    {"fail", fail},
                                                    {"page", page},
                                                    {"interrupt", interrupt},
                                                    {"raise", raise_in_the_loop},
                                                    {"resume", resume},
                                                    {"close", close_in_order},
                                                    {"exit", exit_with_a_stream}};

TEST(TheList, HasAnEntryForEveryScenarioAndNoOther) {
    std::set<std::string> listed, there;
    const Json list = read_list();
    for (const Json &entry : list["scenarios"])
        listed.insert(entry["scenario"].text());
    for (const auto &[name, scenario] : kScenarios)
        there.insert(name);
    EXPECT_EQ(listed, there);
}

struct Case {
    Json entry;
    std::string level;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    const Json list = read_list();
    for (const Json &entry : list["scenarios"])
        for (const Json &level : entry.value("levels", Json::array({""})))
            all.push_back({entry, level.text()});
    return all;
}

void PrintTo(const Case &one, std::ostream *out) { *out << one.entry["scenario"] << ' ' << one.level; }

class Entry : public testing::TestWithParam<Case> {};

TEST_P(Entry, ComesToWhatItExpects) {
    const Case &what = GetParam();
    World world(read_list()["defaults"], what.entry, what.level);
    const auto scenario = kScenarios.find(what.entry["scenario"].text());
    ASSERT_NE(scenario, kScenarios.end());
    const Json observed = scenario->second(world);
    for (const auto &[name, expected] : what.entry["expect"].items())
        EXPECT_EQ(observed.value(name, Json()), expected) << name;
}

std::string name_of(const testing::TestParamInfo<Case> &info) {
    std::string name = info.param.entry["name"].get<std::string>() + " " + info.param.level;
    std::string letters;
    bool upper = true;
    for (const char c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            letters += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = c == ' ';
    }
    return letters;
}

INSTANTIATE_TEST_SUITE_P(, Entry, testing::ValuesIn(cases()), name_of);

} // namespace
} // namespace xtap::test

int main(int argc, char **argv) {
    if (const char *url = std::getenv(xtap::test::kChildOf)) xtap::test::exit_while_reading(url);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
