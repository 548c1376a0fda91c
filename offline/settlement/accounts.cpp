// accounts.cpp — which accounts may pay which lines, and what they pay.
#include <algorithm>
#include <array>

#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

bool has_bit(std::uint8_t bits, std::uint8_t bit) {
  return (bits >> bit & 1u) != 0;
}

// The set of lines that an account may pay at this site.  Accounts with equal reach are one group: what a group pays is
// allocated to the lines in one go, as if it were one purse.
struct Reach {
  std::uint8_t kinds = 0;
  bool code_required = false;
  bool operator==(const Reach&) const = default;

  bool covers(const Line& line) const {
    return has_bit(kinds, static_cast<std::uint8_t>(line.kind)) && !line.excluded &&
           !(code_required && line.med_list_codg.empty());
  }
};

Reach reach_of(const AccountRules& rules, bool at_pharmacy) {
  const auto never = static_cast<std::uint8_t>(1u << static_cast<unsigned>(LineKind::other));
  const std::uint8_t goods = at_pharmacy ? rules.pharmacy_goods : rules.institution_goods;
  return {static_cast<std::uint8_t>(goods & ~never), at_pharmacy && rules.code_required_at_pharmacy};
}

// Why a family account of the owner's scheme is passed over; nullptr where it is not.
const Row* barred_by(const Account& account, const AccountRules& owner, const Claim& claim) {
  if (account.is_own()) {
    if (!has_bit(owner.own_kinds, static_cast<std::uint8_t>(account.kind))) return &owner.kind;
    const auto& types = owner.own_med_types;
    const bool for_this = types.empty() || std::find(types.begin(), types.end(), claim.visit.med_type) != types.end();
    return for_this ? nullptr : &owner.goods;
  }
  if (!account.listed) return &owner.listed;
  if (!has_bit(owner.relations, static_cast<std::uint8_t>(account.relation))) return &owner.relation;
  if (!has_bit(owner.family_kinds, static_cast<std::uint8_t>(account.kind))) return &owner.kind;
  if (!owner.family_insured_in.empty() &&
      std::none_of(owner.family_insured_in.begin(), owner.family_insured_in.end(),
                   [&](const std::string& prefix) { return claim.person.insuplc_admdvs.starts_with(prefix); })) {
    return &owner.region;
  }
  return nullptr;
}

// Whether an own account pays before the fund, and therefore not again behind it.
bool pays_first(const Account& account, const Policy& policy) {
  return account.is_own() && has_bit(policy.accounts.first_kinds, static_cast<std::uint8_t>(account.kind)) &&
         (account.scheme.empty() || account.scheme == policy.scheme);
}

void note_payment(Sheet& sheet, const Account& account, std::int64_t paid) {
  AccountPayment& payment = sheet.payments.add();
  payment.owner = account.owner;
  payment.kind = account.kind;
  payment.paid = Money::fen(paid);
}

// Draws one account after the other and settles a group's sum on the lines when the next group begins.
class Drawer {
 public:
  explicit Drawer(Sheet& sheet) : sheet_(sheet), at_pharmacy_(sheet.claim.site.is_pharmacy()) {}

  void draw(const Account& account) {
    const Policy& policy = sheet_.policy;
    const AccountRules* owner = &policy.accounts;
    if (!account.scheme.empty() && account.scheme != policy.scheme) {
      owner = policy.owners == nullptr ? nullptr : policy.owners->find(account.scheme, sheet_.claim.begntime.day);
      if (owner == nullptr) return skip(account, policy.accounts.owner_scheme);
    }
    if (const Row* row = barred_by(account, *owner, sheet_.claim); row != nullptr) return skip(account, *row);

    Reach reach = reach_of(*owner, at_pharmacy_);
    const Reach patients = reach_of(policy.accounts, at_pharmacy_);
    reach.kinds &= patients.kinds;
    reach.code_required |= patients.code_required;
    if (!open_ || !(reach == reach_)) {
      close();
      open(reach);
    }

    const std::int64_t paid = std::min(account.balc.in_fen(), owed_ - paid_);
    if (paid <= 0) return;
    sheet_.tracer.add(account.is_own() ? "own_account" : "family_account", {}, owed_ - paid_, owed_ - paid_ - paid,
                      owner->goods, [paid] { return to_string(Money::fen(paid)); });
    paid_ += paid;
    (account.is_own() ? sheet_.own_paid : sheet_.family_paid) += paid;
    note_payment(sheet_, account, paid);
  }

