#include "terminal/retention/retention.h"

#include <fmt/format.h>

#include "offline/base/day.h"

namespace gongji::terminal {

std::string first_month_kept(WallTime now, std::uint32_t months) {
  const Day today = civil_time_at(now).day;
  const int counted = today.year() * 12 + today.month() - 1 - static_cast<int>(months);
  return counted < 0 ? "0000-00" : fmt::format("{:04}-{:02}", counted / 12, counted % 12 + 1);
}

Result<std::vector<std::string>> forget_past_retention(journal::Journal& journal, const TerminalIdentity& identity,
                                                       WallTime now) {
  std::string bytes = identity.terms_bytes;
  std::vector<journal::Journal::Work> works;
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    const auto newer = turn.terms();
    if (!newer) return newer.error();
    if (*newer) bytes = (*newer)->bytes;
    return {};
  });
  auto read = journal.commit(std::move(works));
  if (!read.front()) return read.front().error();
  const auto terms = record::decode_terms(bytes);
  if (!terms) return terms.error();
  if (!terms->retention_months) return std::vector<std::string>();
  return journal.forget_before(first_month_kept(now, *terms->retention_months), now);
}

}  // namespace gongji::terminal
