// `gongji packs lint`: 0 no errors, 1 errors (or a file that cannot be read), 2 wrong usage.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <vector>

#include "offline/packs/lint/lint.h"
#include "terminal/cli/day_option.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

class PacksLintCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("lint", "what is wrong, doubtful or open in packs and supplements");
    command->add_option("--packs", folders_, "folder of packs to check with the built-in ones")
        ->allow_extra_args(false);
    command->add_option("--supplement", supplements_, "supplement to check; may be repeated")->allow_extra_args(false);
    on_.declare(*command, "day of the report (today)");
    command->add_option("--least", least_, "least severity to print: error, warning or note (default)")
        ->check(CLI::IsMember({"error", "warning", "note"}));
    command->add_flag("--json", json_, "one JSON object, for programs");
    language_.declare(*command);
    return command;
  }

  int run() override {
    packs::Linter linter;
    linter.add_built_in();
    for (const auto& folder : folders_) {
      if (auto added = linter.add_directory(folder); added.has_error())
        return fail(added.error(), language_.language());
    }
    for (const auto& file : supplements_) {
      if (auto added = linter.add_supplement_file(file); added.has_error()) {
        return fail(added.error(), language_.language());
      }
    }
    const packs::LintReport report = linter.run(on_.day_or_today());
    if (json_) {
      std::cout << packs::to_json(report);
    } else {
      print(report);
    }
    return report.count(packs::Severity::error) == 0 ? done_status : failed_status;
  }

 private:
  void print(const packs::LintReport& report) const {
    for (const packs::Finding& finding : report.findings) {
      if (packs::name_of(finding.severity) == "note" && least_ != "note") continue;
      if (packs::name_of(finding.severity) == "warning" && least_ == "error") continue;
      std::cout << packs::to_line(finding, language_.language()) << '\n';
    }
    const bool zh = language_.language() == Language::zh;
    std::cout << fmt::format(
        fmt::runtime(zh ? "{}：错误 {}，警告 {}，提示 {}\n" : "{}: {} errors, {} warnings, {} notes\n"),
        to_string(report.on), report.count(packs::Severity::error), report.count(packs::Severity::warning),
        report.count(packs::Severity::note));
  }

  std::vector<std::filesystem::path> folders_, supplements_;
  DayOption on_;
  std::string least_ = "note";
  bool json_ = false;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_lint_command() {
  return std::make_unique<PacksLintCommand>();
}

}  // namespace gongji::terminal
