#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "offline/audit/bundle.h"
#include "offline/audit/troubles.h"
#include "offline/base/day.h"
#include "offline/packs/signed_file.h"
#include "terminal/cli/audit_commands.h"

namespace gongji::terminal {

namespace fs = std::filesystem;

namespace {

Result<std::string> read_bundle(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > audit::bundle_bytes_max) return trouble(audit::troubles::not_a_bundle, path.string());
  std::string bytes(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) {
    return trouble(audit::troubles::not_a_bundle, path.string());
  }
  return bytes;
}

// 1: the bundle does not hold, and why.
class AuditVerifyBundleCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command =
        parent.add_subcommand("verify-bundle", "checks an exported stretch with the centre's key alone");
    command->add_option("FILE", file_, "what gongji audit export made")->required();
    command->add_option("--centre-key", key_file_, "the centre's public key (gongji-centre public-key)")->required();
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto key = packs::read_public_key(key_file_);
    if (!key) return fail(key.error(), language_.language());
    const auto bytes = read_bundle(file_);
    if (!bytes) return fail(bytes.error(), language_.language());
    const auto verified = audit::verify_bundle(*bytes, *key);
    if (!verified) return fail(verified.error(), language_.language());
    print(*verified);
    return done_status;
  }

 private:
  void print(const audit::VerifiedBundle& verified) const {
    const bool zh = language_.language() == Language::zh;
    const auto row = [&](std::string_view name_zh, std::string_view name_en, const std::string& value) {
      std::cout << (zh ? name_zh : name_en) << ": " << value << '\n';
    };
    const record::Registration& terminal = verified.terminal;
    row("终端", "terminal", fmt::format("{}, epoch {}", terminal.terminal, terminal.epoch));
    row("机构", "site", terminal.fixmedins_code);
    row("中心登记于", "registered by the centre", to_string(civil_time_at(terminal.issued)));
    row("导出于", "exported", to_string(civil_time_at(verified.made)));
    row("记录", "entries", fmt::format("seq {} .. {}", verified.from, verified.to));
    row("结算（已逐笔重算）", "sales, each computed again", std::to_string(verified.sales));
    row("撤销", "cancellations", std::to_string(verified.cancels));
    row("重算凭单", "re-settlement papers", std::to_string(verified.papers));
    row("含个人信息", "with personal part", std::to_string(verified.personal));
    row("医疗费总额", "total", to_string(verified.medfee));
    row("统筹基金", "fund", to_string(verified.shares.fund));
    row("个人账户", "own accounts", to_string(verified.shares.account));
    row("家庭共济", "family accounts", to_string(verified.shares.family));
    row("现金", "cash", to_string(verified.shares.cash));
    for (const std::string& law : verified.laws) row("规则", "rules", law);
    row("链尾", "chain ends at", to_hex(verified.head));
    std::cout << (zh ? "全部相符。规则是否有效，请与经办机构公布的摘要核对。"
                     : "Everything holds. Compare the digests of the rules with those the authority publishes.")
              << '\n';
  }

  std::string file_, key_file_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> audit_verify_bundle_command() {
  return std::make_unique<AuditVerifyBundleCommand>();
}

}  // namespace gongji::terminal
