#include "tests/state_machine/shop.h"

#include <boost/asio/co_spawn.hpp>

#include <catch2/catch.hpp>
#include <future>

#include "offline/journal/open_on.h"
#include "sync/http/certificates.h"
#include "sync/http/private_file.h"
#include "tests/support/print_trouble.h"

namespace gongji::tests {

namespace {

const packs::PackSet& the_packs() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

// What a daemon reads of time when it starts.
authority::KnownTimes times_in(journal::Journal& journal, const record::Terms& terms) {
  authority::KnownTimes times;
  std::vector<journal::Journal::Work> works;
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    const auto summary = turn.summary();
    if (!summary) return summary.error();
    times.last_contact = summary->last_contact;
    for (std::uint64_t seq = summary->last_seq; seq > 0 && !times.last_promise; --seq) {
      const auto entry = turn.find_seq(seq);
      if (!entry) return entry.error();
      const auto* sale = std::get_if<record::Sale>(&(*entry)->body);
      if (sale != nullptr && sale->backing != record::Backing::nothing) times.last_promise = (*entry)->head.at;
    }
    return {};
  });
  REQUIRE(journal.commit(std::move(works)).front());
  times.offline_max = authority::offline_max(terms);
  return times;
}

}  // namespace

Shop::Shop(centre::TestCentre& centre, const std::string& site, const std::string& name)
    : wire_(name), machine_(centre.clock.wall()) {
  const auto folder = folder_.path / "keys";
  keys_ = seal::KeyStore::open(folder, system_random()).value();
  protocol::EnrolRequest request;
  request.code = Secret(centre.new_code(site, {}));
  request.csr_pem = http::make_signing_request("till")->csr_pem;
  request.sign_public_key = keys_->public_key();
  request.software = "gongji test";
  const auto response = centre.post("/v1/enrol", protocol::encode(request));
  REQUIRE(response.status == 200);
  const auto enrolled = protocol::decode_enrol_answer(response.body).value();
  REQUIRE(http::write_private_file((folder / "site.key").string(), std::string(as_text(enrolled.site_key))));
  keys_ = seal::KeyStore::open(folder, system_random()).value();
  identity_ = {
      enrolled.terminal,    enrolled.epoch,           enrolled.centre_public_key, enrolled.authority_public_key,
      enrolled.terms.bytes, enrolled.terms.signature, enrolled.registration};
  terms_ = record::decode_terms(enrolled.terms.bytes).value();
  const std::string fingerprint = http::sha256_fingerprint(enrolled.certificate_pem).value();
  wire_.centre = [&centre, fingerprint, terminal = enrolled.terminal](http::Request wire) {
    wire.peer_name = terminal;
    wire.peer_fingerprint = fingerprint;
    return centre.service->handle(wire, centre.clock.wall());
  };
  start();
  sync();
}

Shop::~Shop() {
  if (process_) stop();
}

void Shop::start() {
  REQUIRE_FALSE(process_);
  auto journal = journal::open_on(disk_.name(), file(), {identity_.terminal, identity_.epoch}, keys_, system_random());
  REQUIRE(journal);
  process_ = std::make_unique<Process>(machine_, times_in(**journal, terms_));
  link::LinkOptions options;
  options.opening = (*journal)->opening();
  options.in_doubt = (*journal)->doubt() != journal::Doubt::none;
  process_->writer = std::make_unique<journal::Writer>(std::move(*journal));
  options.host = wire_.name();
  options.terminal = identity_.terminal;
  options.epoch = identity_.epoch;
  options.centre_public_key = identity_.centre_public_key;
  options.tuning.drain_window = drain_window;
  if (process_->clock.trusted() && process_->known.last_contact) {
    options.silent_for = std::max(std::chrono::milliseconds(0), process_->clock.wall() - *process_->known.last_contact);
  }
  options.begin_epoch = [this](const protocol::EpochAnswer& answer) {
    next_epoch = answer;
    return true;
  };
  options.heard_time = [clock = &process_->clock](WallTime time) { clock->heard(time); };
  process_->link = std::make_unique<link::Link>(process_->io.get_executor(), std::move(options), *process_->writer,
                                                process_->clock, system_random());
  process_->orders = std::make_unique<terminal::OrderShelf>(folder_.path / "orders", identity_.authority_public_key);
  const terminal::Parts parts{identity_, keys_,   the_packs(),     *process_->writer, *process_->link,
                              nullptr,   nullptr, process_->clock, system_random(),   *process_->orders};
  auto checkout = terminal::Checkout::make(parts, process_->known.last_contact);
  REQUIRE(checkout);
  process_->checkout = std::move(*checkout);
  process_->link->start();
  quiesce();
}

void Shop::stop() {
  process_->link->stop();
  quiesce();
  process_.reset();
}

void Shop::cut_power_after(int operations) {
  // The disk is the writer's thread's.
  with_journal([&](journal::Journal&) {
    disk_.watch([this, left = operations]() mutable {
      if (left-- > 0 || !power_) return;
      power_ = false;
      disk_.cut_power();
    });
  });
}

void Shop::lose_power() {
  with_journal([&](journal::Journal&) {
    disk_.watch({});
    power_ = false;
    disk_.cut_power();
  });
  stop();
  disk_.restore_power(system_random());
  power_ = true;
}

void Shop::back_up() {
  REQUIRE_FALSE(process_);
  std::filesystem::remove_all(backup_.path);
  std::filesystem::create_directories(backup_.path);
  for (const auto& each : std::filesystem::directory_iterator(folder_.path)) {
    if (each.is_regular_file()) std::filesystem::copy(each.path(), backup_.path / each.path().filename());
  }
}

void Shop::restore_backup() {
  REQUIRE_FALSE(process_);
  for (const auto& each : std::filesystem::directory_iterator(folder_.path)) {
    if (each.is_regular_file()) std::filesystem::remove(each.path());
  }
  for (const auto& each : std::filesystem::directory_iterator(backup_.path)) {
    std::filesystem::copy(each.path(), folder_.path / each.path().filename());
  }
}

void Shop::with_journal(const std::function<void(journal::Journal&)>& look) {
  std::promise<void> done;
  process_->writer->run([&](journal::Journal& journal) {
    look(journal);
    done.set_value();
  });
  done.get_future().wait();
}

// Until only timers are left.
void Shop::quiesce() {
  do {
    with_journal([](journal::Journal&) {});
    process_->io.restart();
  } while (process_->io.poll() > 0);
}

template <class T>
T Shop::finish(boost::asio::awaitable<T> step) {
  std::optional<T> out;
  boost::asio::co_spawn(process_->io, std::move(step), [&](std::exception_ptr error, T value) {
    if (error) std::rethrow_exception(error);
    out = std::move(value);
  });
  process_->io.restart();
  while (!out) process_->io.run_one_for(std::chrono::milliseconds(100));
  quiesce();
  return *std::move(out);
}

Result<terminal::SaleOutcome> Shop::sell(terminal::SaleDraft draft) {
  return finish(process_->checkout->sell(std::move(draft)));
}

Result<terminal::Known> Shop::person(terminal::Credential credential) {
  return finish(process_->checkout->person(std::move(credential)));
}

Result<terminal::Cancelled> Shop::cancel(terminal::CancelDraft draft) {
  return finish(process_->checkout->cancel(std::move(draft)));
}

void Shop::sync() {
  process_->link->poke();
  quiesce();
}

}  // namespace gongji::tests
