#include "offline/audit/receipt.h"

#include <zstd.h>

#include <algorithm>
#include <memory>

#include "offline/audit/receipt_dictionary.h"
#include "offline/audit/troubles.h"
#include "offline/base/check.h"
#include "offline/base/decimal.h"
#include "offline/journal/packed.h"

namespace gongji::audit {

namespace {

// Every receipt begins with it; the number also names the dictionary, which is that of the entry's form.
constexpr std::uint8_t of_canonical_entry = 0x71;
constexpr std::uint8_t of_compact_entry = 0x72;

std::optional<ByteView> dictionary_of(std::uint8_t format) {
  if (format == of_canonical_entry) return as_bytes(receipt_dictionary_1);
  if (format == of_compact_entry) return journal::dictionary(record::Form::compact);
  return std::nullopt;
}
std::uint8_t format_of(const record::Form form) {
  return form == record::Form::compact ? of_compact_entry : of_canonical_entry;
}
constexpr int level = 19;
constexpr std::size_t fixed_bytes = 1 + 32 + 32 + 64;  // format, previous, personal digest, signature

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

Bytes packed(std::string_view text, ByteView dictionary) {
  const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  Bytes out(ZSTD_compressBound(text.size()));
  const std::size_t size = ZSTD_compress_usingDict(context.get(), out.data(), out.size(), text.data(), text.size(),
                                                   dictionary.data(), dictionary.size(), level);
  GONGJI_CHECK(ZSTD_isError(size) == 0);  // the bound is large enough by contract
  out.resize(size);
  return out;
}

std::optional<std::string> unpacked(ByteView bytes, ByteView dictionary) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > receipt_public_bytes_max) {
    return std::nullopt;
  }
  const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  std::string text(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress_usingDict(context.get(), text.data(), text.size(), bytes.data(), bytes.size(),
                                                    dictionary.data(), dictionary.size());
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
  const std::uint8_t format = format_of(record::form_of(receipt.entry.public_bytes));
  Bytes bytes{format};
  const auto append = [&](ByteView part) { bytes.insert(bytes.end(), part.begin(), part.end()); };
  append(receipt.entry.previous);
  append(receipt.entry.personal_digest);
  append(receipt.signature);
  append(packed(receipt.entry.public_bytes, *dictionary_of(format)));
  return to_digits(bytes);
}

Result<Receipt> read_receipt(std::string_view digits) {
  const auto bytes = from_digits(digits);
  if (!bytes || bytes->size() <= fixed_bytes) return trouble(troubles::not_a_receipt);
  const std::uint8_t format = bytes->front();
  const auto dictionary = dictionary_of(format);
  if (!dictionary) return trouble(troubles::not_a_receipt);
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
  auto text = unpacked(rest, *dictionary);
  if (!text || format_of(record::form_of(*text)) != format) return trouble(troubles::not_a_receipt);
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
