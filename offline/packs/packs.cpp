#include "offline/packs/packs.h"

#include <algorithm>
#include <set>

#include "offline/base/check.h"
#include "offline/packs/built_in.h"
#include "offline/packs/pack_file.h"
#include "offline/packs/pack_folder.h"
#include "offline/packs/troubles.h"
#include "offline/settlement/refusals.h"

namespace gongji::packs {

using settlement::AccountBook;
using settlement::Claim;
using settlement::Policy;
using settlement::RefusalCode;
using settlement::refuse;

// One version, resolved.
struct Loaded {
  PackInfo info;
  bool in_use = false;  // chosen by day: sourced, or reported and activated
  std::vector<Segment> segments;
  std::vector<DatedRow> rows;

  bool in_force(Day day) const {
    return in_use && info.first_day <= day && (!info.last_day.has_value() || day <= *info.last_day);
  }
  // The segment of that day; before the first and behind the last day the nearest.
  const Policy* policy(Day day) const {
    const Policy* found = segments.front().policy.get();
    for (const Segment& segment : segments) {
      if (segment.first_day <= day) found = segment.policy.get();
    }
    return found;
  }
};

struct PackSet::State {
  std::vector<PackInfo> infos;
  std::vector<Loaded> packs;
  AccountBook book;
};

PackSet::PackSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
PackSet::PackSet(PackSet&&) noexcept = default;
PackSet& PackSet::operator=(PackSet&&) noexcept = default;
PackSet::~PackSet() = default;

const std::vector<PackInfo>& PackSet::packs() const {
  return state_->infos;
}

const Policy* PackSet::find(std::string_view name, Day day) const {
  for (const Loaded& pack : state_->packs) {
    if (pack.info.name == name) return pack.policy(day);
  }
  return nullptr;
}

const std::vector<DatedRow>* PackSet::rows(std::string_view name) const {
  for (const Loaded& pack : state_->packs) {
    if (pack.info.name == name) return &pack.rows;
  }
  return nullptr;
}

namespace {

// The pack in force by place, kind of insurance and day, or the refusal.
struct ByDay {
  const Loaded* pack = nullptr;
  RefusalCode code = RefusalCode::no_pack_for_scheme;
  const Loaded* near = nullptr;  // what a refusal is about
};

ByDay choose_by_day(const std::vector<Loaded>& packs, const Claim& claim) {
  std::size_t longest = 0;
  std::string_view scheme;
  for (const Loaded& pack : packs) {
    if (!pack.in_use || pack.info.insutype != claim.person.insutype) continue;
    for (const std::string& prefix : pack.info.admdvs_prefixes) {
      if (prefix.size() > longest && claim.person.insuplc_admdvs.starts_with(prefix)) {
        longest = prefix.size();
        scheme = pack.info.scheme;
      }
    }
  }
  ByDay result;
  if (longest == 0) return result;

  const Day day = claim.begntime.day;
  const Loaded* earliest = nullptr;
  const Loaded* latest_begun = nullptr;
  for (const Loaded& pack : packs) {
    if (!pack.in_use || pack.info.scheme != scheme) continue;
    if (earliest == nullptr || pack.info.first_day < earliest->info.first_day) earliest = &pack;
    if (pack.info.first_day > day) continue;
    if (latest_begun == nullptr || pack.info.first_day > latest_begun->info.first_day) latest_begun = &pack;
    if (pack.in_force(day) && (result.pack == nullptr || pack.info.first_day > result.pack->info.first_day)) {
      result.pack = &pack;
    }
  }
  if (result.pack != nullptr) return result;
  result.near = latest_begun != nullptr ? latest_begun : earliest;
  result.code = latest_begun != nullptr ? RefusalCode::pack_expired : RefusalCode::pack_not_yet_in_force;
  return result;
}

const settlement::Row* in_force_row(const Policy& policy) {
  return &policy.row(policy.in_force_row);
}

}  // namespace

Choice PackSet::choose(const Claim& claim) const {
  const Day day = claim.begntime.day;
  const ByDay by_day = choose_by_day(state_->packs, claim);
  if (claim.pack.has_value()) {
    for (const Loaded& pack : state_->packs) {
      if (pack.info.name == *claim.pack) return Chosen{pack.policy(day), &pack != by_day.pack};
    }
    return NotChosen{refuse(RefusalCode::no_pack_for_scheme, nullptr, "pack"), *claim.pack};
  }
  if (by_day.pack != nullptr) return Chosen{by_day.pack->policy(day), false};
  if (by_day.near == nullptr) return NotChosen{refuse(by_day.code, nullptr, "person.insuplc_admdvs"), ""};
  return NotChosen{refuse(by_day.code, in_force_row(*by_day.near->policy(day)), "begntime"), by_day.near->info.name};
}

struct PackSetBuilder::State {
  bool reported = false;
  std::vector<PackFile> files;
  std::vector<Supplement> supplements;

