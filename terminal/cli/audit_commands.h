// audit_commands.h — the subcommands of `gongji audit`, and what they share: whose journal, which keys, which rules.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "offline/audit/law.h"
#include "terminal/cli/command.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

// `--packs DIR`, `--supplement FILE`, `--activate-reported`: rules beside those that are built in and configured.
class AuditLaw {
 public:
  void declare(CLI::App& command);
  // The configured rules (null: none) decide first, then the built-in ones with each folder named.
  Result<audit::LawLibrary> load(const Config* config) const;

 private:
  std::vector<std::filesystem::path> folders_, supplements_;
  bool activate_reported_ = false;
};

// The keys of a till, where all of them are there; null otherwise.  Errors: as seal::KeyStore::open.
Result<std::shared_ptr<const seal::KeyStore>> keys_where_there(const std::filesystem::path& directory);

std::unique_ptr<Command> audit_verify_command();
std::unique_ptr<Command> audit_export_command();
std::unique_ptr<Command> audit_verify_bundle_command();
std::unique_ptr<Command> audit_rebuild_command();
std::unique_ptr<Command> audit_verify_paper_command();
std::unique_ptr<Command> audit_show_command();

}  // namespace gongji::terminal
