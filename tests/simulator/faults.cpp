// See faults.hpp.
#include "faults.hpp"

#include "operations.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <array>

namespace xtap::sim {
namespace {

enum class Reach : std::uint8_t { streams, both, requests };

struct KindRow {
    std::string_view name;
    FaultKind kind;
    FaultStage stage;
    std::string_view
        fields; // beside kind, times, operation, now and, in the body, after_bytes and after_events
    int status;
    std::string_view text;
    Reach reach = Reach::streams;
};

constexpr std::array kKinds{
    KindRow{"refuse", FaultKind::refuse, FaultStage::accept, "", 0, ""},
    KindRow{"http_400", FaultKind::http_status, FaultStage::answer, "", 400, "", Reach::both},
    KindRow{"http_401", FaultKind::http_status, FaultStage::answer, "", 401, "", Reach::both},
    KindRow{"http_403", FaultKind::http_status, FaultStage::answer, "", 403, "", Reach::both},
    KindRow{"http_404", FaultKind::http_status, FaultStage::answer, "", 404, "", Reach::both},
    KindRow{"http_409", FaultKind::http_status, FaultStage::answer, "", 409, "", Reach::both},
    KindRow{"http_429", FaultKind::http_status, FaultStage::answer, "seconds", 429, "", Reach::both},
    KindRow{"http_500", FaultKind::http_status, FaultStage::answer, "", 500, "", Reach::both},
    KindRow{"http_503", FaultKind::http_status, FaultStage::answer, "", 503, "", Reach::both},
    KindRow{"http_status", FaultKind::http_status, FaultStage::answer, "status", 500, "", Reach::both},
    KindRow{"too_many_connections", FaultKind::too_many_connections, FaultStage::answer, "", 429,
            "TooManyConnections", Reach::both},
    KindRow{"connection_issue", FaultKind::connection_issue, FaultStage::answer, "connection_issue status", 0,
            "TooManyConnections", Reach::both},
    KindRow{"rate_limit", FaultKind::rate_limit, FaultStage::answer, "seconds", 429, "", Reach::both},
    KindRow{"redirect", FaultKind::redirect, FaultStage::answer, "location status", 302, "", Reach::both},
    KindRow{"html_error", FaultKind::html_error, FaultStage::answer, "status", 502, "", Reach::both},
    KindRow{"no_response", FaultKind::no_response, FaultStage::answer, "for_ms", 0, "", Reach::both},
    KindRow{"slow_headers", FaultKind::slow_headers, FaultStage::answer, "bytes interval_ms", 0, "",
            Reach::both},
    KindRow{"garbage_response", FaultKind::garbage_response, FaultStage::answer, "size", 0, "", Reach::both},
    KindRow{"gzip_bomb", FaultKind::gzip_bomb, FaultStage::answer, "size", 0, "", Reach::both},
    KindRow{"no_answer", FaultKind::no_answer, FaultStage::answer, "way processed", 0, "close",
            Reach::requests},
    KindRow{"bad_json", FaultKind::bad_json, FaultStage::answer, "", 0, "", Reach::requests},
    KindRow{"huge_body", FaultKind::huge_body, FaultStage::answer, "size", 0, "", Reach::requests},
    KindRow{"gzip_answer", FaultKind::gzip_answer, FaultStage::answer, "", 0, "", Reach::requests},
    KindRow{"chunked_answer", FaultKind::chunked_answer, FaultStage::answer, "", 0, "", Reach::requests},
    KindRow{"close", FaultKind::close, FaultStage::body, "", 0, ""},
    KindRow{"eof", FaultKind::eof, FaultStage::body, "", 0, "", Reach::both},
    KindRow{"reset", FaultKind::reset, FaultStage::body, "", 0, "", Reach::both},
    KindRow{"stall", FaultKind::stall, FaultStage::body, "for_ms", 0, "", Reach::both},
    KindRow{"tls_cut", FaultKind::tls_cut, FaultStage::body, "handshake", 0, "", Reach::both},
    KindRow{"half_chunk", FaultKind::half_chunk, FaultStage::body, "", 0, "", Reach::both},
    KindRow{"bad_chunk", FaultKind::bad_chunk, FaultStage::body, "", 0, "", Reach::both},
    KindRow{"split_characters", FaultKind::split_characters, FaultStage::body, "for_ms", 0, ""},
    KindRow{"garbage_line", FaultKind::garbage_line, FaultStage::body, "variant line", 0, "binary"},
    KindRow{"oversized_line", FaultKind::oversized_line, FaultStage::body, "size", 0, ""},
    KindRow{"operational_disconnect", FaultKind::operational_disconnect, FaultStage::body, "disconnect_type",
            0, "OperationalDisconnect"},
    KindRow{"slow_drip", FaultKind::slow_drip, FaultStage::body, "bytes interval_ms for_ms", 0, "",
            Reach::both},
    KindRow{"keep_alive_only", FaultKind::keep_alive_only, FaultStage::body, "", 0, ""},
    KindRow{"duplicate_event", FaultKind::duplicate_event, FaultStage::body, "copies", 0, ""},
    KindRow{"gzip_corrupt", FaultKind::gzip_corrupt, FaultStage::body, "", 0, "", Reach::both},
};

constexpr auto kNames = [] {
    std::array<std::string_view, kKinds.size()> names{};
    std::ranges::transform(kKinds, names.begin(), &KindRow::name);
    return names;
}();

constexpr std::string_view kVariants[] = {"binary", "unclosed_string", "unclosed_object", "invalid_utf8",
                                          "text"};

bool has_word(std::string_view words, std::string_view word) {
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find(' ', at), words.size());
        if (words.substr(at, end - at) == word) return true;
        at = end + 1;
    }
    return false;
}

