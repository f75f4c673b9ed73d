// What `--help` says at each level. Written by hand, because a generated list of options explains nothing;
// a test compares it with the options there are.
#pragma once

namespace xtap::cli {

extern const char kHelp[];
extern const char kStreamHelp[];
extern const char kOperationsHelp[];
extern const char kDescribeHelp[];
extern const char kCompletionHelp[];
extern const char kCallHelp[];
extern const char kAuthHelp[];
extern const char kRulesHelp[];
extern const char kConnectionsHelp[];

} // namespace xtap::cli
