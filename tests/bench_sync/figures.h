// figures.h — what the steps of the bench measure, and how they say it: `name value` lines.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace gongji::tests {

using Steady = std::chrono::steady_clock;

inline double seconds_since(Steady::time_point began) {
  return std::chrono::duration<double>(Steady::now() - began).count();
}

inline double quantile(std::vector<double> samples, double share) {
  std::sort(samples.begin(), samples.end());
  return samples.empty() ? 0 : samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
}

inline void print(const char* name, double value) {
  std::printf("%s %.3f\n", name, value);
  std::fflush(stdout);
}

}  // namespace gongji::tests
