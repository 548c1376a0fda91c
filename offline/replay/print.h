// print.h — forms of a report: text for people, JSON for programs, one HTML page for both.  Pure: the same report gives
// the same bytes.  Any thread.
#pragma once

#include <string>

#include "offline/base/result.h"
#include "offline/replay/report.h"

namespace gongji::replay {

// A few dozen lines.
std::string summary_text(const Report& report, Language language);

// All of the report; amounts are whole fen as numbers, members named as in report.h.
std::string report_json(const Report& report);

// One page without scripts and without anything from elsewhere; light and dark; charts as inline SVG.
std::string report_html(const Report& report, Language language);

}  // namespace gongji::replay
