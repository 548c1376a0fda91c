#include "offline/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace gongji {

void check_failed(const char* condition, const char* file, int line, std::string_view why) {
  std::fprintf(stderr, "CHECK failed: %s at %s:%d %.*s\n", condition, file, line, static_cast<int>(why.size()),
               why.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace gongji
