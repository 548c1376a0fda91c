#include "terminal/rules/rule_shelf.h"

#include <spdlog/spdlog.h>

#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "offline/packs/signed_file.h"
#include "sync/http/private_file.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace fs = std::filesystem;

namespace {

Result<std::string> read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || !text) return trouble(troubles::rules_unreadable, file.filename().string());
  return std::move(text).str();
}

// "64 hex digits.json"
std::string name_in(const fs::path& file) {
  if (file.extension() != ".json") return {};
  const std::string name = file.stem();
  return digest_from_hex(name) ? name : std::string();
}

}  // namespace

RuleShelf::RuleShelf(const Config& config, std::vector<Bytes> authorities)
    : folder_(config.rules_directory()),
      configured_(config.packs_directory),
      activate_reported_(config.activate_reported),
      authorities_(std::move(authorities)) {}

Result<void> RuleShelf::find_files() {
  std::error_code failed;
  fs::directory_iterator each(folder_, failed);
  for (; !failed && each != fs::directory_iterator(); each.increment(failed)) {
    if (const std::string name = name_in(each->path()); !name.empty() && names_.size() < rule_files_max) {
      names_.insert(name);
    }
  }
  if (!failed || failed == std::errc::no_such_file_or_directory) return {};
  return trouble(troubles::rules_unreadable, folder_.string(), failed.message());
}

Result<std::unique_ptr<RuleShelf>> RuleShelf::open(const Config& config, const Bytes& authority) {
  std::vector<Bytes> authorities;
  if (!authority.empty()) authorities.push_back(authority);
  for (const auto& file : config.authority_keys) {
    auto key = packs::read_public_key(file);
    if (!key) return key.error();
    authorities.push_back(std::move(*key));
  }
  std::unique_ptr<RuleShelf> shelf(new RuleShelf(config, std::move(authorities)));
  if (auto done = shelf->find_files(); !done) return done.error();
  if (auto done = shelf->choose(); !done) return done.error();
  return shelf;
}

fs::path RuleShelf::file_of(const std::string& name) const {
  return folder_ / (name + ".json");
}

Result<packs::PackSet> RuleShelf::build(const std::set<std::string>& names) const {
  packs::PackSetBuilder builder;
  builder.trust(authorities_);
  if (activate_reported_) builder.activate_reported();
  if (auto done = builder.add_built_in(); !done) return done.error();
  if (!configured_.empty()) {
    if (auto done = builder.add_signed_directory(configured_); !done) return done.error();
  }
  for (const std::string& name : names) {
    const auto text = read_text(file_of(name));
    if (!text) return text.error();
    if (auto done = builder.add_signed(*text, file_of(name).filename().string()); !done) return done.error();
  }
  return builder.build();
}

// All of them where they fit together; otherwise one after the other, again and again until no more fits: an activation
// may come before its pack.
Result<void> RuleShelf::choose() {
  auto all = build(names_);
  std::vector<File> files;
  if (all) {
    for (const std::string& name : names_) files.push_back({name, {}});
  } else {
    std::set<std::string> chosen, left = names_;
    std::optional<packs::PackSet> best;
    auto base = build(chosen);
    if (!base) return base.error();
    best = std::move(*base);
    std::map<std::string, std::string> why;
    for (bool progress = true; progress;) {
      progress = false;
      for (auto name = left.begin(); name != left.end();) {
        auto with = chosen;
        with.insert(*name);
        auto set = build(with);
        if (!set) {
          why[*name] = to_string(set.error(), Language::en);
          ++name;
          continue;
        }
        best = std::move(*set);
        chosen = std::move(with);
        name = left.erase(name);
        progress = true;
      }
    }
    for (const std::string& name : chosen) files.push_back({name, {}});
    for (const std::string& name : left) {
      spdlog::warn("rules {} are passed over: {}", name, why[name]);
      files.push_back({name, why[name]});
    }
    all = std::move(*best);
  }
  auto set = std::make_shared<const packs::PackSet>(std::move(*all));
  const std::scoped_lock lock(lock_);
  set_ = std::move(set);
  files_ = std::move(files);
  return {};
}

PackSource::Set RuleShelf::now() const {
  const std::scoped_lock lock(lock_);
  return set_;
}

std::vector<RuleShelf::File> RuleShelf::files() const {
  const std::scoped_lock lock(lock_);
  return files_;
}

bool RuleShelf::has(const Digest& digest) const {
  const std::scoped_lock lock(lock_);
  return names_.contains(to_hex(digest));
}

bool RuleShelf::take(const Digest& digest, const std::string& text) {
  const std::string name = to_hex(digest);
  if (has(digest)) return true;
  std::error_code failed;
  fs::create_directory(folder_, failed);
  if (!failed) fs::permissions(folder_, fs::perms::owner_all, failed);
  if (failed || names_.size() >= rule_files_max) return false;
  if (auto done = http::write_private_file(file_of(name).string(), text); !done) {
    spdlog::error("{}", to_string(done.error(), Language::en));
    return false;
  }
  {
    const std::scoped_lock lock(lock_);
    names_.insert(name);
  }
  spdlog::info("rules {} came over the line", name);
  if (auto done = choose(); !done) spdlog::error("{}", to_string(done.error(), Language::en));
  return true;
}

bool RuleShelf::drop(const Digest& digest) {
  const std::string name = to_hex(digest);
  if (!has(digest)) return true;
  std::error_code failed;
  fs::remove(file_of(name), failed);
  if (failed) return false;
  {
    const std::scoped_lock lock(lock_);
    names_.erase(name);
  }
  spdlog::info("rules {} were withdrawn", name);
  if (auto done = choose(); !done) spdlog::error("{}", to_string(done.error(), Language::en));
  return true;
}

}  // namespace gongji::terminal
