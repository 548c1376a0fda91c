#include "offline/journal/packed.h"

#include <zstd.h>

#include <algorithm>
#include <memory>

#include "offline/base/check.h"
#include "offline/record/canonical.h"

namespace gongji::journal {

namespace {

// Higher levels gain 6 % and cost twice the time of a sale's whole commit.
constexpr int level = 1;

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Made once and kept for the life of the program.
template <record::Form form>
const ZSTD_CDict* to_pack() {
  static const ZSTD_CDict* const made = ZSTD_createCDict(dictionary(form).data(), dictionary(form).size(), level);
  GONGJI_CHECK(made != nullptr);
  return made;
}

template <record::Form form>
const ZSTD_DDict* to_unpack() {
  static const ZSTD_DDict* const made = ZSTD_createDDict(dictionary(form).data(), dictionary(form).size());
  GONGJI_CHECK(made != nullptr);
  return made;
}

// Null: none that this program has.
const ZSTD_DDict* named_by(ByteView packed) {
  const unsigned number = ZSTD_getDictID_fromFrame(packed.data(), packed.size());
  for (const ZSTD_DDict* one : {to_unpack<record::Form::compact>(), to_unpack<record::Form::canonical>()}) {
    if (ZSTD_getDictID_fromDDict(one) == number) return one;
  }
  return nullptr;
}

}  // namespace

Bytes pack(std::string_view part) {
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  GONGJI_CHECK(context != nullptr);
  Bytes packed(ZSTD_compressBound(part.size()));
  const ZSTD_CDict* const with = record::form_of(part) == record::Form::compact ? to_pack<record::Form::compact>()
                                                                                : to_pack<record::Form::canonical>();
  const std::size_t size =
      ZSTD_compress_usingCDict(context.get(), packed.data(), packed.size(), part.data(), part.size(), with);
  GONGJI_CHECK_WHY(ZSTD_isError(size) == 0, ZSTD_getErrorName(size));
  packed.resize(size);
  return packed;
}

bool is_packed(ByteView bytes) {
  constexpr std::uint8_t magic[] = {0x28, 0xB5, 0x2F, 0xFD};
  return bytes.size() >= sizeof magic && std::equal(std::begin(magic), std::end(magic), bytes.begin());
}

std::optional<std::string> unpack(ByteView packed) {
  if (!is_packed(packed)) return std::nullopt;
  const ZSTD_DDict* const with = named_by(packed);
  if (with == nullptr) return std::nullopt;
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > record::bytes_max) {
    return std::nullopt;
  }
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  GONGJI_CHECK(context != nullptr);
  std::string part(static_cast<std::size_t>(size), '\0');
  const std::size_t got =
      ZSTD_decompress_usingDDict(context.get(), part.data(), part.size(), packed.data(), packed.size(), with);
  if (ZSTD_isError(got) != 0 || got != part.size()) return std::nullopt;
  return part;
}

}  // namespace gongji::journal
