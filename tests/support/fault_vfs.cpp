#include "tests/support/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "offline/base/check.h"

namespace gongji::tests {

namespace {

enum class Operation { open, read, write, truncate, sync, remove };

constexpr std::size_t sector_bytes = 512;

// A file as the platter has it, and what was done to it since.
struct Shadow {
  enum class Kind { write, truncate, remove };
  struct Change {
    Kind kind = Kind::write;
    std::int64_t offset = 0;
    std::string bytes;
  };
  bool exists = false;
  std::string synced;
  std::vector<Change> pending;
};

void apply(Shadow& to, const Shadow::Change& change) {
  const auto offset = static_cast<std::size_t>(change.offset);
  std::string& image = to.synced;
  to.exists = change.kind != Shadow::Kind::remove;
  if (change.kind == Shadow::Kind::remove) {
    image.clear();
  } else if (change.kind == Shadow::Kind::truncate) {
    image.resize(offset);
  } else {
    if (image.size() < offset + change.bytes.size()) image.resize(offset + change.bytes.size());
    image.replace(offset, change.bytes.size(), change.bytes);
  }
}

bool coin(Random& random) {
  std::uint8_t octet = 0;
  random.fill({&octet, 1});
  return (octet & 1) != 0;
}

// The sectors of `change` that reached the platter.
void apply_torn(Shadow& to, const Shadow::Change& change, Random& random) {
  std::size_t done = 0;
  while (done < change.bytes.size()) {
    const std::size_t place = static_cast<std::size_t>(change.offset) + done;
    const std::size_t count = std::min(sector_bytes - place % sector_bytes, change.bytes.size() - done);
    if (coin(random)) {
      apply(to, {Shadow::Kind::write, static_cast<std::int64_t>(place), change.bytes.substr(done, count)});
    }
    done += count;
  }
}

void survive(Shadow& file, Survival survival, Random& random) {
  for (const auto& change : file.pending) {
    if (survival == Survival::nothing) break;
    if (survival == Survival::sectors && change.kind == Shadow::Kind::write) {
      apply_torn(file, change, random);
    } else if (survival == Survival::everything || coin(random)) {
      apply(file, change);
    }
  }
  file.pending.clear();
}

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

struct FaultVfs::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* below = nullptr;
  std::string name;

  Fault fault = Fault::io_error;
  Times times = Times::once;
  bool armed = false;
  bool reads_too = false;
  bool hit = false;
  bool power = true;
  std::int64_t skip = 0;
  std::int64_t counted = 0;

  std::map<std::string, Shadow> files;
  std::function<void()> seen;

  // A removal is on the platter with the next sync of any file.
  void settle_removals() {
    for (auto& [path, file] : files) {
      auto& pending = file.pending;
      const auto last = std::find_if(pending.rbegin(), pending.rend(),
                                     [](const auto& change) { return change.kind == Shadow::Kind::remove; });
      if (last == pending.rend()) continue;
      pending.erase(pending.begin(), last.base());
      file.exists = false;
      file.synced.clear();
    }
  }

  void told(int code) const {
    if (code == SQLITE_OK && seen) seen();
  }

