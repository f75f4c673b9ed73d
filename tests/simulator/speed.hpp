// Time that runs faster than the wall's: the program starts itself again under fast_clock.c.
#pragma once

#include <string>

namespace xtap::sim {

// Returns when this process runs under the fast clock at that speed; where it does not yet, it becomes one
// that does. Throws when that cannot be.
void run_at_speed(double speed, char **argv);

// " SPEED=... SPEED_SINCE=..." for the ready line.
std::string speed_words();

} // namespace xtap::sim
