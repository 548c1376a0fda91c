#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "offline/audit/paper_check.h"
#include "offline/audit/troubles.h"
#include "offline/base/day.h"
#include "offline/packs/signed_file.h"
#include "terminal/cli/audit_commands.h"

namespace gongji::terminal {

namespace {

constexpr std::size_t paper_bytes_max = 1u << 20;

// 1: the paper does not hold, and why.
class AuditVerifyPaperCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("verify-paper", "checks a re-settlement paper without its till");
    command->add_option("PAPER", paper_, "the digits of its code, or a file: of `gongji paper --json`, or the digits")
        ->required();
    auto* centre = command->add_option("--centre-key", centre_key_, "the centre's public key; for a file of data");
    command->add_option("--terminal-key", terminal_key_, "the terminal's public key, where only the digits are here")
        ->excludes(centre);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto checked = check();
    if (!checked) return fail(checked.error(), language_.language());
    print(*checked);
    return done_status;
  }

 private:
  Result<audit::CheckedPaper> check() {
    std::string text = paper_;
    if (text.find_first_not_of("0123456789") != std::string::npos) {
      std::ifstream file(paper_, std::ios::binary);
      std::ostringstream all;
      all << file.rdbuf();
      if (!file) return trouble(audit::troubles::not_a_receipt, paper_);
      text = std::move(all).str();
      text.erase(text.find_last_not_of("\r\n ") + 1);
    }
    const auto key = packs::read_public_key(centre_key_.empty() ? terminal_key_ : centre_key_);
    if (!key) return key.error();
    if (centre_key_.empty()) return audit::check_paper(text, *key);
    if (text.size() > paper_bytes_max) return trouble(audit::troubles::not_a_receipt, paper_, "too large");
    const auto data = nlohmann::json::parse(text, nullptr, false);
    const auto member = [&](const nlohmann::json& object, const char* name) {
      const bool there = object.is_object() && object.contains(name) && object[name].is_string();
      return there ? object[name].get<std::string>() : std::string();
    };
    record::Signed registration;
    if (data.is_object() && data.contains("registration")) {
      registration.bytes = member(data["registration"], "bytes");
      registration.signature = from_hex(member(data["registration"], "signature")).value_or(Bytes());
    }
    return audit::check_paper(member(data, "qr"), registration, *key);
  }

  void print(const audit::CheckedPaper& checked) const {
    const bool zh = language_.language() == Language::zh;
    const auto row = [&](std::string_view name_zh, std::string_view name_en, const std::string& value) {
      std::cout << (zh ? name_zh : name_en) << ": " << value << '\n';
    };
    const record::Paper& paper = checked.paper;
    Money total;
    for (const auto& line : paper.claim.lines) total += line.det_item_fee_sumamt;
    row("单号", "number", to_string(paper.paper_id));
    row("终端", "terminal",
        fmt::format("{}, epoch {}, seq {}", checked.head.terminal, checked.head.epoch, checked.head.seq));
    row("机构", "site", paper.claim.site.fixmedins_code);
    row("时间", "at", to_string(civil_time_at(checked.head.at)));
    for (const auto& line : paper.claim.lines) {
      row("明细", "line", fmt::format("{} {} {}", line.med_list_codg, line.name, to_string(line.det_item_fee_sumamt)));
    }
    row("全额现金", "paid in cash", to_string(total));
    for (const auto& reason : paper.reasons) row("原因", "reason", reason);
    row("最迟办理日", "last day", paper.last_day ? to_string(paper.last_day->day) + " " + paper.last_day->by : "-");
    row("个人信息摘要", "digest of the personal part", to_hex(checked.personal_digest));
    std::cout << (zh ? "签名相符。" : "The signature holds.") << '\n';
  }

  std::string paper_, centre_key_, terminal_key_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> audit_verify_paper_command() {
  return std::make_unique<AuditVerifyPaperCommand>();
}

}  // namespace gongji::terminal