  // 0, or the SQLite code with which this operation fails.
  int strike(Operation operation) {
    if (!power) return SQLITE_IOERR;
    if (!armed) return SQLITE_OK;
    if (operation == Operation::read && !reads_too) return SQLITE_OK;
    if (fault == Fault::full && operation != Operation::write) return SQLITE_OK;
    if (fault == Fault::cannot_open && operation != Operation::open) return SQLITE_OK;
    const std::int64_t place = counted++;
    if (place < skip || (place > skip && times == Times::once)) return SQLITE_OK;
    hit = true;
    if (fault == Fault::full) return SQLITE_FULL;
    switch (operation) {
      case Operation::open:
        return SQLITE_CANTOPEN;
      case Operation::read:
        return SQLITE_IOERR_READ;
      case Operation::write:
        return SQLITE_IOERR_WRITE;
      case Operation::truncate:
        return SQLITE_IOERR_TRUNCATE;
      case Operation::sync:
        return SQLITE_IOERR_FSYNC;
      case Operation::remove:
        return SQLITE_IOERR_DELETE;
    }
    return SQLITE_IOERR;
  }
};

namespace {

struct File {
  sqlite3_file base;
  FaultVfs::State* state;
  Shadow* shadow;  // null for files without a name
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& file_of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}
FaultVfs::State& state_of(sqlite3_vfs* vfs) {
  return *static_cast<FaultVfs::State*>(vfs->pAppData);
}

int close_file(sqlite3_file* file) {
  File& self = file_of(file);
  return self.real()->pMethods->xClose(self.real());
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  File& self = file_of(file);
  if (const int code = self.state->strike(Operation::read)) return code;
  return self.real()->pMethods->xRead(self.real(), out, count, offset);
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
  File& self = file_of(file);
  if (const int code = self.state->strike(Operation::write)) return code;
  if (self.shadow != nullptr) {
    self.shadow->pending.push_back(
        {Shadow::Kind::write, offset, std::string(static_cast<const char*>(data), static_cast<std::size_t>(count))});
  }
  const int code = self.real()->pMethods->xWrite(self.real(), data, count, offset);
  self.state->told(code);
  return code;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  File& self = file_of(file);
  if (const int code = self.state->strike(Operation::truncate)) return code;
  if (self.shadow != nullptr) self.shadow->pending.push_back({Shadow::Kind::truncate, size, {}});
  const int code = self.real()->pMethods->xTruncate(self.real(), size);
  self.state->told(code);
  return code;
}

int sync_file(sqlite3_file* file, int) {
  File& self = file_of(file);
  if (const int code = self.state->strike(Operation::sync)) return code;
  self.state->settle_removals();
  if (self.shadow != nullptr) {
    for (const auto& change : self.shadow->pending) apply(*self.shadow, change);
    self.shadow->pending.clear();
  }
  self.state->told(SQLITE_OK);
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  File& self = file_of(file);
  return self.real()->pMethods->xFileSize(self.real(), size);
}
int lock(sqlite3_file* file, int level) {
  File& self = file_of(file);
  return self.real()->pMethods->xLock(self.real(), level);
}
int unlock(sqlite3_file* file, int level) {
  File& self = file_of(file);
  return self.real()->pMethods->xUnlock(self.real(), level);
}
int check_reserved(sqlite3_file* file, int* held) {
  File& self = file_of(file);
  return self.real()->pMethods->xCheckReservedLock(self.real(), held);
}
int control(sqlite3_file* file, int operation, void* argument) {
  File& self = file_of(file);
  return self.real()->pMethods->xFileControl(self.real(), operation, argument);
}
int sector_size(sqlite3_file* file) {
  File& self = file_of(file);
  return self.real()->pMethods->xSectorSize(self.real());
}
int characteristics(sqlite3_file* file) {
  File& self = file_of(file);
  return self.real()->pMethods->xDeviceCharacteristics(self.real());
}
int shm_map(sqlite3_file* file, int page, int page_size, int extend, void volatile** out) {
  File& self = file_of(file);
  return self.real()->pMethods->xShmMap(self.real(), page, page_size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  File& self = file_of(file);
  return self.real()->pMethods->xShmLock(self.real(), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  File& self = file_of(file);
  self.real()->pMethods->xShmBarrier(self.real());
}
int shm_unmap(sqlite3_file* file, int remove) {
  File& self = file_of(file);
  return self.real()->pMethods->xShmUnmap(self.real(), remove);
}

const sqlite3_io_methods methods = {
    2,        close_file,  read_file,      write_file, truncate_file, sync_file,       file_size,
    lock,     unlock,      check_reserved, control,    sector_size,   characteristics, shm_map,
    shm_lock, shm_barrier, shm_unmap,      nullptr,    nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  FaultVfs::State& state = state_of(vfs);
  File& self = file_of(file);
  self.base.pMethods = nullptr;
  if (const int code = state.strike(Operation::open)) return code;
  const int opened = state.below->xOpen(state.below, path, self.real(), flags, out_flags);
  if (opened != SQLITE_OK) return opened;
  self.base.pMethods = &methods;
  self.state = &state;
  self.shadow = nullptr;
  if (path != nullptr) {
    const auto [place, fresh] = state.files.try_emplace(path);
    if (fresh) {
      // A file that was there before is on the platter; a new one is once something of it is.
      place->second.synced = read_whole(path);
      place->second.exists = !place->second.synced.empty();
    }
    self.shadow = &place->second;
  }
  return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  FaultVfs::State& state = state_of(vfs);
  if (const int code = state.strike(Operation::remove)) return code;
  Shadow& file = state.files[path];
  if (sync_directory != 0) {
    file = {};
  } else {
    file.pending.push_back({Shadow::Kind::remove, 0, {}});
  }
  const int code = state.below->xDelete(state.below, path, sync_directory);
  state.told(code);
  return code;
}

std::atomic<int> vfs_count{0};

}  // namespace

FaultVfs::FaultVfs() : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.name = "gongji-fault-" + std::to_string(++vfs_count);
  state.below = sqlite3_vfs_find(nullptr);
  GONGJI_CHECK(state.below != nullptr);
  state.vfs = *state.below;
  state.vfs.pNext = nullptr;
  state.vfs.szOsFile = static_cast<int>(sizeof(File)) + state.below->szOsFile;
  state.vfs.zName = state.name.c_str();
  state.vfs.pAppData = &state;
  state.vfs.xOpen = open_file;
  state.vfs.xDelete = remove_file;
  // The rest asks nothing of the vfs it is called with, but for pAppData, which only file opening reads.
  state.vfs.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    sqlite3_vfs* below = state_of(vfs).below;
    return below->xAccess(below, path, flags, out);
  };
  state.vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
    sqlite3_vfs* below = state_of(vfs).below;
    return below->xFullPathname(below, path, size, out);
  };
  GONGJI_CHECK(sqlite3_vfs_register(&state.vfs, 0) == SQLITE_OK);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
}

