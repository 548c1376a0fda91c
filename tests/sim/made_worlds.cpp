#include "tests/sim/made_worlds.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <list>
#include <map>
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

}  // namespace

struct Berth::Made {
  bool taken = false;
  fs::path folder;
  std::unique_ptr<World, WorldDeleter> world;
  Files files;
};

struct MadeWorlds {
  // Tills, processes of the centre, region; one for each that is run at once.
  using Key = std::tuple<std::size_t, std::size_t, std::uint64_t>;
  using Alike = std::list<Berth::Made>;
  // Never destroyed: what a world rests on may be gone by then.
  static std::map<Key, Alike>& all() {
    static auto& made = *new std::map<Key, Alike>;
    return made;
  }
};

Berth::~Berth() {
  if (used_ == nullptr) return;
  put_back(used_->folder, used_->files);
  used_->taken = false;
}

// Worlds that run at once are mostly of other regions, so that few have to be made twice.
World& Berth::world(const Setting& setting) {
  GONGJI_CHECK(used_ == nullptr);
  auto& alike = MadeWorlds::all()[{setting.tills, setting.centres, setting.region()}];
  const auto free = std::find_if(alike.begin(), alike.end(), [](const Made& each) { return !each.taken; });
  Made& made = free != alike.end() ? *free : alike.emplace_back();
  if (!made.world) {
    made.folder = root() / (std::to_string(alike.size()) + "-" + std::to_string(setting.tills) + "-" +
                            std::to_string(setting.centres) + "-" + std::to_string(setting.region()));
    fs::create_directories(made.folder);
    made.world = make_world(setting, made.folder);
    made.files = files_in(made.folder);
  }
  made.taken = true;
  used_ = &made;
  return *made.world;
}

void forget_made_worlds() {
  for (const auto& [key, alike] : MadeWorlds::all()) {
    for (const auto& made : alike) {
      GONGJI_CHECK(!made.taken);
      fs::remove_all(made.folder);
    }
  }
  MadeWorlds::all().clear();
}

}  // namespace gongji::sim
