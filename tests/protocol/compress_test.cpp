#include <zstd.h>
#include <catch2/catch.hpp>

#include "offline/base/ids.h"
#include "sync/protocol/messages.h"
#include "sync/protocol/troubles.h"

namespace gongji::protocol {
namespace {

std::string some_text(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "{\"seq\":" + std::to_string(text.size()) + "}";
  text.resize(size);
  return text;
}

// A frame whose header does not say how long the content is, as streaming writers make it.
std::string without_size(std::string_view plain) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string out(ZSTD_compressBound(plain.size()) + 64, '\0');
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), plain.data(), plain.size());
  ZSTD_freeCCtx(context);
  REQUIRE(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

std::string code_of(const Result<std::string>& outcome) {
  return outcome.has_error() ? std::string(outcome.error().text->code) : "none";
}

}  // namespace

TEST_CASE("what was compressed comes back, up to the limit and not beyond") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{1} << 20}) {
    const std::string plain = some_text(size);
    CHECK(*decompress(compress(plain), size) == plain);
    CHECK(*decompress(compress(plain), sync_bytes_max) == plain);
    CHECK(*decompress(without_size(plain), size) == plain);
    CHECK(*decompress(without_size(plain), sync_bytes_max) == plain);
    if (size == 0) continue;
    CHECK(code_of(decompress(compress(plain), size - 1)) == troubles::too_large.code);
    CHECK(code_of(decompress(without_size(plain), size - 1)) == troubles::too_large.code);
  }
}

TEST_CASE("a compression bomb is refused, whether or not it says its size") {
  const std::string zeros(64u << 20, '\0');
  const std::string bomb = compress(zeros), silent_bomb = without_size(zeros);
  REQUIRE(bomb.size() < 64u << 10);
  CHECK(code_of(decompress(bomb, sync_bytes_max)) == troubles::too_large.code);
  CHECK(code_of(decompress(silent_bomb, sync_bytes_max)) == troubles::too_large.code);
}

TEST_CASE("damaged compressed bytes are read or refused, never worse") {
  CHECK(code_of(decompress("", 100)) == troubles::not_zstd.code);
  CHECK(code_of(decompress("plain text", 100)) == troubles::not_zstd.code);
  const std::string plain = some_text(8192), packed = compress(plain);
  CHECK(code_of(decompress(packed + "x", sync_bytes_max)) == troubles::not_zstd.code);
  CHECK(code_of(decompress(packed + packed, sync_bytes_max)) == troubles::not_zstd.code);
  SeededRandom random(7);
  for (std::size_t at = 0; at < packed.size(); ++at) {
    CHECK(decompress(std::string_view(packed).substr(0, at), sync_bytes_max).has_error());
    std::string damaged = packed;
    std::uint8_t change = 0;
    random.fill({&change, 1});
    damaged[at] = static_cast<char>(change);
    const auto outcome = decompress(damaged, sync_bytes_max);
    if (outcome.has_value()) CHECK(outcome->size() <= sync_bytes_max);
  }
}

}  // namespace gongji::protocol
