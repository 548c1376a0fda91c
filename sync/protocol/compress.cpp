#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "offline/base/check.h"
#include "sync/protocol/messages.h"
#include "sync/protocol/troubles.h"

namespace gongji::protocol {
namespace {

// Packs twice as fast as level 1, and what a batch loses by it (8 times smaller instead of 13) no line feels.
constexpr int level = -3;
constexpr int window_log_max = 23;  // 8 MiB: what a peer may make us set aside, whatever it declares

struct Free {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// One for a thread, used again; packing takes new memory each time, because a till has none to keep between drains.
ZSTD_DCtx* unpacker() {
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  GONGJI_CHECK(context != nullptr);
  return context.get();
}

// Of a frame that does not say its size: what is written is counted.
Result<std::string> decompress_counting(std::string_view packed, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  GONGJI_CHECK(context != nullptr);
  GONGJI_CHECK(ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log_max)) == 0);
  std::string out(std::min(bytes_max, std::size_t{64} << 10), '\0');
  ZSTD_inBuffer from{packed.data(), packed.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  for (;;) {
    const std::size_t before_in = from.pos, before_out = to.pos;
    const std::size_t left = ZSTD_decompressStream(context.get(), &to, &from);
    if (ZSTD_isError(left) != 0) return trouble(troubles::not_zstd, {}, ZSTD_getErrorName(left));
    if (left == 0) break;
    const bool full = to.pos == to.size;
    if (full && out.size() < bytes_max) {
      out.resize(std::min(bytes_max, out.size() * 2));
      to.dst = out.data();
      to.size = out.size();
    } else if (from.pos == before_in && to.pos == before_out) {
      if (full) return trouble(troubles::too_large, {}, fmt::format("limit {} bytes", bytes_max));
      return trouble(troubles::not_zstd, {}, "cut short");
    }
  }
  if (from.pos != from.size) return trouble(troubles::not_zstd, {}, "bytes after the end");
  out.resize(to.pos);
  return out;
}

}  // namespace

std::string compress(std::string_view plain) {
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), level);
  GONGJI_CHECK(ZSTD_isError(size) == 0);  // the bound is large enough by contract
  out.resize(size);
  return out;
}

Result<std::string> decompress(std::string_view packed, std::size_t bytes_max) {
  const auto declared = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR) return trouble(troubles::not_zstd, {}, "no frame");
  if (declared == ZSTD_CONTENTSIZE_UNKNOWN) return decompress_counting(packed, bytes_max);
  if (declared > bytes_max) {
    return trouble(troubles::too_large, {}, fmt::format("declares {} bytes, limit {}", declared, bytes_max));
  }
  const std::size_t frame = ZSTD_findFrameCompressedSize(packed.data(), packed.size());
  if (ZSTD_isError(frame) != 0) return trouble(troubles::not_zstd, {}, ZSTD_getErrorName(frame));
  if (frame != packed.size()) return trouble(troubles::not_zstd, {}, "bytes after the end");
  // A declared size may lie: not a byte beyond it is written, and what is less is refused.
  std::string out(static_cast<std::size_t>(declared), '\0');
  const std::size_t got = ZSTD_decompressDCtx(unpacker(), out.data(), out.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0) return trouble(troubles::not_zstd, {}, ZSTD_getErrorName(got));
  if (got != out.size()) return trouble(troubles::not_zstd, {}, "shorter than declared");
  return out;
}

}  // namespace gongji::protocol
