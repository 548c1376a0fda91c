#include "offline/record/voucher.h"

#include <string.h>

#include <algorithm>

#include "offline/base/check.h"
#include "offline/base/decimal.h"
#include "offline/record/troubles.h"
#include "offline/seal/sm2.h"
#include "offline/seal/sm3.h"

namespace gongji::record {

namespace {

constexpr std::array<std::uint8_t, 3> magic{'G', 'J', 'V'};
constexpr std::uint8_t version = 1, algorithm = 1;
constexpr std::size_t statement_size = 55;
constexpr std::size_t voucher_size = statement_size + seal::sm2_signature_size;
constexpr std::int64_t seconds_max = 0xFFFF'FFFF;

bool is_psn_no(std::string_view text) {
  return !text.empty() && text.size() <= voucher_psn_no_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool in_range(const Voucher& voucher) {
  return voucher.from.ms >= 0 && voucher.from.ms % 1000 == 0 && voucher.from.ms / 1000 <= seconds_max &&
         voucher.valid >= std::chrono::hours(1) && voucher.valid <= voucher_hours_max &&
         is_psn_no(voucher.psn_no.reveal());
}

void put(Bytes& out, std::int64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// Takes pieces off the front.
struct Cursor {
  ByteView rest;
  ByteView take(std::size_t size) {
    const ByteView piece = rest.first(size);
    rest = rest.subspan(size);
    return piece;
  }
  std::int64_t number(std::size_t size) {
    std::int64_t value = 0;
    for (const std::uint8_t octet : take(size)) value = value << 8 | octet;
    return value;
  }
};

// nullopt: a member out of its range, or psn_no not in its one form.
std::optional<Voucher> members_of(ByteView statement) {
  Cursor cursor{statement.subspan(magic.size() + 2)};
  Voucher voucher;
  std::ranges::copy(cursor.take(voucher.key_id.size()), voucher.key_id.begin());
  voucher.from = WallTime{cursor.number(4) * 1000};
  voucher.valid = std::chrono::hours(cursor.number(2));
  std::ranges::copy(cursor.take(voucher.nonce.size()), voucher.nonce.begin());
  const std::string_view field = as_text(cursor.take(voucher_psn_no_max));
  const std::size_t size = std::min(field.find('\0'), field.size());
  voucher.psn_no = Secret(std::string(field.substr(0, size)));
  if (field.find_first_not_of('\0', size) != std::string_view::npos || !in_range(voucher)) return std::nullopt;
  return voucher;
}

// The bytes name the person: wiped when they die.
struct Wiped {
  Bytes bytes;
  explicit Wiped(Bytes from) : bytes(std::move(from)) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() {
    if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
  }
};

}  // namespace

VoucherKeyId voucher_key_id(ByteView public_key) {
  const Digest digest = seal::sm3(public_key);
  VoucherKeyId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

Secret issue_voucher(const seal::KeyStore& keys, Voucher voucher) {
  GONGJI_CHECK(in_range(voucher));
  voucher.key_id = voucher_key_id(keys.public_key());
  Wiped out{Bytes(magic.begin(), magic.end())};
  Bytes& bytes = out.bytes;
  bytes.reserve(voucher_size);
  bytes.push_back(version);
  bytes.push_back(algorithm);
  bytes.insert(bytes.end(), voucher.key_id.begin(), voucher.key_id.end());
  put(bytes, voucher.from.ms / 1000, 4);
  put(bytes, voucher.valid.count(), 2);
  bytes.insert(bytes.end(), voucher.nonce.begin(), voucher.nonce.end());
  const ByteView psn_no = as_bytes(voucher.psn_no.reveal());
  bytes.insert(bytes.end(), psn_no.begin(), psn_no.end());
  bytes.resize(statement_size, 0);
  const Bytes signature = keys.sign(voucher_tag, bytes);
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return Secret(to_digits(bytes));
}

Result<Voucher> read_voucher(const Secret& digits, ByteView centre_public_key) {
  auto bytes = digits.reveal().size() == voucher_digits ? from_digits(digits.reveal()) : std::nullopt;
  if (!bytes) return trouble(troubles::voucher_malformed);
  const Wiped wiped{std::move(*bytes)};
  const ByteView all = wiped.bytes;
  if (all.size() != voucher_size || !std::equal(magic.begin(), magic.end(), all.begin())) {
    return trouble(troubles::voucher_malformed);
  }
  if (all[magic.size()] != version || all[magic.size() + 1] != algorithm) {
    return trouble(troubles::voucher_version_unknown);
  }
  const ByteView statement = all.first(statement_size);
  auto voucher = members_of(statement);
  if (!voucher) return trouble(troubles::voucher_malformed);
  if (voucher->key_id != voucher_key_id(centre_public_key)) return trouble(troubles::voucher_of_other_centre);
  if (!seal::verify(centre_public_key, voucher_tag, statement, all.subspan(statement_size))) {
    return trouble(troubles::voucher_forged);
  }
  return *std::move(voucher);
}

Digest voucher_digest(const VoucherNonce& nonce) {
  return seal::sm3({as_bytes("gongji.voucher.nonce.v1"), ByteView(nonce)});
}

}  // namespace gongji::record
