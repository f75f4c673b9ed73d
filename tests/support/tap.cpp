// See tap.hpp.
#include "tap.hpp"

#include "patience.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace xtap::test {
namespace {

std::string copy(xtap_text text) { return text.data ? std::string(text.data, text.size) : std::string(); }

template <class Call> Json json_from(Call &&call) {
    std::string text;
    std::size_t size = 0;
    xtap_status status = call(nullptr, 0, &size);
    if (status != XTAP_OK) throw std::runtime_error(xtap_status_name(status));
    do {
        text.resize(size + 64); // it may grow between two calls
        status = call(text.data(), text.size(), &size);
    } while (status == XTAP_E_BUFFER_SMALL);
    if (status != XTAP_OK) throw std::runtime_error(xtap_status_name(status));
    return Json::parse(text.substr(0, size));
}

struct Receiver {
    const Tap *tap;
    const Tap::See *see;
};

xtap_flow on_event(const xtap_event *event, void *data) {
    const auto &receiver = *static_cast<Receiver *>(data);
    return (*receiver.see)(seen_of(event, receiver.tap->columns()));
}

xtap_flow on_notice(const xtap_notice *notice, void *data) {
    return (*static_cast<Receiver *>(data)->see)(seen_of(notice));
}

} // namespace

void throw_unless_ok(xtap_status status, const Error &error, const std::string &what) {
    if (status != XTAP_OK) throw std::runtime_error(what + ": " + error.text());
}

// ---- records ----

Seen seen_of(const xtap_event *event, std::size_t columns) {
    Seen seen;
    seen.position = xtap_event_position(event);
    seen.id = xtap_event_id(event);
    seen.time_ms = xtap_event_time_ms(event);
    seen.kind = xtap_event_kind(event);
    seen.flags = xtap_event_flags(event);
    seen.partition = xtap_event_partition(event);
    seen.json = copy(xtap_event_json(event));
    for (std::size_t i = 0; i < columns; ++i)
        seen.selected.push_back({xtap_event_selected_kind(event, i), copy(xtap_event_selected(event, i))});
    return seen;
}

Seen seen_of(const xtap_notice *notice) {
    Seen seen;
    seen.kind = xtap_notice_kind(notice);
    seen.json = copy(xtap_notice_json(notice));
    return seen;
}

Seen seen_of(const xtap_batch &batch, const xtap_record &record, std::size_t columns) {
    Seen seen;
    seen.position = record.position;
    seen.id = record.id;
    seen.key[0] = record.key[0], seen.key[1] = record.key[1];
    seen.time_ms = record.time_ms;
    seen.kind = record.kind;
    seen.flags = record.flags;
    seen.partition = record.partition;
    if (std::size_t{record.json_offset} + record.json_size > batch.data_size)
        throw std::runtime_error("a record's JSON is outside the batch");
    seen.json.assign(batch.data + record.json_offset, record.json_size);
    if (seen.is_notice()) return seen;
    if (record.first_column + columns > batch.column_count)
        throw std::runtime_error("columns outside the batch");
    for (std::size_t i = 0; i < columns; ++i) {
        const xtap_column &column = batch.columns[record.first_column + i];
        if (column.size > 0 && std::size_t{column.offset} + column.size > batch.data_size)
            throw std::runtime_error("a column's bytes are outside the batch");
        seen.selected.push_back(
            {column.kind, std::string(batch.data + (column.size ? column.offset : 0), column.size)});
    }
    return seen;
}

Batch::Batch(std::size_t data, std::size_t records, std::size_t columns) { resize(data, records, columns); }

// The very size, so that a sanitizer sees a byte too many.
void Batch::resize(std::size_t data, std::size_t records, std::size_t columns) {
    data_ = std::vector<char>(data);
    records_ = std::vector<xtap_record>(records);
    columns_ = std::vector<xtap_column>(columns);
    batch_.data = data_.data(), batch_.data_capacity = data;
    batch_.records = records_.data(), batch_.record_capacity = records;
    batch_.columns = columns_.data(), batch_.column_capacity = columns;
}

void Batch::grow() { resize(batch_.data_needed, batch_.records_needed, batch_.columns_needed); }

// ---- the stream ----

