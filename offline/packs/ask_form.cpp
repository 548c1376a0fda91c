#include "offline/packs/ask_form.h"

#include <algorithm>

#include "offline/packs/strict_json.h"
#include "offline/settlement/answer_json.h"

namespace gongji::packs {

namespace {

constexpr std::size_t text_bytes_max = 256;

[[noreturn]] void bad_value(const char* name, const std::string& zh, const std::string& en) {
  throw AskFault{"bad_value", name, zh, en};
}

}  // namespace

Form::Form(std::string_view text) {
  if (text.size() > ask_text_bytes_max) {
    throw AskFault{"out_of_range", "", "一行超过 64 KiB", "a line is larger than 64 KiB"};
  }
  try {
    json_ = parse_strictly(text, "");
  } catch (const Fault& fault) {
    throw AskFault{"bad_json", "", "不是合格的 JSON（金额请写成字符串）：" + fault.detail,
                   "not well-formed JSON (write amounts as strings): " + fault.detail};
  }
  if (!json_.is_object()) throw AskFault{"bad_value", "", "应为一个 JSON 对象", "must be a JSON object"};
}

void Form::require(std::initializer_list<const char*> required, std::initializer_list<const char*> with_default) const {
  const auto among = [](std::initializer_list<const char*> names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& [name, value] : json_.items()) {
    if (!among(required, name) && !among(with_default, name)) {
      throw AskFault{"unknown_member", name, "没有这个成员，请核对拼写", "no such member here; check its spelling"};
    }
  }
  for (const char* name : required) {
    if (!json_.contains(name)) throw missing_fault(name);
  }
}

const nlohmann::json* Form::find(const char* name) const {
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> Form::id() const {
  const nlohmann::json* value = find("id");
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::string> Form::text_or_null(const char* name) const {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) bad_value(name, "应为字符串", "must be a string");
  auto text = value->get<std::string>();
  if (text.empty() || text.size() > text_bytes_max) {
    bad_value(name, "应为 1 至 256 字节的字符串", "must be a string of 1 to 256 bytes");
  }
  return text;
}

std::string Form::text(const char* name) const {
  if (!json_.contains(name)) throw missing_fault(name);
  auto text = text_or_null(name);
  if (!text.has_value()) bad_value(name, "应为字符串", "must be a string");
  return std::move(*text);
}

std::size_t Form::one_of(const char* name, std::initializer_list<std::string_view> words) const {
  const std::string written = text(name);
  const auto found = std::find(words.begin(), words.end(), written);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string allowed;
  for (const std::string_view word : words) allowed += (allowed.empty() ? "" : ", ") + std::string(word);
  bad_value(name, "应为以下之一：" + allowed, "must be one of " + allowed);
}

std::optional<Day> Form::day_or_null(const char* name) const {
  const auto written = text_or_null(name);
  if (!written.has_value()) return std::nullopt;
  const auto day = parse_day(*written);
  if (!day.has_value()) bad_value(name, "应为日期 YYYY-MM-DD", "must be a day YYYY-MM-DD");
  return day;
}

Day Form::day(const char* name) const {
  const auto day = day_or_null(name);
  if (!day.has_value()) bad_value(name, "应为日期 YYYY-MM-DD", "must be a day YYYY-MM-DD");
  return *day;
}

std::optional<Money> Form::money_or_null(const char* name) const {
  const auto written = text_or_null(name);
  if (!written.has_value()) return std::nullopt;
  const auto amount = parse_money(*written);
  if (!amount.has_value()) {
    bad_value(name, "应为金额字符串，如 \"380.00\"，不超过 9999999999.99",
              "must be an amount as a string, like \"380.00\", up to 9999999999.99");
  }
  return amount;
}

Money Form::money(const char* name) const {
  const auto amount = money_or_null(name);
  if (!amount.has_value()) bad_value(name, "应为金额字符串，如 \"380.00\"", "must be an amount, like \"380.00\"");
  return *amount;
}

std::string Form::admdvs(const char* name) const {
  std::string code = text(name);
  if (code.size() != 6 || !std::all_of(code.begin(), code.end(), [](char c) { return '0' <= c && c <= '9'; })) {
    bad_value(name, "应为六位行政区划代码", "must be a region code of six digits");
  }
  return code;
}

Answer::Answer(const std::optional<std::string>& id) : out_("{\"id\":") {
  if (id.has_value()) {
    settlement::append_json_string(out_, *id);
  } else {
    out_ += "null";
  }
}

void Answer::key(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  settlement::append_json_string(out_, name);
  out_ += ':';
}

Answer& Answer::text(std::string_view name, std::string_view value) {
  key(name);
  settlement::append_json_string(out_, value);
  return *this;
}

Answer& Answer::money(std::string_view name, Money value) {
  key(name);
  append_to(out_, value);
  return *this;
}

Answer& Answer::flag(std::string_view name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
  return *this;
}

Answer& Answer::null(std::string_view name) {
  key(name);
  out_ += "null";
  return *this;
}

Answer& Answer::object(std::string_view name) {
  key(name);
  out_ += '{';
  first_ = true;
  return *this;
}

Answer& Answer::end() {
  out_ += '}';
  first_ = false;
  return *this;
}

Answer& Answer::law(const AccountLaw& law) {
  text("law", law.name).text("law_digest", law.digest);
  return law.draft ? flag("what_if", true) : *this;
}

Answer& Answer::row(std::string_view name, const LawRow& row) {
  return object(name)
      .text("rule", row.id)
      .text("value", row.printed)
      .text("article", row.article)
      .text("source", row.source)
      .text("holds_from", to_string(row.first_day))
      .text("confidence", name_of(row.confidence))
      .end();
}

std::string Answer::finish() {
  return std::move(out_ += '}');
}

std::string refusal_line(const std::optional<std::string>& id, const AccountLaw* law, const LawRefusal& refusal,
                         Language language) {
  Answer answer(id);
  if (law == nullptr) {
    answer.null("law");
  } else {
    answer.law(*law);
  }
  answer.object("refused").text("code", name_of(refusal.code)).text("message", message_of(refusal, language));
  answer.text("article", refusal.row == nullptr ? "" : refusal.row->article);
  answer.text("source", refusal.row == nullptr ? "" : refusal.row->source);
  return answer.text("path", refusal.path).end().finish();
}

std::string fault_line(const std::optional<std::string>& id, const AskFault& fault, Language language) {
  return Answer(id)
      .object("error")
      .text("code", fault.code)
      .text("path", fault.path)
      .text("message", language == Language::zh ? fault.zh : fault.en)
      .end()
      .finish();
}

AskFault missing_fault(const std::string& path) {
  return {"missing", path, "缺少这个成员，请补上", "this member is missing; add it"};
}

}  // namespace gongji::packs
