#include "sync/centre/operator_commands.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "offline/base/columns.h"
#include "sync/centre/folder.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t faults_max = 200, operations_max = 200;
constexpr std::size_t accrual_file_bytes_max = 8u << 20;

std::string_view name_of(TerminalState state) {
  switch (state) {
    case TerminalState::active:
      return "active";
    case TerminalState::quarantined:
      return "quarantined";
    case TerminalState::revoked:
      break;
  }
  return "revoked";
}

std::string moment(WallTime at) {
  return to_string(civil_time_at(at));
}

void print(const ordered_json& rows) {
  std::cout << rows.dump(2) << '\n';
}

settlement::Relation relation_named(const std::string& name) {
  if (name == "spouse") return settlement::Relation::spouse;
  if (name == "parent") return settlement::Relation::parent;
  if (name == "child") return settlement::Relation::child;
  return settlement::Relation::other;
}

}  // namespace

CLI::App* OperatorCommands::add(CLI::App& group, const char* name, const char* what, Work work) {
  CLI::App* sub = group.add_subcommand(name, what);
  sub->add_option("DIR", directory_, "the centre's folder")->required();
  sub->add_flag("--json", json_, "JSON; amounts in fen");
  declared_.push_back({sub, std::move(work)});
  return sub;
}

CLI::App* OperatorCommands::add_operation(CLI::App& group, const char* name, const char* what,
                                          std::function<Result<OperationDone>(Ledger&, WallTime)> work) {
  CLI::App* sub = add(group, name, what, [this, work = std::move(work)](Ledger& ledger, WallTime now) -> Result<int> {
    const auto done = work(ledger, now);
    if (done.has_error()) return done.error();
    return print(*done);
  });
  sub->add_option("--operation", wish_.id, "an id of your own: the same again is done once")->required();
  sub->add_option("--officer", wish_.officer, "who answers for it")->required();
  return sub;
}

void OperatorCommands::declare(CLI::App& app, CLI::App& terminal) {
  declare_ledger(app);
  declare_family(app);
  declare_lists(app, terminal);
}

void OperatorCommands::declare_ledger(CLI::App& app) {
  CLI::App& ledger = *app.add_subcommand("ledger", "what must hold of the books, and what an officer does to them");
  ledger.require_subcommand(1);
  add(ledger, "check", "sums, balances, counters, what is set aside; 1 where something does not hold",
      [this](Ledger& books, WallTime) { return check(books); });
  add(ledger, "operations", "what officers did, the newest first",
      [this](Ledger& books, WallTime) { return list_operations(books); });
  CLI::App* accrual = add_operation(ledger, "accrue", "contributions into accounts of the current year",
                                    [this](Ledger& books, WallTime now) { return run_accrue(books, now); });
  accrual->add_option("--file", file_, "lines psn_no,amount in yuan");
  accrual->add_option("--person", person_, "or one person's number");
  accrual->add_option("--amount", amount_, "and the amount in yuan");
  add_operation(ledger, "year-turn", "the current year's accounts become the prior years'",
                [this](Ledger& books, WallTime now) { return turn_year(books, wish_, now); });
  CLI::App* inherited =
      add_operation(ledger, "inherit", "what a person who died leaves",
                    [this](Ledger& books, WallTime now) { return inherit(books, wish_, person_, heir_, now); });
  inherited->add_option("--person", person_, "who died")->required();
  inherited->add_option("--heir", heir_, "whose account gets it; without it, it is paid out");
  add_operation(ledger, "transfer-out", "the accounts of somebody who is insured elsewhere from now on",
                [this](Ledger& books, WallTime now) { return transfer_out(books, wish_, person_, now); })
      ->add_option("--person", person_, "the person's number")
      ->required();
}

