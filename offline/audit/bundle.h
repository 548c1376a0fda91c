// bundle.h — a stretch of a terminal's log that somebody else can check, with nothing but the centre's public key.
//
// It carries the entries as they were signed, the chain value before them, the terminal's signature of the last one,
// the centre's registration of the terminal's key, and the very rules that decided the sales.  The whole is signed by
// the terminal again, so that no byte of it can be changed.  BUNDLE.md has the format.
//
// What it proves: this terminal, whose key the centre registered for this site, signed these entries in this order, and
// each sale was settled as those rules say.  What it does not prove: that the rules are the law (compare their digests
// with those the authority publishes), and that the log goes on as the terminal says (the centre has its own copy).
//
// Thread safety: values; any thread.
#pragma once

#include <filesystem>
#include <string>

#include "offline/audit/law.h"
#include "offline/journal/raw_entries.h"
#include "offline/record/registration.h"
#include "offline/record/snapshot.h"

namespace gongji::audit {

inline constexpr std::string_view bundle_tag = "gongji.bundle.v1";
inline constexpr std::uint64_t bundle_entries_max = 50'000;
inline constexpr std::size_t bundle_bytes_max = 256u << 20;

struct ExportWish {
  std::uint64_t from = 1, to = 1;  // both included
  bool with_personal = false;      // names, ID numbers, card numbers: only where whoever asks may have them
};

struct Exported {
  std::string bytes;
  std::uint64_t entries = 0, personal = 0;  // personal: entries whose personal part is in it
};

// Reads the journal beside the running daemon.  Callers that have the centre's key check what they got (verify_bundle).
// Errors in order: no_registration, too_large, as journal::read_raw, range_not_there, law_absent.
Result<Exported> export_bundle(const std::filesystem::path& journal, const seal::KeyStore& keys,
                               const record::Signed& registration, const LawLibrary& library, const ExportWish& wish,
                               WallTime now);

struct VerifiedBundle {
  record::Registration terminal;  // whose log, at which site, with which key
  WallTime made;
  std::uint64_t from = 1, to = 1;
  Digest head{};                                     // chain value of the last entry
  std::uint64_t sales = 0, cancels = 0, papers = 0;  // every sale was computed again
  std::uint64_t personal = 0;
  Money medfee;
  record::PayerShares shares;
  std::vector<std::string> laws;  // "wuhan-employee/2023-02-01.json sm3:…", the texts that it carries
};

// `centre_public_key`: 65 bytes.  Errors, the first that applies: key_unreadable, not_a_bundle (path names the part),
// not_registered, bundle_not_signed, those of packs::packs_of, then by entry: bundle_not_signed (path "seq 17": what
// does not hold), law_absent, settlement_differs.
Result<VerifiedBundle> verify_bundle(std::string_view bytes, ByteView centre_public_key);

}  // namespace gongji::audit
