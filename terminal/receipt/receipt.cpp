#include "terminal/receipt/receipt.h"

#include <fmt/format.h>

#include "offline/audit/receipt.h"
#include "offline/base/day.h"
#include "terminal/fsi/fsi_output.h"
#include "terminal/json_text.h"
#include "terminal/receipt/fund_later.h"

namespace gongji::terminal {

namespace {

std::string_view word(journal::SaleState state) {
  switch (state) {
    case journal::SaleState::guaranteed:
      return "已担保";
    case journal::SaleState::provisional:
      return "暂定，待中心确认";
    case journal::SaleState::confirmed:
      return "中心已确认";
    case journal::SaleState::adjusted:
      return "中心已调整";
    case journal::SaleState::refused:
      return "中心未接受，差额不由患者承担";
    case journal::SaleState::cancelled:
      return "已撤销";
    case journal::SaleState::cash:
      return "全额现金，可凭此到经办机构补结";
  }
  return "";
}

// "2", "0.5"
std::string count_text(settlement::Quantity count) {
  constexpr std::int64_t unit = 10'000;
  std::string text = std::to_string(count.ten_thousandths / unit);
  if (count.ten_thousandths % unit == 0) return text;
  text += fmt::format(".{:04}", count.ten_thousandths % unit);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::vector<std::string> lines_of(const journal::StoredEntry& entry) {
  const auto* sale = std::get_if<record::Sale>(&entry.body);
  const auto* paper = std::get_if<record::Paper>(&entry.body);
  if (sale == nullptr && paper == nullptr) return {};
  const settlement::Claim& claim = sale != nullptr ? sale->claim : paper->claim;
  const settlement::Totals totals = sale != nullptr ? sale->settlement.totals : all_cash(claim).totals;
  std::vector<std::string> lines;
  lines.push_back(
      fmt::format("机构 {}  终端 {}  序号 {}", claim.site.fixmedins_code, entry.head.terminal, entry.head.seq));
  lines.push_back(to_string(civil_time_at(entry.head.at)));
  for (const settlement::Line& line : claim.lines) {
    lines.push_back(fmt::format("{} ×{}  {}", line.name, count_text(line.cnt), to_string(line.det_item_fee_sumamt)));
  }
  const auto amount = [&](std::string_view name, Money value) {
    lines.push_back(fmt::format("{} {}", name, to_string(value)));
  };
  if (sale != nullptr && sale->kept_from) {
    lines.push_back(fmt::format("部分退货后保留,原结算 {}", to_string(sale->kept_from->sale_id)));
  }
  amount("医疗费总额", totals.medfee_sumamt);
  amount("统筹基金支付", totals.fund_pay_sumamt);
  amount("个人账户支付", totals.acct_pay - totals.acct_mulaid_pay);
  if (totals.acct_mulaid_pay != Money()) amount("家庭共济支付", totals.acct_mulaid_pay);
  amount("现金支付", totals.psn_cash_pay);
  lines.push_back(fmt::format("状态 {}", word(entry.state)));
  if (sale != nullptr) {
    lines.push_back(fmt::format("依据 {}", sale->pack));
    if (std::string later = fund_later_line(*sale, Language::zh); !later.empty()) lines.push_back(std::move(later));
  }
  return lines;
}

void add_code(JsonText& out, std::string_view name, const seal::KeyStore& keys, const TerminalIdentity& identity,
              const std::optional<journal::RawEntry>& raw) {
  std::string digits;
  if (raw) digits = to_qr_digits(audit::make_receipt(keys, {identity.terminal, identity.epoch}, *raw));
  if (digits.empty() || digits.size() > audit::qr_40_digits_max) {
    out.null(name);
  } else {
    out.text(name, digits);
  }
}

}  // namespace

std::string refund_lines_json(const record::Sale& sale, const journal::StoredEntry& cancel,
                              const std::optional<journal::StoredEntry>& kept, const record::PayerShares& back) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}  机构 {}  终端 {}  序号 {}", kept ? "部分退货" : "整单退货",
                              sale.claim.site.fixmedins_code, cancel.head.terminal, cancel.head.seq));
  lines.push_back(to_string(civil_time_at(cancel.head.at)));
  lines.push_back(fmt::format("原结算 {}", to_string(sale.sale_id)));
  if (kept) lines.push_back(fmt::format("保留结算 {}", to_string(std::get<record::Sale>(kept->body).sale_id)));
  const auto amount = [&](std::string_view name, Money value) {
    if (value != Money()) lines.push_back(fmt::format("{} {}", name, to_string(value)));
  };
  amount("退回统筹基金", back.fund);
  amount("退回个人账户", back.account);
  amount("退回家庭共济账户", back.family);
  if (back.cash < Money()) {
    amount("应补收现金", -back.cash);
  } else {
    lines.push_back(fmt::format("应退现金 {}", to_string(back.cash)));
  }
  lines.push_back("账户与基金支付的部分只退回原账户,不退现金");
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : ",") + json_string(line);
  return "[" + out + "]";
}

Result<ReceiptParts> find_receipt_parts(journal::Turn& turn, const journal::StoredEntry& entry) {
  ReceiptParts parts;
  auto raw = turn.find_raw(entry.head.seq);
  if (!raw) return raw.error();
  parts.entry = std::move(*raw);
  const auto* sale = std::get_if<record::Sale>(&entry.body);
  if (sale == nullptr || entry.state != journal::SaleState::cancelled) return parts;
  const auto cancel = turn.find_cancel_of(sale->sale_id);
  if (!cancel) return cancel.error();
  if (!*cancel) return parts;
  raw = turn.find_raw((*cancel)->head.seq);
  if (!raw) return raw.error();
  parts.cancel = std::move(*raw);
  return parts;
}

std::string receipt_json(const seal::KeyStore& keys, const TerminalIdentity& identity,
                         const journal::StoredEntry& entry, const ReceiptParts& parts) {
  std::string lines;
  for (const std::string& line : lines_of(entry)) lines += (lines.empty() ? "" : ",") + json_string(line);
  JsonText out;
  out.raw("lines", "[" + lines + "]");
  add_code(out, "qr", keys, identity, parts.entry);
  add_code(out, "cancel_qr", keys, identity, parts.cancel);
  return out.done();
}

}  // namespace gongji::terminal
