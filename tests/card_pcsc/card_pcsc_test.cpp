// What should work, works through the real service.
#include <condition_variable>
#include <deque>
#include <mutex>

#include "virtual_desk.h"

namespace gongji::card {
namespace {

using test::patience;
using test::trouble_of;
using test::VirtualDesk;
using Kind = CardEvent::Kind;

class Events {
 public:
  CardReader::Watcher watcher() {
    return [this](const CardEvent& event) {
      const std::lock_guard<std::mutex> lock(guard_);
      events_.push_back(event);
      came_.notify_all();
    };
  }
  // The next event that is about a card, skipping those about readers.
  std::optional<Kind> next_of_card() {
    std::unique_lock<std::mutex> lock(guard_);
    while (came_.wait_for(lock, patience, [this] { return !events_.empty(); })) {
      const CardEvent event = events_.front();
      events_.pop_front();
      if (event.kind == Kind::inserted || event.kind == Kind::removed) return event.kind;
    }
    return std::nullopt;
  }

 private:
  std::mutex guard_;
  std::condition_variable came_;
  std::deque<CardEvent> events_;
};

}  // namespace

TEST_CASE("all persons are read right, whatever kind of card they have") {
  VirtualDesk desk;
  const std::string habit = GENERATE("strict-t0 off", "strict-t0 on", "read-all off");
  desk.tell(habit);
  CardReader reader(test::pcsc(), system_clock());
  for (const auto& [key, person] : test::persons()) {
    CAPTURE(key, habit);
    desk.insert(key);
    const auto card = reader.read(patience);
    if (key == "third-generation") {
      CHECK(trouble_of(card) == &troubles::needs_authentication);
    } else {
      REQUIRE(card);
      CHECK(card->name.reveal() == person.name);
      CHECK(card->social_security_no.reveal() == person.certno);
      CHECK(card->card_no.reveal() == person.card_no);
      CHECK(card->card_identifier.reveal() == person.card_identifier);
      CHECK(card->birth == person.brdy);
      CHECK(card->nation == person.naty);
      CHECK(card->warnings.empty());
      CHECK(reader.confirm(*card));
    }
    reader.release();
    desk.clear();
  }
}

TEST_CASE("a read that began without a card waits for one") {
  VirtualDesk desk;
  CardReader reader(test::pcsc(), system_clock());
  CHECK(trouble_of(reader.read(std::chrono::milliseconds(0))) == &troubles::no_card);
  desk.tell("insert tie");
  CHECK(reader.read(patience)->name.reveal() == "阿依古丽·买买提");
}

TEST_CASE("the watcher tells of cards that come, go, and are exchanged") {
  VirtualDesk desk;
  Events events;
  CardReader reader(test::pcsc(), system_clock(), events.watcher());
  desk.insert("wang-fang");
  CHECK(events.next_of_card() == Kind::inserted);
  desk.clear();
  CHECK(events.next_of_card() == Kind::removed);
  desk.insert("chen-wei");
  CHECK(events.next_of_card() == Kind::inserted);
  REQUIRE(reader.read(patience));  // watching and holding a card go together
  desk.clear();
  CHECK(events.next_of_card() == Kind::removed);
}

TEST_CASE("a card that was there before is announced to a new watcher") {
  VirtualDesk desk;
  desk.insert("wang-fang");
  Events events;
  const CardReader reader(test::pcsc(), system_clock(), events.watcher());
  CHECK(events.next_of_card() == Kind::inserted);
}

TEST_CASE("while one holds the card another is told that the reader is busy") {
  VirtualDesk desk;
  desk.insert("wang-fang");
  CardReader first(test::pcsc(), system_clock());
  CardReader second(test::pcsc(), system_clock());
  REQUIRE(first.read(patience));
  CHECK(trouble_of(second.read(patience)) == &troubles::reader_busy);
  first.release();
  CHECK(second.read(patience));
}

TEST_CASE("the PIN is shown to the card through the reader, and the tries that are left come back") {
  VirtualDesk desk;
  desk.insert("wang-fang");
  CardReader reader(test::pcsc(), system_clock());
  auto card = reader.read(patience);
  REQUIRE(card);
  CHECK(reader.verify_pin(*card, Secret("123456")));
  CHECK(reader.confirm(*card));
  for (const char* left : {"2", "1"}) {
    const auto wrong = reader.verify_pin(*card, Secret("000000"));
    REQUIRE(trouble_of(wrong) == &troubles::pin_wrong);
    CHECK(wrong.error().detail == left);
    REQUIRE(reader.read(patience));
  }
  CHECK(trouble_of(reader.verify_pin(*card, Secret("000000"))) == &troubles::pin_locked);
  REQUIRE(reader.read(patience));
  CHECK(trouble_of(reader.verify_pin(*card, Secret("123456"))) == &troubles::pin_locked);
}

TEST_CASE("readers with another name are left alone") {
  VirtualDesk desk;
  desk.insert("wang-fang");
  const auto other = [] { return make_pcsc_transport({"ACS"}, system_clock()); };
  CardReader reader(other, system_clock());
  CHECK(trouble_of(reader.read(std::chrono::milliseconds(0))) == &troubles::no_reader);
}

}  // namespace gongji::card
