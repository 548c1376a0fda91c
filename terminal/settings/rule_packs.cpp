#include "terminal/settings/rule_packs.h"

#include <utility>

#include "offline/packs/signed_file.h"

namespace gongji::terminal {

Result<packs::PackSet> load_rule_packs(const Config& config, const Bytes& enrolled_authority) {
  std::vector<Bytes> authorities;
  if (!enrolled_authority.empty()) authorities.push_back(enrolled_authority);
  for (const auto& file : config.authority_keys) {
    auto key = packs::read_public_key(file);
    if (!key) return key.error();
    authorities.push_back(std::move(*key));
  }
  packs::PackSetBuilder builder;
  builder.trust(std::move(authorities));
  if (config.activate_reported) builder.activate_reported();
  if (auto done = builder.add_built_in(); !done) return done.error();
  if (!config.packs_directory.empty()) {
    if (auto done = builder.add_signed_directory(config.packs_directory); !done) return done.error();
  }
  return builder.build();
}

}  // namespace gongji::terminal
