// The faults that stand before the body: at accept, and instead of the answer. See relay.hpp.
#include "relay.hpp"

#include "body.hpp"

#include <algorithm>
#include <chrono>

namespace xtap::sim {
namespace {

std::optional<SteadyTime> after(std::uint64_t ms) {
    if (ms == 0) return std::nullopt;
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
}

std::uint64_t seconds_now() {
    using namespace std::chrono;
    return static_cast<std::uint64_t>(duration_cast<seconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace

void Relay::play_at_accept(const Fault &fault, Link &link) {
    if (fault.kind == FaultKind::tls_cut_handshake) {
        char hello[4096];
        link.read(hello, sizeof hello); // the client has begun; its hello gets no answer
        throw Ended{"fault: tls_cut in the handshake", Goodbye::cut};
    }
    throw Ended{"fault: refuse", Goodbye::cut};
}

void Relay::play_answer(const Fault &fault, const Request &request, Link &link, Connection &connection) {
    const auto refuse = [&](Answer given, std::uint64_t reset_in) {
        RateLimits::State rate = world_.limits.count_request(request.method + " " + request.path, "");
        if (reset_in > 0) rate = {rate.limit, 0, seconds_now() + reset_in, true};
        const auto headers = rate_headers(rate);
        given.headers.insert(given.headers.end(), headers.begin(), headers.end());
        Request last = request;
        last.keep_alive = false;
        answer(link, connection, given, last);
        throw Ended{"fault: " + fault.name};
    };
    switch (fault.kind) {
    case FaultKind::http_status:
        refuse(problem(fault.status), fault.seconds);
        break;
    case FaultKind::rate_limit:
        refuse(problem(429), fault.seconds);
        break;
    case FaultKind::too_many_connections:
    case FaultKind::connection_issue:
        refuse(connection_exception(fault.text, fault.status), 0);
        break;
    case FaultKind::redirect:
        refuse(redirect_to(fault.text.empty() ? own_url() + "/2/redirected" : fault.text, fault.status), 0);
        break;
    case FaultKind::html_error:
        refuse(html_page(fault.status), 0);
        break;
    case FaultKind::no_response: {
        const auto until = after(fault.for_ms);
        while (link.wait_until(until) == Link::Woke::wake)
            if (connection.close_asked()) throw Ended{"closed on request"};
        throw Ended{"fault: no_response"};
    }
    case FaultKind::garbage_response: {
        std::string garbage;
        for (std::uint64_t i = 0; i < fault.size; ++i)
            garbage.push_back(static_cast<char>(mix(i) | 0x80));
        link.write(garbage);
        throw Ended{"fault: garbage_response"};
    }
    case FaultKind::no_answer:
        if (fault.processed) break; // when the answer is there
        throw Ended{"fault: no_answer", fault.text == "reset" ? Goodbye::reset : Goodbye::orderly};
    case FaultKind::huge_body:
        huge_body(link, connection, fault);
    case FaultKind::gzip_bomb:
        bomb(link, connection, fault.size, common_headers(connection));
        break;
    default:
        break; // what changes the answer that follows
    }
}

void Relay::send_head(Link &link, Connection &connection, std::string_view head, FaultPlan &faults) {
    const auto found = std::ranges::find(faults, FaultKind::slow_headers, &Fault::kind);
    if (found == faults.end()) return link.write(head);
    const Fault slow = *found;
    for (; !head.empty(); head.remove_prefix(std::min<std::size_t>(slow.bytes, head.size()))) {
        link.write(head.substr(0, slow.bytes));
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(slow.interval_ms);
        while (link.wait_until(until) == Link::Woke::wake) {
            if (connection.close_asked()) throw Ended{"closed on request"};
            const FaultPlan injected = connection.take_injected(); // these also end the wake
            faults.insert(faults.end(), injected.begin(), injected.end());
        }
    }
}

void Relay::bomb(Link &link, Connection &connection, std::uint64_t size, HeaderList headers) {
    headers.emplace_back("content-encoding", "gzip");
    headers.emplace_back("transfer-encoding", "chunked");
    headers.emplace_back("connection", "close");
    const auto rate = rate_headers(world_.limits.count_request("gzip_bomb", ""));
    headers.insert(headers.end(), rate.begin(), rate.end());
    connection.set_status(200);
    link.write(response_head(200, "application/json; charset=utf-8", headers));
    const BombPieces pieces = make_bomb("{\"data\":{\"id\":\"1\",\"text\":\"");
    std::uint64_t sent = 0, inflated = 0;
    const auto put = [&](const std::string &piece) {
        std::string wire;
        BodyEncoder::chunk(piece, wire);
        link.write(wire);
        connection.progress(sent += wire.size(), 0, 0);
    };
    put(pieces.start);
    for (; inflated < size; inflated += kBombPiece)
        put(pieces.repeat);
    link.write("0\r\n\r\n");
    throw Ended{"fault: gzip_bomb"};
}

} // namespace xtap::sim
