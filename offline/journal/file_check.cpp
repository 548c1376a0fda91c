#include "offline/journal/file_check.h"

#include "offline/base/check.h"
#include "offline/journal/chain_check.h"
#include "offline/journal/open_to_read.h"
#include "offline/journal/persons.h"
#include "offline/journal/schema.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

constexpr std::uint64_t progress_entries = 1'000;

// Stands where keys would: it can tell whose log this is, and nothing else.
class PublicKeyOnly final : public seal::KeyStore {
 public:
  explicit PublicKeyOnly(Bytes public_key) : public_key_(std::move(public_key)) {}
  Bytes public_key() const override { return public_key_; }
  Bytes sign(std::string_view, ByteView) const override { no_key(); }
  std::string lookup_key(std::string_view, std::string_view) const override { no_key(); }
  seal::RowChecksum row_checksum(std::string_view, std::string_view) const override { no_key(); }
  Result<Bytes> seal(const std::string&, ByteView, ByteView) const override { no_key(); }
  Result<Bytes> open_sealed(const std::string&, ByteView, ByteView) const override { no_key(); }
  Result<void> destroy_month(const std::string&) const override { no_key(); }

 private:
  [[noreturn]] static void no_key() {
    GONGJI_CHECK_WHY(false, "a check of public parts asked for a key");
    std::abort();
  }
  Bytes public_key_;
};

// The reader's connection must not need randomness.
class NoRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t>) override { GONGJI_CHECK_WHY(false, "a check draws no random numbers"); }
};

}  // namespace

Result<CheckedFile> check_file(const std::filesystem::path& file, const FileCheck& what) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  sqlite::Connection& db = **opened;
  {
    auto version = db.query("PRAGMA user_version", "i");
    const auto row = version.step();
    if (!row) return row.error();
    if (version.count(0) < migrations().size()) return trouble(troubles::file_of_older_version, file.string());
  }
  if (auto begun = db.execute("BEGIN"); !begun) return begun.error();
  const auto identity = identity_of(db);
  if (!identity) return identity.error();

  const PublicKeyOnly public_key(what.public_key);
  NoRandom random;
  const seal::KeyStore& keys = what.keys ? *what.keys : static_cast<const seal::KeyStore&>(public_key);
  const Store store{db, keys, *identity, random, what.keys ? Depth::whole : Depth::public_parts};
  const auto tip = Entries(store).tip();
  if (!tip) return tip.error();

  const auto witness = [&](const record::Decoded& entry) -> Result<void> {
    if (what.witness) {
      if (auto held = what.witness(entry); !held) return held;
    }
    if (what.progress && (entry.head.seq % progress_entries == 0 || entry.head.seq == tip->seq)) {
      what.progress(entry.head.seq, tip->seq);
    }
    return {};
  };
  ChainCheck check(store, witness);
  if (auto held = check.stretch(1, tip->seq); !held) return held.error();
  const auto row = read_log_row(store);
  if (!row) return row.error();
  if (auto held = check.head(**row, *tip); !held) return held.error();
  if (auto held = check.rest(); !held) return held.error();
  if (store.depth == Depth::whole) {
    if (auto held = Persons(store).verify(); !held) return held.error();
    if (auto held = Grants(store, 0).verify(); !held) return held.error();
  }
  const bool head_verified = (*row)->head_seq != 0 && !keys.public_key().empty();
  return CheckedFile{*identity, tip->seq, tip->hash, (*row)->head_seq, head_verified, check.gone()};
}

}  // namespace gongji::journal
