// memory_disk.h — the disks of simulated machines: in memory, forgetting what was not synced when the power goes.
//
//   MemoryDisk disk("/dev/shm/world/till-1");   // every SQLite file below that folder lies on it
//   disk.fail_after(7);                          // the machine dies seven operations from now
//   disk.crash(Loses::unsynced, random);         // what a power cut leaves
//   disk.fail(Failing::full);                    // and what an operator has to live with
//
// The first disk puts a file system of this process' own under SQLite and makes it the default.  A file that lies on no
// MemoryDisk does not exist.
//
// A power cut leaves everything up to the last sync of a file, and of what was written since any part, in sectors of
// 512 bytes; a sector is never a mixture.  A file that was removed may come back until anything was synced.  (What
// tests/support/fault_vfs.h does on real files, for one machine.)  The death of a process loses nothing.
//
// One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "offline/base/ids.h"

namespace gongji::sim {

enum class Loses : std::uint8_t { nothing, unsynced };
enum class Failing : std::uint8_t { no, full, io_error };

// What the first disk does, for whoever uses SQLite before: also, SQLite is told that this process has one thread.
void use_memory_disks();

class MemoryDisk {
 public:
  explicit MemoryDisk(std::filesystem::path folder);
  ~MemoryDisk();  // requires that no connection uses it any more
  MemoryDisk(const MemoryDisk&) = delete;
  MemoryDisk& operator=(const MemoryDisk&) = delete;

  // Every operation fails from `operations` changing ones on (0: at once), until crash().
  void fail_after(std::uint64_t operations);
  void never_fail();  // the machine will not die after all; requires that it has not
  bool is_dead() const;
  // Once every connection is closed: what is found at the next start.
  void crash(Loses loses, Random& random);
  // Writes (full) or writes and syncs (io_error) fail while this lasts; reading works.
  void fail(Failing how);

  // Syncs that say they were done and were not.  For planted bugs.
  void forget_syncs(bool lies);

  // All files as they are, and back again: a backup.  Requires that no connection uses the disk.
  using Image = std::map<std::string, std::string>;
  Image image() const;
  void restore(const Image& image);

  std::uint64_t syncs() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gongji::sim
