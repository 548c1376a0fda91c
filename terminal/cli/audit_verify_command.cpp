#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "offline/audit/verify.h"
#include "offline/packs/signed_file.h"
#include "terminal/cli/audit_commands.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

namespace fs = std::filesystem;

namespace {

constexpr const char* clear_line = "\r\x1b[K";

// 1: something does not hold, and is named; or the check could not be made.
class AuditVerifyCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("verify", "re-reads a whole journal and computes each sale again");
    auto* config = command->add_option("--config", config_file_, "configuration of the till (TOML)");
    command->add_option("PATH", path_, "a till's data folder, or a copy of its journal.db")->excludes(config);
    command->add_flag("--public", public_only_, "without keys, even where they are there: public parts only");
    command->add_option("--terminal-key", key_file_, "the terminal's public key (hex), where its keys are not there");
    law_.declare(*command);
    language_.declare(*command);
    return command;
  }

  int run() override {
    if (config_file_.empty() == path_.empty()) {
      std::cerr << "gongji audit verify: --config FILE or PATH is expected\n";
      return usage_status;
    }
    auto source = find_source();
    if (!source) return fail(source.error(), language_.language());
    auto verified = audit::verify(source->journal, source->library, source->how);
    if (source->how.progress) std::cerr << clear_line << std::flush;
    if (!verified) return fail(verified.error(), language_.language());
    print(*verified, source->how);
    return done_status;
  }

 private:
  struct Source {
    fs::path journal;
    audit::LawLibrary library;
    audit::Verification how;
  };

  Result<Source> find_source() const {
    Source source;
    std::optional<Config> config;
    fs::path keys;
    if (!config_file_.empty()) {
      auto loaded = load_config(config_file_);
      if (!loaded) return loaded.error();
      config = std::move(*loaded);
      source.journal = config->journal_file();
      keys = config->keys_directory();
    } else if (fs::is_directory(path_)) {
      Config folder;
      folder.data = path_;
      source.journal = folder.journal_file();
      keys = folder.keys_directory();
    } else {
      source.journal = path_;
    }
    auto library = law_.load(config ? &*config : nullptr);
    if (!library) return library.error();
    source.library = std::move(*library);
    if (!public_only_ && !keys.empty()) {
      auto opened = keys_where_there(keys);
      if (!opened) return opened.error();
      source.how.keys = std::move(*opened);
    }
    if (!key_file_.empty()) {
      auto key = packs::read_public_key(key_file_);
      if (!key) return key.error();
      source.how.public_key = std::move(*key);
    }
    if (::isatty(STDERR_FILENO) != 0) {
      source.how.progress = [](std::uint64_t done, std::uint64_t all) {
        std::cerr << clear_line << done << " / " << all << std::flush;
      };
    }
    return source;
  }

  void print(const audit::Verified& verified, const audit::Verification& how) const {
    const bool zh = language_.language() == Language::zh;
    const auto row = [&](std::string_view name_zh, std::string_view name_en, const std::string& value) {
      std::cout << (zh ? name_zh : name_en) << ": " << value << '\n';
    };
    const journal::CheckedFile& file = verified.file;
    row("终端", "terminal", fmt::format("{}, epoch {}", file.identity.terminal, file.identity.epoch));
    row("核对范围", "checked",
        how.keys != nullptr ? (zh ? "全部" : "everything") : (zh ? "仅公开部分" : "public parts only"));
    row("记录", "entries", std::to_string(file.last_seq));
    row("结算（已逐笔重算）", "sales, each computed again", std::to_string(verified.sales));
    row("撤销", "cancellations", std::to_string(verified.cancels));
    row("重算凭单", "re-settlement papers", std::to_string(verified.papers));
    row("医疗费总额", "total", to_string(verified.medfee));
    row("统筹基金", "fund", to_string(verified.shares.fund));
    row("个人账户", "own accounts", to_string(verified.shares.account));
    row("家庭共济", "family accounts", to_string(verified.shares.family));
    row("现金", "cash", to_string(verified.shares.cash));
    if (how.keys != nullptr) row("个人信息已删除", "without personal part", std::to_string(file.personal_gone));
    row("链尾", "chain ends at", to_hex(file.last_hash));
    const std::string head = file.head_seq == 0   ? (zh ? "尚无" : "none yet")
                             : file.head_verified ? fmt::format("seq {}", file.head_seq)
                             : zh                 ? fmt::format("seq {}，未验签（没有公钥）", file.head_seq)
                                                  : fmt::format("seq {}, not verified (no public key)", file.head_seq);
    row("签名的链头", "signed head", head);
    std::cout << (zh ? "全部相符。" : "Everything holds.") << '\n';
  }

  std::string config_file_, path_, key_file_;
  bool public_only_ = false;
  AuditLaw law_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> audit_verify_command() {
  return std::make_unique<AuditVerifyCommand>();
}

}  // namespace gongji::terminal
