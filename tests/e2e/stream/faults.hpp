// Faults by name, and a record of which kinds the tests have used, so that none is forgotten.
#pragma once

#include "world.hpp"

#include <initializer_list>
#include <string>

namespace xtap::test {

// A fault as the control endpoint takes it. The kind must be one of fault_kinds_under_test().
Json fault(const std::string &kind, const Json &fields = Json::object());
// The kinds that tests here play.
const std::vector<std::string> &fault_kinds_under_test();
// The kinds that the simulator knows, by its own word.
std::vector<std::string> fault_kinds_announced(Simulator &simulator);

} // namespace xtap::test
