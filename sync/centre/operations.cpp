#include "sync/centre/operations.h"

#include <fmt/format.h>

#include <functional>
#include <set>

#include "offline/seal/sm3.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

using settlement::AccountKind;

// What an operation came to; the first trouble that is not the ledger's stops it.
class Doing {
 public:
  Doing(Ledger& ledger, WallTime now) : ledger_(ledger), now_(now) {}

  Ledger& ledger() { return ledger_; }
  WallTime now() const { return now_; }
  void refuse(const TroubleText& text, std::string which) {
    if (!refused_) refused_ = trouble(text, std::move(which));
  }
  const std::optional<Trouble>& refused() const { return refused_; }

  // All of the account that nobody has set aside.
  void move_free(AccountId from, Money balance, Money held, AccountId to) {
    const Money free = max(Money{}, balance - held);
    set_aside_ += balance - free;
    move(from, to, free);
  }
  void move(AccountId from, AccountId to, Money amount) {
    if (amount == Money{}) return;
    movements_.push_back({from, -amount});
    movements_.push_back({to, amount});
    amount_ += amount;
  }
  // The person's row is locked.
  bool know(const std::string& psn_no) {
    ledger_.lock_persons({psn_no});
    if (ledger_.find_person(psn_no)) return true;
    refuse(troubles::person_unknown, psn_no);
    return false;
  }

  const std::vector<Movement>& movements() const { return movements_; }
  Money amount() const { return amount_; }
  Money set_aside() const { return set_aside_; }

 private:
  Ledger& ledger_;
  WallTime now_;
  std::optional<Trouble> refused_;
  std::vector<Movement> movements_;
  Money amount_, set_aside_;
};

bool is_word(const std::string& text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::none_of(text.begin(), text.end(), [](char one) { return static_cast<unsigned char>(one) < 0x20; });
}

// `words`: what was asked for, as far as it decides what is done.
Result<OperationDone> do_once(Ledger& ledger, const OperationWish& wish, Purpose purpose, const std::string& words,
                              WallTime now, const std::function<void(Doing&)>& work) {
  if (!is_word(wish.id, operation_id_bytes_max)) return trouble(troubles::operation_invalid, "id");
  if (!is_word(wish.officer, officer_bytes_max)) return trouble(troubles::operation_invalid, "officer");
  const std::string asked = fmt::format("{}|{}", static_cast<int>(purpose), words);
  OperationDone done;
  std::optional<Trouble> refused;
  const auto outcome = ledger.transaction([&] {
    done = {};
    refused.reset();
    const Digest digest = ledger.keyed(seal::sm3(as_bytes(asked)));
    ledger.lock("operation");
    if (auto before = ledger.find_operation(wish.id)) {
      if (before->purpose != purpose || before->digest != digest)
        refused = trouble(troubles::operation_differs, wish.id);
      done = {*std::move(before), true};
      return;
    }
    Doing doing(ledger, now);
    work(doing);
    refused = doing.refused();
    if (refused || ledger.failed()) return;
    done.row = {wish.id, purpose, 0, now, wish.officer, digest, doing.amount(), doing.set_aside()};
    done.row.posting_id = ledger.post(purpose, {}, now, doing.movements());
    ledger.add_operation(done.row);
  });
  if (outcome.has_error()) return outcome.error();
  if (refused) return *refused;
  return done;
}

// Both accounts of a person, as far as they are free.
void empty_accounts(Doing& doing, const std::string& psn_no, AccountId to) {
  for (const AccountKind kind : {AccountKind::current, AccountKind::prior}) {
    const AccountId from = doing.ledger().account(person_account(psn_no, kind), false);
    doing.move_free(from, doing.ledger().balance(from), doing.ledger().held(from, {}), to);
  }
}

}  // namespace

Result<std::vector<Accrual>> read_accruals(std::string_view text) {
  std::vector<Accrual> out;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line == "psn_no,amount")) continue;
    const auto comma = line.find(',');
    const auto amount = comma == std::string_view::npos ? std::nullopt : parse_money(line.substr(comma + 1));
    if (!amount || comma == 0 || *amount <= Money{} || out.size() >= accruals_max) {
      return trouble(troubles::accruals_invalid, "line " + std::to_string(number));
    }
    out.push_back({std::string(line.substr(0, comma)), *amount});
  }
  return out;
}

