// `gongji journal …`: the journal's file itself.
#include <iostream>
#include <utility>

#include "offline/journal/copy_restore.h"
#include "offline/seal/key_store.h"
#include "terminal/cli/commands.h"
#include "terminal/commands/bring_in.h"
#include "terminal/settings/config.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

namespace {

// 1: nothing was restored, and what was there is as it was.
class JournalRestoreCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command =
        parent.add_subcommand("restore", "makes a lost journal again from its second copy; the daemon is stopped");
    command->add_option("--config", config_file_, "configuration of the till (TOML)")->required();
    command->add_option("--from", directory_, "folder of the second copy; the configured one where it is not given");
    command->add_flag("--replace", replace_, "a journal that is there is kept under another name");
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto done = restore();
    return done ? done_status : fail(done.error(), language_.language());
  }

 private:
  Result<void> restore() const {
    const auto config = load_config(config_file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    auto keys = seal::KeyStore::open(config->keys_directory(), system_random());
    if (!keys) return keys.error();
    const auto from = directory_.empty() ? config->second_copy.directory : std::filesystem::path(directory_);
    const auto restored = journal::restore_from_copy(from, config->journal_file(),
                                                     {identity->terminal, identity->epoch}, std::move(*keys), replace_);
    if (!restored) return restored.error();
    const bool zh = language_.language() == Language::zh;
    std::cout << (zh ? "已恢复，日志到: seq " : "restored, the log ends at: seq ") << restored->last_seq << '\n';
    if (!restored->kept.empty()) {
      std::cout << (zh ? "原文件保留为: " : "what was there is kept as: ") << restored->kept.string() << '\n';
    }
    return {};
  }

  std::string config_file_, directory_;
  bool replace_ = false;
  LanguageOption language_;
};

// 1: the centre did not take them, or there is no such epoch.
class JournalBringInCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command =
        parent.add_subcommand("bring-in", "sends entries of an earlier epoch that the centre has not had");
    command->add_option("--config", config_file_, "configuration of the till (TOML)")->required();
    command->add_option("--epoch", epoch_, "the earlier epoch")->required();
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto config = load_config(config_file_);
    if (!config) return fail(config.error(), language_.language());
    const auto done = bring_in(*config, epoch_);
    if (!done) return fail(done.error(), language_.language());
    const bool zh = language_.language() == Language::zh;
    std::cout << (zh ? "已补传: " : "brought in: ") << done->sent << '\n'
              << (zh ? "中心已收到: seq " : "the centre has up to: seq ") << done->acknowledged_seq << '\n';
    return done_status;
  }

 private:
  std::string config_file_;
  std::uint32_t epoch_ = 0;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> journal_command() {
  Commands commands;
  commands.push_back(std::make_unique<JournalBringInCommand>());
  commands.push_back(std::make_unique<JournalRestoreCommand>());
  return std::make_unique<CommandGroup>("journal", "the journal's file: restore it, bring in what an earlier one had",
                                        std::move(commands));
}

}  // namespace gongji::terminal
