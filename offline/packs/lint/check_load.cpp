// check_load.cpp — the strict loader has the last word on files in which no check found an error.
#include "offline/packs/account_law.h"
#include "offline/packs/lint/checks.h"
#include "offline/packs/packs.h"

namespace gongji::packs {

namespace {

void refused(const std::string& file, const Trouble& why, Findings& out) {
  const std::string detail = why.path + ": " + why.detail;
  out.add("load", Severity::error, {{file, "", "", {}, {}}}, std::string(why.text->zh) + "（" + detail + "）",
          std::string(why.text->en) + " (" + detail + ")");
}

template <class Add>
std::optional<Trouble> built(Add add) {
  PackSetBuilder builder;
  if (const auto added = add(builder); added.has_error()) return added.error();
  if (const auto done = builder.build(); done.has_error()) return done.error();
  return std::nullopt;
}

}  // namespace

void check_load(const Material& material, Findings& out) {
  const bool clean = !out.any_error();
  for (const LintFile& pack : material.packs) {
    if (out.error_in(pack.file) || out.error_in(pack.sources_file)) continue;
    const auto why =
        built([&](PackSetBuilder& builder) { return builder.add_pack(pack.text, pack.sources_text, pack.file); });
    if (why.has_value()) refused(pack.file, *why, out);
  }
  for (const LintFile& law : material.laws) {
    if (out.error_in(law.file)) continue;
    const AccountLawBook::File file{law.text, law.file};
    const auto book = AccountLawBook::load({&file, 1});
    if (book.has_error()) refused(law.file, book.error(), out);
  }
  // All together, as a till loads them.
  if (!clean || out.any_error()) return;
  std::string last;
  const auto why = built([&](PackSetBuilder& builder) -> Result<void> {
    builder.activate_reported();
    for (const LintFile& pack : material.packs) {
      last = pack.file;
      if (auto added = builder.add_pack(pack.text, pack.sources_text, pack.file); added.has_error()) return added;
    }
    for (const LintFile& file : material.supplements) {
      last = file.file;
      if (auto added = builder.add_supplement(file.text, file.file); added.has_error()) return added;
    }
    return {};
  });
  if (why.has_value()) refused(last, *why, out);
}

}  // namespace gongji::packs
