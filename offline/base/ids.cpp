#include "offline/base/ids.h"

#include <errno.h>
#include <sys/random.h>

#include "offline/base/check.h"

namespace gongji {
namespace {

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const auto got = ::getrandom(out.data() + done, out.size() - done, 0);
      if (got < 0 && errno == EINTR) continue;
      GONGJI_CHECK(got > 0);
      done += static_cast<std::size_t>(got);
    }
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  // splitmix64
  for (std::size_t i = 0; i < out.size(); i += 8) {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t word = state_;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    word ^= word >> 31;
    for (std::size_t j = 0; j < 8 && i + j < out.size(); ++j) out[i + j] = static_cast<std::uint8_t>(word >> (8 * j));
  }
}

Id make_id(WallTime now, Random& random) {
  Id id;
  random.fill(id.bytes);
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(now.ms >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x70);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

namespace {
constexpr std::string_view base32_digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}

std::string to_string(const Id& id) {
  // 128 bits are 26 digits of 5 bits; the first digit carries the top 3.
  __extension__ unsigned __int128 number = 0;
  for (const std::uint8_t byte : id.bytes) number = number << 8 | byte;
  std::string out(26, '0');
  for (std::size_t i = 26; i-- > 0; number >>= 5) out[i] = base32_digits[static_cast<std::size_t>(number & 31)];
  return out;
}

std::optional<Id> parse_id(std::string_view text) {
  if (text.size() != 26 || text[0] > '7') return std::nullopt;
  __extension__ unsigned __int128 number = 0;
  for (const char c : text) {
    const auto digit = base32_digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    number = number << 5 | digit;
  }
  Id id;
  for (std::size_t i = 16; i-- > 0; number >>= 8) id.bytes[i] = static_cast<std::uint8_t>(number & 255);
  return id;
}

}  // namespace gongji
