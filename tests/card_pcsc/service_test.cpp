// The service dies and comes back; the program ends while it waits.
#include <atomic>
#include <thread>

#include "virtual_desk.h"

namespace gongji::card {
namespace {

using test::patience;
using test::trouble_of;
using test::VirtualDesk;
using Kind = CardEvent::Kind;

// Passes everything on, and tells when a wait has begun.
class Announcing final : public Transport {
 public:
  Announcing(std::unique_ptr<Transport> inner, std::atomic<bool>& waits) : inner_(std::move(inner)), waits_(waits) {}
  Result<std::vector<ReaderState>> wait_for_change(std::chrono::milliseconds timeout) override {
    if (timeout.count() > 0) waits_ = true;
    return inner_->wait_for_change(timeout);
  }
  Result<void> connect(const std::string& reader) override { return inner_->connect(reader); }
  Result<Bytes> transmit(ByteView command) override { return inner_->transmit(command); }
  void disconnect(LetGo how) override { inner_->disconnect(how); }
  void interrupt() override { inner_->interrupt(); }

 private:
  std::unique_ptr<Transport> inner_;
  std::atomic<bool>& waits_;
};

// Waits until `condition` holds.
template <class Condition>
bool eventually(Condition condition) {
  const SteadyTime until = system_clock().steady().plus(patience);
  while (!condition()) {
    if (system_clock().steady() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace

TEST_CASE("a service that dies and comes back is found again, by reader and watcher") {
  VirtualDesk desk;
  std::atomic<int> lost{0}, back{0}, inserted{0};
  CardReader reader(test::pcsc(), system_clock(), [&](const CardEvent& event) {
    if (event.kind == Kind::service_lost) ++lost;
    if (event.kind == Kind::service_back) ++back;
    if (event.kind == Kind::inserted) ++inserted;
  });
  desk.insert("wang-fang");
  const auto card = reader.read(patience);
  REQUIRE(card);
  REQUIRE(eventually([&] { return inserted == 1; }));

  desk.crash_service();
  CHECK(trouble_of(reader.confirm(*card)) == &troubles::no_service);
  CHECK(trouble_of(reader.read(std::chrono::milliseconds(0))) == &troubles::no_service);
  CHECK(eventually([&] { return lost == 1; }));

  desk.recover_service();
  const auto again = reader.read(patience);
  REQUIRE(again);
  CHECK(again->name.reveal() == "王芳");
  CHECK(reader.confirm(*card));
  CHECK(eventually([&] { return back == 1 && inserted == 2; }));
  CHECK(lost == 1);
}

TEST_CASE("a read that waits outlives the service's restart") {
  VirtualDesk desk;
  CardReader reader(test::pcsc(), system_clock());
  std::atomic<bool> done{false};
  Result<CardFields> card = trouble(troubles::no_card);
  std::thread waiting([&] {
    card = reader.read(patience * 2);
    done = true;
  });
  desk.crash_service();
  desk.recover_service();
  CHECK_FALSE(done);
  desk.tell("insert zhao-min");
  waiting.join();
  REQUIRE(card);
  CHECK(card->name.reveal() == "赵敏");
}

TEST_CASE("destruction ends a read that waits") {
  VirtualDesk desk;
  std::atomic<bool> waits{false};
  auto reader =
      std::make_unique<CardReader>([&] { return std::make_unique<Announcing>(test::pcsc()(), waits); }, system_clock());
  CardReader* const borrowed = reader.get();
  const TroubleText* outcome = nullptr;
  std::thread waiting([&] { outcome = trouble_of(borrowed->read(std::chrono::hours(1))); });
  REQUIRE(eventually([&] { return waits.load(); }));
  reader.reset();
  waiting.join();
  CHECK(outcome == &troubles::interrupted);
}

TEST_CASE("destruction ends a watch on a service that is not there") {
  VirtualDesk desk;
  std::atomic<bool> lost{false};
  auto reader = std::make_unique<CardReader>(test::pcsc(), system_clock(), [&](const CardEvent& event) {
    if (event.kind == Kind::service_lost) lost = true;
  });
  desk.crash_service();
  CHECK(eventually([&] { return lost.load(); }));
  reader.reset();
  desk.recover_service();
}

}  // namespace gongji::card