std::uint64_t whole(const Json &value, const std::string &field) {
    if (!value.is_number_integer() ||
        (value.is_number_integer() && !value.is_number_unsigned() && value.get<std::int64_t>() < 0))
        throw BadFault("\"" + field + "\" must be a whole number, 0 or more");
    return value.get<std::uint64_t>();
}

bool truth(const Json &value, const std::string &field) {
    if (!value.is_boolean()) throw BadFault("\"" + field + "\" must be true or false");
    return value.get<bool>();
}

std::string words(const Json &value, const std::string &field) {
    if (!value.is_string()) throw BadFault("\"" + field + "\" must be a text");
    return value.get<std::string>();
}

const KindRow &row_of(const Json &json) {
    if (!json.is_object())
        throw BadFault("a fault is an object like {\"kind\":\"reset\",\"after_events\":10}");
    if (!json.contains("kind")) throw BadFault("a fault needs \"kind\"");
    const std::string name = words(json["kind"], "kind");
    const auto row = std::ranges::find(kKinds, name, &KindRow::name);
    if (row == kKinds.end()) {
        std::string known;
        for (const auto &k : kNames)
            known.append(known.empty() ? "" : ", ").append(k);
        throw BadFault("unknown kind \"" + name + "\"; known are " + known);
    }
    return *row;
}

void set_defaults(Fault &fault) {
    switch (fault.kind) {
    case FaultKind::oversized_line:
        fault.size = std::uint64_t{16} << 20;
        break;
    case FaultKind::huge_body:
    case FaultKind::gzip_bomb:
        fault.size = std::uint64_t{1} << 30;
        break;
    case FaultKind::garbage_response:
        fault.size = 256;
        break;
    case FaultKind::slow_drip:
        fault.bytes = 64, fault.interval_ms = 100;
        break;
    case FaultKind::slow_headers:
        fault.bytes = 1, fault.interval_ms = 100;
        break;
    case FaultKind::rate_limit:
        fault.seconds = 900;
        break;
    case FaultKind::duplicate_event:
        fault.copies = 1;
        break;
    default:
        break;
    }
}

