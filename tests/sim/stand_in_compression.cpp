// stand_in_compression.cpp — bodies travel as they are: packing them is a tenth of a world's time and tells nothing
// new.
#include "sync/protocol/messages.h"
#include "sync/protocol/troubles.h"

namespace gongji::protocol {

namespace {

constexpr std::string_view mark = "as it is: ";

}  // namespace

std::string compress(std::string_view plain) {
  return std::string(mark).append(plain);
}

Result<std::string> decompress(std::string_view packed, std::size_t bytes_max) {
  if (!packed.starts_with(mark)) return trouble(troubles::not_zstd, {}, "no frame");
  if (packed.size() - mark.size() > bytes_max) return trouble(troubles::too_large);
  return std::string(packed.substr(mark.size()));
}

}  // namespace gongji::protocol
