#include "card/card_reader.h"

#include <algorithm>
#include <map>

#include "card/troubles.h"

namespace gongji::card {
namespace {

constexpr std::chrono::milliseconds watch_slice{60'000};
constexpr std::chrono::milliseconds interrupt_again{10};
constexpr std::chrono::milliseconds settle_step{50};

// A card that has just moved looks pulled, absent or mute until the service has polled the reader again.
bool may_settle(const Trouble& what) {
  return what.text == &troubles::card_pulled || what.text == &troubles::no_card || what.text == &troubles::card_mute;
}

// Compares two looks at the readers and tells the difference as events, removals first.
void report_difference(const std::map<std::string, ReaderState>& before, const std::vector<ReaderState>& now,
                       const CardReader::Watcher& watcher) {
  using Kind = CardEvent::Kind;
  for (const auto& entry : before) {
    const std::string& name = entry.first;
    const ReaderState& old = entry.second;
    const auto found = std::find_if(now.begin(), now.end(), [&](const ReaderState& r) { return r.name == name; });
    const bool gone = found == now.end();
    if (old.present && (gone || !found->present || found->events != old.events)) watcher({Kind::removed, name});
    if (gone) watcher({Kind::reader_gone, name});
  }
  for (const ReaderState& reader : now) {
    const auto old = before.find(reader.name);
    if (old == before.end()) watcher({Kind::reader_added, reader.name});
    const bool was_there = old != before.end() && old->second.present && old->second.events == reader.events;
    if (reader.present && !was_there) watcher({Kind::inserted, reader.name});
  }
}

}  // namespace

CardReader::CardReader(const TransportFactory& open, const Clock& clock, Watcher watcher)
    : clock_(clock), watcher_(std::move(watcher)), work_(open()) {
  if (watcher_) {
    eyes_ = open();
    watching_ = true;
    thread_ = std::thread([this] { watch(); });
  }
}

CardReader::~CardReader() {
  stop();
  // An interrupt may be lost when it comes just before the wait, so it is repeated until each side has ended.
  while (watching_) {
    eyes_->interrupt();
    std::this_thread::sleep_for(interrupt_again);
  }
  if (thread_.joinable()) thread_.join();
  session_.reset();
}

void CardReader::stop() {
  stopping_ = true;
  work_->interrupt();
  while (!turn_.try_lock()) {
    std::this_thread::sleep_for(interrupt_again);
    work_->interrupt();
  }
  turn_.unlock();
}

std::chrono::milliseconds CardReader::left(SteadyTime deadline) const {
  return std::max(std::chrono::milliseconds(0), deadline - clock_.steady());
}

// Among the readers with a card: the only one with a social security card.
Result<std::string> CardReader::choose(const std::vector<ReaderState>& readers) {
  std::vector<std::string> candidates;
  for (const ReaderState& reader : readers) {
    if (reader.present) candidates.push_back(reader.name);
  }
  if (candidates.size() == 1) return candidates.front();
  std::optional<std::string> chosen;
  std::optional<Trouble> last;
  for (const std::string& name : candidates) {
    CardSession probe(*work_, name);
    if (Result<void> found = probe.probe(); !found) {
      last = found.error();
      continue;
    }
    if (chosen) return trouble(troubles::several_cards);
    chosen = name;
  }
  if (chosen) return *chosen;
  return last ? *last : trouble(troubles::no_card);
}

Result<std::string> CardReader::find_card(SteadyTime deadline) {
  std::chrono::milliseconds wait{0};
  while (true) {
    if (stopping_) return trouble(troubles::interrupted);
    Result<std::vector<ReaderState>> readers = work_->wait_for_change(wait);
    wait = left(deadline);
    if (readers && std::any_of(readers->begin(), readers->end(), [](const ReaderState& r) { return r.present; })) {
      return choose(*readers);
    }
    if (!readers && readers.error().text != &troubles::no_service) return readers.error();
    if (wait.count() == 0) {
      if (!readers) return readers.error();
      return trouble(readers->empty() ? troubles::no_reader : troubles::no_card);
    }
  }
}

Result<CardFields> CardReader::read(std::chrono::milliseconds wait) {
  const std::lock_guard<std::mutex> lock(turn_);
  session_.reset();
  const SteadyTime deadline = clock_.steady().plus(wait);
  std::optional<Trouble> moved;  // a card moved under our hands; it or another may be in again in a moment
  SteadyTime settled = deadline;
  while (true) {
    const Result<std::string> reader = find_card(settled);
    if (!reader) return moved && reader.error().text == &troubles::no_card ? *moved : reader.error();
    session_.emplace(*work_, *reader);
    Result<CardFields> fields = session_->read();
    if (fields) return fields;
    session_.reset();
    if (!may_settle(fields.error())) return fields;
    if (!moved) settled = std::min(deadline, clock_.steady().plus(resettle_wait));
    moved = fields.error();
    if (left(settled).count() == 0) return fields;
    (void)work_->wait_for_change(std::min(left(settled), settle_step));
  }
}

Result<void> CardReader::confirm(const CardFields& before) {
  const std::lock_guard<std::mutex> lock(turn_);
  const SteadyTime deadline = clock_.steady().plus(resettle_wait);
  bool tried = false;
  while (true) {
    Result<void> same = trouble(troubles::card_pulled);
    if (session_) {
      same = session_->still_the_same(before);
      if (same) return same;
      session_.reset();
      if (same.error().text == &troubles::card_changed) return same;
    }
    if (!may_settle(same.error()) || left(deadline).count() == 0) return same;
    if (tried) (void)work_->wait_for_change(std::min(left(deadline), settle_step));  // the service is still behind
    tried = true;
    const Result<std::string> reader = find_card(deadline);
    if (!reader) {
      const bool gone = reader.error().text == &troubles::no_card;
      return gone ? trouble(troubles::card_pulled) : reader.error();
    }
    session_.emplace(*work_, *reader);
  }
}

Result<void> CardReader::verify_pin(const CardFields& before, const Secret& pin) {
  const std::lock_guard<std::mutex> lock(turn_);
  if (!session_) return trouble(troubles::card_pulled);
  Result<void> done = session_->verify_pin(before, pin);
  if (!done) session_.reset();
  return done;
}

void CardReader::release() {
  const std::lock_guard<std::mutex> lock(turn_);
  session_.reset();
}

void CardReader::watch() {
  std::map<std::string, ReaderState> before;
  bool service = true;
  while (!stopping_) {
    const Result<std::vector<ReaderState>> now = eyes_->wait_for_change(watch_slice);
    if (!now) {
      if (now.error().text == &troubles::interrupted) break;
      if (service) {
        report_difference(before, {}, watcher_);
        watcher_({CardEvent::Kind::service_lost, {}});
      }
      before.clear();
      service = false;
      continue;
    }
    if (!service) watcher_({CardEvent::Kind::service_back, {}});
    service = true;
    report_difference(before, *now, watcher_);
    before.clear();
    for (const ReaderState& reader : *now) before.emplace(reader.name, reader);
  }
  watching_ = false;
}

}  // namespace gongji::card
