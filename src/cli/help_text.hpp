// What `--help` says at each level. Written by hand, because a generated list of options explains nothing;
// a test compares it with the options there are.
#pragma once

namespace xtap::cli {

extern const char kHelp[];
extern const char kStreamHelp[];
extern const char kOperationsHelp[];
extern const char kDescribeHelp[];

} // namespace xtap::cli
