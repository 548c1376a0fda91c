// ledger_published.cpp — what the centre hands out to terminals, and what each of them was told.
#include "sync/centre/ledger.h"

namespace gongji::centre {

Ledger::Published Ledger::published() {
  auto select = query(
      "SELECT coalesce((SELECT max(change) FROM rule_file), 0), coalesce((SELECT max(version) FROM terms_plan), 0)",
      "ii");
  if (!step(select)) return {};
  return {select.count(0), select.count(1)};
}

void Ledger::put_rule_file(const RuleFile& file, std::string_view body) {
  lock("rules");  // changes are seen in the order of their numbers
  auto put = query(
      "INSERT INTO rule_file SELECT ?1, ?2, ?3, coalesce(max(change), 0) + 1, ?4, ?5 FROM rule_file WHERE true "
      "ON CONFLICT (digest) DO UPDATE SET withdrawn = excluded.withdrawn, published = excluded.published, "
      "change = excluded.change");
  put.bind(file.digest, file.kind, as_bytes(body), file.withdrawn, file.published);
  run(put);
}

std::vector<RuleFile> Ledger::rule_files(std::uint64_t after_change, std::size_t count_max) {
  auto select = query(
      "SELECT digest, kind, length(body), withdrawn, published, change FROM rule_file WHERE change > ? "
      "ORDER BY change LIMIT ?",
      "ttiiii");
  select.bind(after_change, count_max);
  std::vector<RuleFile> out;
  while (step(select)) {
    out.push_back({std::string(select.text(0)), std::string(select.text(1)), select.count(2), select.integer(3) != 0,
                   WallTime{select.integer(4)}, select.count(5)});
  }
  return out;
}

std::optional<std::string> Ledger::rule_body(const std::string& digest) {
  auto select = query("SELECT body FROM rule_file WHERE digest = ?", "b");
  select.bind(digest);
  if (!step(select)) return std::nullopt;
  return std::string(as_text(select.blob(0)));
}

std::uint64_t Ledger::rules_told(const std::string& terminal) {
  auto select = query("SELECT change FROM rules_told WHERE terminal = ?", "i");
  select.bind(terminal);
  return step(select) ? select.count(0) : 0;
}

void Ledger::set_rules_told(const std::string& terminal, std::uint64_t change) {
  auto put =
      query("INSERT INTO rules_told VALUES (?, ?) ON CONFLICT (terminal) DO UPDATE SET change = excluded.change");
  put.bind(terminal, change);
  run(put);
}

void Ledger::add_terms_plan(std::string_view text, WallTime now) {
  lock("terms");
  auto insert = query("INSERT INTO terms_plan SELECT coalesce(max(version), 0) + 1, ?, ? FROM terms_plan");
  insert.bind(now, text);
  run(insert);
}

std::optional<std::string> Ledger::terms_plan() {
  auto select = query("SELECT body FROM terms_plan ORDER BY version DESC LIMIT 1", "t");
  if (!step(select)) return std::nullopt;
  return std::string(select.text(0));
}

std::optional<Ledger::TermsTold> Ledger::terms_told(const std::string& terminal) {
  auto select = query("SELECT digest, issued FROM terms_told WHERE terminal = ?", "ti");
  select.bind(terminal);
  if (!step(select)) return std::nullopt;
  return TermsTold{std::string(select.text(0)), WallTime{select.integer(1)}};
}

void Ledger::set_terms_told(const std::string& terminal, const TermsTold& told) {
  auto put = query(
      "INSERT INTO terms_told VALUES (?, ?, ?) ON CONFLICT (terminal) DO UPDATE SET digest = excluded.digest, "
      "issued = excluded.issued");
  put.bind(terminal, told.digest, told.issued);
  run(put);
}

std::optional<std::string> Ledger::next_certificate(const std::string& terminal) {
  auto select = query("SELECT fingerprint FROM next_certificate WHERE terminal = ?", "t");
  select.bind(terminal);
  if (!step(select)) return std::nullopt;
  return std::string(select.text(0));
}

void Ledger::set_next_certificate(const std::string& terminal, const std::string& fingerprint, WallTime now) {
  auto put = query(
      "INSERT INTO next_certificate VALUES (?, ?, ?) ON CONFLICT (terminal) DO UPDATE SET "
      "fingerprint = excluded.fingerprint, issued = excluded.issued");
  put.bind(terminal, fingerprint, now);
  run(put);
}

void Ledger::drop_next_certificate(const std::string& terminal) {
  auto drop = query("DELETE FROM next_certificate WHERE terminal = ?");
  drop.bind(terminal);
  run(drop);
}

std::string Ledger::roots_told(const std::string& terminal) {
  auto select = query("SELECT digest FROM roots_told WHERE terminal = ?", "t");
  select.bind(terminal);
  return step(select) ? std::string(select.text(0)) : std::string();
}

void Ledger::set_roots_told(const std::string& terminal, const std::string& digest) {
  auto put =
      query("INSERT INTO roots_told VALUES (?, ?) ON CONFLICT (terminal) DO UPDATE SET digest = excluded.digest");
  put.bind(terminal, digest);
  run(put);
}

void Ledger::forget_told(const std::string& terminal) {
  for (const char* sql : {"DELETE FROM rules_told WHERE terminal = ?", "DELETE FROM roots_told WHERE terminal = ?"}) {
    auto drop = query(sql);
    drop.bind(terminal);
    run(drop);
  }
}

}  // namespace gongji::centre
