#include "offline/journal/log_view.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/journal/columns.h"
#include "offline/journal/entries.h"
#include "offline/journal/open_to_read.h"
#include "offline/journal/sums.h"

namespace gongji::journal {

LogView::LogView(std::unique_ptr<sqlite::Connection> db, bool packed) : db_(std::move(db)), packed_(packed) {}
LogView::~LogView() = default;

Result<std::unique_ptr<LogView>> LogView::open(const std::filesystem::path& file) {
  auto opened = open_to_read(file);
  if (!opened) return opened.error();
  // One transaction, so that all is of one moment.
  if (auto begun = (*opened)->execute("BEGIN"); !begun) return begun.error();
  const auto packed = has_packed_parts(**opened);
  if (!packed) return packed.error();
  auto identity = identity_of(**opened);
  if (!identity) return identity.error();
  const auto state = log_state_of(**opened);
  if (!state) return state.error();
  std::unique_ptr<LogView> view(new LogView(std::move(*opened), *packed));
  view->identity_ = std::move(*identity);
  view->acknowledged_seq_ = state->acknowledged_seq;
  return view;
}

namespace {

constexpr std::string_view line_types = "iiiiIbIIIiiiii";
#define LINE_COLUMNS                                                                                         \
  "seq, kind, at_ms, day, sale_seq, person, backing, verdict, cancelled_by, medfee, fund, account, family, " \
  "cash FROM entry "

LogLine read_line(const sqlite::Query& row) {
  LogLine line;
  line.seq = row.count(0);
  line.kind = static_cast<record::EntryKind>(row.integer(1));
  line.at = WallTime{row.integer(2)};
  line.day = Day::from_number(static_cast<std::int32_t>(row.integer(3)));
  const auto number = [&row](int column) {
    const auto value = row.integer_or_null(column);
    return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
  };
  line.sale_seq = number(4);
  line.person = to_hex(row.blob(5));
  const auto verdict = row.integer_or_null(7);
  line.cancelled_by = number(8);
  line.state = state_of(row.integer_or_null(6), verdict, line.cancelled_by.has_value());
  line.refused = verdict == static_cast<std::int64_t>(record::VerdictKind::refused);
  line.medfee = row.money(9);
  line.shares = {row.money(10), row.money(11), row.money(12), row.money(13)};
  return line;
}

}  // namespace

// Sequence numbers follow time but for the few entries around a midnight, and for what is kept of an earlier sale; so
// the walk ends a day later than it must, by the entry's own time.
Result<std::vector<LogLine>> LogView::lines(Day from) {
  std::vector<LogLine> out;
  auto query = db_->query("SELECT " LINE_COLUMNS "ORDER BY seq DESC", line_types);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    LogLine line = read_line(query);
    if (civil_time_at(line.at).day < from.plus_days(-1)) break;
    if (line.day >= from) out.push_back(std::move(line));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<std::vector<LogLine>> LogView::lines_after(std::uint64_t seq) {
  std::vector<LogLine> out;
  auto query = db_->query("SELECT " LINE_COLUMNS "WHERE seq > ? ORDER BY seq", line_types);
  query.bind(seq);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    out.push_back(read_line(query));
  }
}

Result<std::set<std::uint64_t>> LogView::judged_again() {
  std::set<std::uint64_t> out;
  auto query = db_->query("SELECT seq FROM verdict WHERE seq IS NOT NULL GROUP BY seq HAVING count(*) > 1", "i");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    out.insert(query.count(0));
  }
}

Result<record::Decoded> LogView::read(std::uint64_t seq) {
  auto query = db_->query(packed_ ? "SELECT public_part, public_packed FROM entry WHERE seq = ?"
                                  : "SELECT public_part, NULL FROM entry WHERE seq = ?",
                          "tB");
  const auto row = query.bind(seq).step();
  if (!row) return row.error();
  GONGJI_CHECK(*row);
  const auto part = public_part(query, 0, seq);
  if (!part) return part.error();
  auto decoded = record::decode_public(*part);
  if (!decoded) return broken_at(seq, decoded.error().path);
  return decoded;
}

Result<std::optional<Day>> LogView::first_paper_day(Day from) {
  auto query = db_->query("SELECT min(day) FROM total WHERE kind = ? AND count > 0 AND day >= ?", "I");
  const auto row = query.bind(static_cast<int>(record::EntryKind::paper), from.number()).step();
  if (!row) return row.error();
  const auto day = query.integer_or_null(0);
  return day ? std::optional(Day::from_number(static_cast<std::int32_t>(*day))) : std::nullopt;
}

Result<std::vector<WallTime>> LogView::live_grants() {
  std::vector<WallTime> out;
  {
    auto table = db_->query("SELECT count(*) FROM sqlite_schema WHERE name = 'standing_grant'", "i");
    const auto row = table.step();
    if (!row) return row.error();
    if (table.integer(0) == 0) return out;  // of an older version
  }
  auto query = db_->query("SELECT expires_ms FROM standing_grant WHERE state = 1 ORDER BY expires_ms", "i");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    out.push_back(WallTime{query.integer(0)});
  }
}

Result<std::vector<record::Verdict>> LogView::verdicts_on(std::uint64_t seq) {
  std::vector<record::Verdict> out;
  auto query = db_->query("SELECT item FROM verdict WHERE seq = ? ORDER BY feed_seq", "t");
  query.bind(seq);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    auto feed = record::decode_feed(query.text(0));
    if (!feed) return broken_at(seq, "verdict");
    for (auto& item : feed->items) {
      if (auto* verdict = std::get_if<record::Verdict>(&item)) out.push_back(std::move(*verdict));
    }
  }
}

}  // namespace gongji::journal
