#include "offline/journal/remembered_keys.h"

#include <algorithm>
#include <utility>

namespace gongji::journal {

std::string RememberedKeys::lookup_key(std::string_view domain, std::string_view value) const {
  const auto is_that = [&](const Made& made) { return made.value.reveal() == value && made.domain == domain; };
  for (std::size_t i = 0; i < std::min(count_, made_.size()); ++i) {
    if (is_that(made_[i])) return made_[i].key;
  }
  std::string key = keys_.lookup_key(domain, value);
  remember(domain, value, key);
  return key;
}

void RememberedKeys::remember(std::string_view domain, std::string_view value, std::string key) const {
  made_[count_++ % made_.size()] = {std::string(domain), std::move(key), Secret(std::string(value))};
}

void RememberedKeys::forget() {
  for (std::size_t i = 0; i < std::min(count_, made_.size()); ++i) made_[i] = {};
  count_ = 0;
}

}  // namespace gongji::journal