Settings quick() {
    return {{"backoff_network_step_ms", "5"},
            {"backoff_network_max_ms", "40"},
            {"backoff_http_start_ms", "10"},
            {"backoff_http_max_ms", "80"},
            {"backoff_rate_limit_start_ms", "10"},
            {"connect_timeout_ms", "5000"},
            {"connect_budget", "0"},
            {"continuity", "off"},
            {"bearer_token", "AAAAsecretAAAA"},
            {"log_level", "debug"}};
}

Tap::Tap(const std::string &base_url, Mode mode, const Settings &options, const std::string &operation,
         const Settings &parameters)
    : mode_(mode) {
    xtap_config *config = nullptr;
    throw_unless_ok(xtap_config_create(&config, &error), error, "config");
    Settings settings = quick();
    settings.emplace_back("base_url", base_url);
    if (!mode.ahead) settings.emplace_back("read_ahead_bytes", "0");
    settings.insert(settings.end(), options.begin(), options.end());
    for (const auto &[name, value] : settings)
        throw_unless_ok(
            xtap_config_set(config, name.c_str(), value == "(none)" ? nullptr : value.c_str(), &error), error,
            name);
    throw_unless_ok(xtap_client_open(config, &client_, &error), error, "client");
    xtap_config_destroy(config);
    throw_unless_ok(xtap_request_create(client_, operation.c_str(), &request_, &error), error, operation);
    for (const auto &[name, value] : parameters)
        throw_unless_ok(xtap_request_set(request_, name.c_str(), value.c_str(), &error), error, name);
    throw_unless_ok(xtap_stream_open(request_, &stream_, &error), error, "stream");
    watchdog_ = std::thread([this] { watch(); });
}

Tap::~Tap() {
    close();
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    ended_.notify_all();
    if (watchdog_.joinable()) watchdog_.join();
    xtap_request_destroy(request_);
    close_client();
}

void Tap::watch() {
    std::unique_lock lock(mutex_);
    if (ended_.wait_for(lock, kPatience, [this] { return done_; })) return;
    if (stream_) xtap_stream_cancel(stream_); // the test fails over the status
}

void Tap::close() {
    xtap_stream *stream = nullptr;
    {
        const std::lock_guard lock(mutex_);
        stream = std::exchange(stream_, nullptr);
    }
    xtap_stream_close(stream);
}

void Tap::close_client() { xtap_client_close(std::exchange(client_, nullptr)); }

void Tap::select(const std::vector<std::string> &pointers) {
    std::vector<const char *> texts;
    for (const std::string &pointer : pointers)
        texts.push_back(pointer.c_str());
    throw_unless_ok(xtap_stream_select(stream_, texts.data(), texts.size(), &error), error, "select");
    columns_ = pointers.size();
}

xtap_status Tap::run(const See &see) {
    Receiver receiver{this, &see};
    xtap_stream_on_event(stream_, on_event, &receiver);
    xtap_stream_on_notice(stream_, on_notice, &receiver);
    xtap_stream *const stream = stream_;
    const xtap_status status = xtap_stream_run(stream, &error);
    if (stream_) { // not closed by its own callback
        xtap_stream_on_event(stream_, nullptr, nullptr);
        xtap_stream_on_notice(stream_, nullptr, nullptr);
    }
    return status;
}

xtap_status Tap::read(Batch &batch, std::uint32_t timeout_ms) {
    return xtap_stream_read(stream_, batch.get(), timeout_ms, &error);
}

xtap_status Tap::consume(const See &see) { return mode_.run ? run(see) : read_all(see); }

xtap_status Tap::read_all(const See &see) {
    Batch batch;
    for (;;) {
        while (!unseen_.empty()) {
            const xtap_flow flow = see(unseen_.front());
            if (flow != XTAP_FAIL) unseen_.pop_front();
            if (flow != XTAP_CONTINUE) return XTAP_OK;
        }
        const xtap_status status = read(batch);
        if (status == XTAP_E_BUFFER_SMALL) {
            batch.resize(std::max(batch->data_needed, batch->data_capacity), batch->record_capacity,
                         std::max(batch->columns_needed, batch->column_capacity));
            continue;
        }
        if (status != XTAP_OK) return status;
        for (std::size_t i = 0; i < batch->record_count; ++i)
            unseen_.push_back(seen_of(*batch, batch->records[i], columns_));
    }
}

