#include "offline/settlement/answer_json.h"

#include <utility>

#include "offline/settlement/answer_text.h"
#include "offline/settlement/explain.h"

namespace gongji::settlement {

namespace {

// The shortest text of a ratio of at most four decimals: 0, 0.5, 0.6667, 1.  At most 8 bytes.
char* put_ratio(char* at, Rate rate) {
  auto ppm = static_cast<std::uint64_t>(rate.in_ppm());
  if (ppm == static_cast<std::uint64_t>(ppm_whole)) return put(at, "1");
  if (ppm == 0) return put(at, "0");
  at = put(at, "0.");
  for (std::uint64_t weight = 100'000; ppm != 0; ppm %= weight, weight /= 10) {
    *at++ = static_cast<char>('0' + ppm / weight);
  }
  return at;
}

void put_step(AnswerText& text, const Step& step, const AnswerStyle& style) {
  text.add("{\"step\":", step.step);
  if (step.line.empty()) {
    text.add(",\"line\":null");
  } else {
    text.add(",\"line\":", step.line);
  }
  text.add(",\"before\":", step.before);
  text.add(",\"after\":", step.after);
  text.add(",\"rule\":", step.rule);
  text.add(",\"value\":", step.value);
  text.add(",\"article\":", step.article);
  text.add(",\"source\":", step.source);
  if (style.explain.has_value()) text.add(",\"text\":", explain(step, *style.explain));
  text.add("}");
}

void put_setlinfo(AnswerText& text, const Totals& totals) {
  char* at = text.room(1024);
  at = put(at, "{\"medfee_sumamt\":", totals.medfee_sumamt);
  at = put(at, ",\"fulamt_ownpay_amt\":", totals.fulamt_ownpay_amt);
  at = put(at, ",\"overlmt_selfpay\":", totals.overlmt_selfpay);
  at = put(at, ",\"preselfpay_amt\":", totals.preselfpay_amt);
  at = put(at, ",\"inscp_scp_amt\":", totals.inscp_scp_amt);
  at = put(at, ",\"act_pay_dedc\":", totals.act_pay_dedc);
  at = put(at, ",\"hifp_pay\":", totals.hifp_pay);
  at = put_ratio(put(at, ",\"pool_prop_selfpay\":"), totals.pool_prop_selfpay);
  at = put(at, ",\"hifob_pay\":", totals.hifob_pay);
  at = put(at, ",\"fund_pay_sumamt\":", totals.fund_pay_sumamt);
  at = put(at, ",\"psn_part_amt\":", totals.psn_part_amt);
  at = put(at, ",\"acct_pay\":", totals.acct_pay);
  at = put(at, ",\"acct_mulaid_pay\":", totals.acct_mulaid_pay);
  at = put(at, ",\"psn_cash_pay\":", totals.psn_cash_pay);
  at = put(at, ",\"balc\":", totals.balc);
  text.done(put(at, "}"));
}

void put_line(AnswerText& text, const LineShares& line) {
  text.add("{\"feedetl_sn\":", line.feedetl_sn);
  char* at = text.room(512);
  at = put(at, ",\"fulamt_ownpay_amt\":", line.fulamt_ownpay_amt);
  at = put(at, ",\"overlmt_amt\":", line.overlmt_amt);
  at = put(at, ",\"preselfpay_amt\":", line.preselfpay_amt);
  at = put(at, ",\"inscp_scp_amt\":", line.inscp_scp_amt);
  at = put(at, ",\"fund\":", line.fund);
  at = put(at, ",\"account\":", line.account);
  at = put(at, ",\"cash\":", line.cash);
  text.done(put(at, "}"));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  if (is_plain(text)) {
    out.append(text) += '"';
    return;
  }
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto each = static_cast<unsigned char>(text[i]);
    if (each >= 0x20 && each != '"' && each != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (each) {
      case '"':
      case '\\':
        out += text[i];
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += static_cast<char>('0' + (each >> 4));
        out += "0123456789abcdef"[each & 15];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

void append_setlinfo(std::string& out, const Totals& totals) {
  AnswerText text(out);
  put_setlinfo(text, totals);
}

void append_answer(std::string& out, std::string_view id, const Policy& policy, bool what_if,
                   const Settlement& settlement, const AnswerStyle& style) {
  AnswerText text(out);
  text.add("{\"id\":", id);
  text.add(",\"pack\":", policy.name);
  text.add(",\"pack_digest\":", policy.digest);
  if (what_if) text.add(",\"what_if\":true");
  text.add(",\"setlinfo\":");
  put_setlinfo(text, settlement.totals);

  text.add(",\"accounts\":[");
  bool first = true;
  for (const AccountPayment& payment : settlement.accounts) {
    if (!std::exchange(first, false)) text.add(",");
    text.add("{\"owner\":", payment.owner);
    text.add(",\"kind\":", payment.kind == AccountKind::current ? "current" : "prior");
    text.add(",\"paid\":", payment.paid);
    text.add("}");
  }

  text.add("],\"lines\":[");
  first = true;
  for (const LineShares& line : settlement.lines) {
    if (!std::exchange(first, false)) text.add(",");
    put_line(text, line);
  }

  text.add("],\"ytd\":{");
  first = true;
  for (const Counter& counter : settlement.ytd) {
    if (!std::exchange(first, false)) text.add(",");
    text.add("", counter.name);
    text.add(":\"", counter.value);
    text.add("\"");
  }
  text.add("}");

  if (style.trace) {
    text.add(",\"trace\":[");
    first = true;
    for (const Step& step : settlement.trace) {
      if (!std::exchange(first, false)) text.add(",");
      put_step(text, step, style);
    }
    text.add("]");
  }
  text.add("}");
}

void append_refusal(std::string& out, std::string_view id, std::string_view pack, const Refusal& refusal,
                    const AnswerStyle& style) {
  out += "{\"id\":";
  append_json_string(out, id);
  out += ",\"pack\":";
  if (pack.empty()) {
    out += "null";
  } else {
    append_json_string(out, pack);
  }
  out += ",\"refused\":{\"code\":";
  append_json_string(out, name_of(refusal.code));
  out += ",\"message\":";
  append_json_string(out, style.message_language() == Language::zh ? refusal.message_zh : refusal.message_en);
  out += ",\"article\":";
  append_json_string(out, refusal.article);
  out += ",\"path\":";
  append_json_string(out, refusal.path);
  out += "}}";
}

void append_error(std::string& out, const ClaimError& error, const AnswerStyle& style) {
  out += "{\"id\":";
  if (error.id.has_value()) {
    append_json_string(out, *error.id);
  } else {
    out += "null";
  }
  out += ",\"error\":{\"code\":";
  append_json_string(out, name_of(error.fault));
  out += ",\"path\":";
  append_json_string(out, error.path);
  out += ",\"message\":";
  append_json_string(out, style.message_language() == Language::zh ? error.message_zh : error.message_en);
  out += "}}";
}

}  // namespace gongji::settlement
