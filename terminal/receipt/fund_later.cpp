#include "terminal/receipt/fund_later.h"

#include <fmt/format.h>

#include "terminal/json_text.h"

namespace gongji::terminal {

Money fund_later(const record::Sale& sale) {
  if (!sale.lowest) return {};
  return max(Money(), sale.lowest->last_known - sale.settlement.totals.fund_pay_sumamt);
}

std::string fund_later_line(const record::Sale& sale, Language language) {
  const Money later = fund_later(sale);
  if (later == Money()) return {};
  if (language == Language::zh) {
    return fmt::format("离线:统筹基金按最低份额先付,另有最多 {} 元待中心核定后退还", to_string(later));
  }
  return fmt::format("off line the fund pays the least share first; up to {} more comes back with the centre's verdict",
                     to_string(later));
}

std::string fund_later_json(const record::Sale& sale) {
  const Money later = fund_later(sale);
  if (later == Money()) return {};
  return JsonText()
      .text("basis", "lowest")
      .money_text("at_most", later)
      .text("by", "terms")
      .text("note", fund_later_line(sale, Language::zh))
      .text("note_en", fund_later_line(sale, Language::en))
      .done();
}

}  // namespace gongji::terminal
