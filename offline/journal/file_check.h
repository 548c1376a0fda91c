// file_check.h — re-reads a whole journal in a file, beside the running daemon or as a copy, and tells the first thing
// that does not hold.
//
// Opens read-only, never writes, never checkpoints; reads one moment of the file, however long it takes (the daemon's
// WAL is not shortened meanwhile).  Any thread.
//
// With keys everything is checked that Journal::verify() checks.  Without keys: the chain over public parts and the
// digests of personal parts, plain columns against the bytes, cancellations, totals; not what needs a key (personal
// parts, movements, keyed checksums).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "offline/journal/journal.h"

namespace gongji::journal {

struct FileCheck {
  std::shared_ptr<const seal::KeyStore> keys;  // null: public parts only
  Bytes public_key;                            // where `keys` is null: verifies the signed head; empty: nothing does
  // Is asked about each entry that held, in order; an error ends the check.  May be empty.  Without keys, and where the
  // personal part is gone, personal members are empty.
  std::function<Result<void>(const record::Decoded& entry)> witness;
  // Told now and then how many entries of how many were read.  May be empty.
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;
};

struct CheckedFile {
  Identity identity;
  std::uint64_t last_seq = 0;
  Digest last_hash{};               // zeros in an empty journal
  std::uint64_t head_seq = 0;       // of the last signed head, 0: none yet
  bool head_verified = false;       // its signature was checked
  std::uint64_t personal_gone = 0;  // entries without their personal part; 0 without keys
};

// Errors in order: as sqlite::Connection::open; not a journal; the first of chain_broken ("seq 17", "day 2026-11-20",
// with what was expected and found) and of the witness, by seq; then the signed head, totals and persons.
Result<CheckedFile> check_file(const std::filesystem::path& file, const FileCheck& what);

}  // namespace gongji::journal