const std::string& FaultVfs::name() const {
  return state_->name;
}

void FaultVfs::fail_at(std::int64_t skip, Fault fault, Times times, bool reads_too) {
  state_->skip = skip;
  state_->fault = fault;
  state_->times = times;
  state_->reads_too = reads_too;
  state_->armed = true;
  state_->hit = false;
  state_->counted = 0;
}

void FaultVfs::heal() {
  state_->armed = false;
}
bool FaultVfs::failed() const {
  return state_->hit;
}
std::int64_t FaultVfs::operations() const {
  return state_->counted;
}

void FaultVfs::cut_power() {
  state_->power = false;
}

void FaultVfs::restore_power(Random& random) {
  state_->power = true;
  for (auto& [path, file] : state_->files) {
    survive(file, Survival::sectors, random);
    if (!file.exists) {
      std::filesystem::remove(path);
      continue;
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << file.synced;
  }
}

void FaultVfs::watch(std::function<void()> seen) {
  state_->seen = std::move(seen);
}

Image FaultVfs::survivors(Survival survival, Random& random) const {
  Image image;
  for (const auto& [path, file] : state_->files) {
    Shadow left = file;
    survive(left, survival, random);
    if (left.exists) image[std::filesystem::path(path).filename().string()] = std::move(left.synced);
  }
  return image;
}

void write_image(const Image& image, const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  for (const auto& [name, bytes] : image) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
    std::filesystem::permissions(folder / name,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
}

}  // namespace gongji::tests
