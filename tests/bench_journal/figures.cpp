#include "tests/bench_journal/figures.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "tests/bench_journal/busy_shop.h"

namespace gongji::tests {

namespace {
constexpr int pages = 256;
constexpr std::size_t page_size = 4'096;
}  // namespace

double microseconds(Steady::duration span) {
  return std::chrono::duration<double, std::micro>(span).count();
}

double quantile(std::vector<double> samples, double share) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
}

Floor::Floor(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)), page_(page_size, 'x') {
  for (int i = 0; i < pages; ++i) write_page();
  if (::fsync(descriptor_) != 0) give_up("the floor's file");
}

Floor::~Floor() {
  ::close(descriptor_);
}

double Floor::once() {
  return time_of([this] {
    write_page();
    if (::fdatasync(descriptor_) != 0) give_up("the floor's file");
  });
}

void Floor::write_page() {
  const auto offset = static_cast<off_t>(next_++ % pages) * static_cast<off_t>(page_size);
  if (::pwrite(descriptor_, page_.data(), page_.size(), offset) != static_cast<ssize_t>(page_size)) {
    give_up("the floor's file");
  }
}

}  // namespace gongji::tests
