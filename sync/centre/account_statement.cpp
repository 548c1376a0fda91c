#include "sync/centre/account_statement.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

using nlohmann::ordered_json;
using settlement::Relation;

// The account's owner stands in this relation to whoever used it; so that one is to the owner:
std::string_view user_is(Relation owner_is) {
  switch (owner_is) {
    case Relation::self:
      return "self";
    case Relation::spouse:
      return "spouse";
    case Relation::parent:
      return "child";
    case Relation::child:
      return "parent";
    case Relation::other:
      break;
  }
  return "other";
}

std::string_view state_of(const Debit& debit) {
  if (debit.cancelled) return "refunded";
  return debit.verdict == record::VerdictKind::accepted ? "confirmed" : "adjusted";
}

// One line, of a debit or of what is set aside.
struct Line {
  Day day;
  std::string site, user, relation, kind, state, sale_id;
  Money amount;
  bool kept = false;  // of a partial refund
};

std::string_view name_of(settlement::AccountKind kind) {
  return kind == settlement::AccountKind::current ? "current" : "prior";
}

class Statement {
 public:
  Statement(Ledger& ledger, std::string psn_no) : ledger_(ledger), psn_no_(std::move(psn_no)) {}

  void read(std::optional<Day> since) {
    owner_ = ledger_.find_person(psn_no_);
    if (!owner_) return;
    for (const settlement::AccountKind kind : {settlement::AccountKind::current, settlement::AccountKind::prior}) {
      const AccountId account = ledger_.account(person_account(psn_no_, kind), false);
      for (const Debit& debit : ledger_.debits(account, since)) {
        Line line = line_of(debit.terminal, debit.psn_no, kind, debit.amount);
        line.day = debit.day;
        line.state = state_of(debit);
        line.sale_id = debit.sale_id;
        line.kept = debit.kept;
        lines_.push_back(std::move(line));
      }
      for (const SetAside& aside : ledger_.set_aside(account)) {
        Line line = line_of(aside.terminal, aside.psn_no, kind, aside.amount);
        line.day = civil_time_at(aside.expires).day;
        line.state = "provisional";
        (aside.standing ? granted_ : lines_).push_back(std::move(line));
      }
    }
    std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) { return a.day < b.day; });
  }

  bool found() const { return owner_.has_value(); }
  std::string json() const;
  std::string text() const;

 private:
  Line line_of(const std::string& terminal, const std::string& user, settlement::AccountKind kind, Money amount) {
    Line line;
    line.kind = name_of(kind);
    line.amount = amount;
    if (const auto from = ledger_.find_terminal(terminal)) line.site = ledger_.site_name(from->fixmedins_code);
    if (const auto person = ledger_.find_person(user)) {
      line.user = person->name.masked();
      Relation owner_is = user == psn_no_ ? Relation::self : Relation::other;
      for (const auto& family : person->family) {
        if (family.owner == psn_no_) owner_is = family.relation;
      }
      line.relation = user_is(owner_is);
    }
    return line;
  }
  static ordered_json json_of(const Line& line) {
    return {{"day", to_string(line.day)}, {"place", line.site},      {"used_by", line.user},
            {"relation", line.relation},  {"account", line.kind},    {"amount", line.amount.in_fen()},
            {"state", line.state},        {"sale_id", line.sale_id}, {"kept_of_refund", line.kept}};
  }

  Ledger& ledger_;
  std::string psn_no_;
  std::optional<Person> owner_;
  std::vector<Line> lines_, granted_;
};

std::string Statement::json() const {
  ordered_json debits = ordered_json::array(), grants = ordered_json::array();
  Money sum;
  for (const Line& line : lines_) {
    debits.push_back(json_of(line));
    if (line.state != "refunded") sum += line.amount;
  }
  for (const Line& line : granted_) {
    grants.push_back({{"until", to_string(line.day)},
                      {"place", line.site},
                      {"for", line.user},
                      {"relation", line.relation},
                      {"account", line.kind},
                      {"amount", line.amount.in_fen()}});
  }
  return ordered_json{{"psn_no", psn_no_},
                      {"name", owner_->name.masked()},
                      {"debits", std::move(debits)},
                      {"sum", sum.in_fen()},
                      {"set_aside", std::move(grants)}}
             .dump(2) +
         "\n";
}

std::string Statement::text() const {
  std::string text = fmt::format("{}  {}\n", psn_no_, owner_->name.masked());
  const auto row = [&](const Line& line, std::string_view state) {
    text += fmt::format("  {}  {:>12}  {:<8} {:<12} {:<7} {}  {}{}\n", to_string(line.day), to_string(line.amount),
                        line.kind, state, line.relation, line.user, line.site, line.kept ? "  (kept of a refund)" : "");
  };
  for (const Line& line : lines_) row(line, line.state);
  if (!granted_.empty()) text += "set aside for tills, until\n";
  for (const Line& line : granted_) row(line, "granted");
  return text;
}

}  // namespace

Result<std::string> account_statement(Ledger& ledger, const std::string& psn_no, std::optional<Day> since, bool json) {
  Statement statement(ledger, psn_no);
  const auto outcome = ledger.transaction([&] { statement.read(since); });
  if (outcome.has_error()) return outcome.error();
  if (!statement.found()) return trouble(troubles::person_unknown);
  return json ? statement.json() : statement.text();
}

}  // namespace gongji::centre
