// Processes of the benchmark: each consumer and each server runs in one of its own, so that its processor
// time and its memory are its own. The benchmark itself never starts a thread, so forking is safe at any
// time.
#pragma once

#include "outcome.hpp"

#include <functional>
#include <sys/types.h>

namespace xtap::bench {

// Dies with its parent; leaves with status 1 when `work` throws.
pid_t start_child(const std::function<void()> &work);
bool await_child(pid_t process); // true: it left with status 0
void end_child(pid_t process);

// What `work` gives, from a process of its own; an outcome that failed when it takes longer than `limit_s`.
Outcome outcome_of(const std::function<Outcome()> &work, int limit_s);

} // namespace xtap::bench
