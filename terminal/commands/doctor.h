// doctor.h — `gongji doctor`: is this till fit to sell?  Each part: well, or what to do.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/result.h"

namespace gongji::terminal {

struct Finding {
  std::string part_zh, part_en;  // "读卡器", "card reader"
  bool well = false;
  std::string text_zh, text_en;  // what was seen; where not well, what to do
};

// Looks at configuration, enrolment, disk, journal, clock, certificates, catalogue, rules, reader and centre.
// Waits at most a few seconds for reader and centre.  Changes nothing.
std::vector<Finding> examine(const std::filesystem::path& config_file, const Clock& clock);

// A line a finding; true when all are well.
bool print(std::ostream& out, const std::vector<Finding>& findings, Language language);

}  // namespace gongji::terminal
