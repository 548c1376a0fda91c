// pack_file.h — a pack as it stands in its file, and the policy that it gives on a day; inside this module only.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/day.h"
#include "offline/packs/dated_row.h"
#include "offline/packs/packs.h"
#include "offline/packs/strict_json.h"
#include "offline/settlement/policy.h"

namespace gongji::packs {

// The texts that rows cite, by name.
struct Source {
  std::string title;
  std::string written;  // all that is said of it, as JSON
};
using SourceList = std::map<std::string, Source>;

struct PackFile {
  PackInfo info;
  nlohmann::json json;
  std::string origin;  // "pack wuhan-employee@2023-02-01"
  SourceList sources;
  std::vector<DatedRow> rows;
};

// All throw Fault.
PackFile read_pack(std::string_view text, std::string_view sources_text, std::string_view origin);
SourceList read_sources(const Node& list);
std::vector<DatedRow> read_rows(const Node& list, const SourceList& sources);

// A stretch of days on which no row changes, with its policy.
struct Segment {
  Day first_day;
  std::unique_ptr<settlement::Policy> policy;
};
// In order; covers the pack's days without gaps.
std::vector<Segment> resolve(const PackFile& pack);

}  // namespace gongji::packs
