// command.h — one subcommand of `gongji`: it declares its options, and runs where it was named.
//
// A task's own work lives in the folder that it belongs to and knows nothing of command lines; what is here only turns
// words into a call, and the outcome into text and an exit status.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/result.h"

namespace gongji::terminal {

// Exit statuses that mean the same in every command; a command says in its header what 1 means.
inline constexpr int done_status = 0;
inline constexpr int failed_status = 1;
inline constexpr int usage_status = 2;

class Command {
 public:
  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  // Called once, before parsing.  The options live in this object, which must outlive `parent`.
  virtual CLI::App* declare(CLI::App& parent) = 0;
  // Called after parsing, where this command was named.  The exit status.
  virtual int run() = 0;
};

using Commands = std::vector<std::unique_ptr<Command>>;

// Declares all below `parent`, of which exactly one must be named, and runs that one.
class CommandList {
 public:
  CommandList(CLI::App& parent, Commands commands);
  int run();

 private:
  struct Declared {
    std::unique_ptr<Command> command;
    const CLI::App* app;
  };
  std::vector<Declared> declared_;
};

// A command that only gathers others: `gongji packs …`.
class CommandGroup final : public Command {
 public:
  CommandGroup(std::string name, std::string text, Commands commands);
  CLI::App* declare(CLI::App& parent) override;
  int run() override { return list_->run(); }

 private:
  std::string name_, text_;
  Commands commands_;
  std::optional<CommandList> list_;
};

// `--lang zh|en`; zh where it is not given.
class LanguageOption {
 public:
  void declare(CLI::App& command);
  Language language() const { return name_ == "en" ? Language::en : Language::zh; }

 private:
  std::string name_ = "zh";
};

// Prints a trouble as every command does; failed_status.
int fail(const Trouble& what, Language language);

}  // namespace gongji::terminal
