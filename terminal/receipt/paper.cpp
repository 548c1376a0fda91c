#include "terminal/receipt/paper.h"

#include <fmt/format.h>

#include "offline/audit/receipt.h"
#include "offline/authority/denial.h"
#include "offline/base/check.h"
#include "offline/base/day.h"
#include "terminal/json_text.h"

namespace gongji::terminal {

namespace {

Money total_of(const record::Paper& paper) {
  Money total;
  for (const auto& line : paper.claim.lines) total += line.det_item_fee_sumamt;
  return total;
}

// Null for a code of another version of the program.
const TroubleText* words_of(std::string_view reason) {
  for (const authority::DenialCode code : authority::all_denials()) {
    if (authority::name_of(code) == reason) return &authority::text_of(code);
  }
  return nullptr;
}

std::string last_day_line(const record::Paper& paper, Language language) {
  const bool zh = language == Language::zh;
  if (!paper.last_day) {
    return zh ? "办理期限:请尽早向参保地医保经办机构咨询" : "last day: ask the bureau of the place of insurance, soon";
  }
  const std::string day = to_string(paper.last_day->day);
  const bool by_terms = paper.last_day->by == "terms";
  if (zh) return fmt::format("最迟办理日:{}({})", day, by_terms ? "医保机构规定" : paper.last_day->by);
  return fmt::format("last day: {} ({})", day, by_terms ? "the authority's terms" : paper.last_day->by);
}

constexpr std::string_view bring_zh = "携带:本单、医保卡或身份证、处方(如有)、发票,到参保地医保经办机构补结算";
constexpr std::string_view bring_en =
    "take this paper, the social security or ID card, the prescription if any, and the invoice to the bureau of the "
    "place of insurance";

std::string list_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : ",") + json_string(line);
  return "[" + out + "]";
}

}  // namespace

PaperPrint print_of(const seal::KeyStore& keys, const journal::Identity& identity, const journal::RawEntry& raw,
                    record::Signed registration) {
  auto decoded = record::decode_public(raw.public_bytes);
  GONGJI_CHECK(decoded.has_value());
  PaperPrint print{decoded->head, std::get<record::Paper>(std::move(decoded->body)), {}, std::move(registration)};
  print.qr = audit::to_qr_digits(audit::make_receipt(keys, identity, raw));
  if (print.qr.size() > audit::qr_40_digits_max) print.qr.clear();
  return print;
}

std::vector<std::string> paper_lines(const PaperPrint& print, Language language) {
  const bool zh = language == Language::zh;
  const record::Paper& paper = print.paper;
  std::vector<std::string> out;
  out.emplace_back(zh ? "医保补结算单" : "re-settlement paper");
  out.push_back(fmt::format("{} {}", zh ? "单号" : "number", to_string(paper.paper_id)));
  out.push_back(zh ? fmt::format("机构 {}  终端 {}  序号 {}", paper.claim.site.fixmedins_code, print.head.terminal,
                                 print.head.seq)
                   : fmt::format("site {}  till {}  entry {}", paper.claim.site.fixmedins_code, print.head.terminal,
                                 print.head.seq));
  out.push_back(to_string(civil_time_at(print.head.at)));
  for (const auto& line : paper.claim.lines) {
    out.push_back(fmt::format("{} {}  {}", line.name, line.med_list_codg, to_string(line.det_item_fee_sumamt)));
  }
  out.push_back(fmt::format("{} {}", zh ? "全额现金" : "paid in cash", to_string(total_of(paper))));
  for (const std::string& reason : paper.reasons) {
    const TroubleText* words = words_of(reason);
    const std::string said =
        words == nullptr ? reason : fmt::format("[{}] {}", words->code, zh ? words->zh : words->en);
    out.push_back(fmt::format("{}{}", zh ? "原因:" : "because: ", said));
  }
  out.push_back(last_day_line(paper, language));
  out.emplace_back(zh ? bring_zh : bring_en);
  return out;
}

std::string paper_json(const PaperPrint& print) {
  const record::Paper& paper = print.paper;
  std::string lines, reasons;
  for (const auto& line : paper.claim.lines) {
    JsonText row;
    row.text("feedetl_sn", line.feedetl_sn)
        .text("med_list_codg", line.med_list_codg)
        .text("name", line.name)
        .money_text("det_item_fee_sumamt", line.det_item_fee_sumamt);
    lines += (lines.empty() ? "" : ",") + row.done();
  }
  for (const std::string& reason : paper.reasons) {
    JsonText row;
    row.text("reason", reason);
    if (const TroubleText* words = words_of(reason)) {
      row.text("code", words->code)
          .text("message", words->zh)
          .text("next", words->next_zh)
          .text("message_en", words->en)
          .text("next_en", words->next_en);
    }
    reasons += (reasons.empty() ? "" : ",") + row.done();
  }
  JsonText out;
  out.text("paper_id", to_string(paper.paper_id))
      .text("terminal", print.head.terminal)
      .integer("epoch", print.head.epoch)
      .integer("seq", static_cast<std::int64_t>(print.head.seq))
      .text("at", to_string(civil_time_at(print.head.at)))
      .text("fixmedins_code", paper.claim.site.fixmedins_code)
      .raw("lines", "[" + lines + "]")
      .money_text("total", total_of(paper))
      .raw("reasons", "[" + reasons + "]");
  if (paper.last_day) {
    out.raw("last_day", JsonText().text("day", to_string(paper.last_day->day)).text("by", paper.last_day->by).done());
  } else {
    out.null("last_day");
  }
  out.raw("text", list_of(paper_lines(print, Language::zh))).raw("text_en", list_of(paper_lines(print, Language::en)));
  if (print.qr.empty()) {
    out.null("qr");
  } else {
    out.text("qr", print.qr);
  }
  out.raw("registration", JsonText()
                              .text("bytes", print.registration.bytes)
                              .text("signature", to_hex(print.registration.signature))
                              .done());
  return out.done();
}

}  // namespace gongji::terminal
