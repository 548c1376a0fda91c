#include "terminal/cli/command.h"

#include <iostream>
#include <utility>

namespace gongji::terminal {

CommandList::CommandList(CLI::App& parent, Commands commands) {
  parent.require_subcommand(1);
  for (auto& command : commands) {
    const CLI::App* app = command->declare(parent);
    declared_.push_back({std::move(command), app});
  }
}

int CommandList::run() {
  for (auto& [command, app] : declared_) {
    if (app->parsed()) return command->run();
  }
  return usage_status;
}

CommandGroup::CommandGroup(std::string name, std::string text, Commands commands)
    : name_(std::move(name)), text_(std::move(text)), commands_(std::move(commands)) {}

CLI::App* CommandGroup::declare(CLI::App& parent) {
  CLI::App* group = parent.add_subcommand(name_, text_);
  list_.emplace(*group, std::move(commands_));
  return group;
}

void LanguageOption::declare(CLI::App& command) {
  command.add_option("--lang", name_, "zh (default) or en")->check(CLI::IsMember({"zh", "en"}));
}

int fail(const Trouble& what, Language language) {
  std::cerr << "gongji: " << to_string(what, language) << '\n';
  return failed_status;
}

}  // namespace gongji::terminal