void OperatorCommands::declare_family(CLI::App& app) {
  CLI::App& family = *app.add_subcommand("family", "who may use whose account");
  family.require_subcommand(1);
  const auto name_both = [this](CLI::App* sub) {
    sub->add_option("--member", person_, "who may use it")->required();
    sub->add_option("--owner", owner_, "whose account it is")->required();
  };
  CLI::App* bind =
      add_operation(family, "bind", "the member may use the owner's account", [this](Ledger& books, WallTime now) {
        return bind_family(books, wish_, person_, owner_, relation_named(relation_), now);
      });
  name_both(bind);
  bind->add_option("--relation", relation_, "what the owner is to the member")
      ->check(CLI::IsMember({"spouse", "parent", "child", "other"}));
  name_both(add_operation(family, "unbind", "from now on the member may not", [this](Ledger& books, WallTime now) {
    return unbind_family(books, wish_, person_, owner_, now);
  }));
  CLI::App* limit =
      add_operation(family, "limit", "from now on at most so much of the owner's accounts",
                    [this](Ledger& books, WallTime now) -> Result<OperationDone> {
                      const auto amount = parse_money(amount_);
                      if (!without_limit_ && !amount) return trouble(troubles::accruals_invalid, "--amount");
                      return limit_family(books, wish_, person_, owner_, without_limit_ ? std::nullopt : amount, now);
                    });
  name_both(limit);
  auto* amount = limit->add_option("--amount", amount_, "in yuan");
  limit->add_flag("--none", without_limit_, "no limit any more")->excludes(amount);
}

void OperatorCommands::declare_lists(CLI::App& app, CLI::App& terminal) {
  add(terminal, "list", "every terminal", [this](Ledger& books, WallTime) { return list_terminals(books); });
  add(terminal, "show", "one terminal", [this](Ledger& books, WallTime) { return list_terminals(books); })
      ->add_option("TERMINAL", terminal_, "the terminal's name")
      ->required();
  CLI::App& grant = *app.add_subcommand("grant", "what is set aside for regulars");
  grant.require_subcommand(1);
  CLI::App* grants = add(grant, "list", "live grants", [this](Ledger& books, WallTime) { return list_grants(books); });
  grants->add_option("--terminal", terminal_, "of one terminal");
  grants->add_option("--person", person_, "of one person");
  CLI::App* recall = add(grant, "recall", "ask terminals to give grants back before their end",
                         [this](Ledger& books, WallTime now) { return recall_grants(books, now); });
  recall->add_option("GRANT", grant_, "its id, as `grant list` shows it; or");
  recall->add_option("--person", person_, "all of one person");
  recall->add_option("--terminal", terminal_, "all of one terminal (with --person: of both)");
  CLI::App& people = *app.add_subcommand("people", "who is insured here");
  people.require_subcommand(1);
  add(people, "list", "everybody, names masked", [this](Ledger& books, WallTime) { return list_people(books); });
}

const OperatorCommands::Declared* OperatorCommands::find() const {
  for (const Declared& declared : declared_) {
    if (declared.app->parsed()) return &declared;
  }
  return nullptr;
}

int OperatorCommands::run(CentreService& service, WallTime now) const {
  const auto done = find()->work(service.ledger(), now);
  if (done) return *done;
  std::cerr << to_string(done.error(), Language::zh) << '\n' << to_string(done.error(), Language::en) << '\n';
  return 1;
}

int OperatorCommands::print(const OperationDone& done) const {
  const OperationRow& row = done.row;
  if (json_) {
    centre::print(ordered_json{{"operation", row.id},
                               {"purpose", centre::name_of(row.purpose)},
                               {"officer", row.officer},
                               {"at", moment(row.at)},
                               {"posting", row.posting_id},
                               {"amount", row.amount.in_fen()},
                               {"set_aside", row.set_aside.in_fen()},
                               {"repeated", done.repeated}});
    return 0;
  }
  std::cout << fmt::format("{}  {}  {}  moved {}", row.id, centre::name_of(row.purpose), moment(row.at),
                           to_string(row.amount));
  if (row.set_aside > Money{}) std::cout << "  left where it is set aside: " << to_string(row.set_aside);
  std::cout << (done.repeated ? "  (done before)\n" : "\n");
  return 0;
}

