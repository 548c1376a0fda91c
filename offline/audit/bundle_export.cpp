#include <algorithm>
#include <map>
#include <set>

#include "offline/audit/bundle_form.h"
#include "offline/audit/frames.h"
#include "offline/audit/troubles.h"

namespace gongji::audit {

namespace {

// What the sales of the stretch need of each set of rules: their own schemes, and those that rule an account in them.
using Needed = std::map<std::size_t, std::set<std::string>>;

Result<void> add_needed(Needed& needed, const std::string& public_bytes, const LawLibrary& library) {
  const auto decoded = record::decode_public(public_bytes);
  if (!decoded) return decoded.error();
  const auto* sale = std::get_if<record::Sale>(&decoded->body);
  if (sale == nullptr) return {};
  const auto found = library.find(*sale);
  if (!found) {
    return trouble(troubles::law_absent, "seq " + std::to_string(decoded->head.seq),
                   sale->pack + " " + sale->pack_digest);
  }
  auto& schemes = needed[found->law];
  schemes.insert(found->policy->scheme);
  for (const auto& account : sale->claim.accounts) {
    if (!account.scheme.empty()) schemes.insert(account.scheme);
  }
  return {};
}

std::string personal_frame(const std::optional<journal::PersonalPart>& personal) {
  if (!personal) return {};
  return std::string(as_text(personal->salt)) + personal->bytes;
}

}  // namespace

Result<Exported> export_bundle(const std::filesystem::path& journal, const seal::KeyStore& keys,
                               const record::Signed& registration, const LawLibrary& library, const ExportWish& wish,
                               WallTime now) {
  if (registration.bytes.empty()) return trouble(troubles::no_registration);
  if (wish.from < 1 || wish.to < wish.from) return trouble(troubles::range_not_there);
  if (wish.to - wish.from >= bundle_entries_max) {
    return trouble(troubles::too_large, {}, "at most " + std::to_string(bundle_entries_max) + " entries");
  }
  auto stretch =
      journal::read_raw(journal, wish.from, wish.to, bundle_bytes_max / 2, wish.with_personal ? &keys : nullptr);
  if (!stretch) return stretch.error();
  if (wish.to > stretch->last_seq) {
    return trouble(troubles::range_not_there, {}, "the last is " + std::to_string(stretch->last_seq));
  }
  const std::uint64_t count = wish.to - wish.from + 1;
  if (stretch->entries.size() != count) return trouble(troubles::too_large);

  Needed needed;
  for (const auto& entry : stretch->entries) {
    if (auto done = add_needed(needed, entry.public_bytes, library); !done) return done.error();
  }
  BundleHead head;
  head.registration = registration;
  head.from = wish.from;
  head.to = wish.to;
  head.previous = stretch->entries.front().previous;
  head.head_signature = record::sign_head(keys, stretch->identity.terminal, stretch->identity.epoch, wish.to,
                                          stretch->entries.back().hash);
  head.made = now;
  head.with_personal = wish.with_personal;
  std::string texts;
  for (const auto& [index, schemes] : needed) {
    const Law& law = library.laws()[index];
    BundleHead::LawHead& out = head.laws.emplace_back();
    out.activate_reported = law.activate_reported;
    // A signed file may say something of any scheme, and needs that scheme's packs beside it.
    const bool all = std::any_of(law.texts.begin(), law.texts.end(), [](const packs::LawText& text) {
      return text.kind == packs::LawText::Kind::signed_file;
    });
    for (const packs::LawText& text : law.texts) {
      if (!all && !schemes.contains(text.scheme)) continue;
      out.texts.push_back({text.kind, text.scheme, text.origin});
      append_frame(texts, text.text);
      append_frame(texts, text.sources);
    }
  }

  Exported exported;
  exported.entries = count;
  exported.bytes = bundle_magic;
  append_frame(exported.bytes, encode(head));
  for (std::size_t i = 0; i < stretch->entries.size(); ++i) {
    append_frame(exported.bytes, stretch->entries[i].public_bytes);
    append_frame(exported.bytes, as_text(stretch->entries[i].personal_digest));
    if (!wish.with_personal) continue;
    append_frame(exported.bytes, personal_frame(stretch->personal[i]));
    if (stretch->personal[i]) ++exported.personal;
  }
  exported.bytes += texts;
  const Bytes signature = keys.sign(bundle_tag, as_bytes(exported.bytes));
  exported.bytes += as_text(signature);
  return exported;
}

}  // namespace gongji::audit
