// fault_vfs.h — a disk for SQLite that fails when told, and that forgets what was not synced.
//
//   FaultVfs disk;                          // registers itself; pass disk.name() as Options::vfs
//   disk.fail_at(7, Fault::full, Times::once);
//   ... use the database ...
//   CHECK(disk.failed());                   // the operation was reached
//
// Counted operations: open, write, truncate, sync, delete (and read, when asked for).  Operation 0 is the next one.
//
//   disk.cut_power();                       // every operation fails from here on
//   connection.reset();
//   disk.restore_power(random);             // the files hold what was synced, and an arbitrary part of the rest
//
//   disk.watch([&] { look_at(disk.survivors(Survival::sectors, random)); });   // a power cut after every operation
//
// What a power cut leaves: everything up to the last sync, and of what was written since any part, in sectors of 512
// bytes: a page of 4 KiB can be half old and half new.  A sector is never a mixture.  A file that was removed may come
// back until anything was synced afterwards, as on file systems that keep a journal of their directories.
//
// Single-threaded, one at a time alive under one name.  Real files below, never synced: no test waits for a disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "offline/base/ids.h"

namespace gongji::tests {

enum class Fault { io_error, full, cannot_open };
enum class Times { once, for_ever };

// Which of the writes since the last sync of their file a power cut leaves: none, all, each by a coin, or each sector
// of each by a coin.
enum class Survival { nothing, everything, writes, sectors };
inline constexpr Survival all_survivals[] = {Survival::nothing, Survival::everything, Survival::writes,
                                             Survival::sectors};

// Files by name (without the folder) and what they hold.
using Image = std::map<std::string, std::string>;
void write_image(const Image& image, const std::filesystem::path& folder);  // and nothing else is in the folder

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();  // requires that no connection uses it any more
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const;

  // The operation after `skip` further ones fails.  `full` strikes writes only and `cannot_open` opens only; others are
  // then not counted.
  void fail_at(std::int64_t skip, Fault fault, Times times, bool reads_too = false);
  void heal();                      // no more faults
  bool failed() const;              // since the last fail_at
  std::int64_t operations() const;  // counted since the last fail_at

  void cut_power();
  void restore_power(Random& random);  // Survival::sectors

  // `seen` is called after each operation that may change what a power cut would leave.  It may use other disks, not
  // this one.  An empty function ends it.
  void watch(std::function<void()> seen);
  // What would be found if the power went now.
  Image survivors(Survival survival, Random& random) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gongji::tests
