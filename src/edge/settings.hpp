// What the edge needs to know, read once from the options: plain values, so that nothing below looks names
// up.
#pragma once

#include <string>

namespace xtap::api {
class Options;
}

namespace xtap::edge {

// The same for all connections of a client.
struct EdgeSettings {
    std::string base_url; // without a slash at its end
    std::string user_agent, proxy, ca_file;
    bool tls13_only = false;
    bool plain = false;    // http, not https
    bool loopback = false; // the host is this machine
};

EdgeSettings edge_settings(const api::Options &options);

} // namespace xtap::edge
