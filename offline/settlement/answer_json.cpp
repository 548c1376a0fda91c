#include "offline/settlement/answer_json.h"

#include <array>
#include <charconv>

#include "offline/settlement/explain.h"

namespace gongji::settlement {

namespace {

constexpr std::array<char, 200> digit_pairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Two decimals, as base's append_to, for amounts that are never negative: answers print some fifty of them.
void put(std::string& out, Money amount) {
  char text[24];
  char* at = text + sizeof text;
  auto fen = static_cast<std::uint64_t>(amount.in_fen());
  const auto pair = [&at](std::uint64_t number) {
    at -= 2;
    at[0] = digit_pairs[2 * number];
    at[1] = digit_pairs[2 * number + 1];
  };
  pair(fen % 100);
  fen /= 100;
  *--at = '.';
  while (fen >= 100) {
    pair(fen % 100);
    fen /= 100;
  }
  if (fen >= 10) {
    pair(fen);
  } else {
    *--at = static_cast<char>('0' + fen);
  }
  out.append(at, static_cast<std::size_t>(text + sizeof text - at));
}

void put(std::string& out, std::string_view key, Money amount) {
  out += key;
  put(out, amount);
}

// The shortest text of a ratio of at most four decimals: 0, 0.5, 0.6667, 1.
void put_ratio(std::string& out, Rate rate) {
  const std::int64_t ppm = rate.in_ppm();
  if (ppm == ppm_whole) {
    out += '1';
    return;
  }
  if (ppm == 0) {
    out += '0';
    return;
  }
  std::string digits = std::to_string(ppm_whole + ppm).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  out += "0.";
  out += digits;
}

void begin(std::string& out, std::string_view id) {
  out += "{\"id\":";
  append_json_string(out, id);
}

void append_step(std::string& out, const Step& step, const AnswerStyle& style) {
  out += "{\"step\":";
  append_json_string(out, step.step);
  out += ",\"line\":";
  if (step.line.empty()) {
    out += "null";
  } else {
    append_json_string(out, step.line);
  }
  put(out, ",\"before\":", step.before);
  put(out, ",\"after\":", step.after);
  out += ",\"rule\":";
  append_json_string(out, step.rule);
  out += ",\"value\":";
  append_json_string(out, step.value);
  out += ",\"article\":";
  append_json_string(out, step.article);
  out += ",\"source\":";
  append_json_string(out, step.source);
  if (style.explain.has_value()) {
    out += ",\"text\":";
    append_json_string(out, explain(step, *style.explain));
  }
  out += '}';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
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
  put(out, "{\"medfee_sumamt\":", totals.medfee_sumamt);
  put(out, ",\"fulamt_ownpay_amt\":", totals.fulamt_ownpay_amt);
  put(out, ",\"overlmt_selfpay\":", totals.overlmt_selfpay);
  put(out, ",\"preselfpay_amt\":", totals.preselfpay_amt);
  put(out, ",\"inscp_scp_amt\":", totals.inscp_scp_amt);
  put(out, ",\"act_pay_dedc\":", totals.act_pay_dedc);
  put(out, ",\"hifp_pay\":", totals.hifp_pay);
  out += ",\"pool_prop_selfpay\":";
  put_ratio(out, totals.pool_prop_selfpay);
  put(out, ",\"hifob_pay\":", totals.hifob_pay);
  put(out, ",\"fund_pay_sumamt\":", totals.fund_pay_sumamt);
  put(out, ",\"psn_part_amt\":", totals.psn_part_amt);
  put(out, ",\"acct_pay\":", totals.acct_pay);
  put(out, ",\"acct_mulaid_pay\":", totals.acct_mulaid_pay);
  put(out, ",\"psn_cash_pay\":", totals.psn_cash_pay);
  put(out, ",\"balc\":", totals.balc);
  out += '}';
}

void append_answer(std::string& out, std::string_view id, const Policy& policy, bool what_if,
                   const Settlement& settlement, const AnswerStyle& style) {
  begin(out, id);
  out += ",\"pack\":";
  append_json_string(out, policy.name);
  out += ",\"pack_digest\":";
  append_json_string(out, policy.digest);
  if (what_if) out += ",\"what_if\":true";
  out += ",\"setlinfo\":";
  append_setlinfo(out, settlement.totals);

  out += ",\"accounts\":[";
  for (std::size_t i = 0; i < settlement.accounts.size(); ++i) {
    const AccountPayment& payment = settlement.accounts[i];
    out += i == 0 ? "{\"owner\":" : ",{\"owner\":";
    append_json_string(out, payment.owner);
    out += payment.kind == AccountKind::current ? ",\"kind\":\"current\"" : ",\"kind\":\"prior\"";
    put(out, ",\"paid\":", payment.paid);
    out += '}';
  }

  out += "],\"lines\":[";
  for (std::size_t i = 0; i < settlement.lines.size(); ++i) {
    const LineShares& line = settlement.lines[i];
    out += i == 0 ? "{\"feedetl_sn\":" : ",{\"feedetl_sn\":";
    append_json_string(out, line.feedetl_sn);
    put(out, ",\"fulamt_ownpay_amt\":", line.fulamt_ownpay_amt);
    put(out, ",\"overlmt_amt\":", line.overlmt_amt);
    put(out, ",\"preselfpay_amt\":", line.preselfpay_amt);
    put(out, ",\"inscp_scp_amt\":", line.inscp_scp_amt);
    put(out, ",\"fund\":", line.fund);
    put(out, ",\"account\":", line.account);
    put(out, ",\"cash\":", line.cash);
    out += '}';
  }

  out += "],\"ytd\":{";
  for (std::size_t i = 0; i < settlement.ytd.size(); ++i) {
    if (i != 0) out += ',';
    append_json_string(out, settlement.ytd[i].name);
    out += ":\"";
    put(out, settlement.ytd[i].value);
    out += '"';
  }
  out += '}';

  if (style.trace) {
    out += ",\"trace\":[";
    for (std::size_t i = 0; i < settlement.trace.size(); ++i) {
      if (i != 0) out += ',';
      append_step(out, settlement.trace[i], style);
    }
    out += ']';
  }
  out += '}';
}

void append_refusal(std::string& out, std::string_view id, std::string_view pack, const Refusal& refusal,
                    const AnswerStyle& style) {
  begin(out, id);
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
