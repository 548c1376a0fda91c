// claim_source.h — claims to replay, in the order of service.
//
// Claims are never held in memory: what is out of order is read twice, the first time for an index of 24 bytes a claim.
// Equal times keep the order of the file.  Threads: one at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/replay/report.h"
#include "offline/settlement/claim.h"

namespace gongji::replay {

class ClaimSource {
 public:
  enum class Next : std::uint8_t { claim, unusable, end };
  virtual ~ClaimSource() = default;

  // Fills `claim` (whose memory is used again) and what tells its person apart; or tells `fault` (place, code, path).
  // Errors: unreadable, changed_meanwhile; a journal's own.
  virtual Result<Next> next(settlement::Claim& claim, std::string& person, Fault& fault) = 0;
  // Where the claim stands that came last: "line 17", "seq 17".
  virtual std::string place() const = 0;
  // How much of the whole is done, in a unit of its own; 0 of 0 where the whole is not known.
  struct Progress {
    std::uint64_t done = 0, whole = 0;
  };
  virtual Progress progress() const = 0;
};

// JSON Lines as they come.  The descriptor is borrowed.
std::unique_ptr<ClaimSource> claims_as_they_come(int fd);

// The same from a file that can be read at any place, sorted by begntime.  Errors: unreadable.
Result<std::unique_ptr<ClaimSource>> claims_sorted(int fd);

// Standing sales of a journal, sorted by begntime; the look-up key tells persons apart.
struct JournalClaims {
  std::unique_ptr<ClaimSource> source;
  std::uint64_t cancelled = 0, papers = 0;
};
Result<JournalClaims> claims_of_journal(const std::filesystem::path& file);

}  // namespace gongji::replay
