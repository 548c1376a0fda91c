// schema.h — the tables of the journal (FORMAT.md explains each).  Internal.
#pragma once

#include <cstdint>
#include <span>

#include "offline/sqlite/migrate.h"

namespace gongji::journal {

inline constexpr std::int32_t application_id = 0x474A4C31;  // "GJL1"

// Version 1 is the first; append, never edit.
std::span<const sqlite::Migration> migrations();

}  // namespace gongji::journal
