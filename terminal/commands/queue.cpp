#include "terminal/commands/queue.h"

#include <fmt/format.h>

#include <ostream>

#include "offline/base/day.h"
#include "offline/journal/reader.h"
#include "terminal/json_text.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {
namespace {

std::string age_text(std::chrono::milliseconds age, Language language) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(age).count();
  return language == Language::zh ? fmt::format("{} 小时 {} 分", minutes / 60, minutes % 60)
                                  : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace

Result<void> print_queue(std::ostream& out, const Config& config, bool json, Language language, const Clock& clock) {
  if (auto identity = load_identity(config); !identity) return identity.error();
  journal::QueueSummary summary;
  if (std::filesystem::exists(config.journal_file())) {
    auto found = journal::read_summary(config.journal_file());
    if (!found) return found.error();
    summary = *found;
  }
  if (json) {
    JsonText text;
    text.integer("last_seq", static_cast<std::int64_t>(summary.last_seq))
        .integer("acknowledged_seq", static_cast<std::int64_t>(summary.acknowledged_seq))
        .integer("unsent", static_cast<std::int64_t>(summary.unsent_count))
        .integer("unjudged", static_cast<std::int64_t>(summary.unjudged_count))
        .money_text("unsent_fund", summary.unsent_fund)
        .money_text("unsent_account", summary.unsent_account)
        .money_text("unsent_cash", summary.unsent_cash)
        .money_text("guaranteed", summary.guaranteed)
        .money_text("provisional", summary.provisional)
        .money_text("confirmed", summary.confirmed)
        .money_text("adjusted", summary.adjusted)
        .money_text("refused", summary.refused);
    if (summary.oldest_unsent) {
      text.integer("oldest_unsent_ms", (clock.wall() - *summary.oldest_unsent).count());
    } else {
      text.null("oldest_unsent_ms");
    }
    out << text.done() << '\n';
    return {};
  }
  const bool zh = language == Language::zh;
  const auto row = [&](std::string_view name_zh, std::string_view name_en, const std::string& value) {
    out << (zh ? name_zh : name_en) << (zh ? ":" : ": ") << value << '\n';
  };
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
  return {};
}

}  // namespace gongji::terminal
