// writer.h — the one thread that owns the journal, with group commit.
//
// submit() may be called from any thread.  Works that arrive while a commit is in progress form the next transaction;
// `done` is called on the writer's thread after the transaction is durable (or failed), in the order of submission:
// callers post back to their own executor.  The writer runs Journal::idle in gaps.
#pragma once

#include <functional>
#include <memory>

#include "offline/journal/journal.h"

namespace gongji::journal {

class Writer {
 public:
  explicit Writer(std::unique_ptr<Journal> journal);
  ~Writer();  // finishes what was submitted, then joins

  // At most works_max wait; beyond that `done` gets trouble "busy" at once.
  static constexpr std::size_t works_max = 1024;
  static constexpr std::size_t batch_max = 64;
  void submit(Journal::Work work, std::function<void(Result<void>)> done);
  // Whether works wait: a task that could go on then leaves the rest to another one.  Any thread.
  bool has_works() const;

  // Runs `task` alone on the writer's thread, between transactions (unsent, acknowledge, apply_feed, verify): one task
  // after each commit, so that neither starves the other.  Requires that fewer than tasks_max wait (CHECK): callers
  // have one or two under way.
  static constexpr std::size_t tasks_max = 1024;
  void run(std::function<void(Journal&)> task);
  // The same for a task that writes nothing and can wait: a gap stays one while such tasks come and go.
  void look(std::function<void(Journal&)> task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gongji::journal
