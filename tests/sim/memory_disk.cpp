#include "tests/sim/memory_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include "offline/base/check.h"
#include "tests/sim/memory_pool.h"

namespace gongji::sim {

namespace {

constexpr std::size_t sector_bytes = 512;
constexpr int path_bytes_max = 512;

// What a change since the last sync overwrote, to be put back.
struct Undo {
  std::size_t offset = 0;
  std::size_t count = 0;   // bytes that were written
  std::string bytes;       // that stood there: fewer, where the file ended in between
  std::size_t size = 0;    // of the whole file before
  bool is_resize = false;  // truncated or removed: all or nothing
  bool existed = true;
};

struct Node {
  std::string live;
  bool exists = false;
  std::vector<Undo> pending;
  bool keeps_wal = false;  // as its connection asked

  // Locks of this process' connections, as SQLite wants them of a file system.
  int shared = 0;
  const void* reserved = nullptr;
  const void* exclusive = nullptr;
  std::vector<std::unique_ptr<std::string>> shared_memory;
  std::array<int, SQLITE_SHM_NLOCK> memory_shared{};
  std::array<const void*, SQLITE_SHM_NLOCK> memory_exclusive{};
};

bool coin(Random& random) {
  std::uint8_t octet = 0;
  random.fill({&octet, 1});
  return (octet & 1U) != 0;
}

// Newest first: a sector whose newest change reached the platter keeps all that is older.
void lose_unsynced(Node& node, Random& random) {
  std::set<std::size_t> kept;
  for (auto undo = node.pending.rbegin(); undo != node.pending.rend(); ++undo) {
    if (undo->is_resize) {
      if (!kept.empty() || coin(random)) {
        kept.insert(0);
        continue;
      }
      node.exists = undo->existed;
      node.live.resize(undo->offset);
      node.live += undo->bytes;
      continue;
    }
    std::size_t done = 0;
    undo->bytes.resize(undo->count);  // beyond its end a file is zeros
    while (done < undo->count) {
      const std::size_t place = undo->offset + done;
      const std::size_t sector = place / sector_bytes;
      const std::size_t count = std::min(sector_bytes - place % sector_bytes, undo->count - done);
      if (!kept.contains(sector + 1) && coin(random)) kept.insert(sector + 1);
      if (!kept.contains(sector + 1) && place + count <= node.live.size()) {
        node.live.replace(place, count, undo->bytes, done, count);
      }
      done += count;
    }
    // What had grown ends where something of it was kept.
    if (node.live.size() > undo->size) {
      const std::size_t end = node.live.size();
      std::size_t keep = undo->size;
      for (const std::size_t sector : kept) keep = std::max(keep, std::min(end, sector * sector_bytes));
      node.live.resize(keep);
    }
  }
  node.pending.clear();
}

}  // namespace

struct MemoryDisk::State {
  std::string folder;
  std::map<std::string, Node> files;  // by whole path
  std::optional<std::uint64_t> left;  // operations until it dies
  Failing failing = Failing::no;
  bool lies = false;
  std::uint64_t syncs = 0;

