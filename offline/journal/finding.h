// finding.h — where an entry stands in the log, by its request or its id.  Internal.
//
// The indexes know what is filed; what is not (tail.h) is passed over row by row, where nobody knows it by heart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/record/entry.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

enum class Among : std::uint8_t { filed, unfiled };

Result<std::optional<std::uint64_t>> find_request(sqlite::Connection& db, Among among,
                                                  const std::string& fixmedins_code, const std::string& msgid);

struct Place {
  std::uint64_t seq = 0;
  record::EntryKind kind = record::EntryKind::sale;
};
Result<std::optional<Place>> find_id(sqlite::Connection& db, Among among, const Id& id);
// The same in a file of any version, filed or not.
Result<std::optional<Place>> find_id(sqlite::Connection& db, const Id& id);

}  // namespace gongji::journal
