#include "terminal/commands/sync_control.h"

#include <fmt/format.h>

#include <ostream>

#include "terminal/commands/ask_daemon.h"
#include "terminal/json_text.h"

namespace gongji::terminal {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds daemon_deadline{40'000};

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "-" : value.dump();
}

std::string seconds_of(const json& milliseconds) {
  return milliseconds.is_number_integer() ? fmt::format("{} s", (milliseconds.get<std::int64_t>() + 999) / 1'000) : "-";
}

void print(std::ostream& out, const json& state, Language language) {
  const bool zh = language == Language::zh;
  const auto row = [&](std::string_view name_zh, std::string_view name_en, const std::string& value) {
    out << (zh ? name_zh : name_en) << (zh ? ":" : ": ") << (value.empty() ? "-" : value) << '\n';
  };
  const auto member = [&](const char* name) { return state.value(name, json()); };
  const bool up = member("line") == "up";
  row("线路", "line", zh ? (up ? "通" : "不通") : (up ? "up" : "down"));
  row("上次连通", "last contact", text_of(member("last_contact")));
  if (!member("paused_ms").is_null()) row("已暂停,剩余", "paused for", seconds_of(member("paused_ms")));
  row("未上传笔数", "not sent", text_of(member("unsent")));
  row("待中心裁定笔数", "without a verdict", text_of(member("unjudged")));
  row("下次同步", "next sync in", seconds_of(member("next_in_ms")));
  row("连续失败次数", "failures in a row", text_of(member("failures_in_a_row")));
  row("上次问题", "last problem", text_of(member("last_problem")));
  row("协议版本", "protocol version", text_of(member("protocol")));
  row("条款签发", "terms issued", text_of(member("terms_issued")));
  row("条款到期", "terms expire", text_of(member("terms_expire")));
  for (const json& file : member("rules")) {
    const bool decides = file.value("decides", false);
    row("规则文件", "file of rules",
        file.value("digest", std::string()).substr(0, 12) + "  " +
            (decides ? (zh ? "已采用" : "decides") : file.value("why", std::string())));
  }
}

}  // namespace

Result<bool> control_sync(std::ostream& out, const Config& config, const std::string& action, int minutes, bool as_json,
                          Language language) {
  std::string body;
  if (action != "status") {
    JsonText wish;
    wish.text("do", action);
    if (action == "pause") wish.integer("minutes", minutes);
    body = wish.done();
  }
  const auto answer = ask_daemon(config, "/api/v1/sync", body, daemon_deadline);
  if (!answer) return answer.error();
  const bool done = answer->status == 200;
  if (as_json) {
    out << answer->body.dump() << '\n';
  } else if (done) {
    print(out, answer->body, language);
  } else {
    const json error = answer->body.value("error", json::object());
    const bool zh = language == Language::zh;
    out << fmt::format("[{}] {} {}", error.value("code", std::string()),
                       error.value(zh ? "message" : "message_en", std::string()),
                       error.value(zh ? "next" : "next_en", std::string()));
    const std::string detail = error.value("detail", std::string());
    out << (detail.empty() ? "" : " (" + detail + ")") << '\n';
  }
  return done;
}

}  // namespace gongji::terminal
