#include "terminal/settings/identity.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

#include "sync/http/private_file.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

using nlohmann::json;

Result<void> save_identity(const Config& config, const TerminalIdentity& identity) {
  json out = {{"terminal", identity.terminal},
              {"epoch", identity.epoch},
              {"centre_public_key", to_hex(identity.centre_public_key)},
              {"authority_public_key", to_hex(identity.authority_public_key)},
              {"terms", identity.terms_bytes},
              {"terms_signature", to_hex(identity.terms_signature)},
              {"registration", identity.registration.bytes},
              {"registration_signature", to_hex(identity.registration.signature)}};
  return http::write_private_file(config.identity_file().string(), out.dump(2) + "\n");
}

Result<TerminalIdentity> load_identity(const Config& config) {
  std::ifstream file(config.identity_file());
  if (!file) return trouble(troubles::not_enrolled, config.identity_file().filename().string());
  std::stringstream text;
  text << file.rdbuf();
  const json value = json::parse(text.str(), nullptr, false);
  if (!value.is_object()) return trouble(troubles::identity_unreadable);
  TerminalIdentity identity;
  const auto word = [&](const char* name) {
    const auto found = value.find(name);
    return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  identity.terminal = word("terminal");
  identity.epoch = value.value("epoch", 0u);
  const auto centre = from_hex(word("centre_public_key"));
  const auto authority = from_hex(word("authority_public_key"));
  const auto signature = from_hex(word("terms_signature"));
  identity.terms_bytes = word("terms");
  if (identity.terminal.empty() || identity.epoch == 0 || !centre || centre->size() != 65 || !authority ||
      authority->size() != 65 || !signature) {
    return trouble(troubles::identity_unreadable);
  }
  identity.centre_public_key = *centre;
  identity.authority_public_key = *authority;
  identity.terms_signature = *signature;
  const auto registration_signature = from_hex(word("registration_signature"));
  if (!registration_signature) return trouble(troubles::identity_unreadable);
  identity.registration = {word("registration"), *registration_signature};
  return identity;
}

}  // namespace gongji::terminal
