// The control endpoint: faults in, state out. Knows the world, not the sockets.
#pragma once

#include "server.hpp"

namespace xtap::sim {

void add_control(httplib::Server &routes, World &world);

} // namespace xtap::sim
