#include "terminal/risk/risk_report.h"

#include <fmt/format.h>

#include <ostream>
#include <string_view>

#include "offline/record/presence.h"
#include "terminal/json_text.h"

namespace gongji::terminal {
namespace {

struct Words {
  std::string_view zh, en;
  std::string_view in(Language language) const { return language == Language::zh ? zh : en; }
};

Words words(journal::SaleState state) {
  switch (state) {
    case journal::SaleState::guaranteed:
      return {"已担保", "guaranteed"};
    case journal::SaleState::provisional:
      return {"暂定", "provisional"};
    case journal::SaleState::confirmed:
      return {"已确认", "confirmed"};
    case journal::SaleState::adjusted:
      return {"已调整", "adjusted"};
    case journal::SaleState::refused:
      return {"已拒付", "refused"};
    case journal::SaleState::cancelled:
      return {"已撤销", "cancelled"};
    case journal::SaleState::cash:
      return {"现金", "cash"};
  }
  return {};
}

Words words(record::Presence presence) {
  switch (presence) {
    case record::Presence::card_authenticated:
      return {"卡已认证", "card, authenticated"};
    case record::Presence::card_read_here:
      return {"本机读卡", "card, read here"};
    case record::Presence::voucher_signed:
      return {"离线电子凭证", "signed voucher"};
    case record::Presence::token_online:
      return {"在线电子凭证", "voucher, on line"};
    case record::Presence::id_number:
      return {"身份证号", "ID number"};
    case record::Presence::declared:
      return {"手工录入卡号", "numbers passed as text"};
  }
  return {};
}

std::int64_t minutes(std::chrono::milliseconds span) {
  return std::chrono::duration_cast<std::chrono::minutes>(span).count();
}

// JSON objects in brackets.
template <class Rows, class Write>
std::string list(const Rows& rows, const Write& write) {
  std::string out = "[";
  for (const auto& row : rows) {
    if (out.size() > 1) out += ',';
    JsonText text;
    write(text, row);
    out += text.done();
  }
  return out + "]";
}

void write_headroom(JsonText& text, const authority::Headroom& left) {
  text.text("presence", record::name_of(left.presence))
      .money_text("total_left", left.total_left)
      .integer("count_left", left.count_left)
      .integer("minutes_left", minutes(left.time_left))
      .money_text("per_sale_max", left.per_sale_max)
      .money_text("per_person_day_max", left.per_person_day_max);
}

std::string span_text(std::chrono::milliseconds span, Language language) {
  const std::int64_t all = minutes(span);
  return language == Language::zh ? fmt::format("{} 小时 {} 分", all / 60, all % 60)
                                  : fmt::format("{} h {} min", all / 60, all % 60);
}

void print_headroom(std::ostream& out, const authority::Headroom& left, Language language) {
  const std::string_view presence = words(left.presence).in(language);
  const std::string total = to_string(left.total_left), span = span_text(left.time_left, language);
  out << (language == Language::zh
              ? fmt::format("断网还可暂定({}):{},{} 笔,{}\n", presence, total, left.count_left, span)
              : fmt::format("left without the line ({}): {}, sales {}, {}\n", presence, total, left.count_left, span));
}

}  // namespace

std::string to_json(const RiskReport& report) {
  JsonText out;
  out.raw("days", list(report.risk.lines, [](JsonText& text, const journal::RiskLine& line) {
            text.text("day", to_string(line.day))
                .text("state", journal::name_of(line.state))
                .integer("sales", static_cast<std::int64_t>(line.sales))
                .integer("persons", static_cast<std::int64_t>(line.persons))
                .money_text("fund", line.fund)
                .money_text("account", line.account)
                .money_text("family", line.family);
          }));
  out.raw("reserve", list(report.headroom, write_headroom));
  out.raw("orders", list(report.orders, [](JsonText& text, const authority::OrderHeadroom& order) {
            std::string kinds;
            for (const auto& kind : order.med_types) kinds += (kinds.empty() ? "" : ",") + json_string(kind);
            text.text("id", to_string(order.id))
                .text("reference", order.reference)
                .raw("med_types", "[" + kinds + "]")
                .integer("starts_in_minutes", minutes(order.starts_in))
                .integer("ends_in_minutes", minutes(order.ends_in))
                .raw("reserve", list(order.reserve, write_headroom));
          }));
  return out.done();
}

void print(std::ostream& out, const RiskReport& report, Language language) {
  const bool zh = language == Language::zh;
  for (const auto& line : report.risk.lines) {
    const std::string promised = to_string(line.fund + line.account + line.family);
    const std::string_view state = words(line.state).in(language);
    out << (zh ? fmt::format("{} {}:{} 笔,{} 人,{}\n", to_string(line.day), state, line.sales, line.persons, promised)
               : fmt::format("{} {}: {} (sales {}, persons {})\n", to_string(line.day), state, promised, line.sales,
                             line.persons));
  }
  for (const auto& left : report.headroom) print_headroom(out, left, language);
  for (const auto& order : report.orders) {
    const std::string id = to_string(order.id), ends = span_text(order.ends_in, language);
    const std::string starts = span_text(order.starts_in, language);
    const bool in_force = order.starts_in == std::chrono::milliseconds(0);
    if (zh) {
      out << fmt::format("应急令 {} {}:{},{} 后失效\n", id, order.reference,
                         in_force ? std::string("已生效") : starts + " 后生效", ends);
    } else {
      out << fmt::format("emergency order {} {}: {}, ends in {}\n", id, order.reference,
                         in_force ? std::string("in force") : "begins in " + starts, ends);
    }
    for (const auto& left : order.reserve) print_headroom(out, left, language);
  }
}

}  // namespace gongji::terminal