Result<int> OperatorCommands::check(Ledger& ledger) const {
  std::vector<LedgerFault> faults;
  const auto outcome = ledger.transaction([&] { faults = ledger.faults(faults_max); });
  if (outcome.has_error()) return outcome.error();
  if (json_) {
    ordered_json rows = ordered_json::array();
    for (const auto& fault : faults) {
      rows.push_back({{"what", fault.what},
                      {"which", fault.which},
                      {"is", fault.is.in_fen()},
                      {"must_be", fault.must_be.in_fen()}});
    }
    centre::print(ordered_json{{"holds", faults.empty()}, {"faults", std::move(rows)}});
  } else {
    if (faults.empty()) std::cout << "the books hold\n";
    for (const auto& fault : faults) {
      std::cout << fmt::format("{:<10} {}  is {}  must be {}\n", fault.what, fault.which, to_string(fault.is),
                               to_string(fault.must_be));
    }
  }
  if (!faults.empty()) return trouble(troubles::ledger_faulty, faults.front().what);
  return 0;
}

Result<int> OperatorCommands::list_operations(Ledger& ledger) const {
  std::vector<OperationRow> rows;
  const auto outcome = ledger.transaction([&] { rows = ledger.operations(operations_max); });
  if (outcome.has_error()) return outcome.error();
  ordered_json out = ordered_json::array();
  Columns text(0, {4, 5});
  text.row({"operation", "purpose", "at", "officer", "moved", "set aside"});
  for (const auto& row : rows) {
    out.push_back({{"operation", row.id},
                   {"purpose", centre::name_of(row.purpose)},
                   {"at", moment(row.at)},
                   {"officer", row.officer},
                   {"amount", row.amount.in_fen()},
                   {"set_aside", row.set_aside.in_fen()}});
    text.row({row.id, std::string(centre::name_of(row.purpose)), moment(row.at), row.officer, to_string(row.amount),
              to_string(row.set_aside)});
  }
  json_ ? centre::print(out) : void(std::cout << text.text());
  return 0;
}

