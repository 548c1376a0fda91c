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
// Single-threaded, one at a time alive under one name.  Real files below; unlike a real disk it forgets whole writes,
// never parts of a sector.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "offline/base/ids.h"

namespace gongji::tests {

enum class Fault { io_error, full, cannot_open };
enum class Times { once, for_ever };

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
  void restore_power(Random& random);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gongji::tests
