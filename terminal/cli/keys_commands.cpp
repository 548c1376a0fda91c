// `gongji keys …`: what an owner does with the keys of a till (or, with --keys, of a centre).  docs/DATA_AT_REST.md.
#include <fmt/format.h>

#include <iostream>

#include "offline/journal/journal.h"
#include "offline/seal/recovery_file.h"
#include "offline/seal/rotation.h"
#include "terminal/cli/commands.h"
#include "terminal/settings/config.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

namespace {

class KeysCommand : public Command {
 protected:
  CLI::App* declare(CLI::App& parent, const char* name, const char* text) {
    CLI::App* command = parent.add_subcommand(name, text);
    auto* config = command->add_option("--config", file_, "the till's configuration file (TOML)");
    auto* keys = command->add_option("--keys", directory_, "a folder of keys, of a centre for instance");
    config->excludes(keys);
    command->final_callback([this] {
      if (file_.empty() == directory_.empty()) throw CLI::RequiredError("--config or --keys");
    });
    language_.declare(*command);
    return command;
  }
  Result<std::filesystem::path> keys_directory() const {
    if (!directory_.empty()) return std::filesystem::path(directory_);
    auto config = load_config(file_);
    if (!config) return config.error();
    return config->keys_directory();
  }
  Language language() const { return language_.language(); }
  bool zh() const { return language() == Language::zh; }

 private:
  std::string file_, directory_;
  LanguageOption language_;
};

class KeysListCommand final : public KeysCommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    return KeysCommand::declare(parent, "list",
                                "the months whose personal data can be read, and those that were erased");
  }
  int run() override {
    const auto directory = keys_directory();
    if (!directory) return fail(directory.error(), language());
    const auto list = seal::list_keys(*directory);
    if (!list) return fail(list.error(), language());
    for (const std::string& month : list->months) std::cout << month << (zh() ? "  可读\n" : "  readable\n");
    for (const std::string& month : list->destroyed) std::cout << month << (zh() ? "  已删除\n" : "  erased\n");
    std::cout << (zh() ? "店主恢复密钥: " : "owner's recovery key: ")
              << (list->has_recovery_key ? (zh() ? "有" : "made") : (zh() ? "没有" : "none")) << '\n';
    return done_status;
  }
};

// 1 where the old or the new data key holds and something was left to do: the same command finishes it.
class KeysRotateCommand final : public KeysCommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    return KeysCommand::declare(parent, "rotate", "a new data.key; the till may go on selling");
  }
  int run() override {
    const auto directory = keys_directory();
    if (!directory) return fail(directory.error(), language());
    const auto count = seal::rotate_data_key(*directory, system_random());
    if (!count) return fail(count.error(), language());
    std::cout << fmt::format(
        fmt::runtime(zh() ? "已更换 data.key，重新封装 {} 个密钥\n" : "data.key is new; {} keys were wrapped anew\n"),
        *count);
    return done_status;
  }
};

class KeysRecoveryNewCommand final : public KeysCommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    return KeysCommand::declare(parent, "recovery-new", "prints a new recovery key for the owner, once: write it down");
  }
  int run() override {
    const auto directory = keys_directory();
    if (!directory) return fail(directory.error(), language());
    const auto key = seal::make_recovery_key(*directory, system_random());
    if (!key) return fail(key.error(), language());
    std::cout
        << key->digits().reveal() << '\n'
        << (zh() ? "请抄在纸上，离机保管。它只显示这一次；以前的恢复密钥已作废。\n"
                 : "Write it on paper and keep it away from this machine. It is shown only once; an earlier one is "
                   "void.\n");
    return done_status;
  }
};

// The key is read from the standard input: an argument would stand in the list of processes.
class KeysRecoverCommand final : public KeysCommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    return KeysCommand::declare(parent, "recover", "brings a lost data.key back with the owner's recovery key");
  }
  int run() override {
    const auto directory = keys_directory();
    if (!directory) return fail(directory.error(), language());
    std::cout << (zh() ? "请输入恢复密钥（48 位数字）: " : "recovery key (48 digits): ") << std::flush;
    std::string line;
    std::getline(std::cin, line);
    const Secret typed(std::move(line));
    const auto key = seal::RecoveryKey::parse(typed.reveal());
    if (!key) return fail(key.error(), language());
    const auto count = seal::recover_data_key(*directory, *key);
    if (!count) return fail(count.error(), language());
    std::cout << fmt::format(
        fmt::runtime(zh() ? "data.key 已恢复，可打开 {} 个密钥\n" : "data.key is back and opens {} keys\n"), *count);
    return done_status;
  }
};

// Opens the journal itself, so the daemon must be stopped: a running one would keep the month's key in memory.
class KeysForgetCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command =
        parent.add_subcommand("forget", "erases the personal data of a month, for ever; stop the till first");
    command->add_option("MONTH", month_, "2026-11")->required();
    command->add_option("--config", file_, "the till's configuration file (TOML)")->required();
    language_.declare(*command);
    return command;
  }
  int run() override {
    const auto done = forget();
    if (!done) return fail(done.error(), language_.language());
    std::cout << (language_.language() == Language::zh ? "已删除: " : "erased: ") << month_ << '\n';
    return done_status;
  }

 private:
  Result<void> forget() const {
    const auto config = load_config(file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    const auto keys = seal::KeyStore::open(config->keys_directory(), system_random());
    if (!keys) return keys.error();
    auto journal =
        journal::Journal::open(config->journal_file(), {identity->terminal, identity->epoch}, *keys, system_random());
    if (!journal) return journal.error();
    return (*journal)->forget(month_, system_clock().wall());
  }

  std::string month_, file_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> keys_command() {
  Commands commands;
  commands.push_back(std::make_unique<KeysListCommand>());
  commands.push_back(std::make_unique<KeysRotateCommand>());
  commands.push_back(std::make_unique<KeysForgetCommand>());
  commands.push_back(std::make_unique<KeysRecoveryNewCommand>());
  commands.push_back(std::make_unique<KeysRecoverCommand>());
  return std::make_unique<CommandGroup>("keys", "the keys of the personal data: list, rotate, forget, recover",
                                        std::move(commands));
}

}  // namespace gongji::terminal
