#include "offline/journal/remembered_keys.h"

#include <algorithm>

namespace gongji::journal {

std::string RememberedKeys::lookup_key(std::string_view domain, std::string_view value) const {
  const auto is_that = [&](const Made& made) { return made.value.reveal() == value && made.domain == domain; };
  for (std::size_t i = 0; i < std::min(count_, made_.size()); ++i) {
    if (is_that(made_[i])) return made_[i].key;
  }
  Made& made = made_[count_++ % made_.size()];
  made = {std::string(domain), keys_.lookup_key(domain, value), Secret(std::string(value))};
  return made.key;
}

void RememberedKeys::forget() {
  for (std::size_t i = 0; i < std::min(count_, made_.size()); ++i) made_[i] = {};
  count_ = 0;
}

}  // namespace gongji::journal
