// See connections.hpp.
#include "connections.hpp"

#include "events.hpp"
#include "link.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xtap::sim {

namespace {

std::string uuid_of(std::uint64_t id) {
    char text[40];
    const std::uint64_t high = mix(id), low = mix(~id);
    std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                  static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xfff),
                  static_cast<unsigned>(0x8000 | (low >> 48 & 0x3fff)),
                  static_cast<unsigned long long>(low & 0xffff'ffff'ffff));
    return text;
}

// X tells of operator_disconnect; the others are our words for the other ends there are.
std::string reason_for(std::string_view ended) {
    if (ended == "the client closed") return "client_disconnect";
    if (ended == "complete") return "stream_complete";
    if (ended == "fault: operational_disconnect") return "operational_disconnect";
    if (ended == kSlowReader) return "slow_reader";
    return ended == "closed on request" || ended == "fault: close" ? "server_disconnect" : "connection_error";
}

// Nobody told the API that the stream has ended: it has to find out.
bool broke_off(std::string_view ended) {
    const std::string reason = reason_for(ended);
    return reason == "connection_error" || reason == "client_disconnect";
}

} // namespace

Signal::Signal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Signal::~Signal() { shut(); }

void Signal::shut() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Signal::raise() { eventfd_write(fd_, 1); }

void Signal::clear() {
    eventfd_t value = 0;
    eventfd_read(fd_, &value);
}

void Connection::describe_request(std::string request_line, HeaderList headers) {
    for (auto &[name, value] : headers)
        if (name == "authorization") value = value.starts_with("Bearer ") ? "Bearer ***" : "***";
    {
        const std::lock_guard lock(mutex_);
        request_line_ = std::move(request_line);
        headers_ = std::move(headers);
    }
    all_.changed();
}

void Connection::describe_fault(const FaultPlan &plan) {
    const std::lock_guard lock(mutex_);
    for (const Fault &fault : plan)
        faults_.push_back(fault.name);
}

void Connection::played(const Fault &fault) {
    if (fault.ticket) fault.ticket->played();
    all_.count_played(fault);
}

void Connection::set_plan(StreamPlan plan) {
    const std::lock_guard lock(mutex_);
    plan_ = plan;
    connected_at_ = wall_clock();
    ++all_.streams_;
}

std::optional<StreamPlan> Connection::plan() const {
    const std::lock_guard lock(mutex_);
    return plan_;
}

void Connection::set_status(int status) {
    status_ = status;
    all_.changed();
}

void Connection::progress(std::uint64_t bytes, std::uint64_t events, std::uint64_t last_number) {
    bytes_ = bytes;
    events_ = events;
    last_number_ = last_number;
    // Not told to those who wait: this is called for every batch, and they look by themselves.
}

void Connection::inject(const FaultPlan &plan) {
    {
        const std::lock_guard lock(mutex_);
        injected_.insert(injected_.end(), plan.begin(), plan.end());
        for (const Fault &fault : plan)
            faults_.push_back(fault.name);
    }
    attention_ = true;
    wake_.raise();
}

FaultPlan Connection::take_injected() {
    wake_.clear();
    attention_ = false;
    const std::lock_guard lock(mutex_);
    return std::exchange(injected_, {});
}

void Connection::ask_to_close() {
    close_asked_ = true;
    attention_ = true;
    wake_.raise();
}

bool Connection::over() const { return ended_at_ > 0 && ended_at_ <= wall_clock(); }

bool Connection::counts() const {
    const std::lock_guard lock(mutex_);
    return plan_ && !over();
}

Connection::Left Connection::end_by(const char *reason) {
    const std::lock_guard lock(mutex_);
    if (over()) return Left::nothing;
    ended_by_ = reason;
    // At once in the history, however long the stream takes to end.
    ended_at_ = wall_clock();
    return ended_.empty() ? Left::stream : Left::ghost;
}

bool Connection::terminate() {
    const Left left = end_by("operator_disconnect");
    if (left == Left::stream) ask_to_close();
    return left != Left::nothing;
}

void Connection::force_off() {
    Fault fault;
    fault.kind = FaultKind::operational_disconnect;
    fault.name = "operational_disconnect";
    fault.text = "ForceDisconnect";
    if (end_by("force_disconnect") == Left::stream) inject({fault});
}

StreamRecord Connection::to_record() const {
    const std::lock_guard lock(mutex_);
    StreamRecord made{id_, uuid_of(id_), plan_ ? plan_->operation : nullptr, client_ip_, connected_at_, 0,
                      ""};
    if (!over()) return made;
    made.disconnected_at = ended_at_;
    made.disconnect_reason = ended_by_.empty() ? reason_for(ended_) : ended_by_;
    return made;
}

Json Connection::to_json() const {
    const std::lock_guard lock(mutex_);
    Json headers = Json::object();
    for (const auto &[name, value] : headers_) {
        if (headers.contains(name))
            headers[name] = headers[name].get<std::string>() + ", " + value;
        else
            headers[name] = value;
    }
    return {{"id", id_},
            {"operation", plan_ ? Json(plan_->operation->id) : Json()},
            {"partition", plan_ ? Json(plan_->partition) : Json()},
            {"first_number", plan_ ? Json(plan_->first) : Json()},
            {"last_number", last_number_.load()},
            {"request_line", request_line_},
            {"headers", std::move(headers)},
            {"status", status_.load()},
            {"faults", faults_},
            {"bytes", bytes_.load()},
            {"events", events_.load()},
            {"open", ended_.empty()},
            {"ghost", plan_ && !ended_.empty() && !over()},
            {"ended", ended_}};
}

