// `gongji paper ID`: a re-settlement paper, to print again or to hand on as data.
#include <iostream>

#include "offline/journal/raw_entries.h"
#include "offline/record/canonical.h"
#include "terminal/cli/commands.h"
#include "terminal/receipt/paper.h"
#include "terminal/settings/identity.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace {

// 1: there is no such paper in this till's journal.
class PaperCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("paper", "a re-settlement paper of this till");
    command->add_option("ID", id_, "the paper's number")->required();
    command->add_option("--config", config_file_, "configuration file (TOML)")->required();
    command->add_flag("--json", json_, "as data: what verify-paper reads");
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto done = run_paper();
    return done ? done_status : fail(done.error(), language_.language());
  }

 private:
  Result<void> run_paper() {
    const auto config = load_config(config_file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    const auto id = parse_id(id_);
    if (!id) return trouble(troubles::sale_unknown, "ID");
    const auto seq = journal::read_seq_of(config->journal_file(), *id);
    if (!seq) return seq.error();
    if (!*seq) return trouble(troubles::sale_unknown, "ID");
    const auto stretch = journal::read_raw(config->journal_file(), **seq, **seq, record::bytes_max, nullptr);
    if (!stretch) return stretch.error();
    if (stretch->entries.empty()) return trouble(troubles::sale_unknown, "ID");
    const auto decoded = record::decode_public(stretch->entries.front().public_bytes);
    if (!decoded) return decoded.error();
    if (!std::holds_alternative<record::Paper>(decoded->body)) return trouble(troubles::sale_unknown, "ID");
    const auto keys = seal::KeyStore::open(config->keys_directory(), system_random());
    if (!keys) return keys.error();
    const auto print = print_of(**keys, stretch->identity, stretch->entries.front(), identity->registration);
    if (json_) {
      std::cout << paper_json(print) << '\n';
      return {};
    }
    for (const std::string& line : paper_lines(print, language_.language())) std::cout << line << '\n';
    if (!print.qr.empty()) std::cout << print.qr << '\n';
    return {};
  }

  std::string id_, config_file_;
  bool json_ = false;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> paper_command() {
  return std::make_unique<PaperCommand>();
}

}  // namespace gongji::terminal
