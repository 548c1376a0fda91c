#include <iostream>

#include "offline/audit/troubles.h"
#include "offline/journal/raw_entries.h"
#include "offline/record/canonical.h"
#include "terminal/cli/audit_commands.h"

namespace gongji::terminal {

namespace {

class AuditShowCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("show", "the public part of one entry, as JSON");
    command->add_option("--journal", journal_, "journal file, or a copy of one")->required();
    command->add_option("--seq", seq_, "of the entry")->required()->check(CLI::PositiveNumber);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto text = read();
    if (!text) return fail(text.error(), language_.language());
    std::cout << *text << '\n';
    return done_status;
  }

 private:
  Result<std::string> read() const {
    const auto stretch = journal::read_raw(journal_, seq_, seq_, record::bytes_max, nullptr);
    if (!stretch) return stretch.error();
    if (stretch->entries.empty()) {
      return trouble(audit::troubles::range_not_there, "--seq", "the last is " + std::to_string(stretch->last_seq));
    }
    return record::public_text(stretch->entries.front().public_bytes);
  }

  std::filesystem::path journal_;
  std::uint64_t seq_ = 0;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> audit_show_command() {
  return std::make_unique<AuditShowCommand>();
}

}  // namespace gongji::terminal