  void close() {
    if (open_ && paid_ > 0) {
      std::array<std::int64_t, lines_max> shares;
      allocate(paid_, weights_.data(), sheet_.count, shares.data());
      for (std::size_t i = 0; i < sheet_.count; ++i) sheet_.lines[i].account += shares[i];
    }
    open_ = false;
    paid_ = 0;
  }

 private:
  void open(const Reach& reach) {
    open_ = true;
    reach_ = reach;
    owed_ = 0;
    for (std::size_t i = 0; i < sheet_.count; ++i) {
      const LineSheet& line = sheet_.lines[i];
      weights_[i] = reach.covers(sheet_.claim.lines[i]) ? line.amount - line.fund - line.account : 0;
      owed_ += weights_[i];
    }
  }

  void skip(const Account& account, const Row& row) {
    if (account.balc > Money()) sheet_.tracer.add("account_skipped", {}, 0, 0, row);
  }

  Sheet& sheet_;
  bool at_pharmacy_;
  bool open_ = false;
  Reach reach_;
  std::array<std::int64_t, lines_max> weights_;
  std::int64_t owed_ = 0, paid_ = 0;
};

}  // namespace

AccountBook::AccountBook(std::vector<Version> versions) : versions_(std::move(versions)) {
  std::stable_sort(versions_.begin(), versions_.end(), [](const Version& a, const Version& b) {
    return a.scheme != b.scheme ? a.scheme < b.scheme : a.first_day < b.first_day;
  });
}

const AccountRules* AccountBook::find(std::string_view scheme, Day day) const {
  const AccountRules* found = nullptr;
  for (const Version& version : versions_) {
    if (version.scheme != scheme) continue;
    if (found != nullptr && version.first_day > day) break;
    found = &version.rules;
  }
  return found;
}

void draw_first_accounts(Sheet& sheet) {
  if (sheet.claim.acct_used_flag == AccountUse::none) return;
  const AccountRules& rules = sheet.policy.accounts;
  const Reach reach = reach_of(rules, sheet.claim.site.is_pharmacy());
  std::array<std::int64_t, lines_max> weights, shares;
  std::int64_t owed = 0;
  for (std::size_t i = 0; i < sheet.count; ++i) {
    weights[i] = reach.covers(sheet.claim.lines[i]) ? sheet.lines[i].in_scope : 0;
    owed += weights[i];
  }
  for (const Account& account : sheet.claim.accounts) {
    const std::int64_t left = owed - sheet.first_paid;
    const std::int64_t paid = std::min(account.balc.in_fen(), left);
    if (!pays_first(account, sheet.policy) || paid <= 0) continue;
    sheet.tracer.add("own_account_first", {}, left, left - paid, rules.first,
                     [paid] { return to_string(Money::fen(paid)); });
    sheet.first_paid += paid;
    note_payment(sheet, account, paid);
  }
  if (sheet.first_paid == 0) return;
  sheet.own_paid = sheet.first_paid;
  allocate(sheet.first_paid, weights.data(), sheet.count, shares.data());
  for (std::size_t i = 0; i < sheet.count; ++i) {
    sheet.lines[i].account = shares[i];
    sheet.lines[i].weight -= shares[i];
  }
}

void draw_accounts(Sheet& sheet) {
  std::int64_t own_balance = 0;
  for (const Account& account : sheet.claim.accounts) {
    if (account.is_own()) own_balance += account.balc.in_fen();
  }
  if (sheet.claim.acct_used_flag != AccountUse::none) {
    sheet.payments.reserve(sheet.claim.accounts.size());
    Drawer drawer(sheet);
    for (const Account& account : sheet.claim.accounts) {
      if (account.is_own() && !pays_first(account, sheet.policy)) drawer.draw(account);
    }
    if (sheet.claim.acct_used_flag == AccountUse::family) {
      for (const Account& account : sheet.claim.accounts) {
        if (!account.is_own()) drawer.draw(account);
      }
    }
    drawer.close();
  }
  sheet.own_left = own_balance - sheet.own_paid;
  if (sheet.policy.own_account_counter != no_counter) {
    sheet.counters[sheet.policy.own_account_counter] += sheet.own_paid;
  }
}

}  // namespace gongji::settlement