// Sets one field of the fault; false when this kind has no such field.
bool set_field(Fault &fault, const KindRow &row, const std::string &field, const Json &value) {
    const bool in_body = row.stage == FaultStage::body;
    if (field == "after_bytes" && in_body) return fault.after_bytes = whole(value, field), true;
    if (field == "after_events" && in_body) return fault.after_events = whole(value, field), true;
    if (field == "operation") {
        const auto *operation = operation_by_name(words(value, field));
        if (!operation)
            throw BadFault("\"operation\": there is no streaming operation \"" + words(value, field) + "\"");
        return fault.operation = operation->id, true;
    }
    if (field == "path" && row.reach != Reach::streams) {
        fault.path = words(value, field);
        if (!fault.path.starts_with('/')) throw BadFault("\"path\" must begin with \"/\"");
        return true;
    }
    if (field == "method" && row.reach != Reach::streams) return fault.method = words(value, field), true;
    if (!has_word(row.fields, field)) return false;
    if (field == "size")
        fault.size = whole(value, field);
    else if (field == "bytes")
        fault.bytes = std::max<std::uint64_t>(1, whole(value, field));
    else if (field == "interval_ms")
        fault.interval_ms = whole(value, field);
    else if (field == "for_ms")
        fault.for_ms = whole(value, field);
    else if (field == "seconds")
        fault.seconds = whole(value, field);
    else if (field == "copies")
        fault.copies = whole(value, field);
    else if (field == "handshake") {
        if (truth(value, field)) fault.kind = FaultKind::tls_cut_handshake;
    } else if (field == "processed")
        fault.processed = truth(value, field);
    else if (field == "line")
        fault.line = words(value, field);
    else if (field == "status") {
        const auto status = whole(value, field);
        if (status < 200 || status > 599) throw BadFault("\"status\" must be 200 to 599");
        fault.status = static_cast<int>(status);
    } else {
        fault.text = words(value, field);
        if (field == "variant" && std::ranges::count(kVariants, fault.text) == 0)
            throw BadFault(
                "\"variant\" must be binary, unclosed_string, unclosed_object, invalid_utf8 or text");
        if (field == "way" && fault.text != "close" && fault.text != "reset")
            throw BadFault("\"way\" must be close or reset");
    }
    return true;
}

void check_reach(const Fault &fault, const KindRow &row, const FaultOrder &order) {
    if (row.reach != Reach::requests && fault.path.empty()) {
        if (!fault.method.empty()) throw BadFault("\"method\" needs a \"path\"; streams are always GET");
        return;
    }
    if (!fault.operation.empty())
        throw BadFault("\"operation\" is for streams; \"" + fault.name + "\" of a request takes a \"path\"");
    if (stage_of(fault.kind) == FaultStage::accept)
        throw BadFault("a fault in the handshake comes before any \"path\"");
    if (order.now || fault.after_events)
        throw BadFault("\"now\" and \"after_events\" are for streams; a request takes \"after_bytes\"");
}

Fault parse_one(const Json &json, FaultOrder &order) {
    const KindRow &row = row_of(json);
    Fault fault;
    fault.kind = row.kind;
    fault.name = row.name;
    fault.status = row.status;
    fault.text = row.text;
    set_defaults(fault);
    for (const auto &[field, value] : json.items()) {
        if (field == "kind") continue;
        if (field == "times")
            order.times = whole(value, field);
        else if (field == "now")
            order.now = truth(value, field);
        else if (!set_field(fault, row, field, value))
            throw BadFault("\"" + fault.name + "\" has no field \"" + field + "\"");
    }
    if (order.now && stage_of(fault.kind) != FaultStage::body)
        throw BadFault("\"now\" needs a fault of the body; \"" + fault.name + "\" comes before it");
    check_reach(fault, row, order);
    return fault;
}

} // namespace

FaultStage stage_of(FaultKind kind) {
    if (kind == FaultKind::tls_cut_handshake) return FaultStage::accept;
    return std::ranges::find(kKinds, kind, &KindRow::kind)->stage;
}

