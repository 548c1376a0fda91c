#include "offline/replay/persons.h"

#include <algorithm>
#include <cstring>

namespace gongji::replay {

PersonKey key_of(std::string_view person) {
  PersonKey key{0x9E3779B97F4A7C15u ^ person.size(), 0xC2B2AE3D27D4EB4Fu + person.size()};
  for (std::size_t at = 0; at < person.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, person.data() + at, std::min<std::size_t>(8, person.size() - at));
    key.high = (key.high ^ word) * 0xFF51AFD7ED558CCDu;
    key.high ^= key.high >> 32;
    key.low = (key.low + word) * 0xC4CEB9FE1A85EC53u;
    key.low ^= key.low >> 29;
  }
  key.high = (key.high ^ key.high >> 33) * 0xD6E8FEB86659FD93u;
  key.low = (key.low ^ key.low >> 31) * 0x94D049BB133111EBu;
  key.high ^= key.high >> 32;
  key.low ^= key.low >> 30;
  return key;
}

}  // namespace gongji::replay
