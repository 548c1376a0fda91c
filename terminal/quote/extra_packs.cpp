#include "terminal/quote/extra_packs.h"

#include <ostream>
#include <utility>

#include "offline/packs/signed_file.h"

namespace gongji::terminal {

Result<packs::PackSet> load_extra_packs(const ExtraPacks& extra, bool activate_reported) {
  packs::PackSetBuilder builder;
  if (activate_reported) builder.activate_reported();
  if (!extra.authorities.empty()) {
    std::vector<Bytes> keys;
    for (const auto& file : extra.authorities) {
      auto key = packs::read_public_key(file);
      if (key.has_error()) return key.error();
      keys.push_back(std::move(*key));
    }
    builder.trust(std::move(keys));
  }
  if (auto added = builder.add_built_in(); added.has_error()) return added.error();
  for (const auto& folder : extra.folders) {
    if (auto added = builder.add_directory(folder); added.has_error()) return added.error();
  }
  for (const auto& file : extra.supplements) {
    if (auto added = builder.add_supplement_file(file); added.has_error()) return added.error();
  }
  return builder.build();
}

void note_unproven(std::ostream& err, const packs::PackSet& packs, bool authorities_known, Language language) {
  const bool zh = language == Language::zh;
  for (const packs::Added& added : packs.added()) {
    if (!added.authority.empty() && authorities_known) continue;
    err << (zh ? "gongji: 提示: " : "gongji: note: ") << added.origin;
    if (added.authority.empty()) {
      err << (zh ? " 没有签名，终端不会采用。" : " is not signed; a till would not take it.");
    } else {
      err << (zh ? " 的签名完好，签名者为 " : " is whole and signed by ") << added.authority
          << (zh ? "；未核对是否为医保部门（--authority）。"
                 : "; whether that is an authority was not asked (--authority).");
    }
    err << '\n';
  }
}

}  // namespace gongji::terminal
