// Options to plain values; see settings.hpp.
#include "edge/settings.hpp"

#include "api/address.hpp"
#include "api/options.hpp"

namespace xtap::edge {

using api::Option;

EdgeSettings edge_settings(const api::Options &options) {
    EdgeSettings edge;
    edge.base_url = options.text(Option::base_url);
    while (edge.base_url.ends_with('/'))
        edge.base_url.pop_back();
    edge.user_agent = options.text(Option::user_agent);
    edge.proxy = options.text(Option::proxy);
    edge.ca_file = options.text(Option::ca_file);
    edge.tls13_only = options.text(Option::tls_min) == "1.3";
    const api::BaseUrl url = api::parse_base_url("base_url", edge.base_url);
    edge.plain = !url.https;
    edge.loopback = url.loopback;
    return edge;
}

} // namespace xtap::edge
