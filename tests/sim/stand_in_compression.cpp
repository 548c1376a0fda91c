// stand_in_compression.cpp — bodies travel, and parts of entries lie in the file, as they are: packing them is a tenth
// of a world's time and tells nothing new.
#include <cstring>

#include "offline/journal/packed.h"
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

namespace gongji::journal {

namespace {

// Neither form of a part begins so.
constexpr std::string_view frame = "\x28\xB5\x2F\xFD";

}  // namespace

Bytes pack(std::string_view part) {
  Bytes packed(frame.size() + part.size());
  std::memcpy(packed.data(), frame.data(), frame.size());
  std::memcpy(packed.data() + frame.size(), part.data(), part.size());
  return packed;
}

bool is_packed(ByteView bytes) {
  return as_text(bytes).starts_with(frame);
}

std::optional<std::string> unpack(ByteView packed) {
  if (!is_packed(packed)) return std::nullopt;
  return std::string(as_text(packed.subspan(frame.size())));
}

}  // namespace gongji::journal
