#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iostream>

#include "offline/audit/rebuild.h"
#include "offline/journal/earlier.h"
#include "terminal/cli/audit_commands.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

namespace {

// 1: nothing was put back, or entries still miss.
class AuditRebuildCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("rebuild", "puts lost entries back from receipts; the daemon is stopped");
    command->add_option("--config", config_file_, "configuration of the till (TOML)")->required();
    command->add_option("RECEIPT", receipts_, "digits of a receipt's code, or a file of them, one a line; - is input")
        ->required();
    command->add_option("--epoch", epoch_, "of an earlier epoch; the present one where it is not given");
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto done = run_rebuild();
    return done ? *done : fail(done.error(), language_.language());
  }

 private:
  Result<int> run_rebuild() {
    const auto config = load_config(config_file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    auto keys = seal::KeyStore::open(config->keys_directory(), system_random());
    if (!keys) return keys.error();
    const bool earlier = epoch_ != 0 && epoch_ != identity->epoch;
    const auto file = earlier ? journal::earlier_file(config->journal_file(), epoch_) : config->journal_file();
    const journal::Identity whose{identity->terminal, earlier ? epoch_ : identity->epoch};
    const auto rebuilt = audit::rebuild(file, whose, std::move(*keys), system_random(), collect());
    if (!rebuilt) return rebuilt.error();
    print(*rebuilt);
    return rebuilt->restored.known_seq > rebuilt->restored.last_seq || rebuilt->plan.beyond > 0 ? failed_status
                                                                                                : done_status;
  }

  std::vector<std::string> collect() const {
    std::vector<std::string> all;
    const auto add_lines = [&](std::istream& in) {
      for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty()) all.push_back(line);
      }
    };
    for (const std::string& receipt : receipts_) {
      const bool digits = receipt.find_first_not_of("0123456789") == std::string::npos;
      if (receipt == "-") {
        add_lines(std::cin);
      } else if (std::ifstream file; !digits && (file.open(receipt), file)) {
        add_lines(file);
      } else {
        all.push_back(receipt);
      }
    }
    return all;
  }

  void print(const audit::Rebuilt& rebuilt) const {
    const bool zh = language_.language() == Language::zh;
    const auto row = [&](std::string_view name_zh, std::string_view name_en, const std::string& value) {
      std::cout << (zh ? name_zh : name_en) << ": " << value << '\n';
    };
    row("已恢复", "put back", std::to_string(rebuilt.plan.entries.size()));
    row("原已存在", "were there", std::to_string(rebuilt.plan.already_there));
    row("日志到", "log ends at", "seq " + std::to_string(rebuilt.restored.last_seq));
    if (!rebuilt.plan.missing.empty()) {
      row("缺少", "missing", fmt::format("seq {}", fmt::join(rebuilt.plan.missing, ", ")));
      row("因此未恢复", "not put back because of that", std::to_string(rebuilt.plan.beyond));
    }
    if (rebuilt.restored.known_seq > rebuilt.restored.last_seq) {
      row("已知日志曾到", "the log is known to have gone to", "seq " + std::to_string(rebuilt.restored.known_seq));
    }
    if (rebuilt.restored.accounts_unmoved > 0) {
      row("账户余额待中心更新", "accounts that the centre will put right",
          std::to_string(rebuilt.restored.accounts_unmoved));
    }
  }

  std::string config_file_;
  std::vector<std::string> receipts_;
  std::uint32_t epoch_ = 0;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> audit_rebuild_command() {
  return std::make_unique<AuditRebuildCommand>();
}

}  // namespace gongji::terminal
