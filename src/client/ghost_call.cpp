// See ghost_call.hpp.
#include "client/ghost_call.hpp"

#include "api/json_writer.hpp"
#include "api/request.hpp"
#include "edge/closing.hpp"

#include <array>
#include <utility>

namespace xtap::client {

namespace {

constexpr std::size_t kMostBodyBytes = 1024 * 1024; // a page of 100 entries has some 20 KB
// 100 entries each: whoever has more connections than that to one endpoint gets no ghost found.
constexpr int kMostPages = 5;
// After a refusal that does not say until when.
constexpr std::int64_t kUnsaidLimitMs = 60'000;

const api::Operation &listing() {
    static const api::Operation &operation = api::find_operation("getConnectionHistory");
    return operation;
}

const api::Operation &ending() {
    static const api::Operation &operation = api::find_operation("deleteConnectionsByUuids");
    return operation;
}

} // namespace

std::string_view ghost_outcome_name(GhostResult::Outcome outcome) noexcept {
    constexpr std::array<std::string_view, 5> kNames = {"reclaimed", "explained", "none", "ambiguous",
                                                        "failed"};
    return kNames[static_cast<std::size_t>(outcome)];
}

GhostCall::GhostCall(Client &client, GhostErrand errand, Authorization authorization, GhostSought sought,
                     std::int64_t connect_timeout_ms, std::int64_t deadline_ms)
    : client_(client), errand_(errand), authorization_(std::move(authorization)), endpoint_(sought.endpoint),
      connect_timeout_ms_(connect_timeout_ms), deadline_ms_(deadline_ms), search_(std::move(sought)) {}

std::int64_t GhostCall::advance(edge::Now now, edge::Pump &pump) noexcept {
    if (result_) return edge::kNever;
    try {
        try {
            step(now, pump);
        } catch (const Failure &failure) {
            finish(Outcome::failed, failure.message);
        }
    } catch (const std::exception &) {
        result_.emplace(); // out of memory: failed, without a word
    }
    if (!result_) return deadline_ms_;
    leave(pump);
    return edge::kNever;
}

void GhostCall::step(edge::Now now, edge::Pump &pump) {
    if (exchange_ && exchange_->over()) return answered(now, pump);
    if (now.mono_ms >= deadline_ms_) return finish(Outcome::failed, "no answer came in time");
    if (!exchange_ && !limited(listing(), now)) ask_page({}, pump);
}

// Whoever was refused asks nothing until the window ends.
bool GhostCall::limited(const api::Operation &operation, edge::Now now) {
    const std::string_view credential = auth::scheme_name(authorization_.ticket.scheme);
    if (client_.rate_limits().wait_ms(operation, credential, now.wall_ms) == 0) return false;
    finish(Outcome::failed, std::string(operation.id) + ": its rate limit is used up");
    return true;
}

// ---- what is asked ----

void GhostCall::ask(const api::Operation &operation, const std::string &target, edge::Pump &pump) {
    leave(pump);
    edge::Outgoing outgoing;
    outgoing.method = operation.method;
    outgoing.url = client_.edge().base_url + target;
    outgoing.authorization = authorization_.header.reveal();
    if (!body_.empty()) outgoing.content_type = "application/json";
    outgoing.body = body_;
    outgoing.keep_connection = false; // the pump outlives this call, whose sockets would be closed by it
    outgoing.connect_timeout_ms = connect_timeout_ms_;
    outgoing.max_body_bytes = kMostBodyBytes;
    operation_ = &operation;
    exchange_ = std::make_unique<edge::Exchange>(client_.edge(), sockets_, outgoing);
    pump.add(*exchange_);
    counted_.emplace(client_.requests());
}

void GhostCall::ask_page(std::string_view token, edge::Pump &pump) {
    api::Request request(listing(), true);
    request.set("status", errand_ == GhostErrand::reclaim ? "active" : "inactive");
    request.set("endpoints", endpoint_);
    request.set("max_results", "100");
    request.set("connection.fields", "connected_at,disconnect_reason,endpoint_name,id");
    if (!token.empty()) request.set_page(token);
    ++pages_;
    ask(listing(), request.target(), pump);
}

void GhostCall::ask_to_end(edge::Pump &pump) {
    api::JsonWriter json;
    json.begin_object().key("uuids").begin_array().value(search_.found()->id).end_array().end_object();
    body_ = json.take();
    ask(ending(), api::Request(ending(), true).target(), pump);
}

// ---- what was answered ----

void GhostCall::answered(edge::Now now, edge::Pump &pump) {
    const edge::Exchange &exchange = *exchange_;
    const edge::ResponseHead &head = exchange.head();
    const std::string_view credential = auth::scheme_name(authorization_.ticket.scheme);
    if (!exchange.failure()) client_.rate_limits().seen(*operation_, credential, edge::limit_of(head));
    if (!exchange.failure() && head.status < 300) {
        const std::string body = exchange_->take_body();
        if (operation_ == &listing()) return listed(body, now, pump);
        return says_ended(body) ? finish(Outcome::reclaimed)
                                : finish(Outcome::failed, "X did not end the connection");
    }
    client_.requests().failed.fetch_add(1, std::memory_order_relaxed);
    std::string message = std::string(operation_->id) + ": ";
    if (exchange.failure()) return finish(Outcome::failed, message + exchange.failure()->message);
    if (head.status == 429) {
        const auto told_ms = static_cast<std::int64_t>(edge::retry_after_ms(head, now.wall_ms));
        client_.rate_limits().refused(*operation_, credential,
                                      now.wall_ms + (told_ms > 0 ? told_ms : kUnsaidLimitMs));
    }
    std::optional<api::Problem> problem;
    finish(Outcome::failed,
           message + edge::closing_of_answer(head, exchange_->take_body(), now.wall_ms, problem).message);
}

void GhostCall::listed(std::string_view body, edge::Now now, edge::Pump &pump) {
    const ConnectionPage page = parse_connections(body);
    search_.look(page);
    if (search_.ambiguous()) return finish(Outcome::ambiguous);
    if (page.next_token.empty()) return settle(now, pump);
    if (pages_ < kMostPages) return ask_page(page.next_token, pump);
    finish(Outcome::failed, "X lists more connections than are looked through");
}

void GhostCall::settle(edge::Now now, edge::Pump &pump) {
    const ListedConnection *found = search_.found();
    if (found == nullptr) return finish(Outcome::none);
    if (errand_ == GhostErrand::explain)
        return found->disconnect_reason.empty() ? finish(Outcome::none) : finish(Outcome::explained);
    if (found->id.empty()) return finish(Outcome::failed, "X does not say the connection's id");
    if (!limited(ending(), now)) ask_to_end(pump);
}

void GhostCall::finish(Outcome outcome, std::string_view message) {
    const Credentials &credentials = client_.credentials();
    GhostResult result;
    result.outcome = outcome;
    result.message = credentials.redacted(message);
    if (const ListedConnection *found = search_.found()) {
        result.id = credentials.redacted(found->id);
        result.disconnect_reason = credentials.redacted(found->disconnect_reason);
    }
    result_ = std::move(result);
}

void GhostCall::leave(edge::Pump &pump) noexcept {
    if (exchange_) pump.remove(*exchange_);
    exchange_.reset();
    counted_.reset();
}

void GhostCall::abandon() noexcept {
    sockets_.abandon();
    static_cast<void>(exchange_.release()); // cannot be freed without speaking on the parent's connection
}

} // namespace xtap::client
