#include "terminal/metrics/till_metrics.h"

#include <fmt/format.h>

#include "offline/record/presence.h"
#include "terminal/metrics/prometheus_text.h"

namespace gongji::terminal {

namespace {

std::int64_t whole(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

void add_money(PrometheusText& out, const TillFigures& figures) {
  const journal::QueueSummary& queue = figures.queue;
  out.family("gongji_promised_fen", "gauge", "Fund and account shares of sales by state, in fen; cancelled ones left.");
  const std::pair<std::string_view, Money> states[] = {{"guaranteed", queue.guaranteed},
                                                       {"provisional", queue.provisional},
                                                       {"confirmed", queue.confirmed},
                                                       {"adjusted", queue.adjusted},
                                                       {"refused", queue.refused}};
  for (const auto& [state, sum] : states) out.sample(sum.in_fen(), {{"state", state}});
  out.family("gongji_today_sales", "gauge", "Sales of today by state.");
  for (const auto& line : figures.today.lines) out.sample(whole(line.sales), {{"state", name_of(line.state)}});
  out.family("gongji_today_persons", "gauge", "Persons of today's sales by state.");
  for (const auto& line : figures.today.lines) out.sample(whole(line.persons), {{"state", name_of(line.state)}});
  out.family("gongji_today_promised_fen", "gauge", "What today's sales promised, by state and payer, in fen.");
  for (const auto& line : figures.today.lines) {
    const std::string_view state = name_of(line.state);
    out.sample(line.fund.in_fen(), {{"state", state}, {"payer", "fund"}});
    out.sample(line.account.in_fen(), {{"state", state}, {"payer", "account"}});
    out.sample(line.family.in_fen(), {{"state", state}, {"payer", "family"}});
  }
}

void add_limits(PrometheusText& out, const TillFigures& figures) {
  const auto each = [&](const auto& write) {
    for (const auto& left : figures.headroom) write(left, std::string_view(), record::name_of(left.presence));
    for (const auto& order : figures.orders) {
      const std::string id = to_string(order.id);
      for (const auto& left : order.reserve) write(left, std::string_view(id), record::name_of(left.presence));
    }
  };
  using Left = authority::Headroom;
  using Text = std::string_view;
  out.family("gongji_reserve_left_fen", "gauge",
             "What may still be promised without the line, in fen; order: empty for the terms.");
  each([&](const Left& left, Text order, Text presence) {
    out.sample(left.total_left.in_fen(), {{"presence", presence}, {"order", order}});
  });
  out.family("gongji_reserve_left_sales", "gauge", "Sales that may still be promised without the line.");
  each([&](const Left& left, Text order, Text presence) {
    out.sample(left.count_left, {{"presence", presence}, {"order", order}});
  });
  out.family("gongji_reserve_left_seconds", "gauge", "Until contact is too old, or the terms or the order end.");
  each([&](const Left& left, Text order, Text presence) {
    out.thousandths(left.time_left.count(), {{"presence", presence}, {"order", order}});
  });
  out.family("gongji_order_ends_seconds", "gauge", "Until an emergency order ends.");
  for (const auto& order : figures.orders) {
    const std::string id = to_string(order.id);
    out.thousandths(order.ends_in.count(), {{"order", id}});
  }
}

void add_log(PrometheusText& out, const TillFigures& figures, WallTime now) {
  const journal::QueueSummary& queue = figures.queue;
  out.family("gongji_line_up", "gauge", "1 while the centre answers.").sample(figures.line_up ? 1 : 0);
  out.family("gongji_clock_trusted", "gauge", "1 while this till knows what time it is.")
      .sample(figures.clock_trusted ? 1 : 0);
  out.family("gongji_contact_age_seconds", "gauge", "Since the centre was last heard; absent before the first time.");
  if (queue.last_contact) out.thousandths((now - *queue.last_contact).count());
  out.family("gongji_unsent_entries", "gauge", "Entries that the centre has not acknowledged.")
      .sample(whole(queue.unsent_count));
  out.family("gongji_unsent_age_seconds", "gauge", "Age of the oldest of them.")
      .thousandths(queue.oldest_unsent ? (now - *queue.oldest_unsent).count() : 0);
  out.family("gongji_unjudged_sales", "gauge", "Sales without a verdict.").sample(whole(queue.unjudged_count));
  out.family("gongji_live_grants", "gauge", "Standing grants that are not closed.").sample(whole(queue.live_grants));
  out.family("gongji_journal_entries", "counter", "Entries of this epoch.").sample(whole(queue.last_seq));
  out.family("gongji_journal_bytes", "gauge", "Size of the journal's files.").sample(whole(figures.journal_bytes));
  out.family("gongji_feed_cursor", "counter", "Items of the centre's feed that were applied.")
      .sample(whole(figures.feed_cursor));
  out.family("gongji_resident_bytes", "gauge", "Resident memory of the daemon.").sample(whole(figures.resident_bytes));
}

void add_counts(PrometheusText& out, const Counts& counts) {
  out.family("gongji_sale_seconds", "histogram", "From the request of a sale to its answer, since the start.");
  for (std::size_t i = 0; i < SaleTimes::edges_ms.size(); ++i) {
    const std::int64_t edge = SaleTimes::edges_ms[i];
    const std::string le = fmt::format("{}.{:03}", edge / 1'000, edge % 1'000);
    out.sample(whole(counts.sales.below(i)), {{"le", le}}, "_bucket");
  }
  out.sample(whole(counts.sales.count()), {{"le", "+Inf"}}, "_bucket");
  out.thousandths(counts.sales.sum().count(), {}, "_sum");
  out.sample(whole(counts.sales.count()), {}, "_count");
  out.family("gongji_errors_total", "counter", "Answers that told of trouble, by code, since the start.");
  for (const auto& [code, count] : counts.errors) out.sample(whole(count), {{"code", code}});
}

}  // namespace

std::string trouble_code_in(std::string_view body) {
  constexpr std::string_view of_api = R"({"error":{"code":")", of_fsi = R"("err_msg":"[)";
  std::size_t at = 0;
  if (body.starts_with(of_api)) {
    at = of_api.size();
  } else if (const auto found = body.find(of_fsi); found != std::string_view::npos) {
    at = found + of_fsi.size();
  } else {
    return {};
  }
  const std::string_view code = body.substr(at, 5);
  if (code.size() == 5 && code[0] == 'G' && code.find_first_not_of("0123456789", 1) == std::string_view::npos) {
    return std::string(code);
  }
  return {};
}

std::string to_prometheus(const TillFigures& figures, const Counts& counts, WallTime now) {
  PrometheusText out;
  add_money(out, figures);
  add_limits(out, figures);
  add_log(out, figures, now);
  add_counts(out, counts);
  return out.text();
}

}  // namespace gongji::terminal
