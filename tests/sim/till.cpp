#include "tests/sim/till.h"

#include <fstream>

#include "offline/base/check.h"
#include "offline/journal/earlier.h"
#include "offline/journal/open_on.h"
#include "offline/packs/packs.h"
#include "sync/http/certificates.h"
#include "sync/http/private_file.h"

namespace gongji::sim {

namespace {

using namespace std::chrono_literals;

// A daemon polls every 2 s; here an idle line is asked less often, because nothing new is learned from it.
constexpr milliseconds poll_idle = 2h;
constexpr milliseconds backoff_cap = 10min;  // a daemon's: 4 s

// What a daemon reads of time when it starts.
Result<authority::KnownTimes> times_in(journal::Journal& journal, const record::Terms& terms,
                                       std::vector<record::Signed>& orders) {
  authority::KnownTimes times;
  std::vector<journal::Journal::Work> works;
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    const auto log = turn.log_state();
    if (!log) return log.error();
    times.last_contact = log->last_contact;
    auto known = turn.orders();
    if (!known) return known.error();
    orders = std::move(*known);
    for (std::uint64_t seq = log->last_seq; seq > 0 && !times.last_promise; --seq) {
      const auto raw = turn.find_raw(seq);
      if (!raw) return raw.error();
      const auto entry = record::decode_public((*raw)->public_bytes);
      if (!entry) return entry.error();
      const auto* sale = std::get_if<record::Sale>(&entry->body);
      if (sale != nullptr && sale->backing != record::Backing::nothing) times.last_promise = entry->head.at;
    }
    return {};
  });
  auto done = journal.commit(std::move(works));
  if (!done.front()) return done.front().error();
  times.offline_max = authority::offline_max(terms);
  return times;
}

}  // namespace

