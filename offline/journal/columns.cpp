#include "offline/journal/columns.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/base/day.h"

namespace gongji::journal {

namespace {

void fill(Columns& columns, const record::Sale& sale) {
  columns.id = sale.sale_id;
  columns.fixmedins_code = sale.key.fixmedins_code;
  columns.msgid = sale.key.msgid;
  columns.person = key_bytes(sale.person_key);
  columns.presence = static_cast<std::int64_t>(sale.presence);
  columns.backing = static_cast<std::int64_t>(sale.backing);
  if (sale.voucher && !sale.kept_from) columns.voucher = to_bytes(*sale.voucher);
  columns.amounts = {sale.settlement.totals.medfee_sumamt, record::payer_shares(sale.settlement)};
}

void fill(Columns& columns, const record::Cancel& cancel) {
  columns.id = cancel.cancel_id;
  columns.fixmedins_code = cancel.key.fixmedins_code;
  columns.msgid = cancel.key.msgid;
  columns.sale_seq = cancel.sale_seq;
  columns.person = key_bytes(cancel.person_key);
}

void fill(Columns& columns, const record::Paper& paper) {
  columns.id = paper.paper_id;
  columns.fixmedins_code = paper.key.fixmedins_code;
  columns.msgid = paper.key.msgid;
  columns.presence = static_cast<std::int64_t>(paper.presence);
  for (const auto& line : paper.claim.lines) columns.amounts.medfee += line.det_item_fee_sumamt;
  columns.amounts.shares.cash = columns.amounts.medfee;
}

void add(std::vector<Movement>& movements, Movement movement) {
  const auto same = std::find_if(movements.begin(), movements.end(), [&](const Movement& other) {
    return other.owner == movement.owner && other.name == movement.name && other.since == movement.since &&
           other.scheme == movement.scheme;
  });
  if (same == movements.end()) {
    movements.push_back(std::move(movement));
  } else {
    same->amount += movement.amount;
  }
}

// Moves the sum of the payments by `difference`: the last to pay gives first, and takes what is more.
void shift(std::vector<settlement::AccountPayment*> payments, Money difference) {
  std::reverse(payments.begin(), payments.end());
  for (auto* payment : payments) {
    const Money change = max(difference, Money() - payment->paid);
    payment->paid += change;
    difference -= change;
    if (difference == Money()) return;
  }
}

std::vector<settlement::AccountPayment> payments_that_stand(const record::Sale& sale, const record::Verdict& verdict) {
  std::vector<settlement::AccountPayment> payments = sale.settlement.accounts;
  // An account that the till did not touch may have to pay now.
  for (const auto& account : sale.claim.accounts) {
    const bool there = std::any_of(payments.begin(), payments.end(), [&](const settlement::AccountPayment& payment) {
      return payment.owner == account.owner && payment.kind == account.kind;
    });
    if (!there) payments.insert(payments.begin(), {account.owner, account.kind, Money()});
  }
  const auto told = record::payer_shares(sale.settlement);
  for (const bool own : {true, false}) {
    std::vector<settlement::AccountPayment*> group;
    for (auto& payment : payments) {
      if ((payment.owner == "self") == own) group.push_back(&payment);
    }
    shift(std::move(group), own ? verdict.stands.account - told.account : verdict.stands.family - told.family);
  }
  return payments;
}

}  // namespace

Columns columns_of(const record::Head& head, const record::Body& body) {
  Columns columns;
  columns.kind = record::kind_of(body);
  // What is kept stays in the sums of the day of its sale, as the centre has it, whenever the rest came back.
  const auto* sale = std::get_if<record::Sale>(&body);
  columns.day = sale != nullptr && sale->kept_from ? sale->claim.begntime.day : civil_time_at(head.at).day;
  std::visit([&](const auto& what) { fill(columns, what); }, body);
  return columns;
}

std::string_view name_of(SaleState state) {
  switch (state) {
    case SaleState::guaranteed:
      return "guaranteed";
    case SaleState::provisional:
      return "provisional";
    case SaleState::confirmed:
      return "confirmed";
    case SaleState::adjusted:
      return "adjusted";
    case SaleState::refused:
      return "refused";
    case SaleState::cancelled:
      return "cancelled";
    case SaleState::cash:
      return "cash";
  }
  return "unknown";
}

SaleState state_of(std::optional<std::int64_t> backing, std::optional<std::int64_t> verdict, bool cancelled) {
  if (cancelled) return SaleState::cancelled;
  if (verdict == static_cast<std::int64_t>(record::VerdictKind::accepted)) return SaleState::confirmed;
  if (verdict == static_cast<std::int64_t>(record::VerdictKind::adjusted)) return SaleState::adjusted;
  if (verdict == static_cast<std::int64_t>(record::VerdictKind::refused)) return SaleState::refused;
  if (backing == static_cast<std::int64_t>(record::Backing::reserve)) return SaleState::provisional;
  if (backing == static_cast<std::int64_t>(record::Backing::hold) ||
      backing == static_cast<std::int64_t>(record::Backing::grant)) {
    return SaleState::guaranteed;
  }
  return SaleState::cash;
}

std::vector<Movement> movements_of(const seal::KeyStore& keys, const record::Sale& sale,
                                   const record::Verdict* verdict) {
  std::vector<Movement> movements;
  if (verdict != nullptr && verdict->kind == record::VerdictKind::refused) return movements;

  const bool adjusted = verdict != nullptr && verdict->kind == record::VerdictKind::adjusted;
  const auto payments = adjusted ? payments_that_stand(sale, *verdict) : sale.settlement.accounts;
  for (const auto& payment : payments) {
    add(movements,
        {account_key(keys, sale.claim.person.psn_no, payment.owner, payment.kind), 0, {}, {}, {}, payment.paid});
  }
  const Bytes person = key_bytes(sale.person_key);
  for (const auto& counted : verdict != nullptr && verdict->counted ? *verdict->counted : record::counted_by(sale)) {
    add(movements, {person, 0, counted.scheme, counted.name, counted.since, counted.value});
  }
  std::erase_if(movements, [](const Movement& movement) { return movement.amount == Money(); });
  return movements;
}

std::vector<Movement> movements_of(const seal::KeyStore& keys, const record::Sale& sale,
                                   const std::vector<Judged>& judged) {
  std::vector<Movement> rows = movements_of(keys, sale), stands = rows;
  for (const Judged& one : judged) {
    std::vector<Movement> next = movements_of(keys, sale, &one.verdict);
    if (one.rewrites) {
      rows = next;
    } else {
      std::vector<Movement> change = next;
      for (const Movement& before : turned(stands)) add(change, before);
      for (Movement& movement : change) {
        if (movement.amount == Money()) continue;
        movement.feed = one.feed;
        rows.push_back(std::move(movement));
      }
    }
    stands = std::move(next);
  }
  return rows;
}

std::vector<Movement> turned(std::vector<Movement> movements) {
  for (Movement& movement : movements) movement.amount = -movement.amount;
  return movements;
}

}  // namespace gongji::journal
