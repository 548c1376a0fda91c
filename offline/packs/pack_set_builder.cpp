// pack_set_builder.cpp — collects packs, supplements and activations and makes the set that decides.
#include <algorithm>
#include <map>
#include <set>

#include "offline/base/check.h"
#include "offline/packs/built_in.h"
#include "offline/packs/pack_folder.h"
#include "offline/packs/pack_set.h"
#include "offline/packs/signed_file.h"
#include "offline/packs/strict_json.h"
#include "offline/packs/supplement.h"
#include "offline/packs/troubles.h"
#include "offline/seal/sm3.h"

namespace gongji::packs {

using settlement::AccountBook;

struct PackSetBuilder::State {
  bool reported = false;
  std::optional<std::vector<Bytes>> authorities;
  std::vector<PackFile> files;
  std::vector<Supplement> supplements;
  std::vector<Activation> activations;
  std::vector<Added> added;

  void add(PackFile file) {
    const auto same = std::find_if(files.begin(), files.end(),
                                   [&](const PackFile& other) { return other.info.name == file.info.name; });
    if (same != files.end()) {
      *same = std::move(file);
    } else {
      files.push_back(std::move(file));
    }
  }
  void add_signed(std::string_view text, const std::string& origin);
  bool in_use(const PackInfo& info) const {
    return info.status == PackStatus::sourced || (info.status == PackStatus::reported && reported);
  }
};

namespace {

[[noreturn]] void pass_on(const Trouble& what) {
  throw Fault{what.text, what.path, what.detail};
}

std::string digest_of(std::string_view text) {
  return "sm3:" + to_hex(seal::sm3(as_bytes(text)));
}

// The version for everybody, then one for each place for which some supplement is limited.
std::vector<Loaded::Variant> variants_of(const PackFile& file, const std::vector<Supplement>& supplements) {
  std::set<std::string> places{""};
  for (const Supplement& supplement : supplements) {
    if (supplement.scheme == file.info.scheme) places.insert(supplement.prefixes.begin(), supplement.prefixes.end());
  }
  std::vector<Loaded::Variant> variants;
  for (const std::string& place : places) {
    std::vector<const Supplement*> here;
    for (const Supplement& supplement : supplements) {
      if (supplement.scheme == file.info.scheme && supplement.holds_in(place)) here.push_back(&supplement);
    }
    if (here.empty()) {
      variants.push_back({place, resolve(file), file.rows});
      continue;
    }
    PackFile merged = file;
    merge(merged, here);
    auto segments = resolve(merged);
    variants.push_back({place, std::move(segments), std::move(merged.rows)});
  }
  return variants;
}

void activate(const Activation& activation, std::vector<Loaded>& packs) {
  const auto pack =
      std::find_if(packs.begin(), packs.end(), [&](const Loaded& each) { return each.info.name == activation.pack; });
  const auto fail = [&activation](std::string detail) {
    throw Fault{&troubles::activation_of_other_bytes, activation.origin, std::move(detail)};
  };
  if (pack == packs.end()) fail(activation.pack + " is not loaded");
  if (pack->info.digest != activation.pack_digest) fail(activation.pack + " is " + pack->info.digest);
  if (pack->info.status == PackStatus::draft) fail(activation.pack + " is a draft");
  pack->activated.push_back({activation.first_day, activation.prefixes});
}

// One place belongs to one scheme of a kind.
void check_places(const std::vector<Loaded>& packs) {
  const auto used = [](const Loaded& pack) { return pack.in_use || !pack.activated.empty(); };
  for (auto a = packs.begin(); a != packs.end(); ++a) {
    for (auto b = packs.begin(); b != a; ++b) {
      if (!used(*a) || !used(*b) || a->info.scheme == b->info.scheme || a->info.insutype != b->info.insutype) continue;
      const auto& others = b->info.admdvs_prefixes;
      for (const std::string& prefix : a->info.admdvs_prefixes) {
        if (std::find(others.begin(), others.end(), prefix) == others.end()) continue;
        throw Fault{&troubles::conflict, "pack " + a->info.name + " · admdvs_prefixes",
                    prefix + " also belongs to " + b->info.name};
      }
    }
  }
}

// The rules of a scheme's accounts from each day on which they may change.  An owner's place is not known, so only
// versions that decide in their whole area count.
AccountBook account_book(const std::vector<Loaded>& packs) {
  std::map<std::string, std::set<Day>> days;
  for (const Loaded& pack : packs) {
    const auto from = pack.used_everywhere_from();
    if (!from.has_value()) continue;
    days[pack.info.scheme].insert(*from);
    for (const Segment& segment : pack.variants.front().segments) {
      if (segment.first_day > *from) days[pack.info.scheme].insert(segment.first_day);
    }
  }
  std::vector<AccountBook::Version> versions;
  for (const auto& [scheme, changes] : days) {
    for (const Day day : changes) {
      const Loaded* latest = nullptr;
      for (const Loaded& pack : packs) {
        const auto from = pack.used_everywhere_from();
        if (pack.info.scheme != scheme || !from.has_value() || *from > day) continue;
        if (latest == nullptr || pack.info.first_day > latest->info.first_day) latest = &pack;
      }
      versions.push_back({scheme, day, latest->policy(day, "")->accounts});
    }
  }
  return AccountBook(std::move(versions));
}

}  // namespace

void PackSetBuilder::State::add_signed(std::string_view text, const std::string& origin) {
  const auto file = read_signed(text, origin);
  if (!file) pass_on(file.error());
  if (authorities.has_value()) {
    if (const auto known = check_authority(*file, *authorities, origin); !known) pass_on(known.error());
  }
  added.push_back({origin, std::string(name_of(file->kind)), digest_of(file->content), file->authority});
  switch (file->kind) {
    case SignedKind::supplement:
      supplements.push_back(read_supplement(file->content, origin));
      return;
    case SignedKind::activation:
      activations.push_back(read_activation(file->content, origin));
      return;
    case SignedKind::pack: {
      const nlohmann::json json = parse_strictly(file->content, origin);
      const Node root(json, "signed pack " + origin);
      root.exactly({"format", "pack", "sources"});
      root["format"].one_of({"gongji.pack_with_sources.v1"});
      add(read_pack(root["pack"].text(), root["sources"].text(), origin));
    }
  }
}

PackSetBuilder::PackSetBuilder() : state_(std::make_unique<State>()) {}
PackSetBuilder::~PackSetBuilder() = default;

PackSetBuilder& PackSetBuilder::activate_reported() {
  state_->reported = true;
  return *this;
}

PackSetBuilder& PackSetBuilder::trust(std::vector<Bytes> authorities) {
  state_->authorities = std::move(authorities);
  return *this;
}

Result<void> PackSetBuilder::add_built_in() {
  return reading([this] {
    for (const BuiltInPack& pack : built_in_texts()) state_->add(read_pack(pack.text, pack.sources, pack.origin));
  });
}

Result<void> PackSetBuilder::add_pack(std::string_view text, std::string_view sources_text, std::string_view origin) {
  return reading([&] { state_->add(read_pack(text, sources_text, origin)); });
}

Result<void> PackSetBuilder::add_directory(const std::filesystem::path& directory) {
  return reading([&] {
    for (const PackText& pack : read_pack_folder(directory)) {
      state_->add(read_pack(pack.text, pack.sources, pack.origin));
    }
    state_->added.push_back({directory.string(), "pack", "", ""});
  });
}

Result<void> PackSetBuilder::add_supplement(std::string_view text, std::string_view origin) {
  return reading([&] {
    state_->added.push_back({std::string(origin), "supplement", digest_of(text), ""});
    state_->supplements.push_back(read_supplement(text, origin));
  });
}

Result<void> PackSetBuilder::add_supplement_file(const std::filesystem::path& file) {
  return reading([&] {
    const std::string text = read_file(file);
    if (says_signed(text)) return state_->add_signed(text, file.string());
    if (auto done = add_supplement(text, file.string()); !done) pass_on(done.error());
  });
}

Result<void> PackSetBuilder::add_signed(std::string_view text, std::string_view origin) {
  return reading([&] {
    if (!says_signed(text)) throw Fault{&troubles::not_signed, std::string(origin), ""};
    state_->add_signed(text, std::string(origin));
  });
}

Result<void> PackSetBuilder::add_signed_directory(const std::filesystem::path& directory) {
  return reading([&] {
    std::size_t count = 0;
    for (const auto& path : sorted_entries(directory)) {
      if (std::filesystem::is_directory(path)) throw Fault{&troubles::not_signed, path.string(), "is a folder"};
      if (path.extension() != ".json") continue;
      if (++count > signed_files_max) throw Fault{&troubles::unreadable, directory.string(), "more than 200 files"};
      const std::string text = read_file(path);
      if (!says_signed(text)) throw Fault{&troubles::not_signed, path.string(), ""};
      state_->add_signed(text, path.string());
    }
  });
}

Result<PackSet> PackSetBuilder::build() {
  return reading([this] {
    for (const Supplement& supplement : state_->supplements) check_rows_exist(supplement, state_->files);
    auto state = std::make_unique<PackSet::State>();
    for (const PackFile& file : state_->files) {
      state->infos.push_back(file.info);
      state->packs.push_back({file.info, state_->in_use(file.info), {}, variants_of(file, state_->supplements)});
    }
    for (const Activation& activation : state_->activations) activate(activation, state->packs);
    check_places(state->packs);
    state->book = account_book(state->packs);
    for (Loaded& loaded : state->packs) {
      for (Loaded::Variant& variant : loaded.variants) {
        for (Segment& segment : variant.segments) segment.policy->owners = &state->book;
      }
    }
    state->added = std::move(state_->added);
    return PackSet(std::move(state));
  });
}

PackSet built_in_packs(bool activate_reported) {
  PackSetBuilder builder;
  if (activate_reported) builder.activate_reported();
  const auto added = builder.add_built_in();
  GONGJI_CHECK_WHY(added.has_value(), added.has_value() ? "" : to_string(added.error(), Language::en));
  auto built = builder.build();
  GONGJI_CHECK_WHY(built.has_value(), built.has_value() ? "" : to_string(built.error(), Language::en));
  return std::move(*built);
}

}  // namespace gongji::packs
