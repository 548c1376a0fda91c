#include "offline/base/check.h"
#include "offline/record/entry.h"
#include "offline/seal/sm3.h"

namespace gongji::record {
namespace {

template <class Number>
std::array<std::uint8_t, sizeof(Number)> big_endian(Number value) {
  std::array<std::uint8_t, sizeof(Number)> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i)
    octets[i] = static_cast<std::uint8_t>(value >> 8U * (octets.size() - 1 - i));
  return octets;
}

}  // namespace

Digest personal_digest(const Salt& salt, std::string_view personal_bytes) {
  return seal::sm3({salt, as_bytes(personal_bytes)});
}

Digest chain_hash_from_digest(const Digest& previous, std::uint64_t seq, std::string_view public_bytes,
                              const Digest& personal) {
  return seal::sm3({as_bytes("gongji.entry.v1"), previous, big_endian(seq), as_bytes(public_bytes), personal});
}

Digest chain_hash(const Digest& previous, std::uint64_t seq, std::string_view public_bytes, const Salt& salt,
                  std::string_view personal_bytes) {
  return chain_hash_from_digest(previous, seq, public_bytes, personal_digest(salt, personal_bytes));
}

Digest chain_hash(const Digest& previous, const Entry& entry) {
  const Digest personal =
      entry.personal_digest ? *entry.personal_digest : personal_digest(entry.salt, entry.personal_bytes);
  return chain_hash_from_digest(previous, entry.head.seq, entry.public_bytes, personal);
}

Bytes head_statement(const std::string& terminal, std::uint32_t epoch, std::uint64_t seq, const Digest& hash) {
  GONGJI_CHECK(terminal.find('\0') == std::string::npos);
  Bytes statement = to_bytes(as_bytes(terminal));
  const auto append = [&](ByteView octets) { statement.insert(statement.end(), octets.begin(), octets.end()); };
  statement.push_back(0);
  append(big_endian(epoch));
  append(big_endian(seq));
  append(hash);
  return statement;
}

Bytes sign_head(const seal::KeyStore& keys, const std::string& terminal, std::uint32_t epoch, std::uint64_t seq,
                const Digest& hash) {
  return keys.sign(head_tag, head_statement(terminal, epoch, seq, hash));
}

bool verify_head(ByteView public_key, const std::string& terminal, std::uint32_t epoch, std::uint64_t seq,
                 const Digest& hash, ByteView signature) {
  if (terminal.find('\0') != std::string::npos) return false;  // a stranger's name is not our bug
  return seal::verify(public_key, head_tag, head_statement(terminal, epoch, seq, hash), signature);
}

}  // namespace gongji::record