Result<int> OperatorCommands::list_terminals(Ledger& ledger) const {
  std::vector<Terminal> rows;
  std::vector<Money> held, borne;
  bool found = false;
  const auto outcome = ledger.transaction([&] {
    rows.clear();
    for (auto& terminal : ledger.terminals()) {
      if (terminal_.empty() || terminal.terminal == terminal_) rows.push_back(std::move(terminal));
    }
    found = !rows.empty();
    held.clear();
    borne.clear();
    for (const auto& row : rows) {
      held.push_back(ledger.held_for(row.terminal));
      borne.push_back(ledger.risk_borne(row.terminal, civil_time_at(row.last_contact).day.year()));
    }
  });
  if (outcome.has_error()) return outcome.error();
  if (!found && !terminal_.empty()) return trouble(troubles::terminal_unknown, terminal_);
  ordered_json out = ordered_json::array();
  Columns text(0, {2, 3, 6, 7});
  text.row({"terminal", "site", "epoch", "last seq", "state", "last contact", "set aside", "risk borne", "software"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Terminal& row = rows[i];
    out.push_back({{"terminal", row.terminal},
                   {"fixmedins_code", row.fixmedins_code},
                   {"epoch", row.epoch},
                   {"last_seq", row.last_seq},
                   {"state", name_of(row.state)},
                   {"reason", row.reason},
                   {"last_contact", moment(row.last_contact)},
                   {"held", held[i].in_fen()},
                   {"risk_borne", borne[i].in_fen()},
                   {"software", row.software}});
    std::string state(name_of(row.state));
    if (!row.reason.empty()) state += ": " + row.reason;
    text.row({row.terminal, row.fixmedins_code, std::to_string(row.epoch), std::to_string(row.last_seq),
              std::move(state), moment(row.last_contact), to_string(held[i]), to_string(borne[i]), row.software});
  }
  json_ ? centre::print(out) : void(std::cout << text.text());
  return 0;
}

// Of all live grants those that the options name.
std::vector<StandingGrant> OperatorCommands::named_grants(Ledger& ledger) const {
  std::vector<StandingGrant> rows;
  for (const Id& id : ledger.all_live_grants()) {
    auto grant = ledger.find_grant(id);
    if (!grant || (!terminal_.empty() && grant->grant.terminal != terminal_)) continue;
    if (!grant_.empty() && to_string(grant->grant.id) != grant_) continue;
    if (person_.empty() || grant->psn_no == person_) rows.push_back(std::move(*grant));
  }
  return rows;
}

Result<int> OperatorCommands::recall_grants(Ledger& ledger, WallTime now) const {
  if (grant_.empty() && person_.empty() && terminal_.empty()) return trouble(troubles::grant_unknown, "GRANT");
  std::size_t asked = 0, before = 0;
  const auto outcome = ledger.transaction([&] {
    asked = before = 0;
    for (const StandingGrant& row : named_grants(ledger)) ++(ledger.recall_grant(row.grant.id, now) ? asked : before);
  });
  if (outcome.has_error()) return outcome.error();
  if (asked + before == 0) return trouble(troubles::grant_unknown, grant_);
  if (json_) {
    centre::print(ordered_json{{"recalled", asked}, {"recalled_before", before}});
  } else {
    std::cout << fmt::format("{} recalled, {} before; each is free when its terminal has given it up\n", asked, before);
  }
  return 0;
}

Result<int> OperatorCommands::list_grants(Ledger& ledger) const {
  std::vector<StandingGrant> rows;
  std::vector<Ledger::Recall> recalls;
  const auto outcome = ledger.transaction([&] {
    rows = named_grants(ledger);
    recalls.clear();
    for (const auto& row : rows) recalls.push_back(ledger.recall_of(row.grant.id));
  });
  if (outcome.has_error()) return outcome.error();
  ordered_json out = ordered_json::array();
  Columns text(0, {4, 5});
  text.row({"grant", "terminal", "person", "expires", "accounts left", "fund left", "recalled"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const StandingGrant& row = rows[i];
    const char* recalled = recalls[i] == Ledger::Recall::none    ? ""
                           : recalls[i] == Ledger::Recall::asked ? "asked"
                                                                 : "told";
    Money accounts, fund;
    for (const auto& part : row.accounts) accounts += part.amount;
    for (const auto& part : row.counters) fund += part.value;
    const std::string id = to_string(row.grant.id), expires = moment(row.grant.expires);
    out.push_back({{"grant", id},
                   {"terminal", row.grant.terminal},
                   {"psn_no", row.psn_no},
                   {"expires", expires},
                   {"accounts_left", accounts.in_fen()},
                   {"fund_left", fund.in_fen()},
                   {"recalled", recalled}});
    text.row({id, row.grant.terminal, row.psn_no, expires, to_string(accounts), to_string(fund), recalled});
  }
  json_ ? centre::print(out) : void(std::cout << text.text());
  return 0;
}

Result<int> OperatorCommands::list_people(Ledger& ledger) const {
  ordered_json out;
  Columns text(0, {3, 4});
  const auto outcome = ledger.transaction([&] {
    out = ordered_json::array();
    text = Columns(0, {3, 4});
    text.row({"person", "name", "insurance", "current", "prior", "uses the account of"});
    for (const std::string& psn_no : ledger.person_numbers()) {
      const auto person = ledger.find_person(psn_no);
      if (!person) continue;
      Money current, prior;
      for (const auto& own : person->accounts) {
        const Money balance = ledger.balance(ledger.account(person_account(psn_no, own.kind), false));
        (own.kind == settlement::AccountKind::current ? current : prior) += balance;
      }
      std::string owners;
      for (const auto& family : person->family) owners += (owners.empty() ? "" : " ") + family.owner;
      out.push_back({{"psn_no", psn_no},
                     {"name", person->name.masked()},
                     {"insutype", person->facts.insutype},
                     {"current", current.in_fen()},
                     {"prior", prior.in_fen()},
                     {"family", owners}});
      text.row({psn_no, person->name.masked(), person->facts.insutype, to_string(current), to_string(prior), owners});
    }
  });
  if (outcome.has_error()) return outcome.error();
  json_ ? centre::print(out) : void(std::cout << text.text());
  return 0;
}

Result<OperationDone> OperatorCommands::run_accrue(Ledger& ledger, WallTime now) const {
  std::vector<Accrual> accruals;
  if (!file_.empty()) {
    const auto text = read_text_file(file_, accrual_file_bytes_max);
    if (text.has_error()) return text.error();
    auto read = read_accruals(*text);
    if (read.has_error()) return read.error();
    accruals = *std::move(read);
  }
  if (!person_.empty()) {
    const auto amount = parse_money(amount_);
    if (!amount) return trouble(troubles::accruals_invalid, "--amount");
    accruals.push_back({person_, *amount});
  }
  return accrue(ledger, wish_, accruals, now);
}

}  // namespace gongji::centre
