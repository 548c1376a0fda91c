// writer.cpp — the product's journal::Writer without its thread: the same rounds, as events of the timeline.
//
// A round takes a disk's time; what is submitted meanwhile forms the next transaction.  So sales at one till meet each
// other here as they do in a daemon, only that the seed decides how.
#include <algorithm>
#include <deque>
#include <vector>

#include "offline/base/check.h"
#include "offline/journal/troubles.h"
#include "offline/journal/writer.h"
#include "tests/sim/machine.h"

namespace gongji::journal {

namespace {

using namespace std::chrono_literals;

constexpr sim::microseconds round_min = 400us, round_max = 6ms;
constexpr sim::microseconds gap = 50ms;

struct Submitted {
  Journal::Work work;
  std::function<void(Result<void>)> done;
};

}  // namespace

struct Writer::State {
  explicit State(std::unique_ptr<Journal> owned) : machine(*sim::Machine::starting()), journal(std::move(owned)) {}

  void arrived();
  bool round();
  void commit();
  void rest_later();

  sim::Machine& machine;
  std::unique_ptr<Journal> journal;
  std::deque<Submitted> works;
  std::deque<std::function<void(Journal&)>> tasks;
  bool is_set = false;  // a round is on the timeline
  std::uint64_t rounds = 0;
  std::shared_ptr<bool> lives = std::make_shared<bool>(true);
};

void Writer::State::arrived() {
  if (std::exchange(is_set, true)) return;
  const auto span = sim::microseconds(machine.chance.between(round_min.count(), round_max.count()));
  machine.timeline.after(span, [this, still = std::weak_ptr(lives)] {
    if (!still.lock()) return;
    is_set = false;
    round();
    if (!works.empty() || !tasks.empty()) arrived();
    machine.wake();
  });
}

void Writer::State::commit() {
  const std::size_t count = std::min(works.size(), batch_max);
  std::vector<Journal::Work> functions;
  std::vector<std::function<void(Result<void>)>> done;
  for (std::size_t i = 0; i < count; ++i) {
    functions.push_back(std::move(works.front().work));
    done.push_back(std::move(works.front().done));
    works.pop_front();
  }
  auto results = journal->commit(std::move(functions));
  GONGJI_CHECK(results.size() == done.size());
  for (std::size_t i = 0; i < done.size(); ++i) done[i](std::move(results[i]));
  if (journal->idle_due()) journal->idle();
}

bool Writer::State::round() {
  if (works.empty() && tasks.empty()) return false;
  // One task after each commit, as in the daemon.
  std::function<void(Journal&)> task;
  if (!tasks.empty()) {
    task = std::move(tasks.front());
    tasks.pop_front();
  }
  if (!works.empty()) commit();
  if (task) task(*journal);
  ++rounds;
  rest_later();
  return true;
}

void Writer::State::rest_later() {
  machine.timeline.after(gap, [this, still = std::weak_ptr(lives), seen = rounds] {
    if (still.lock() && seen == rounds) journal->idle();
  });
}

Writer::Writer(std::unique_ptr<Journal> journal) : state_(std::make_unique<State>(std::move(journal))) {
  state_->machine.turn_writer = [state = state_.get()] { return state->round(); };
}

Writer::~Writer() {
  while (state_->round()) {
  }
  state_->journal->idle();
  state_->machine.turn_writer = nullptr;
}

void Writer::submit(Journal::Work work, std::function<void(Result<void>)> done) {
  if (state_->works.size() >= works_max) {
    done(trouble(troubles::writer_busy, {}, std::to_string(works_max) + " waiting"));
    return;
  }
  state_->works.push_back({std::move(work), std::move(done)});
  state_->arrived();
}

bool Writer::has_works() const {
  return !state_->works.empty();
}

void Writer::run(std::function<void(Journal&)> task) {
  GONGJI_CHECK_WHY(state_->tasks.size() < tasks_max, "tasks are not waited for");
  state_->tasks.push_back(std::move(task));
  state_->arrived();
}

void Writer::look(std::function<void(Journal&)> task) {
  run(std::move(task));
}

}  // namespace gongji::journal
