// run.h — a whole replay: from a file, standard input or a till's journal to a report.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "offline/base/result.h"
#include "offline/replay/claim_source.h"
#include "offline/replay/report.h"
#include "offline/replay/version.h"

namespace gongji::replay {

struct Request {
  // A file of claims (JSON Lines, in any order), a till's data directory or its journal file, or "-" for standard
  // input, which must be in the order of service.
  std::filesystem::path input;
  std::optional<std::filesystem::path> table;  // CSV, a row a claim
  // Called now and then with how much is done; nothing depends on it.
  std::function<void(ClaimSource::Progress)> progress;
};

// Errors in order: unreadable, or of the journal; not_in_order (standard input only), too_much_money, unwritable.
// Lines that are no claims are counted in the report.  A table that an error cuts short is left as it is.
Result<Report> run(const Version& base, const Version& other, const Request& request);

}  // namespace gongji::replay
