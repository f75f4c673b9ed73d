// The gist of an HTML page that came where JSON was expected, from a proxy or a load balancer. No parser:
// enough to read it.
#pragma once

#include <string>
#include <string_view>

namespace xtap::api {

// The page's title, or else the text of its body, without tags, scripts and styles; never contains '<' or
// '>'.
std::string html_summary(std::string_view page);

} // namespace xtap::api