bool for_requests(const Fault &fault) {
    if (fault.kind == FaultKind::tls_cut_handshake) return false;
    return !fault.path.empty() ||
           std::ranges::find(kKinds, fault.kind, &KindRow::kind)->reach == Reach::requests;
}

std::span<const std::string_view> fault_names() { return kNames; }

std::vector<FaultOrder> parse_faults(const Json &json) {
    std::vector<FaultOrder> orders;
    const auto add = [&](const Json &item) {
        FaultOrder &order = orders.emplace_back();
        if (!item.is_array()) {
            order.plan.push_back(parse_one(item, order));
            return;
        }
        if (item.empty()) throw BadFault("an inner list holds the faults of one connection, at least one");
        for (const auto &fault : item)
            order.plan.push_back(parse_one(fault, order));
        const auto early = [](const Fault &f) { return stage_of(f.kind) == FaultStage::accept; };
        if (order.plan.size() > 1 && std::ranges::any_of(order.plan, early))
            throw BadFault("a fault before the request stands alone");
        if (!std::ranges::all_of(order.plan, for_requests) && std::ranges::any_of(order.plan, for_requests))
            throw BadFault("faults of a stream and of another request cannot be for the same one");
    };
    if (json.is_array())
        for (const auto &item : json)
            add(item);
    else
        add(json);
    return orders;
}

void FaultQueue::add(FaultOrder order) {
    const std::lock_guard lock(mutex_);
    orders_.push_back(std::move(order));
}

void FaultQueue::clear() {
    const std::lock_guard lock(mutex_);
    orders_.clear();
}

std::size_t FaultQueue::size() const {
    const std::lock_guard lock(mutex_);
    return orders_.size();
}

void FaultQueue::used(const std::deque<FaultOrder>::iterator &order) {
    if (order->times > 0 && --order->times == 0) orders_.erase(order);
}

std::optional<Fault> FaultQueue::take_at_accept() {
    const std::lock_guard lock(mutex_);
    if (orders_.empty() || stage_of(orders_.front().plan.front().kind) != FaultStage::accept)
        return std::nullopt;
    Fault fault = orders_.front().plan.front();
    used(orders_.begin());
    return fault;
}

template <typename Applies> FaultPlan FaultQueue::take_first(const Applies &applies) {
    const std::lock_guard lock(mutex_);
    const auto order = std::ranges::find_if(orders_, [&](const FaultOrder &candidate) {
        return stage_of(candidate.plan.front().kind) != FaultStage::accept &&
               std::ranges::all_of(candidate.plan, applies);
    });
    if (order == orders_.end()) return {};
    FaultPlan plan = order->plan;
    used(order);
    return plan;
}

FaultPlan FaultQueue::take(std::string_view operation) {
    return take_first([&](const Fault &fault) {
        return !for_requests(fault) && (fault.operation.empty() || fault.operation == operation);
    });
}

FaultPlan FaultQueue::take_for_request(std::string_view method, std::string_view path) {
    return take_first([&](const Fault &fault) {
        return for_requests(fault) && (fault.method.empty() || fault.method == method) &&
               (fault.path.empty() || path_matches(fault.path, path));
    });
}

bool path_matches(std::string_view pattern, std::string_view path) {
    while (!pattern.empty()) {
        if (pattern == "*") return true;
        const std::size_t end = std::min(pattern.find('/', 1), pattern.size());
        const std::size_t there = std::min(path.find('/', 1), path.size());
        const std::string_view wanted = pattern.substr(0, end), segment = path.substr(0, there);
        if (wanted == "/*" && end == pattern.size()) return path.starts_with('/');
        const bool any = wanted.starts_with("/{") && wanted.ends_with('}') && segment.size() > 1;
        if (!any && wanted != segment) return false;
        pattern.remove_prefix(end);
        path.remove_prefix(there);
    }
    return path.empty();
}

} // namespace xtap::sim