  void add(PackFile file) {
    const auto same = std::find_if(files.begin(), files.end(),
                                   [&](const PackFile& other) { return other.info.name == file.info.name; });
    if (same != files.end()) {
      *same = std::move(file);
    } else {
      files.push_back(std::move(file));
    }
  }
  void apply(const Supplement& supplement);
  bool in_use(const PackInfo& info) const {
    return info.status == PackStatus::sourced || (info.status == PackStatus::reported && reported);
  }
};

namespace {

// Rows of one id from a supplement: the pack's own hold before the first and behind the last of them.
void replace_rows(std::vector<DatedRow>& rows, const std::vector<const DatedRow*>& given) {
  const auto earlier = [](const DatedRow* a, const DatedRow* b) { return a->first_day < b->first_day; };
  const Day first = (*std::min_element(given.begin(), given.end(), earlier))->first_day;
  const auto last = (*std::max_element(given.begin(), given.end(), earlier))->last_day;
  std::vector<DatedRow> kept;
  for (DatedRow& row : rows) {
    if (row.row.id != given.front()->row.id) {
      kept.push_back(std::move(row));
      continue;
    }
    if (last.has_value() && (!row.last_day.has_value() || *row.last_day > *last)) {
      DatedRow behind = row;
      behind.first_day = std::max(row.first_day, last->plus_days(1));
      kept.push_back(std::move(behind));
    }
    if (row.first_day < first) {
      if (!row.last_day.has_value() || *row.last_day >= first) row.last_day = first.plus_days(-1);
      kept.push_back(std::move(row));
    }
  }
  for (const DatedRow* row : given) kept.push_back(*row);
  rows = std::move(kept);
}

}  // namespace

// Rows of the supplement take the place of the rows of the same id, in every version of the scheme that has them.
void PackSetBuilder::State::apply(const Supplement& supplement) {
  std::set<std::string> ids;
  for (const DatedRow& row : supplement.rows) ids.insert(row.row.id);
  for (const std::string& id : ids) {
    bool found = false;
    for (PackFile& file : files) {
      if (file.info.scheme != supplement.scheme) continue;
      const auto is_same = [&id](const DatedRow& row) { return row.row.id == id; };
      const auto old = std::find_if(file.rows.begin(), file.rows.end(), is_same);
      if (old == file.rows.end()) continue;
      found = true;
      const Unit unit = old->unit;
      std::vector<const DatedRow*> given;
      for (const DatedRow& row : supplement.rows) {
        if (row.row.id != id) continue;
        if (row.unit != unit) throw Fault{&troubles::not_valid, row.path + ".unit", "is not the unit of row " + id};
        given.push_back(&row);
      }
      replace_rows(file.rows, given);
    }
    if (!found) {
      throw Fault{&troubles::supplement_without_row, supplement.origin, "row " + id + " of " + supplement.scheme};
    }
  }
}

PackSetBuilder::PackSetBuilder() : state_(std::make_unique<State>()) {}
PackSetBuilder::~PackSetBuilder() = default;

PackSetBuilder& PackSetBuilder::activate_reported() {
  state_->reported = true;
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
  });
}

Result<void> PackSetBuilder::add_supplement(std::string_view text, std::string_view origin) {
  return reading([&] { state_->supplements.push_back(read_supplement(text, origin)); });
}

Result<void> PackSetBuilder::add_supplement_file(const std::filesystem::path& file) {
  return reading([&] { state_->supplements.push_back(read_supplement(read_file(file), file.string())); });
}

Result<PackSet> PackSetBuilder::build() {
  return reading([this] {
    for (const Supplement& supplement : state_->supplements) state_->apply(supplement);
    auto state = std::make_unique<PackSet::State>();
    std::vector<AccountBook::Version> versions;
    for (const PackFile& file : state_->files) {
      Loaded loaded{file.info, state_->in_use(file.info), resolve(file), file.rows};
      if (loaded.in_use) {
        for (const Segment& segment : loaded.segments) {
          versions.push_back({file.info.scheme, segment.first_day, segment.policy->accounts});
        }
      }
      for (const Loaded& other : state->packs) {
        if (!loaded.in_use || !other.in_use || other.info.scheme == file.info.scheme) continue;
        if (other.info.insutype != file.info.insutype) continue;
        for (const std::string& prefix : file.info.admdvs_prefixes) {
          const auto& others = other.info.admdvs_prefixes;
          if (std::find(others.begin(), others.end(), prefix) == others.end()) continue;
          throw Fault{&troubles::conflict, file.origin + " · admdvs_prefixes",
                      prefix + " also belongs to " + other.info.name};
        }
      }
      state->infos.push_back(file.info);
      state->packs.push_back(std::move(loaded));
    }
    state->book = AccountBook(std::move(versions));
    for (Loaded& loaded : state->packs) {
      for (Segment& segment : loaded.segments) segment.policy->owners = &state->book;
    }
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
