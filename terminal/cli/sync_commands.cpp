// `gongji sync …` and `gongji retire`: this till and its centre.
#include <fmt/format.h>

#include <iostream>

#include "terminal/cli/commands.h"
#include "terminal/commands/retire.h"
#include "terminal/commands/sync_control.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

namespace {

class WithConfig : public Command {
 protected:
  CLI::App* declare(CLI::App& parent, const std::string& name, const std::string& text) {
    CLI::App* command = parent.add_subcommand(name, text);
    command->add_option("--config", config_file_, "configuration of the till (TOML)")->required();
    language_.declare(*command);
    return command;
  }
  Language language() const { return language_.language(); }
  Result<Config> config() const { return load_config(config_file_); }

 private:
  std::string config_file_;
  LanguageOption language_;
};

// 1: the daemon does not answer, or could not do it.
class SyncCommand : public WithConfig {
 public:
  SyncCommand(std::string action, std::string text) : action_(std::move(action)), text_(std::move(text)) {}

  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = WithConfig::declare(parent, action_, text_);
    command->add_flag("--json", json_, "for programs");
    if (action_ == "pause") {
      command->add_option("--minutes", minutes_, "it ends by itself")
          ->check(CLI::Range(1, 1'440))
          ->capture_default_str();
    }
    return command;
  }

  int run() override {
    const auto settings = config();
    if (!settings) return fail(settings.error(), language());
    const auto done = control_sync(std::cout, *settings, action_, minutes_, json_, language());
    if (!done) return fail(done.error(), language());
    return *done ? done_status : failed_status;
  }

 private:
  std::string action_, text_;
  int minutes_ = 60;
  bool json_ = false;
};

void print(const Retired& retired, bool zh) {
  std::cout << (zh ? fmt::format("{} 已退役;中心已有全部记录至第 {} 条,放弃 {} 条\n", retired.terminal,
                                 retired.acknowledged_seq, retired.given_up)
                   : fmt::format("{} has retired; the centre has its entries up to {}, {} are given up\n",
                                 retired.terminal, retired.acknowledged_seq, retired.given_up));
  if (retired.centre_told) {
    std::cout << (zh ? fmt::format("释放额度 {} 项,占用 {} 项\n", retired.grants, retired.holds)
                     : fmt::format("freed: {} grants, {} holds\n", retired.grants, retired.holds));
  } else {
    std::cout << (zh ? "未能通知中心:请经办机构运行 gongji-centre terminal lost\n"
                     : "the centre was not told: ask the authority to run gongji-centre terminal lost\n");
  }
  std::cout << (zh ? fmt::format("已销毁密钥文件 {} 个\n", retired.files_destroyed)
                   : fmt::format("{} files of keys destroyed\n", retired.files_destroyed));
}

// 1: it was not retired, and is as it was; or not all keys could be destroyed.
class RetireCommand : public WithConfig {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = WithConfig::declare(
        parent, "retire", "sends the rest, gives back what was set aside, tells the centre, destroys the keys");
    command->add_flag("--force", force_, "also where entries cannot be sent or the centre cannot be told");
    return command;
  }

  int run() override {
    const auto settings = config();
    if (!settings) return fail(settings.error(), language());
    const auto retired = retire(*settings, force_, system_clock(), system_random());
    if (!retired) return fail(retired.error(), language());
    print(*retired, language() == Language::zh);
    return done_status;
  }

 private:
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> sync_command() {
  Commands commands;
  commands.push_back(std::make_unique<SyncCommand>("status", "how it stands between this till and its centre"));
  commands.push_back(std::make_unique<SyncCommand>("now", "sends and fetches at once, until nothing is left"));
  commands.push_back(std::make_unique<SyncCommand>("pause", "no background sync begins for a while; sales still ask"));
  commands.push_back(std::make_unique<SyncCommand>("resume", "ends a pause"));
  return std::make_unique<CommandGroup>("sync", "what goes between this till and its centre", std::move(commands));
}

std::unique_ptr<Command> retire_command() {
  return std::make_unique<RetireCommand>();
}

}  // namespace gongji::terminal
