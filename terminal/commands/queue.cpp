#include "terminal/commands/queue.h"

#include <fmt/format.h>

#include <ostream>

#include "offline/base/day.h"
#include "terminal/json_text.h"
#include "terminal/risk/queue_members.h"
#include "terminal/risk/risk_report.h"
#include "terminal/risk/standing_files.h"
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
  const auto files =
      read_standing(config, *identity, civil_time_at(clock.wall()).day.plus_days(1 - days), clock.wall());
  if (!files) return files.error();
  const journal::QueueSummary& summary = files->queue;
  const RiskReport& report = files->report;
  const journal::Doubt doubt = files->doubt;
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
