#include "tests/sim/made_worlds.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "offline/base/check.h"

namespace gongji::sim {

namespace {

namespace fs = std::filesystem;

using Files = std::map<fs::path, std::string>;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Files files_in(const fs::path& folder) {
  Files files;
  for (const auto& each : fs::recursive_directory_iterator(folder)) {
    if (each.is_regular_file()) files[each.path()] = content(each.path());
  }
  return files;
}

void put_back(const fs::path& folder, const Files& files) {
  const Files now = files_in(folder);
  for (const auto& [path, bytes] : now) {
    if (!files.contains(path)) fs::remove(path);
  }
  for (const auto& [path, bytes] : files) {
    const auto found = now.find(path);
    if (found != now.end() && found->second == bytes) continue;
    std::ofstream(path, std::ios::binary) << bytes;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
}

// Of this process; a child that ends leaves it to its parent.
struct Root {
  const pid_t owner = ::getpid();
  const fs::path path = "/dev/shm/gongji-sim-" + std::to_string(owner);
  Root() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Root() {
    std::error_code ignored;
    if (::getpid() == owner) fs::remove_all(path, ignored);
  }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
};

const fs::path& root() {
  static const Root folder;
  return folder.path;
}

std::set<std::size_t>& taken() {
  static std::set<std::size_t> places;
  return places;
}

std::size_t lowest_free() {
  std::size_t place = 0;
  while (taken().contains(place)) ++place;
  taken().insert(place);
  return place;
}

}  // namespace

struct Berth::Made {
  fs::path folder;
  std::unique_ptr<World, WorldDeleter> world;
  Files files;
};

struct MadeWorlds {
  // Berth, tills, processes of the centre, region.
  using Key = std::tuple<std::size_t, std::size_t, std::size_t, std::uint64_t>;
  // Never destroyed: what a world rests on may be gone by then.
  static std::map<Key, Berth::Made>& all() {
    static auto& made = *new std::map<Key, Berth::Made>;
    return made;
  }
};

Berth::Berth() : place_(lowest_free()) {}

Berth::~Berth() {
  if (used_ != nullptr) put_back(used_->folder, used_->files);
  taken().erase(place_);
}

World& Berth::world(const Setting& setting) {
  const MadeWorlds::Key key{place_, setting.tills, setting.centres, setting.region()};
  Made& made = MadeWorlds::all()[key];
  if (!made.world) {
    made.folder = root() / (std::to_string(place_) + "-" + std::to_string(setting.tills) + "-" +
                            std::to_string(setting.centres) + "-" + std::to_string(setting.region()));
    fs::create_directories(made.folder);
    made.world = make_world(setting, made.folder);
    made.files = files_in(made.folder);
  }
  used_ = &made;
  return *made.world;
}

void forget_made_worlds() {
  GONGJI_CHECK(taken().empty());
  for (const auto& [key, made] : MadeWorlds::all()) fs::remove_all(made.folder);
  MadeWorlds::all().clear();
}

}  // namespace gongji::sim
