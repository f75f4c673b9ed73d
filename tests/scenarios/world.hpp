// A simulator as an entry of the list wants it, and what is made from the entry against it, by the public
// header alone. Knows no scenario.
#pragma once

#include "process.hpp"
#include "tap.hpp"
#include "json/value.hpp"

#include <memory>
#include <string>
#include <vector>

namespace xtap::test {

struct CloseClient {
    void operator()(xtap_client *client) const { xtap_client_close(client); }
};
struct DestroyRequest {
    void operator()(xtap_request *request) const { xtap_request_destroy(request); }
};
struct DestroyResponse {
    void operator()(xtap_response *response) const { xtap_response_destroy(response); }
};
struct CloseStream {
    void operator()(xtap_stream *stream) const { xtap_stream_close(stream); }
};
using Client = std::unique_ptr<xtap_client, CloseClient>;
using Request = std::unique_ptr<xtap_request, DestroyRequest>;
using Response = std::unique_ptr<xtap_response, DestroyResponse>;
using Stream = std::unique_ptr<xtap_stream, CloseStream>;

// What a call failed with.
struct Failure {
    Error error;
    int response = 0; // its HTTP status, 0: none came along
};

class World {
public:
    World(const Json &defaults, const Json &entry, std::string level);

    // These throw a Failure.
    Client client();
    Request request(const Client &client);
    Response send(const Request &request);
    Stream stream(const Client &client);

    // Hands over records, read as the level says, until `see` has enough: XTAP_OK; else what ended the
    // stream.
    using See = std::function<bool(const Seen &)>;
    xtap_status consume(const Stream &stream, const See &see);

    std::vector<std::string> selected() const;
    // The texts of look_for that are in `text`.
    Json found(const std::string &text) const;

    const Json entry;
    const std::string level;
    sim::SimulatorProcess simulator;

private:
    xtap_status run(const Stream &stream, const See &see);
    xtap_status read(const Stream &stream, const See &see);

    Json defaults_;
};

// The number that the simulator ends its texts with.
int number_of(const std::string &text);

Json read_list();

} // namespace xtap::test
