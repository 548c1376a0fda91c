#include "terminal/risk/queue_members.h"

namespace gongji::terminal {

JsonText& add_queue(JsonText& text, const journal::QueueSummary& summary, WallTime now) {
  text.integer("last_seq", static_cast<std::int64_t>(summary.last_seq))
      .integer("acknowledged_seq", static_cast<std::int64_t>(summary.acknowledged_seq))
      .integer("unsent", static_cast<std::int64_t>(summary.unsent_count))
      .integer("unjudged", static_cast<std::int64_t>(summary.unjudged_count))
      .integer("grants", static_cast<std::int64_t>(summary.live_grants))
      .money_text("unsent_fund", summary.unsent_fund)
      .money_text("unsent_account", summary.unsent_account)
      .money_text("unsent_cash", summary.unsent_cash)
      .money_text("guaranteed", summary.guaranteed)
      .money_text("provisional", summary.provisional)
      .money_text("confirmed", summary.confirmed)
      .money_text("adjusted", summary.adjusted)
      .money_text("refused", summary.refused);
  if (!summary.oldest_unsent) return text.null("oldest_unsent_ms");
  return text.integer("oldest_unsent_ms", (now - *summary.oldest_unsent).count());
}

}  // namespace gongji::terminal
