#include "terminal/tasks/facts.h"

#include <fstream>
#include <map>
#include <sstream>

#include "offline/journal/earlier.h"
#include "offline/journal/raw_entries.h"
#include "offline/record/canonical.h"
#include "sync/http/certificates.h"

namespace gongji::terminal {

namespace {

using journal::LogLine;
using journal::LogView;

// Of a sale, what stands; a cancellation is about its sale.
Result<TaskSale> sale_of(LogView& log, const LogLine& line) {
  TaskSale out;
  out.epoch = log.identity().epoch;
  out.seq = line.seq;
  out.medfee = line.medfee;
  out.told = out.stands = line.shares;
  const auto entry = log.read(line.seq);
  if (!entry) return entry.error();
  const auto fill = [&out](const record::RequestKey& key, const Id& id, const settlement::Claim* claim) {
    out.msgid = key.msgid;
    out.sale_id = to_string(id);
    if (claim != nullptr) out.day = claim->begntime.day;
  };
  out.day = line.day;
  if (const auto* sale = std::get_if<record::Sale>(&entry->body)) fill(sale->key, sale->sale_id, &sale->claim);
  if (const auto* cancel = std::get_if<record::Cancel>(&entry->body)) fill(cancel->key, cancel->sale_id, nullptr);
  if (const auto* paper = std::get_if<record::Paper>(&entry->body)) fill(paper->key, paper->paper_id, &paper->claim);
  return out;
}

// The name on it, masked; "" where the part is gone or nobody was named.
std::string masked_name(const std::filesystem::path& file, const seal::KeyStore* keys, std::uint64_t seq) {
  if (keys == nullptr) return {};
  const auto raw = journal::read_raw(file, seq, seq, record::bytes_max, keys);
  if (!raw || raw->entries.empty() || raw->personal.empty() || !raw->personal.front()) return {};
  const auto decoded = record::decode(raw->entries.front().public_bytes, raw->personal.front()->bytes);
  if (!decoded) return {};
  const record::Holder* holder = nullptr;
  if (const auto* sale = std::get_if<record::Sale>(&decoded->body)) holder = &sale->holder;
  if (const auto* paper = std::get_if<record::Paper>(&decoded->body)) holder = &paper->holder;
  return holder != nullptr ? Secret(holder->psn_name).masked() : std::string();
}

// Whether a verdict, or what it is, can make a task of this entry.
bool may_matter(const LogLine& line, Day today) {
  switch (line.kind) {
    case record::EntryKind::sale:
      return line.state == journal::SaleState::adjusted || line.state == journal::SaleState::refused ||
             line.state == journal::SaleState::confirmed;
    case record::EntryKind::cancel:
      return line.refused;
    case record::EntryKind::paper:
      return line.day >= today.plus_days(-paper_days);
  }
  return false;
}

Result<void> read_log(const std::filesystem::path& file, const seal::KeyStore* keys, Day today, TaskFacts& facts) {
  auto log = LogView::open(file);
  if (!log) return log.error();
  const Day of_verdicts = today.plus_days(-verdict_days);
  const auto first_paper = (*log)->first_paper_day(today.plus_days(-paper_days));
  if (!first_paper) return first_paper.error();
  const auto lines = (*log)->lines(*first_paper && **first_paper < of_verdicts ? **first_paper : of_verdicts);
  if (!lines) return lines.error();
  const auto more_than_one = (*log)->judged_again();
  if (!more_than_one) return more_than_one.error();
  for (const LogLine& line : *lines) {
    if (line.day >= today.plus_days(-duplicate_days)) facts.recent.push_back(line);
    if (!may_matter(line, today)) continue;
    if (line.kind != record::EntryKind::paper && line.day < of_verdicts) continue;
    const bool as_told = line.kind == record::EntryKind::sale && line.state == journal::SaleState::confirmed;
    if (as_told && !more_than_one->contains(line.seq)) continue;
    SeenEntry seen{line, {}, {}, {}};
    auto sale = sale_of(**log, line);
    if (!sale) return sale.error();
    seen.sale = std::move(*sale);
    auto verdicts = (*log)->verdicts_on(line.seq);
    if (!verdicts) return verdicts.error();
    seen.verdicts = std::move(*verdicts);
    if (!seen.verdicts.empty() && line.kind == record::EntryKind::sale) seen.sale.stands = seen.verdicts.back().stands;
    if (line.kind == record::EntryKind::paper) {
      const auto entry = (*log)->read(line.seq);
      if (!entry) return entry.error();
      seen.last_day = std::get<record::Paper>(entry->body).last_day;
    }
    seen.sale.person = masked_name(file, keys, line.seq);
    facts.entries.push_back(std::move(seen));
  }
  auto grants = (*log)->live_grants();
  if (!grants) return grants.error();
  facts.live_grants = std::move(*grants);
  return {};
}

Result<void> read_earlier(const std::filesystem::path& file, std::uint32_t epoch, TaskFacts& facts) {
  const auto earlier = journal::earlier_file(file, epoch);
  if (!std::filesystem::exists(earlier)) return {};
  auto log = LogView::open(earlier);
  if (!log) return log.error();
  const auto lines = (*log)->lines_after((*log)->acknowledged_seq());
  if (!lines) return lines.error();
  EarlierUnsent unsent{epoch, 0, {}};
  for (const LogLine& line : *lines) {
    ++unsent.entries;
    if (line.kind != record::EntryKind::sale || line.cancelled_by) continue;
    unsent.promised += line.shares.fund + line.shares.account + line.shares.family;
  }
  if (unsent.entries > 0) facts.earlier.push_back(unsent);
  return {};
}

std::optional<WallTime> certificate_until(const Config& config) {
  std::ifstream file(config.tls_directory() / "certificate.pem");
  std::stringstream text;
  text << file.rdbuf();
  const auto facts = http::read_certificate(text.str());
  return facts ? std::optional(facts->valid_until) : std::nullopt;
}

}  // namespace

Result<TaskFacts> read_task_facts(const Config& config, const TerminalIdentity& identity, const seal::KeyStore* keys,
                                  WallTime now) {
  TaskFacts facts;
  facts.now = now;
  facts.epoch = identity.epoch;
  const Day today = civil_time_at(now).day;
  auto standing = read_standing(config, identity, today, now);
  if (!standing) return standing.error();
  facts.standing = std::move(*standing);
  if (std::filesystem::exists(config.journal_file())) {
    if (auto done = read_log(config.journal_file(), keys, today, facts); !done) return done.error();
  }
  for (std::uint32_t epoch = 1; epoch < identity.epoch; ++epoch) {
    if (auto done = read_earlier(config.journal_file(), epoch, facts); !done) return done.error();
  }
  facts.certificate_until = certificate_until(config);
  return facts;
}

}  // namespace gongji::terminal
