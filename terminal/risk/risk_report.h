// risk_report.h — what is promised and not yet certain at this till, and how far it may still go without the line; for
// `gongji queue`, GET /api/v1/risk and the metrics.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "offline/authority/headroom.h"
#include "offline/base/result.h"
#include "offline/journal/journal.h"

namespace gongji::terminal {

struct RiskReport {
  journal::Risk risk;
  std::vector<authority::Headroom> headroom;
  std::vector<authority::OrderHeadroom> orders;
};

// One JSON object: {"days":[{day,state,sales,persons,fund,account,family}],"reserve":[{presence,…}],"orders":[{id,…}]};
// docs/API.md.
std::string to_json(const RiskReport& report);

// A table for a person.
void print(std::ostream& out, const RiskReport& report, Language language);

}  // namespace gongji::terminal
