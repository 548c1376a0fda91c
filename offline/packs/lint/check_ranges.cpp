// check_ranges.cpp — ratios are parts of a whole, amounts are not negative and fit a claim.
#include "offline/base/money.h"
#include "offline/base/rate.h"
#include "offline/packs/lint/checks.h"

namespace gongji::packs {

void check_ranges(const Material& material, Findings& out) {
  for (const auto* files : {&material.packs, &material.supplements, &material.laws}) {
    for (const LintFile& file : *files) {
      for (const LintRow& row : file.rows) {
        if (!row.number.has_value()) continue;
        const std::int64_t most = row.unit == "ppm" ? ppm_whole : row.unit == "count" ? 1'000 : amount_max.in_fen();
        if (*row.number >= 0 && *row.number <= most) continue;
        const std::string value = std::to_string(*row.number), limit = std::to_string(most);
        out.add("range", Severity::error, {row.place()},
                "参数 " + row.id + " 的值 " + value + " 不在 0 到 " + limit + "（" + row.unit + "）之间。",
                "Row " + row.id + ": " + value + " is not within 0 and " + limit + " " + row.unit + ".");
      }
    }
  }
}

}  // namespace gongji::packs
