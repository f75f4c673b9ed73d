// A client's statistics as JSON. Keys are permanent; docs/CONFIGURATION.md lists them.
#include "api/json_writer.hpp"
#include "client/client.hpp"

namespace xtap::client {

namespace {

constexpr auto kUnordered = std::memory_order_relaxed;

} // namespace

std::string Client::stats() {
    const std::lock_guard lock(mutex_);
    api::JsonWriter json;
    json.begin_object();
    json.member("streams", streams_.load());
    json.member("connections", connections_.load()).member("connects", connects_.load());
    json.member("io_thread", io_thread_ != nullptr);
    json.key("requests")
        .begin_object()
        .member("sent", requests_.sent.load(kUnordered))
        .member("failed", requests_.failed.load(kUnordered))
        .member("retried", requests_.retried.load(kUnordered))
        .member("in_flight", requests_.in_flight.load(kUnordered))
        .end_object();
    json.member("token_refreshes", requests_.tokens.load(kUnordered));
    json.key("rate_limits").begin_array();
    rate_limits_.each([&](std::string_view operation, std::string_view credential, const auto &limit) {
        json.begin_object().member("operation", operation).member("credential", credential);
        json.member("limit", limit.limit).member("remaining", limit.remaining);
        json.key("reset_ms");
        if (limit.reset_ms > 0)
            json.value(limit.reset_ms);
        else
            json.null();
        json.end_object();
    });
    json.end_array().key("budgets").begin_array();
    for (auto &[endpoint, budget] : budgets_) {
        json.begin_object().member("endpoint", endpoint).member("used", budget.used(edge::mono_ms()));
        json.member("limit", budget.limit())
            .member("window_ms", session::ConnectBudget::kWindowMs)
            .end_object();
    }
    json.end_array().member("log_dropped", log_.dropped()).end_object();
    return json.take();
}

} // namespace xtap::client
