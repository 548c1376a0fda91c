// `gongji audit …`: is the journal whole, is each sale right, and what can somebody else check?
#include "terminal/cli/audit_commands.h"

#include <utility>

#include "terminal/cli/commands.h"

namespace gongji::terminal {

namespace fs = std::filesystem;

void AuditLaw::declare(CLI::App& command) {
  command.add_option("--packs", folders_, "folder of packs that decided sales; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--supplement", supplements_, "region parameters that were in force; may be repeated")
      ->allow_extra_args(false);
  command.add_flag("--activate-reported", activate_reported_, "reported versions were activated");
}

Result<audit::LawLibrary> AuditLaw::load(const Config* config) const {
  const auto built_in = packs::built_in_law_texts();
  std::vector<packs::LawText> supplements;
  for (const fs::path& file : supplements_) {
    auto text = packs::read_supplement_text(file);
    if (!text) return text.error();
    supplements.push_back(std::move(*text));
  }
  const bool activate = activate_reported_ || (config != nullptr && config->activate_reported);
  audit::LawLibrary library;
  if (config != nullptr && !config->packs_directory.empty()) {
    auto texts = packs::read_signed_texts(config->packs_directory);
    if (!texts) return texts.error();
    audit::Law law{built_in, activate};
    law.texts.insert(law.texts.end(), texts->begin(), texts->end());
    if (auto added = library.add(std::move(law)); !added) return added.error();
  }
  for (const fs::path& folder : folders_) {
    auto texts = packs::read_law_texts(folder);
    if (!texts) return texts.error();
    audit::Law law{built_in, activate};
    law.texts.insert(law.texts.end(), texts->begin(), texts->end());
    law.texts.insert(law.texts.end(), supplements.begin(), supplements.end());
    if (auto added = library.add(std::move(law)); !added) return added.error();
  }
  audit::Law law{built_in, activate};
  if (auto added = library.add(law); !added) return added.error();
  if (supplements.empty()) return library;
  law.texts.insert(law.texts.end(), supplements.begin(), supplements.end());
  if (auto added = library.add(std::move(law)); !added) return added.error();
  return library;
}

Result<std::shared_ptr<const seal::KeyStore>> keys_where_there(const fs::path& directory) {
  // KeyStore::open makes what is missing; an audit must not.
  for (const char* name : {"sign.pem", "site.key", "data.key"}) {
    if (!fs::exists(directory / name)) return std::shared_ptr<const seal::KeyStore>();
  }
  return seal::KeyStore::open(directory, system_random());
}

std::unique_ptr<Command> audit_command() {
  Commands commands;
  commands.push_back(audit_verify_command());
  commands.push_back(audit_export_command());
  commands.push_back(audit_verify_bundle_command());
  commands.push_back(audit_rebuild_command());
  commands.push_back(audit_verify_paper_command());
  commands.push_back(audit_show_command());
  return std::make_unique<CommandGroup>("audit", "the journal as evidence: verify, export, check", std::move(commands));
}

}  // namespace gongji::terminal
