#include "terminal/commands/queue.h"

#include <fmt/format.h>

#include <ostream>

#include "offline/base/day.h"
#include "offline/journal/reader.h"
#include "terminal/json_text.h"
#include "terminal/orders/order_shelf.h"
#include "terminal/risk/queue_members.h"
#include "terminal/risk/risk_report.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {
namespace {

std::string age_text(std::chrono::milliseconds age, Language language) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(age).count();
  return language == Language::zh ? fmt::format("{} 小时 {} 分", minutes / 60, minutes % 60)
                                  : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace

Result<void> print_queue(std::ostream& out, const Config& config, bool json, int days, Language language,
                         const Clock& clock) {
  const auto identity = load_identity(config);
  if (!identity) return identity.error();
  journal::QueueSummary summary;
  RiskReport report;
  std::optional<record::Signed> terms;
  journal::Doubt doubt = journal::Doubt::none;
  std::vector<record::Signed> orders;
  if (std::filesystem::exists(config.journal_file())) {
    auto found = journal::read_summary(config.journal_file());
    if (!found) return found.error();
    summary = *found;
    auto risk = journal::read_risk(config.journal_file(), civil_time_at(clock.wall()).day.plus_days(1 - days));
    if (!risk) return risk.error();
    report.risk = std::move(*risk);
    auto newest = journal::read_terms(config.journal_file());
    if (!newest) return newest.error();
    terms = std::move(*newest);
    auto found_doubt = journal::read_doubt(config.journal_file());
    if (!found_doubt) return found_doubt.error();
    doubt = *found_doubt;
    auto known_orders = journal::read_orders(config.journal_file());
    if (!known_orders) return known_orders.error();
    orders = std::move(*known_orders);
  }
  if (!terms) terms = record::Signed{identity->terms_bytes, identity->terms_signature};
  const auto known = record::decode_terms(terms->bytes);
  if (!known) return known.error();
  OrderShelf shelf(config.orders_directory(), identity->authority_public_key);
  shelf.refresh(orders);
  const authority::Standing standing{*known, summary.last_contact, true, doubt != journal::Doubt::none, shelf.orders()};
  report.headroom = authority::headroom(standing, report.risk.reserve, clock.wall());
  report.orders = authority::headroom_by_order(standing, report.risk.reserve, clock.wall());
  if (json) {
    JsonText text;
    text.text("doubt", journal::name_of(doubt));
    add_queue(text, summary, clock.wall()).raw("risk", to_json(report));
    out << text.done() << '\n';
    return {};
  }
  const bool zh = language == Language::zh;
  const auto row = [&](std::string_view name_zh, std::string_view name_en, const std::string& value) {
    out << (zh ? name_zh : name_en) << (zh ? ":" : ": ") << value << '\n';
  };
  if (doubt != journal::Doubt::none) {
    row("日志核对", "journal in doubt",
        std::string(journal::name_of(doubt)) +
            (zh ? ",与中心连通前只收现金" : ", cash only until the centre was reached"));
  }
  row("未上传笔数", "not sent", std::to_string(summary.unsent_count));
  row("最早一笔", "oldest", summary.oldest_unsent ? age_text(clock.wall() - *summary.oldest_unsent, language) : "-");
  row("未上传统筹基金", "fund, not sent", to_string(summary.unsent_fund));
  row("未上传个人账户", "accounts, not sent", to_string(summary.unsent_account));
  row("未上传现金", "cash, not sent", to_string(summary.unsent_cash));
  row("待中心裁定笔数", "without a verdict", std::to_string(summary.unjudged_count));
  row("已担保", "guaranteed", to_string(summary.guaranteed));
  row("暂定", "provisional", to_string(summary.provisional));
  row("已确认", "confirmed", to_string(summary.confirmed));
  row("已调整", "adjusted", to_string(summary.adjusted));
  row("已拒付", "refused", to_string(summary.refused));
  row("上次连通", "last contact", summary.last_contact ? to_string(civil_time_at(*summary.last_contact)) : "-");
  print(out, report, language);
  return {};
}

}  // namespace gongji::terminal