std::shared_ptr<Connection> Connections::open(std::string client_ip) {
    std::shared_ptr<Connection> connection;
    {
        const std::lock_guard lock(mutex_);
        connection = std::make_shared<Connection>(++last_id_, *this, std::move(client_ip));
        connections_.push_back(connection);
        ++open_;
        // A long run must not grow: the oldest that have ended are forgotten.
        if (connections_.size() > kMostRemembered) {
            const auto old = std::ranges::find_if(connections_, [](const auto &c) {
                const std::lock_guard inner(c->mutex_);
                return !c->ended_.empty();
            });
            if (old != connections_.end()) connections_.erase(old);
        }
    }
    changed();
    return connection;
}

void Connections::close(const std::shared_ptr<Connection> &connection, std::string how) {
    {
        const std::lock_guard lock(mutex_);
        const std::lock_guard inner(connection->mutex_);
        if (connection->ended_at_ == 0) connection->ended_at_ = wall_clock() + (broke_off(how) ? ghost_ : 0);
        connection->ended_ = std::move(how);
        connection->injected_.clear(); // too late for these
        connection->wake_.shut();      // what is remembered must not keep descriptors
        --open_;
    }
    changed();
}

std::shared_ptr<Connection> Connections::find(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto at = std::ranges::find(connections_, id, [](const auto &c) { return c->id_; });
    return at == connections_.end() ? nullptr : *at;
}

std::size_t Connections::inject(const FaultOrder &order) {
    const std::lock_guard lock(mutex_);
    std::size_t hit = 0;
    for (const auto &connection : connections_) {
        const auto plan = connection->plan();
        {
            const std::lock_guard inner(connection->mutex_);
            if (!plan || !connection->ended_.empty()) continue;
        }
        const auto &wanted = order.plan.front().operation;
        if (!wanted.empty() && wanted != plan->operation->id) continue;
        connection->inject(order.plan);
        ++hit;
    }
    return hit;
}

std::vector<std::shared_ptr<Connection>> Connections::open_streams() const {
    std::vector<std::shared_ptr<Connection>> found;
    for (const auto &connection : connections_) {
        const std::lock_guard inner(connection->mutex_);
        if (connection->plan_ && connection->ended_.empty()) found.push_back(connection);
    }
    return found;
}

bool Connections::inject_into_one(const FaultPlan &plan, std::uint64_t choice) {
    const std::lock_guard lock(mutex_);
    const auto open = open_streams();
    if (open.empty()) return false;
    open[choice % open.size()]->inject(plan);
    return true;
}

std::size_t Connections::streams_open() const {
    const std::lock_guard lock(mutex_);
    return open_streams().size();
}

std::uint64_t Connections::opened() const {
    const std::lock_guard lock(mutex_);
    return last_id_;
}

void Connections::count_played(const Fault &fault) {
    const std::lock_guard lock(played_mutex_);
    ++played_[fault.name];
}

Json Connections::faults_played() const {
    const std::lock_guard lock(played_mutex_);
    return played_;
}

std::size_t Connections::ask_all_to_close() {
    const std::lock_guard lock(mutex_);
    std::size_t asked = 0;
    for (const auto &connection : connections_) {
        {
            const std::lock_guard inner(connection->mutex_);
            if (!connection->ended_.empty()) continue;
        }
        connection->ask_to_close();
        ++asked;
    }
    return asked;
}

std::vector<std::shared_ptr<Connection>>
Connections::counted(const std::function<bool(const StreamPlan &)> &wanted) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Connection>> found;
    for (const auto &connection : connections_)
        if (connection->counts() && wanted(*connection->plan())) found.push_back(connection);
    return found;
}

std::vector<StreamRecord> Connections::history() const {
    const std::lock_guard lock(mutex_);
    std::vector<StreamRecord> records;
    for (auto at = connections_.rbegin(); at != connections_.rend(); ++at) {
        StreamRecord record = (*at)->to_record();
        if (record.operation) records.push_back(std::move(record));
    }
    return records;
}

bool Connections::terminate(std::uint64_t id) {
    // Not under our lock: closing takes the connection's.
    const auto connection = find(id);
    return connection && connection->plan() && connection->terminate();
}

Json Connections::state() const {
    const std::lock_guard lock(mutex_);
    Json list = Json::array();
    for (const auto &connection : connections_)
        list.push_back(connection->to_json());
    return {{"connections", last_id_}, {"open", open_}, {"list", std::move(list)}};
}

Json Connections::wait_for(const std::function<bool(const Json &)> &holds, std::uint64_t timeout_ms) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    // Opening and closing wakes us; the counts of a stream are looked at so often.
    constexpr auto kLook = std::chrono::milliseconds(5);
    ++waiting_;
    Json now = state();
    while (!holds(now) && std::chrono::steady_clock::now() < deadline) {
        {
            std::unique_lock lock(mutex_);
            if (stopped_) break;
            changed_.wait_until(lock, std::min(deadline, std::chrono::steady_clock::now() + kLook));
        }
        now = state();
    }
    --waiting_;
    return now;
}

void Connections::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
}

void Connections::changed() {
    if (waiting_ > 0) changed_.notify_all();
}

} // namespace xtap::sim
