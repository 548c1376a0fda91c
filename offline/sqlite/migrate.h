// migrate.h — brings a file to the newest version, step by step, in one transaction.
#pragma once

#include <cstdint>
#include <span>

#include "offline/base/result.h"
#include "offline/sqlite/connection.h"

namespace gongji::sqlite {

struct Migration {
  std::int32_t version;  // of the file after it; 1, 2, 3, ...
  const char* sql;
};

// Applies those above the file's user_version, in order, all or none.  Requires that `steps` count up from 1 by 1.
Result<void> migrate(Connection& connection, std::span<const Migration> steps);

}  // namespace gongji::sqlite
