#include "offline/packs/sign_rules.h"

#include <fstream>

#include "offline/packs/pack_folder.h"
#include "offline/packs/packs.h"
#include "offline/packs/strict_json.h"
#include "offline/packs/troubles.h"

namespace gongji::packs {

Result<void> sign_rules(const seal::Sm2PrivateKey& key, SignedKind kind, const std::filesystem::path& file,
                        const std::vector<std::filesystem::path>& folders, const std::filesystem::path& out) {
  const auto content = reading([&] {
    std::string text = read_file(file);
    if (kind == SignedKind::pack) text = pack_with_sources(text, read_file(file.parent_path() / "sources.json"));
    if (text.size() > signed_content_bytes_max) throw Fault{&troubles::unreadable, file.string(), "above 4 MiB"};
    return text;
  });
  if (!content) return content.error();
  const std::string signed_text = sign_file(key, kind, *content);

  PackSetBuilder builder;
  builder.trust({key.public_key()});
  if (auto done = builder.add_built_in(); !done) return done.error();
  for (const auto& folder : folders) {
    if (auto done = builder.add_directory(folder); !done) return done.error();
  }
  if (auto done = builder.add_signed(signed_text, file.string()); !done) return done.error();
  if (const auto built = builder.build(); !built) return built.error();

  std::ofstream written(out, std::ios::binary | std::ios::trunc);
  written << signed_text;
  written.close();
  if (!written) return trouble(troubles::not_written, out.string());
  return {};
}

}  // namespace gongji::packs
