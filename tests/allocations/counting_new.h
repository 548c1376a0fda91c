// counting_new.h — how often this thread has asked for memory.
#pragma once

#include <cstdint>

namespace gongji::testing {

std::uint64_t allocations();

}  // namespace gongji::testing
