// The commands that a field engineer or a manager runs at one till: each reads that till's configuration.
#include <iostream>

#include "terminal/cli/commands.h"
#include "terminal/commands/doctor.h"
#include "terminal/commands/enrol.h"

namespace gongji::terminal {

namespace {

class TillCommand : public Command {
 protected:
  CLI::App* declare(CLI::App& parent, const char* name, const char* text) {
    CLI::App* command = parent.add_subcommand(name, text);
    command->add_option("--config", file_, "configuration file (TOML)")->required();
    language_.declare(*command);
    return command;
  }
  const std::string& file() const { return file_; }
  Language language() const { return language_.language(); }

 private:
  std::string file_;
  LanguageOption language_;
};

class EnrolCommand : public TillCommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = TillCommand::declare(parent, "enrol", "registers this terminal with its centre");
    command->add_option("--code", code_, "one-time code from the centre (GJ1-...)")->required();
    return command;
  }

  int run() override {
    auto config = load_config(file());
    if (!config) return fail(config.error(), language());
    auto name = enrol(*config, code_);
    if (!name) return fail(name.error(), language());
    std::cout << (language() == Language::zh ? "已登记: " : "enrolled: ") << *name << '\n';
    return done_status;
  }

 private:
  std::string code_;
};

class DoctorCommand : public TillCommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    return TillCommand::declare(parent, "doctor", "is this till fit to sell?");
  }

  int run() override {
    return print(std::cout, examine(file(), system_clock()), language()) ? done_status : failed_status;
  }
};

}  // namespace

std::unique_ptr<Command> enrol_command() {
  return std::make_unique<EnrolCommand>();
}
std::unique_ptr<Command> doctor_command() {
  return std::make_unique<DoctorCommand>();
}

}  // namespace gongji::terminal