Json Tap::stats() const {
    return json_from([&](char *buffer, std::size_t capacity, std::size_t *size) {
        return xtap_stream_stats(stream_, buffer, capacity, size, nullptr);
    });
}

Json Tap::client_stats() const {
    return json_from([&](char *buffer, std::size_t capacity, std::size_t *size) {
        return xtap_client_stats(client_, buffer, capacity, size, nullptr);
    });
}

int Tap::fd() const {
    Error refused;
    int fd = -1;
    throw_unless_ok(xtap_stream_fd(stream_, &fd, &refused), refused, "fd");
    return fd;
}

// ---- what it told ----

std::vector<Seen> Told::events() const {
    std::vector<Seen> found;
    std::ranges::copy_if(all, std::back_inserter(found), [](const Seen &seen) { return !seen.is_notice(); });
    return found;
}

std::vector<Seen> Told::notices(std::uint32_t kind) const {
    std::vector<Seen> found;
    std::ranges::copy_if(all, std::back_inserter(found), [&](const Seen &seen) { return seen.kind == kind; });
    return found;
}

std::vector<std::string> Told::lines() const {
    std::vector<std::string> found;
    for (const Seen &seen : all)
        if (!seen.is_notice()) found.push_back(seen.json);
    return found;
}

std::size_t Told::event_count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const Seen &seen) { return !seen.is_notice(); }));
}

std::string Told::course() const {
    std::string text;
    std::size_t events = 0;
    const auto add = [&](const std::string &word) { text.append(text.empty() ? "" : ", ").append(word); };
    const auto add_events = [&] {
        if (events > 0) add(std::to_string(events) + (events == 1 ? " event" : " events"));
        events = 0;
    };
    for (const Seen &seen : all) {
        if (!seen.is_notice()) {
            ++events;
            continue;
        }
        if (seen.kind == XTAP_NOTICE_LAGGING) continue;
        add_events();
        const Json facts = seen.facts();
        std::string word = facts["notice"].text();
        if (seen.kind == XTAP_NOTICE_DISCONNECTED)
            word += " " + facts["cause"].get<std::string>() + " " + facts["status"].get<std::string>();
        if (seen.kind == XTAP_NOTICE_BACKING_OFF) word += " " + facts["rule"].get<std::string>();
        if (seen.kind == XTAP_NOTICE_SYSTEM && facts.contains("disconnect_type"))
            word += " " + facts["disconnect_type"].get<std::string>();
        add(word);
    }
    add_events();
    return text;
}

Told listen(Tap &tap, const Enough &enough) {
    Told told;
    told.status = tap.consume([&](const Seen &seen) {
        told.all.push_back(seen);
        return enough(told) ? XTAP_STOP : XTAP_CONTINUE;
    });
    told.error = tap.error;
    return told;
}

Enough events(std::size_t count) {
    return [count, seen = std::size_t{0}](const Told &told) mutable {
        if (!told.all.back().is_notice()) ++seen;
        return seen >= count;
    };
}

Enough notices(std::uint32_t kind, std::size_t count) {
    return [kind, count, seen = std::size_t{0}](const Told &told) mutable {
        if (told.all.back().kind == kind) ++seen;
        return seen >= count;
    };
}

Enough events_of_each(const std::vector<std::uint32_t> &partitions, std::size_t count) {
    std::map<std::uint32_t, std::size_t> missing;
    for (const std::uint32_t partition : partitions)
        missing[partition] = count;
    return [missing](const Told &told) mutable {
        const Seen &last = told.all.back();
        const auto found = last.is_notice() ? missing.end() : missing.find(last.partition);
        if (found != missing.end() && --found->second == 0) missing.erase(found);
        return missing.empty();
    };
}

Enough in_any_order(Enough one, Enough other) {
    return [one = std::move(one), other = std::move(other),
            held = std::pair(false, false)](const Told &told) mutable {
        held.first = one(told) || held.first;
        held.second = other(told) || held.second;
        return held.first && held.second;
    };
}

} // namespace xtap::test
