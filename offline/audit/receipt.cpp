#include "offline/audit/receipt.h"

#include <zstd.h>

#include <algorithm>
#include <memory>

#include "offline/audit/receipt_dictionary.h"
#include "offline/audit/troubles.h"
#include "offline/base/check.h"
#include "offline/base/decimal.h"

namespace gongji::audit {

namespace {

// Every receipt begins with it; the number also names the dictionary.
constexpr std::uint8_t format_1 = 0x71;
constexpr int level = 19;
constexpr std::size_t fixed_bytes = 1 + 32 + 32 + 64;  // format, previous, personal digest, signature

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

Bytes packed(std::string_view text) {
  const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  Bytes out(ZSTD_compressBound(text.size()));
  const std::size_t size = ZSTD_compress_usingDict(context.get(), out.data(), out.size(), text.data(), text.size(),
                                                   receipt_dictionary_1.data(), receipt_dictionary_1.size(), level);
  GONGJI_CHECK(ZSTD_isError(size) == 0);  // the bound is large enough by contract
  out.resize(size);
  return out;
}

std::optional<std::string> unpacked(ByteView bytes) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > receipt_public_bytes_max) {
    return std::nullopt;
  }
  const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  std::string text(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress_usingDict(context.get(), text.data(), text.size(), bytes.data(), bytes.size(),
                                                    receipt_dictionary_1.data(), receipt_dictionary_1.size());
  if (ZSTD_isError(got) != 0 || got != text.size()) return std::nullopt;
  return text;
}

Bytes statement_of(const Receipt& receipt) {
  return record::head_statement(receipt.terminal, receipt.epoch, receipt.entry.seq, receipt.entry.hash);
}

Digest hash_of(const journal::RawEntry& entry) {
  return record::chain_hash_from_digest(entry.previous, entry.seq, entry.public_bytes, entry.personal_digest);
}

}  // namespace

Receipt make_receipt(const seal::KeyStore& keys, const journal::Identity& identity, journal::RawEntry entry) {
  GONGJI_CHECK(hash_of(entry) == entry.hash);
  Receipt receipt{identity.terminal, identity.epoch, std::move(entry), {}};
  receipt.signature = keys.sign(receipt_tag, statement_of(receipt));
  return receipt;
}

std::string to_qr_digits(const Receipt& receipt) {
  Bytes bytes{format_1};
  const auto append = [&](ByteView part) { bytes.insert(bytes.end(), part.begin(), part.end()); };
  append(receipt.entry.previous);
  append(receipt.entry.personal_digest);
  append(receipt.signature);
  append(packed(receipt.entry.public_bytes));
  return to_digits(bytes);
}

Result<Receipt> read_receipt(std::string_view digits) {
  const auto bytes = from_digits(digits);
  if (!bytes || bytes->size() <= fixed_bytes || bytes->front() != format_1) return trouble(troubles::not_a_receipt);
  ByteView rest = ByteView(*bytes).subspan(1);
  const auto take = [&](std::size_t size) {
    const ByteView part = rest.first(size);
    rest = rest.subspan(size);
    return part;
  };
  Receipt receipt;
  journal::RawEntry& entry = receipt.entry;
  const ByteView previous = take(entry.previous.size());
  std::copy(previous.begin(), previous.end(), entry.previous.begin());
  const ByteView personal = take(entry.personal_digest.size());
  std::copy(personal.begin(), personal.end(), entry.personal_digest.begin());
  receipt.signature = to_bytes(take(fixed_bytes - 1 - previous.size() - personal.size()));
  auto text = unpacked(rest);
  if (!text) return trouble(troubles::not_a_receipt);
  const auto decoded = record::decode_public(*text);
  if (!decoded) return trouble(troubles::not_a_receipt, decoded.error().path);
  receipt.terminal = decoded->head.terminal;
  receipt.epoch = decoded->head.epoch;
  entry.seq = decoded->head.seq;
  entry.public_bytes = std::move(*text);
  entry.hash = hash_of(entry);
  return receipt;
}

bool verify(const Receipt& receipt, ByteView public_key) {
  return seal::verify(public_key, receipt_tag, statement_of(receipt), receipt.signature);
}

}  // namespace gongji::audit
