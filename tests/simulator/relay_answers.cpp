// Answers that are no streams on their way out: compressed or chunked where that is due, and the faults that
// such answers meet. See relay.hpp.
#include "relay.hpp"

#include "body.hpp"

#include <algorithm>
#include <chrono>

namespace xtap::sim {
namespace {

// Below that a gateway does not take the trouble to compress.
constexpr std::size_t kWorthCompressing = 1000;

const Fault *find(const FaultPlan &faults, FaultKind kind) {
    const auto at = std::ranges::find(faults, kind, &Fault::kind);
    return at == faults.end() ? nullptr : &*at;
}

bool acts_in_body(const Fault &fault) { return stage_of(fault.kind) == FaultStage::body; }

std::string in_chunks(std::string_view body) {
    constexpr std::size_t kChunk = 1000;
    std::string wire;
    for (; !body.empty(); body.remove_prefix(std::min(kChunk, body.size())))
        BodyEncoder::chunk(body.substr(0, kChunk), wire);
    return wire + "0\r\n\r\n";
}

void spoil(std::string &compressed) {
    for (std::size_t i = compressed.size() / 2; i < compressed.size() && i < compressed.size() / 2 + 8; ++i)
        compressed[i] = static_cast<char>(~compressed[i]);
}

void wait_ms(Link &link, Connection &connection, std::uint64_t ms) {
    std::optional<SteadyTime> until;
    if (ms > 0) until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    while (link.wait_until(until) == Link::Woke::wake)
        if (connection.close_asked()) throw Ended{"closed on request"};
}

void drip(Link &link, Connection &connection, std::string_view bytes, const Fault &fault) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(fault.bytes, bytes.size()))) {
        link.write(bytes.substr(0, fault.bytes));
        if (fault.interval_ms > 0) wait_ms(link, connection, fault.interval_ms);
    }
}

// Plays a fault at its place in the body. Returns when the rest is still to come.
void act(const Fault &fault, Link &link, Connection &connection) {
    const std::string how = "fault: " + fault.name;
    switch (fault.kind) {
    case FaultKind::eof:
        throw Ended{how};
    case FaultKind::reset:
        link.drain();
        throw Ended{how, Goodbye::reset};
    case FaultKind::tls_cut:
        throw Ended{how, Goodbye::cut};
    case FaultKind::half_chunk:
        link.write("40\r\n{\"half\":");
        throw Ended{how};
    case FaultKind::bad_chunk:
        link.write("zz\r\n");
        throw Ended{how};
    case FaultKind::stall:
        wait_ms(link, connection, fault.for_ms);
        break;
    default:
        break;
    }
}

} // namespace

void Relay::hand_on(Link &link, Connection &connection, const Request &request, Answer given,
                    const FaultPlan &faults) {
    if (const Fault *fault = find(faults, FaultKind::no_answer))
        throw Ended{"fault: no_answer", fault->text == "reset" ? Goodbye::reset : Goodbye::orderly};
    if (find(faults, FaultKind::bad_json)) given.body.resize(given.body.size() * 2 / 3);
    const bool corrupt = find(faults, FaultKind::gzip_corrupt);
    const bool accepted = request.header("accept-encoding").find("gzip") != std::string_view::npos;
    if (corrupt || find(faults, FaultKind::gzip_answer) ||
        (world_.settings.gzip && accepted && given.status < 300 && given.body.size() >= kWorthCompressing)) {
        given.body = gzipped(given.body);
        if (corrupt) spoil(given.body);
        given.headers.emplace_back("content-encoding", "gzip");
    }
    if (faults.empty()) return answer(link, connection, given, request);

    const bool chunked = find(faults, FaultKind::chunked_answer) || find(faults, FaultKind::half_chunk) ||
                         find(faults, FaultKind::bad_chunk);
    const auto more = common_headers(connection);
    given.headers.insert(given.headers.end(), more.begin(), more.end());
    if (chunked) {
        given.body = in_chunks(given.body);
        given.headers.emplace_back("transfer-encoding", "chunked");
    } else {
        given.headers.emplace_back("content-length", std::to_string(given.body.size()));
    }
    // While it waits the relay throws away what comes in, and that may be the next request.
    const bool waits = find(faults, FaultKind::slow_drip) || find(faults, FaultKind::stall);
    const bool keep_alive = request.keep_alive && !waits;
    given.headers.emplace_back("connection", keep_alive ? "keep-alive" : "close");
    connection.set_status(given.status);
    write_answer(link, connection, response_head(given.status, given.content_type, given.headers), given.body,
                 faults);
    if (!keep_alive) throw Ended{"answered " + std::to_string(given.status)};
}

void Relay::write_answer(Link &link, Connection &connection, std::string_view head, std::string_view body,
                         const FaultPlan &faults) {
    if (const Fault *slow = find(faults, FaultKind::slow_headers))
        drip(link, connection, head, *slow);
    else
        link.write(head);
    std::vector<Fault> acting;
    std::ranges::copy_if(faults, std::back_inserter(acting), acts_in_body);
    std::ranges::stable_sort(acting, {}, [](const Fault &f) { return f.after_bytes.value_or(0); });
    std::size_t sent = 0;
    const Fault *slow = nullptr;
    const auto send_up_to = [&](std::size_t end) {
        end = std::clamp(end, sent, body.size());
        if (slow)
            drip(link, connection, body.substr(sent, end - sent), *slow);
        else
            link.write(body.substr(sent, end - sent));
        sent = end;
        connection.progress(sent, 0, 0);
    };
    for (const Fault &fault : acting) {
        send_up_to(fault.after_bytes.value_or(0));
        connection.played(fault);
        if (fault.kind == FaultKind::slow_drip) slow = &fault;
        act(fault, link, connection);
    }
    send_up_to(body.size());
}

void Relay::huge_body(Link &link, Connection &connection, const Fault &fault) {
    constexpr std::string_view kStart = "{\"data\":{\"text\":\"", kEnd = "\"}}";
    const std::uint64_t letters =
        fault.size > kStart.size() + kEnd.size() ? fault.size - kStart.size() - kEnd.size() : 0;
    HeaderList headers = common_headers(connection);
    headers.emplace_back("content-length", std::to_string(kStart.size() + letters + kEnd.size()));
    headers.emplace_back("connection", "close");
    connection.set_status(200);
    link.write(response_head(200, "application/json; charset=utf-8", headers));
    link.write(kStart);
    const std::string piece(64 * 1024, 'a');
    for (std::uint64_t left = letters; left > 0;) {
        const std::uint64_t size = std::min<std::uint64_t>(left, piece.size());
        link.write(std::string_view(piece).substr(0, size));
        left -= size;
        connection.progress(letters - left, 0, 0);
    }
    link.write(kEnd);
    throw Ended{"fault: huge_body"};
}

} // namespace xtap::sim
