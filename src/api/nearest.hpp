// "Did you mean": finds the known name closest to one that is unknown. Knows nothing of what the names mean.
#pragma once

#include <span>
#include <string_view>

namespace xtap::api {

// The known name nearest to `given`, whatever the case: few typing mistakes away, or the same but for one
// missing or added stretch ("firehoseJa" finds "streamPostsFirehoseJa"). Empty when nothing is close. The
// first one wins a tie.
std::string_view nearest(std::string_view given, std::span<const std::string_view> known);

} // namespace xtap::api
