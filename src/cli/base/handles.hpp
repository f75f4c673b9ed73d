// Owners for the library's handles, so that no path through the command forgets to close one.
#pragma once

#include <xtap/xtap.h>

#include <memory>

namespace xtap::cli {

template <auto Destroy> struct Destroyer {
    template <typename Handle> void operator()(Handle *handle) const noexcept { Destroy(handle); }
};

using ConfigHandle = std::unique_ptr<xtap_config, Destroyer<xtap_config_destroy>>;
using ClientHandle = std::unique_ptr<xtap_client, Destroyer<xtap_client_close>>;
using RequestHandle = std::unique_ptr<xtap_request, Destroyer<xtap_request_destroy>>;
using ResponseHandle = std::unique_ptr<xtap_response, Destroyer<xtap_response_destroy>>;
using StreamHandle = std::unique_ptr<xtap_stream, Destroyer<xtap_stream_close>>;

} // namespace xtap::cli
