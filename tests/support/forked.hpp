// A piece of a test in a forked child.
#pragma once

#include <functional>

namespace xtap::test {

// Runs `body` in a forked child; its answer is the child's exit status, 0 for all is well. 1000 and more: the
// signal that ended it, which one that hangs gets after a while.
int in_child(const std::function<int()> &body);

} // namespace xtap::test
