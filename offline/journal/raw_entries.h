// raw_entries.h — entries as the bytes that were signed, from a journal in a file, for whoever hands them on.
//
// Opens read-only, beside the running daemon or without it.  Any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "offline/journal/journal.h"

namespace gongji::journal {

struct PersonalPart {
  record::Salt salt{};
  std::string bytes;
  bool operator==(const PersonalPart&) const = default;
};

struct RawStretch {
  Identity identity;
  std::uint64_t last_seq = 0;  // of the log, not of the stretch
  std::vector<RawEntry> entries;
  std::vector<std::optional<PersonalPart>> personal;  // one an entry; empty without keys
};

// Entries from..to, both included; the chain is computed along and compared.  `keys` null: without personal parts;
// otherwise with those that are still here.
// A stretch that the log does not have, or whose parts are together above bytes_max, ends early: entries.size() tells.
// Errors in order: as sqlite::Connection::open; not a journal; chain_broken; sealing.
Result<RawStretch> read_raw(const std::filesystem::path& file, std::uint64_t from, std::uint64_t to,
                            std::size_t bytes_max, const seal::KeyStore* keys);

// The place of a sale, cancellation or paper in the log, by its id.  Errors: as sqlite::Connection::open; not a
// journal.
Result<std::optional<std::uint64_t>> read_seq_of(const std::filesystem::path& file, const Id& id);

}  // namespace gongji::journal
