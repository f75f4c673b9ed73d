// The backends by name, for scan.cpp alone: each is declared where the build has it.
#pragma once

#include "stream/event/scan.hpp"

namespace xtap::event {

#if defined(__x86_64__)
Backend sse2_backend();
Backend avx2_backend();
Backend avx512_backend();
#elif defined(__aarch64__)
Backend neon_backend();
#endif

} // namespace xtap::event
