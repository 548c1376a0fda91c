#include "offline/journal/writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "offline/base/check.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

using Steady = std::chrono::steady_clock;  // measures this machine's disk; nothing about money depends on it

constexpr std::chrono::milliseconds gap{50};  // without work for so long: idle

struct Submitted {
  Journal::Work work;
  std::function<void(Result<void>)> done;
};

struct Task {
  std::function<void(Journal&)> run;
  bool looks = false;  // and writes nothing
};

// How long to wait for company before a commit.
//
// The convoy: two clients take turns, each one's work arrives just after the other's commit began, and each waits two
// syncs for ever.  Waiting a little for as many works as were lately under way together brings them into one commit.
// The wait is at most half of the usual commit, less than the sync that it saves; a single client never waits.
class Linger {
 public:
  // After a commit of `count` works that took `span`, with `waiting` works already there.
  void committed(std::size_t count, Steady::duration span, std::size_t waiting) {
    average_ = average_ == Steady::duration::zero() ? span : average_ + (span - average_) / 8;
    expected_ = std::min(count + waiting, Writer::batch_max);
  }
  std::size_t expected() const { return expected_; }
  Steady::duration longest() const { return average_ / 2; }

 private:
  Steady::duration average_ = Steady::duration::zero();
  std::size_t expected_ = 1;
};

}  // namespace

struct Writer::State {
  explicit State(std::unique_ptr<Journal> owned) : journal(std::move(owned)) {}

  void loop();
  std::vector<Submitted> next_works(std::unique_lock<std::mutex>& lock);
  void commit(std::vector<Submitted> works);
  void add(Task task);

  std::unique_ptr<Journal> journal;  // of the writer's thread
  Linger linger;                     // of the writer's thread

  std::mutex mutex;  // guards what follows
  std::condition_variable arrived;
  std::deque<Submitted> works;
  std::deque<Task> tasks;
  bool stopping = false;

  std::thread thread;
};

std::vector<Submitted> Writer::State::next_works(std::unique_lock<std::mutex>& lock) {
  std::vector<Submitted> batch;
  if (works.empty()) return batch;
  const std::size_t expected = linger.expected();
  if (works.size() < expected && !stopping) {
    arrived.wait_for(lock, linger.longest(), [&] { return works.size() >= expected || stopping; });
  }
  const std::size_t count = std::min(works.size(), batch_max);
  batch.assign(std::make_move_iterator(works.begin()),
               std::make_move_iterator(works.begin() + static_cast<std::ptrdiff_t>(count)));
  works.erase(works.begin(), works.begin() + static_cast<std::ptrdiff_t>(count));
  return batch;
}

void Writer::State::commit(std::vector<Submitted> batch) {
  std::vector<Journal::Work> functions;
  functions.reserve(batch.size());
  for (Submitted& submitted : batch) functions.push_back(std::move(submitted.work));
  const auto began = Steady::now();
  auto results = journal->commit(std::move(functions));
  const auto span = Steady::now() - began;
  GONGJI_CHECK(results.size() == batch.size());
  {
    const std::scoped_lock lock(mutex);
    linger.committed(batch.size(), span, works.size());
  }
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(results[i]));
  if (journal->idle_due()) journal->idle();
}

void Writer::State::loop() {
  bool rested = false;  // nothing was written since the last idle(); what an earlier run left counts as written
  auto gap_ends = Steady::now() + gap;
  while (true) {
    std::vector<Submitted> batch;
    std::optional<Task> task;
    {
      std::unique_lock lock(mutex);
      const auto ready = [&] { return stopping || !works.empty() || !tasks.empty(); };
      if (rested) {
        arrived.wait(lock, ready);
      } else {
        arrived.wait_until(lock, gap_ends, ready);
        // Those who only look may come without end.
        const bool writes = stopping || !works.empty() || (!tasks.empty() && !tasks.front().looks);
        if (!writes && Steady::now() >= gap_ends) {
          lock.unlock();
          journal->idle();
          rested = true;
          continue;
        }
      }
      if (stopping && works.empty() && tasks.empty()) break;
      batch = next_works(lock);
      // One task after each commit: a long drain cannot starve the counter, nor the counter the drain.
      if (!tasks.empty()) {
        task = std::move(tasks.front());
        tasks.pop_front();
      }
    }
    const bool writes = !batch.empty() || (task && !task->looks);
    if (!batch.empty()) commit(std::move(batch));
    if (task) task->run(*journal);
    if (!writes) continue;
    rested = false;
    gap_ends = Steady::now() + gap;
  }
  journal->idle();
}

Writer::Writer(std::unique_ptr<Journal> journal) : state_(std::make_unique<State>(std::move(journal))) {
  GONGJI_CHECK(state_->journal != nullptr);
  state_->thread = std::thread([state = state_.get()] { state->loop(); });
}

Writer::~Writer() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
  }
  state_->arrived.notify_all();
  state_->thread.join();
}

void Writer::submit(Journal::Work work, std::function<void(Result<void>)> done) {
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->works.size() < works_max) {
      state_->works.push_back({std::move(work), std::move(done)});
      done = nullptr;
    }
  }
  if (done) {
    done(trouble(troubles::writer_busy, {}, std::to_string(works_max) + " waiting"));
    return;
  }
  state_->arrived.notify_one();
}

bool Writer::has_works() const {
  const std::scoped_lock lock(state_->mutex);
  return !state_->works.empty();
}

void Writer::State::add(Task task) {
  {
    const std::scoped_lock lock(mutex);
    GONGJI_CHECK_WHY(tasks.size() < tasks_max, "tasks are not waited for");
    tasks.push_back(std::move(task));
  }
  arrived.notify_one();
}

void Writer::run(std::function<void(Journal&)> task) {
  state_->add({std::move(task), false});
}

void Writer::look(std::function<void(Journal&)> task) {
  state_->add({std::move(task), true});
}

}  // namespace gongji::journal