milliseconds TurnedClock::drifted() const {
  return milliseconds(virtual_now().count() / 1'000 * drift_ppm / 1'000'000);
}

SteadyTime TurnedClock::steady() const {
  return SteadyTime{1'000}.plus(std::chrono::duration_cast<milliseconds>(virtual_now()) + drifted());
}

Till::Till(Centre& centre, Timeline& timeline, FaultCounts& faults, const std::filesystem::path& folder,
           std::size_t place, std::uint64_t region)
    : line("till-" + std::to_string(place), timeline, faults),
      clock(centre),
      place_(place),
      folder_(folder),
      random_(seed_of(region, "till's keys", place)),
      machine_{timeline, Chance(0)},
      disk_(folder) {
  tuning.poll_idle = poll_idle;
  tuning.backoff_cap = backoff_cap;
  const auto keys = folder / "keys";
  std::filesystem::create_directories(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  keys_ = seal::KeyStore::open(keys, random_).value();
  protocol::EnrolRequest request;
  request.code = Secret(centre.new_code(site_of_till(place)));
  request.csr_pem = http::make_signing_request("till")->csr_pem;
  request.sign_public_key = keys_->public_key();
  request.software = "gongji simulated";
  http::Request wire;
  wire.method = "POST";
  wire.target = "/v1/enrol";
  wire.body = protocol::encode(request);
  const auto response = centre.handle(place, wire);
  GONGJI_CHECK(response && response->status == 200);
  const auto enrolled = protocol::decode_enrol_answer(response->body).value();
  GONGJI_CHECK(http::write_private_file((keys / "site.key").string(), std::string(as_text(enrolled.site_key))));
  keys_ = seal::KeyStore::open(keys, random_).value();
  identity_ = {
      enrolled.terminal,    enrolled.epoch,           enrolled.centre_public_key, enrolled.authority_public_key,
      enrolled.terms.bytes, enrolled.terms.signature, enrolled.registration};
  terms_ = record::decode_terms(enrolled.terms.bytes).value();
  const std::string fingerprint = http::sha256_fingerprint(enrolled.certificate_pem).value();
  line.centre = [&centre, place, fingerprint, name = enrolled.terminal](http::Request sent) {
    sent.peer_name = name;
    sent.peer_fingerprint = fingerprint;
    return centre.handle(place, sent);
  };
  line.wake = [this] { pump(); };
  machine_.wake = [this] { pump(); };
  const auto made = journal::Journal::open(file(), {identity_.terminal, identity_.epoch}, keys_, random_);
  GONGJI_CHECK_WHY(made.has_value(), made.has_value() ? "" : to_string(made.error(), Language::en));
}

void Till::begin(std::uint64_t seed) {
  line.begin(seed_of(seed, "line", place_));
  random_ = SeededRandom(seed_of(seed, "till", place_));
  machine_.chance = Chance(seed_of(seed, "disk", place_));
}

Till::~Till() {
  if (is_up()) stop();
}

Result<void> Till::start() {
  GONGJI_CHECK(!is_up());
  if (log_epoch_ != identity_.epoch) set_aside_log();
  auto journal = journal::Journal::open(file(), {identity_.terminal, identity_.epoch}, keys_, random_);
  if (!journal) return journal.error();
  if (battery_is_dead) clock.ahead = WallTime{86'400'000} - clock.wall() + clock.ahead;
  battery_is_dead = false;
  std::vector<record::Signed> known_orders;
  auto times = times_in(**journal, terms_, known_orders);
  if (!times) return times.error();
  auto orders = std::make_unique<terminal::OrderShelf>(folder_ / "orders", identity_.authority_public_key);
  orders->refresh(known_orders);
  times->longer = authority::longer_by(orders->orders(), terms_);
  alarm_ = std::make_unique<Alarm>();
  alarm_->offer();
  process_ = std::make_unique<Process>(clock, *times);
  Machine::starting() = &machine_;
  link::LinkOptions options;
  options.opening = (*journal)->opening();
  options.in_doubt = (*journal)->doubt() != journal::Doubt::none;
  process_->writer = std::make_unique<journal::Writer>(std::move(*journal));
  options.host = line.name();
  options.terminal = identity_.terminal;
  options.epoch = identity_.epoch;
  options.centre_public_key = identity_.centre_public_key;
  options.tuning = tuning;
  options.tuning.drain_window = protocol::drain_window_of(terms_);
  if (process_->clock.trusted() && times->last_contact) {
    options.silent_for = std::max(milliseconds(0), process_->clock.wall() - *times->last_contact);
  }
  options.begin_epoch = [this](const protocol::EpochAnswer& answer) {
    const auto terms = record::decode_terms(answer.terms.bytes);
    if (!terms || terms->epoch != answer.epoch || answer.epoch <= identity_.epoch) return false;
    next_ = identity_;
    next_->epoch = answer.epoch;
    next_->terms_bytes = answer.terms.bytes;
    next_->terms_signature = answer.terms.signature;
    next_->registration = answer.registration;
    process_->epoch_has_ended = true;
    return true;
  };
  options.heard_time = [process = process_.get()](WallTime time) {
    process->heard = true;
    process->clock.heard(time);
  };
  process_->link = std::make_unique<link::Link>(process_->io.get_executor(), std::move(options), *process_->writer,
                                                process_->clock, random_);
  process_->orders = std::move(orders);
  process_->card = reader_of(reader);
  reader.refused.reset();  // nobody remembers it
  const terminal::Parts parts{
      identity_, keys_,           built_in_rules(), *process_->writer, *process_->link, process_->card.get(),
      nullptr,   process_->clock, random_,          *process_->orders};
  auto checkout = terminal::Checkout::make(parts, times->last_contact);
  GONGJI_CHECK(checkout.has_value());
  process_->checkout = std::move(*checkout);
  process_->link->start();
  pump();
  return {};
}

// Whoever waits for the line or the disk hears of the end; then nothing is left that refers to the process.
void Till::end() {
  is_ending_ = true;
  reader.stop_reads();
  process_->link->stop();
  line.hang_up();
  do {
    pump();
    reader.stop_reads();
  } while (machine_.turn_writer());
  line.hang_up();
  pump();
  process_.reset();
  if (next_) {
    identity_ = *std::exchange(next_, std::nullopt);
    terms_ = record::decode_terms(identity_.terms_bytes).value();
  }
  alarm_.reset();
  is_ending_ = false;
}

void Till::stop() {
  end();
  restore_disk();
}

// As terminal/start does on real files.
void Till::set_aside_log() {
  const std::string now = file().string();
  const std::string then = journal::earlier_file(file(), log_epoch_).string();
  MemoryDisk::Image image = disk_.image(), moved;
  for (auto& [name, bytes] : image) {
    moved[name.rfind(now, 0) == 0 ? then + name.substr(now.size()) : name] = std::move(bytes);
  }
  disk_.restore(moved);
  std::ofstream(then).close();  // so that it is found
  log_epoch_ = identity_.epoch;
}

void Till::back_up() {
  backup_ = disk_.image();
  backup_epoch_ = log_epoch_;
}

std::optional<std::uint64_t> Till::restore_backup() {
  if (backup_epoch_ == 0 || backup_epoch_ != log_epoch_ || log_epoch_ != identity_.epoch) return std::nullopt;
  disk_.restore(backup_);
  auto journal = journal::Journal::open(file(), {identity_.terminal, identity_.epoch}, keys_, random_);
  GONGJI_CHECK(journal.has_value());
  return (*journal)->end().seq;
}

bool Till::restore_disk() {
  if (!disk_.is_dead()) return false;
  disk_.crash(Loses::unsynced, random_);
  return true;
}

void Till::die(Loses loses) {
  disk_.fail_after(0);
  end();
  disk_.crash(loses, random_);
}

bool Till::may_trust_its_clock() const {
  if (process_->heard) return true;
  const authority::KnownTimes& known = process_->known;
  if (!known.last_contact) return false;
  const WallTime floor = std::max(*known.last_contact, known.last_promise.value_or(*known.last_contact));
  const WallTime now = clock.wall();
  if (now.plus(authority::clock_lag_max) < floor) return false;
  if (now <= known.last_contact->plus(known.offline_max)) return true;
  for (const auto& longer : authority::longer_by(process_->orders->orders(), terms_)) {
    if (longer.start <= now && now < longer.end && now <= known.last_contact->plus(longer.offline_max)) return true;
  }
  return false;
}

void Till::pump() {
  if (!is_up()) return;
  process_->io.restart();
  process_->io.poll();
}

void Till::with_journal(const std::function<void(journal::Journal&)>& look) {
  process_->writer->run([&](journal::Journal& journal) { look(journal); });
  while (machine_.turn_writer()) {
  }
  pump();
}

std::uint64_t Till::unsent() {
  std::uint64_t count = 0;
  with_journal([&](journal::Journal& journal) {
    std::vector<journal::Journal::Work> works;
    works.push_back([&](journal::Turn& turn) -> Result<void> {
      const auto summary = turn.summary();
      if (!summary) return summary.error();
      count = summary->unsent_count;
      return {};
    });
    static_cast<void>(journal.commit(std::move(works)));
  });
  return count;
}

}  // namespace gongji::sim
