#include "offline/journal/parts_at_rest.h"

#include <algorithm>

#include "offline/journal/packed.h"
#include "offline/journal/troubles.h"
#include "offline/seal/troubles.h"

namespace gongji::journal {

namespace {

Bytes association(const record::Head& head) {
  const std::string text = head.terminal + "|" + std::to_string(head.epoch) + "|" + std::to_string(head.seq);
  return to_bytes(as_bytes(text));
}

}  // namespace

Trouble broken_at(std::uint64_t seq, std::string detail) {
  return trouble(troubles::chain_broken, "seq " + std::to_string(seq), std::move(detail));
}

Result<Bytes> seal_personal(const Store& store, const record::Head& head, const record::Salt& salt,
                            std::string_view personal_bytes) {
  Bytes packed = pack(personal_bytes);
  Bytes plain(salt.begin(), salt.end());
  plain.insert(plain.end(), packed.begin(), packed.end());
  std::fill(packed.begin(), packed.end(), std::uint8_t{0});
  auto sealed = store.keys.seal(month_of(head.at), plain, association(head));
  std::fill(plain.begin(), plain.end(), std::uint8_t{0});
  return sealed;
}

bool is_gone(const Trouble& what) {
  return what.text == &seal::troubles::month_key_destroyed || what.text == &troubles::personal_part_absent;
}

Result<void> open_personal(const seal::KeyStore& keys, ByteView sealed, record::Entry& entry) {
  if (sealed.empty()) return trouble(troubles::personal_part_absent, "seq " + std::to_string(entry.head.seq));
  auto plain = keys.open_sealed(month_of(entry.head.at), sealed, association(entry.head));
  if (!plain) {
    if (plain.error().text == &seal::troubles::does_not_open) return broken_at(entry.head.seq, "personal part");
    return plain.error();
  }
  if (plain->size() < entry.salt.size()) return broken_at(entry.head.seq, "personal part");
  std::copy_n(plain->begin(), entry.salt.size(), entry.salt.begin());
  const ByteView part = ByteView(*plain).subspan(entry.salt.size());
  std::optional<std::string> unpacked = is_packed(part) ? unpack(part) : std::string(as_text(part));
  std::fill(plain->begin(), plain->end(), std::uint8_t{0});
  if (!unpacked) return broken_at(entry.head.seq, "personal part");
  entry.personal_bytes = std::move(*unpacked);
  return {};
}

Result<std::string> public_part(const sqlite::Query& row, int column, std::uint64_t seq) {
  if (row.is_null(column + 1)) return std::string(row.text(column));
  auto part = unpack(row.blob(column + 1));
  if (!part || !row.text(column).empty()) return broken_at(seq, "public part");
  return *std::move(part);
}

}  // namespace gongji::journal
