// figures.h — the floor of a disk, and quantiles.  Uses real time.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace gongji::tests {

using Steady = std::chrono::steady_clock;

double microseconds(Steady::duration span);
double quantile(std::vector<double> samples, double share);
inline double median(const std::vector<double>& samples) {
  return quantile(samples, 0.5);
}

// One 4 KiB overwrite of a prewritten file with fdatasync: what no durable commit can be cheaper than.
class Floor {
 public:
  explicit Floor(const std::filesystem::path& file);
  ~Floor();
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  double once();  // microseconds

 private:
  void write_page();
  int descriptor_;
  std::string page_;
  int next_ = 0;
};

// Microseconds of one call.
template <class Call>
double time_of(Call call) {
  const auto began = Steady::now();
  call();
  return microseconds(Steady::now() - began);
}

}  // namespace gongji::tests