  bool dead() const { return left && *left == 0; }
  int read_code() const { return dead() ? SQLITE_IOERR : SQLITE_OK; }
  int write_code() {
    if (dead()) return SQLITE_IOERR;
    if (failing == Failing::full) return SQLITE_FULL;
    if (failing == Failing::io_error) return SQLITE_IOERR_WRITE;
    count();
    return dead() ? SQLITE_IOERR : SQLITE_OK;
  }
  int sync_code() {
    if (dead()) return SQLITE_IOERR;
    if (failing == Failing::io_error) return SQLITE_IOERR_FSYNC;
    count();
    return dead() ? SQLITE_IOERR : SQLITE_OK;
  }
  void count() {
    if (left && *left > 0) --*left;
  }
};

namespace {

std::set<MemoryDisk::State*>& disks() {
  static std::set<MemoryDisk::State*> all;
  return all;
}

MemoryDisk::State* disk_of(const char* path) {
  for (MemoryDisk::State* disk : disks()) {
    if (std::strncmp(path, disk->folder.c_str(), disk->folder.size()) == 0) return disk;
  }
  return nullptr;
}

struct File {
  sqlite3_file base;
  MemoryDisk::State* disk;  // none: a temporary file without a name
  Node* node;
  Node* own;  // of such a one
  int level;
};

File& file_of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

int unlock_file(sqlite3_file* file, int level) {
  File& self = file_of(file);
  Node& node = *self.node;
  if (level >= self.level) return SQLITE_OK;
  if (node.exclusive == &self) node.exclusive = nullptr;
  if (node.reserved == &self) node.reserved = nullptr;
  if (level == SQLITE_LOCK_NONE) --node.shared;
  self.level = level;
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
  File& self = file_of(file);
  Node& node = *self.node;
  if (level <= self.level) return SQLITE_OK;
  if (node.exclusive != nullptr && node.exclusive != &self) return SQLITE_BUSY;
  if (self.level == SQLITE_LOCK_NONE) {
    ++node.shared;
    self.level = SQLITE_LOCK_SHARED;
  }
  if (level >= SQLITE_LOCK_RESERVED) {
    if (node.reserved != nullptr && node.reserved != &self) return SQLITE_BUSY;
    node.reserved = &self;
  }
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    if (node.shared > 1) return SQLITE_BUSY;
    node.exclusive = &self;
  }
  self.level = level;
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* held) {
  *held = file_of(file).node->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int close_file(sqlite3_file* file) {
  File& self = file_of(file);
  unlock_file(file, SQLITE_LOCK_NONE);
  delete std::exchange(self.own, nullptr);
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  const File& self = file_of(file);
  if (const int code = self.disk == nullptr ? SQLITE_OK : self.disk->read_code()) return code;
  const std::string& live = self.node->live;
  const auto from = static_cast<std::size_t>(offset);
  const auto wanted = static_cast<std::size_t>(count);
  const std::size_t there = from >= live.size() ? 0 : std::min(wanted, live.size() - from);
  std::memcpy(out, live.data() + std::min(from, live.size()), there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
  File& self = file_of(file);
  if (const int code = self.disk == nullptr ? SQLITE_OK : self.disk->write_code()) return code;
  Node& node = *self.node;
  const auto from = static_cast<std::size_t>(offset);
  const auto size = static_cast<std::size_t>(count);
  const std::size_t before = node.live.size();
  if (self.disk != nullptr) {
    std::string stood = from < before ? node.live.substr(from, size) : std::string();
    node.pending.push_back({from, size, std::move(stood), before, false, true});
  }
  if (from == before) {
    node.live.append(static_cast<const char*>(data), size);
    return SQLITE_OK;
  }
  if (before < from + size) node.live.resize(from + size);
  std::memcpy(node.live.data() + from, data, size);
  return SQLITE_OK;
}

void cut(MemoryDisk::State* disk, Node& node, std::size_t size, bool exists) {
  if (disk != nullptr && (size < node.live.size() || !exists)) {
    node.pending.push_back(
        {size, 0, node.live.substr(std::min(size, node.live.size())), node.live.size(), true, node.exists});
  }
  node.live.resize(size);
  node.exists = exists;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  File& self = file_of(file);
  if (const int code = self.disk == nullptr ? SQLITE_OK : self.disk->write_code()) return code;
  cut(self.disk, *self.node, static_cast<std::size_t>(size), true);
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
  File& self = file_of(file);
  if (self.disk == nullptr) return SQLITE_OK;
  if (const int code = self.disk->sync_code()) return code;
  ++self.disk->syncs;
  if (self.disk->lies) return SQLITE_OK;
  self.node->pending.clear();
  for (auto& [path, node] : self.disk->files) {
    if (!node.exists) node.pending.clear();
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(file_of(file).node->live.size());
  return SQLITE_OK;
}

int control(sqlite3_file* file, int operation, void* argument) {
  if (operation != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
  bool& keeps = file_of(file).node->keeps_wal;
  int& wish = *static_cast<int*>(argument);
  if (wish >= 0) keeps = wish != 0;
  wish = keeps ? 1 : 0;
  return SQLITE_OK;
}
int sector_size(sqlite3_file*) {
  return static_cast<int>(sector_bytes);
}
int characteristics(sqlite3_file*) {
  return 0;
}

int shm_map(sqlite3_file* file, int page, int page_size, int extend, void volatile** out) {
  auto& pages = file_of(file).node->shared_memory;
  const auto place = static_cast<std::size_t>(page);
  if (place >= pages.size() && extend == 0) {
    *out = nullptr;
    return SQLITE_OK;
  }
  while (pages.size() <= place)
    pages.push_back(std::make_unique<std::string>(static_cast<std::size_t>(page_size), '\0'));
  *out = pages[place]->data();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  File& self = file_of(file);
  Node& node = *self.node;
  for (auto i = static_cast<std::size_t>(offset); i < static_cast<std::size_t>(offset + count); ++i) {
    const bool is_shared = (flags & SQLITE_SHM_SHARED) != 0;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      if (is_shared) {
        --node.memory_shared[i];
      } else if (node.memory_exclusive[i] == &self) {
        node.memory_exclusive[i] = nullptr;
      }
      continue;
    }
    const bool others = node.memory_exclusive[i] != nullptr && node.memory_exclusive[i] != &self;
    if (others || (!is_shared && node.memory_shared[i] > 0)) return SQLITE_BUSY;
    if (is_shared) {
      ++node.memory_shared[i];
    } else {
      node.memory_exclusive[i] = &self;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* file, int remove) {
  File& self = file_of(file);
  for (auto& holder : self.node->memory_exclusive) {
    if (holder == &self) holder = nullptr;
  }
  if (remove != 0) self.node->shared_memory.clear();
  return SQLITE_OK;
}

const sqlite3_io_methods methods = {
    2,         close_file,  read_file,      write_file, truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, control,    sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,      nullptr,    nullptr,
};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  File& self = file_of(file);
  self = {};
  if (path == nullptr) {
    self.own = new Node;
    self.node = self.own;
  } else {
    self.disk = disk_of(path);
    if (self.disk == nullptr || self.disk->dead()) return SQLITE_CANTOPEN;
    const auto found = self.disk->files.find(path);
    const bool there = found != self.disk->files.end() && found->second.exists;
    if (!there && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    self.node = &self.disk->files[path];
    self.node->exists = true;
  }
  self.base.pMethods = &methods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int remove_file(sqlite3_vfs*, const char* path, int) {
  MemoryDisk::State* disk = disk_of(path);
  if (disk == nullptr || disk->dead()) return SQLITE_IOERR_DELETE;
  if (const int code = disk->write_code()) return code;
  const auto found = disk->files.find(path);
  if (found == disk->files.end() || !found->second.exists) return SQLITE_IOERR_DELETE_NOENT;
  cut(disk, found->second, 0, false);
  return SQLITE_OK;
}

int access_file(sqlite3_vfs*, const char* path, int, int* out) {
  const MemoryDisk::State* disk = disk_of(path);
  const auto found = disk == nullptr ? decltype(disk->files.end()){} : disk->files.find(path);
  *out = disk != nullptr && found != disk->files.end() && found->second.exists ? 1 : 0;
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

// Names of temporary tables and seeds of nothing that counts; the same in each run.
int random_bytes(sqlite3_vfs*, int count, char* out) {
  std::memset(out, 42, static_cast<std::size_t>(count));
  return count;
}
int sleep_for(sqlite3_vfs*, int span) {
  return span;
}
int current_time(sqlite3_vfs*, double* out) {
  *out = 2461000.5;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

void use_memory_disks() {
  static sqlite3_vfs vfs{};
  if (vfs.zName != nullptr) return;
  // No locks, no counting of bytes: a tenth of its time.  Without effect where SQLite is in use already.
  sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  give_sqlite_the_pool();
  vfs.iVersion = 1;
  vfs.szOsFile = static_cast<int>(sizeof(File));
  vfs.mxPathname = path_bytes_max;
  vfs.zName = "gongji-memory";
  vfs.xOpen = open_file;
  vfs.xDelete = remove_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_name;
  vfs.xRandomness = random_bytes;
  vfs.xSleep = sleep_for;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  GONGJI_CHECK(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

MemoryDisk::MemoryDisk(std::filesystem::path folder) : state_(std::make_unique<State>()) {
  use_memory_disks();
  state_->folder = folder.string() + "/";
  disks().insert(state_.get());
}

MemoryDisk::~MemoryDisk() {
  disks().erase(state_.get());
}

void MemoryDisk::fail_after(std::uint64_t operations) {
  state_->left = operations;
}

void MemoryDisk::never_fail() {
  GONGJI_CHECK(!state_->dead());
  state_->left.reset();
}

bool MemoryDisk::is_dead() const {
  return state_->dead();
}

void MemoryDisk::crash(Loses loses, Random& random) {
  for (auto& [path, node] : state_->files) {
    GONGJI_CHECK_WHY(node.shared == 0, "a connection outlived its machine");
    if (loses == Loses::unsynced) lose_unsynced(node, random);
    node.shared_memory.clear();
  }
  std::erase_if(state_->files, [](const auto& file) { return !file.second.exists && file.second.pending.empty(); });
  state_->left.reset();
}

void MemoryDisk::fail(Failing how) {
  state_->failing = how;
}

void MemoryDisk::forget_syncs(bool lies) {
  state_->lies = lies;
}

MemoryDisk::Image MemoryDisk::image() const {
  Image out;
  for (const auto& [path, node] : state_->files) {
    if (node.exists) out[path] = node.live;
  }
  return out;
}

void MemoryDisk::restore(const Image& image) {
  state_->files.clear();
  for (const auto& [path, bytes] : image) {
    Node& node = state_->files[path];
    node.live = bytes;
    node.exists = true;
  }
}

std::uint64_t MemoryDisk::syncs() const {
  return state_->syncs;
}

}  // namespace gongji::sim
