#include "offline/journal/total_rows.h"

#include <utility>

namespace gongji::journal {

void TotalRows::add(const Row& row, const Amounts& amounts, int sign) {
  const auto signed_money = [&](Money amount) { return sign > 0 ? amount : -amount; };
  Change& change = changes_[row];
  change.count += sign;
  change.amounts.medfee += signed_money(amounts.medfee);
  auto& shares = change.amounts.shares;
  shares.fund += signed_money(amounts.shares.fund);
  shares.account += signed_money(amounts.shares.account);
  shares.family += signed_money(amounts.shares.family);
  shares.cash += signed_money(amounts.shares.cash);
}

Result<void> TotalRows::write() {
  for (const auto& [row, change] : std::exchange(changes_, {})) {
    auto upsert = store_.db.query(
        "INSERT INTO total (day, kind, state, count, medfee, fund, account, family, cash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count, "
        "medfee = medfee + excluded.medfee, fund = fund + excluded.fund, account = account + excluded.account, "
        "family = family + excluded.family, cash = cash + excluded.cash");
    const auto& shares = change.amounts.shares;
    upsert.bind(row.day.number(), static_cast<int>(row.kind), row.state ? static_cast<int>(*row.state) : 0,
                change.count, change.amounts.medfee, shares.fund, shares.account, shares.family, shares.cash);
    if (auto done = upsert.run(); !done) return done;
  }
  return {};
}

}  // namespace gongji::journal
