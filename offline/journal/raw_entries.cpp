#include "offline/journal/raw_entries.h"

#include "offline/journal/entries.h"
#include "offline/journal/finding.h"
#include "offline/journal/open_to_read.h"

namespace gongji::journal {

namespace {

Result<std::optional<PersonalPart>> personal_part(const seal::KeyStore& keys, const Identity& identity,
                                                  const RawEntry& raw, WallTime at, ByteView sealed) {
  record::Entry entry;
  entry.head = {identity.terminal, identity.epoch, raw.seq, at};
  if (auto opened = open_personal(keys, sealed, entry); !opened) {
    if (is_gone(opened.error())) return std::optional<PersonalPart>();
    return opened.error();
  }
  if (record::personal_digest(entry.salt, entry.personal_bytes) != raw.personal_digest) {
    return broken_at(raw.seq, "personal part");
  }
  return std::optional(PersonalPart{entry.salt, std::move(entry.personal_bytes)});
}

Result<Digest> hash_before(sqlite::Connection& db, std::uint64_t seq) {
  if (seq == 1) return Digest{};
  auto query = db.query("SELECT hash FROM entry WHERE seq = ?", "b");
  const auto row = query.bind(seq - 1).step();
  if (!row) return row.error();
  const auto hash = *row ? digest_of(query.blob(0)) : std::nullopt;
  if (!hash) return broken_at(seq - 1, "missing");
  return *hash;
}

}  // namespace

Result<RawStretch> read_raw(const std::filesystem::path& file, std::uint64_t from, std::uint64_t to,
                            std::size_t bytes_max, const seal::KeyStore* keys) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  sqlite::Connection& db = **opened;
  if (auto begun = db.execute("BEGIN"); !begun) return begun.error();
  RawStretch stretch;
  const auto identity = identity_of(db);
  if (!identity) return identity.error();
  stretch.identity = *identity;
  {
    auto last = db.query("SELECT coalesce(max(seq), 0) FROM entry", "i");
    const auto row = last.step();
    if (!row) return row.error();
    stretch.last_seq = last.count(0);
  }
  if (from < 1 || from > stretch.last_seq) return stretch;

  auto previous = hash_before(db, from);
  if (!previous) return previous.error();
  const auto packed = has_packed_parts(db);
  if (!packed) return packed.error();
  auto rows = db.query(
      *packed ? "SELECT seq, at_ms, personal_digest, hash, public_part, public_packed, personal_part FROM entry "
                "WHERE seq BETWEEN ? AND ? ORDER BY seq"
              : "SELECT seq, at_ms, personal_digest, hash, public_part, NULL, personal_part FROM entry "
                "WHERE seq BETWEEN ? AND ? ORDER BY seq",
      "iibbtBb");
  rows.bind(from, to);
  std::size_t bytes = 0;
  for (std::uint64_t seq = from;; ++seq) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) return stretch;
    const auto digest = digest_of(rows.blob(2));
    const auto hash = digest_of(rows.blob(3));
    if (rows.count(0) != seq || !digest || !hash) return broken_at(seq, "missing");
    auto part = public_part(rows, 4, seq);
    if (!part) return part.error();
    RawEntry raw{seq, *std::move(part), *digest, *previous, *hash};
    if (record::chain_hash_from_digest(raw.previous, seq, raw.public_bytes, *digest) != *hash) {
      return broken_at(seq, "hash");
    }
    bytes += raw.public_bytes.size() + rows.blob(6).size();
    if (bytes > bytes_max) return stretch;
    if (keys != nullptr) {
      auto personal = personal_part(*keys, *identity, raw, WallTime{rows.integer(1)}, rows.blob(6));
      if (!personal) return personal.error();
      stretch.personal.push_back(std::move(*personal));
    }
    *previous = *hash;
    stretch.entries.push_back(std::move(raw));
  }
}

Result<std::optional<std::uint64_t>> read_seq_of(const std::filesystem::path& file, const Id& id) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  const auto place = find_id(**opened, id);
  if (!place) return place.error();
  return *place ? std::optional((*place)->seq) : std::nullopt;
}

}  // namespace gongji::journal