Result<OperationDone> accrue(Ledger& ledger, const OperationWish& wish, const std::vector<Accrual>& accruals,
                             WallTime now) {
  std::string words;
  std::set<std::string> seen;
  for (const Accrual& one : accruals) {
    if (one.amount <= Money{} || !seen.insert(one.psn_no).second)
      return trouble(troubles::accruals_invalid, one.psn_no);
    words += fmt::format("{},{};", one.psn_no, one.amount.in_fen());
  }
  if (accruals.empty() || accruals.size() > accruals_max) return trouble(troubles::accruals_invalid);
  return do_once(ledger, wish, Purpose::accrual, words, now, [&](Doing& doing) {
    std::vector<std::string> persons;
    for (const Accrual& one : accruals) persons.push_back(one.psn_no);
    ledger.lock_persons(persons);
    for (const Accrual& one : accruals) {
      if (!ledger.find_person(one.psn_no)) return doing.refuse(troubles::person_unknown, one.psn_no);
    }
    const AccountId from = ledger.account(contributions_account, true);
    for (const Accrual& one : accruals) {
      doing.move(from, ledger.own_account(one.psn_no, AccountKind::current), one.amount);
    }
  });
}

Result<OperationDone> turn_year(Ledger& ledger, const OperationWish& wish, WallTime now) {
  return do_once(ledger, wish, Purpose::year_turn, "", now, [&](Doing& doing) {
    ledger.lock_persons(ledger.person_numbers());
    for (const auto& own : ledger.accounts_of_kind(AccountKind::current)) {
      if (own.balance <= own.held) {
        doing.move_free(own.account, own.balance, own.held, own.account);
        continue;
      }
      doing.move_free(own.account, own.balance, own.held, ledger.own_account_of_hash(own.person, AccountKind::prior));
    }
  });
}

Result<OperationDone> inherit(Ledger& ledger, const OperationWish& wish, const std::string& from,
                              const std::string& heir, WallTime now) {
  return do_once(ledger, wish, Purpose::inheritance, from + "|" + heir, now, [&](Doing& doing) {
    if (heir == from) return doing.refuse(troubles::person_unknown, heir);
    std::vector<std::string> persons{from};
    if (!heir.empty()) persons.push_back(heir);
    ledger.lock_persons(persons);
    if (!doing.know(from) || (!heir.empty() && !doing.know(heir))) return;
    empty_accounts(
        doing, from,
        heir.empty() ? ledger.account(paid_out_account, true) : ledger.own_account(heir, AccountKind::prior));
  });
}

Result<OperationDone> transfer_out(Ledger& ledger, const OperationWish& wish, const std::string& psn_no, WallTime now) {
  return do_once(ledger, wish, Purpose::transfer_out, psn_no, now, [&](Doing& doing) {
    if (doing.know(psn_no)) empty_accounts(doing, psn_no, ledger.account(transferred_account, true));
  });
}

Result<OperationDone> bind_family(Ledger& ledger, const OperationWish& wish, const std::string& member,
                                  const std::string& owner, settlement::Relation relation, WallTime now) {
  const std::string words = fmt::format("{}|{}|{}", member, owner, static_cast<int>(relation));
  return do_once(ledger, wish, Purpose::family_bound, words, now, [&](Doing& doing) {
    ledger.lock_persons({member, owner});
    if (!doing.know(member) || !doing.know(owner)) return;
    if (member == owner || ledger.find_family(member, owner)) return doing.refuse(troubles::family_bound, owner);
    ledger.add_family(member, owner, {relation, true, std::nullopt, {}});
  });
}

Result<OperationDone> unbind_family(Ledger& ledger, const OperationWish& wish, const std::string& member,
                                    const std::string& owner, WallTime now) {
  return do_once(ledger, wish, Purpose::family_unbound, member + "|" + owner, now, [&](Doing& doing) {
    ledger.lock_persons({member, owner});
    if (!doing.know(member) || !doing.know(owner)) return;
    if (!ledger.find_family(member, owner)) return doing.refuse(troubles::family_not_bound, owner);
    ledger.remove_family(member, owner);
  });
}

Result<OperationDone> limit_family(Ledger& ledger, const OperationWish& wish, const std::string& member,
                                   const std::string& owner, std::optional<Money> limit, WallTime now) {
  const std::string words = fmt::format("{}|{}|{}", member, owner, limit ? limit->in_fen() : -1);
  return do_once(ledger, wish, Purpose::family_limited, words, now, [&](Doing& doing) {
    ledger.lock_persons({member, owner});
    if (!doing.know(member) || !doing.know(owner)) return;
    auto row = ledger.find_family(member, owner);
    if (!row) return doing.refuse(troubles::family_not_bound, owner);
    row->take_max = limit;
    row->take_since = now;
    ledger.change_family(member, owner, *row);
  });
}

std::string_view name_of(Purpose purpose) {
  static constexpr std::string_view names[] = {
      "",          "opening",     "sale",         "cancel",       "anew",           "accrual",
      "year_turn", "inheritance", "transfer_out", "family_bound", "family_unbound", "family_limited"};
  return names[static_cast<std::size_t>(purpose)];
}

}  // namespace gongji::centre
