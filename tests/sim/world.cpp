#include "tests/sim/world.h"

#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <algorithm>
#include <set>

#include "offline/base/check.h"
#include "tests/sim/audit.h"

namespace gongji::sim {

namespace {

using namespace std::chrono_literals;

constexpr milliseconds settling = 3h;  // with every line up, until everything must be judged
// After the end of everything that may disturb a line, within this long what is waiting has gone up: the longest pause
// of a till's back-off (till.cpp), its drain window, and what the exchanges take.
constexpr milliseconds calm = 20min;
constexpr milliseconds between_wishes = 50ms;
constexpr milliseconds at_the_reader = 1s;
constexpr milliseconds centre_rests = 1h;  // between two rounds of a centre's idle work

}  // namespace

class World {
 public:
  World(const Setting& setting, const std::filesystem::path& folder)
      : setting_(made_from(setting)),
        centre_(setting_, folder, timeline_, faults_),
        watch_(centre_),
        opening_(tests::opening_counters(centre_.ledger_file())) {
    for (std::size_t place = 0; place < setting_.tills; ++place) {
      tills_.push_back(std::make_unique<Till>(centre_, timeline_, faults_, folder / ("till-" + std::to_string(place)),
                                              place, setting_.region()));
    }
    down_until_.resize(tills_.size());
    disturbed_until_.resize(tills_.size());
    weather_.resize(tills_.size());
    disks_.resize(tills_.size());
  }

  ~World() {
    for (const auto& till : tills_) till->ignore_answers();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void run(const Story& story, std::FILE* lines, Outcome& outcome) {
    begin(story, lines);
    for (const Happening& it : story.happenings) {
      timeline_.at(it.at, [this, &it] { happen(it); });
    }
    rest_centre();
    run_until(story.end);
    mend(story.end);
    run_until(virtual_now() + settling);
    watch_.look();
    const Booked booked = sales_at_the_centre(centre_, tills_);
    audit(centre_, tills_, desk_, opening_, booked);
    outcome.recomputed_persons = recompute(centre_, tills_, desk_.wishes(), setting_.persons(), booked);
  }

  void report(Outcome& outcome) const {
    outcome.trace_sum = trace_.sum();
    outcome.events = trace_.events();
    outcome.looks = watch_.looks();
    outcome.till_days = setting_.tills * setting_.days;
    outcome.simulated = std::chrono::duration_cast<milliseconds>(virtual_now());
    outcome.heard = desk_.heard();
    outcome.faults = faults_;
  }

 private:
  // Before anything of the world is made.
  static const Setting& made_from(const Setting& setting) {
    spdlog::set_level(spdlog::level::off);
    use_memory_disks();
    set_virtual_now(microseconds(0));
    seed_key_random(setting.region());
    sqlite3_randomness(0, nullptr);
    return setting;
  }

  // From here on everything that happens by chance is the seed's.
  void begin(const Story& story, std::FILE* lines) {
    GONGJI_CHECK(story.setting.region() == setting_.region() && story.setting.tills == setting_.tills);
    setting_ = story.setting;
    trace_ = Trace(lines);
    set_virtual_now(microseconds(0));
    seed_key_random(setting_.seed);
    sqlite3_randomness(0, nullptr);
    centre_.begin(setting_.seed);
    centre_.issue_vouchers(setting_.persons(), setting_.days);
    desk_.disk_fails.resize(tills_.size());
    Chance chance(seed_of(setting_.seed, "clocks"));
    for (const auto& till : tills_) {
      till->begin(setting_.seed);
      if (!setting_.has(Fault::clock_drift)) continue;
      till->clock.drift_ppm = chance.between(-150, 150);
      faults_.count(Fault::clock_drift);
    }
  }

  // The next timer of any till.
  Till* next_alarm(microseconds& due) const {
    Till* found = nullptr;
    for (const auto& till : tills_) {
      if (!till->is_up() || !till->alarm().due()) continue;
      if (found != nullptr && *till->alarm().due() >= due) continue;
      due = *till->alarm().due();
      found = till.get();
    }
    return found;
  }

  void run_until(microseconds end) {
    while (true) {
      microseconds due{0};
      Till* const till = next_alarm(due);
      const bool event_first = !timeline_.empty() && (till == nullptr || timeline_.next() <= due);
      if (event_first ? timeline_.next() > end : till == nullptr || due > end) break;
      if (event_first) {
        timeline_.run_next();
      } else {
        set_virtual_now(std::max(due, virtual_now()));
        till->alarm().ring();
        till->pump();
      }
      bury_the_dead();
      watch_.look();
    }
    set_virtual_now(end);
  }

  // A disk that stopped in the middle of a write takes its machine with it.
  void bury_the_dead() {
    for (const auto& till : tills_) {
      if (till->epoch_has_ended() && !till->is_dying()) {
        trace_.tell("till {} begins a new epoch", till->place());
        till->stop();
        start(*till);
      }
      if (!till->is_dying()) continue;
      faults_.count(Fault::power_cut_in_a_write);
      die(*till, Loses::unsynced, 1min);
    }
  }

  void disturb(std::size_t till, milliseconds span) {
    disturbed_until_[till] = std::max(disturbed_until_[till], virtual_now() + span);
  }

  void check_line_is_used(Till& till) {
    const microseconds then = virtual_now() - calm;
    if (std::max(disturbed_until_[till.place()], centre_.disturbed_until()) > then) return;
    const std::uint64_t unsent = till.unsent();
    const std::size_t fresh = desk_.entries_since(till.place(), then);
    must(unsent <= fresh, "the_line_is_used_when_it_is_there",
         "till " + std::to_string(till.place()) + " has " + std::to_string(unsent) + " entries to send, " +
             std::to_string(fresh) + " of them made lately");
  }

  void die(Till& till, Loses loses, milliseconds span) {
    trace_.tell("till {} is gone", till.place());
    disturb(till.place(), span);
    till.die(loses);
    down_until_[till.place()] = virtual_now() + span;
    timeline_.after(span, [this, &till] { start(till); });
  }

  void start(Till& till) {
    if (till.is_up() || !is_open_[till.place()] || virtual_now() < down_until_[till.place()]) return;
    const auto started = till.start();
    trace_.tell("till {} starts: {}", till.place(), started ? "ok" : started.error().text->code);
    disturb(till.place(), 1min);
    if (started) return;
    const bool power_went = till.restore_disk();
    must(power_went || desk_.disk_fails[till.place()], "a_till_starts_again", to_string(started.error(), Language::en));
    timeline_.after(1min, [this, &till] { start(till); });
  }

  void with_weather(const Happening& it, const std::function<void(Weather&)>& change) {
    Till& till = *tills_[it.till];
    change(till.line.weather);
    disturb(it.till, it.span);
    const std::uint64_t change_number = ++weather_[it.till];
    timeline_.after(it.span, [this, &till, change_number] {
      if (weather_[till.place()] == change_number) till.line.weather = {};
    });
  }

  void with_disk(const Happening& it, Failing how) {
    Till& till = *tills_[it.till];
    till.disk().fail(how);
    disturb(it.till, it.span + 30s);
    desk_.disk_fails[it.till] = true;
    const std::uint64_t change_number = ++disks_[it.till];
    timeline_.after(it.span, [this, &till, change_number] {
      if (disks_[till.place()] != change_number) return;
      till.disk().fail(Failing::no);
      // What is under way may still hear of it.
      timeline_.after(30s, [this, &till, change_number] {
        if (disks_[till.place()] == change_number) desk_.disk_fails[till.place()] = false;
      });
    });
  }

  void put_back(Till& till) {
    if (till.is_up()) return;
    const auto length = till.restore_backup();
    if (!length) return;
    faults_.count(Fault::backup_restored);
    trace_.tell("till {} goes on behind entry {}", till.place(), *length);
    desk_.disk_put_back(till, *length);
  }

  void bad_line(const Happening& it) {
    const Setting& setting = setting_;
    const auto luck = static_cast<std::uint64_t>(it.number);
    with_weather(it, [&](Weather& weather) {
      weather.lost = setting.has(Fault::request_lost) ? static_cast<unsigned>(luck % 300) : 0;
      weather.twice = setting.has(Fault::message_twice) ? static_cast<unsigned>(luck / 300 % 200) : 0;
      weather.late = setting.has(Fault::message_late) ? static_cast<unsigned>(luck / 60'000 % 150) : 0;
      weather.damaged = setting.has(Fault::message_damaged) ? static_cast<unsigned>(luck / 9'000'000 % 100) : 0;
    });
  }

  void turn_clock(Till& till, std::int64_t luck) {
    static constexpr std::array<int, 10> hours{-24 * 400, -30, -1, 0, 0, 1, 8, 70, 100, 24 * 400};
    till.clock.ahead = std::chrono::hours(hours[static_cast<std::size_t>(luck) % hours.size()]);
  }

  void happen(const Happening& it) {
    Till& till = *tills_[it.till];
    trace_.tell("{}", told(it));
    switch (it.does) {
      case Does::open_shop:
        is_open_[it.till] = true;
        return start(till);
      case Does::close_shop:
        is_open_[it.till] = false;
        if (!till.is_up()) return;
        check_line_is_used(till);
        return till.stop();
      case Does::sell:
        if (it.card_of != it.person) faults_.count(Fault::wrong_card);
        if (it.pin == Pin::wrong) faults_.count(Fault::wrong_pin);
        if (it.voucher != 0 && !shown_.emplace(it.card_of, it.voucher).second) faults_.count(Fault::voucher_copied);
        if (till.is_up()) desk_.sell(till, it);
        return;
      case Does::sell_twice:
        if (!till.is_up()) return;
        desk_.sell(till, it);
        faults_.count(Fault::double_click);
        timeline_.after(it.span, [this, &till, sale = it.sale] {
          if (till.is_up()) desk_.ask(till, desk_.wishes().at(sale));
        });
        return;
      case Does::ask_again:
        if (!till.is_up() || !desk_.wishes().contains(it.sale)) return;
        faults_.count(Fault::asked_again);
        return desk_.ask(till, desk_.wishes().at(it.sale));
      case Does::cancel:
        if (till.is_up()) desk_.cancel(till, it.sale);
        return;
      case Does::cancel_elsewhere:
        if (till.is_up()) desk_.cancel_elsewhere(till, it.sale);
        return;
      case Does::refund_part:
        if (till.is_up()) desk_.refund_part(till, it.sale);
        return;
      case Does::quote:
        if (till.is_up()) desk_.quote(till, it);
        return;
      default:
        return go_wrong(it, till);
    }
  }

  void go_wrong(const Happening& it, Till& till) {
    switch (it.does) {
      case Does::line_falls:
        faults_.count(Fault::line_down);
        return with_weather(it, [](Weather& weather) { weather.down = true; });
      case Does::answers_cut_off:
        faults_.count(Fault::answers_cut_off);
        return with_weather(it, [](Weather& weather) { weather.answers_cut_off = true; });
      case Does::bad_line:
        return bad_line(it);
      case Does::connections_forgotten:
        faults_.count(Fault::line_half_open);
        disturb(it.till, 0ms);
        return till.line.forget_connections();
      case Does::process_dies:
        if (!till.is_up()) return;
        faults_.count(Fault::process_death);
        return die(till, Loses::nothing, it.span);
      case Does::power_cut:
        if (!till.is_up()) return;
        faults_.count(Fault::power_cut);
        return die(till, Loses::unsynced, it.span);
      case Does::power_cut_in_a_write:
        if (till.is_up()) till.disk().fail_after(static_cast<std::uint64_t>(it.number % 60) + 1);
        return;
      case Does::disk_full:
        faults_.count(Fault::disk_full);
        return with_disk(it, Failing::full);
      case Does::disk_error:
        faults_.count(Fault::disk_error);
        return with_disk(it, Failing::io_error);
      case Does::clock_jumps:
        faults_.count(Fault::clock_jump);
        return turn_clock(till, it.number);
      case Does::backs_up:
        if (!till.is_up()) till.back_up();
        return;
      case Does::restores_backup:
        return put_back(till);
      case Does::order_begins:
        return centre_.order(till.terms().fixmedins_code, it.number, it.span);
      case Does::battery_dies:
        faults_.count(Fault::clock_at_1970);
        till.battery_is_dead = true;
        return;
      case Does::centre_restarts:
        faults_.count(Fault::centre_restart);
        return centre_.restart(it.till, it.span);
      case Does::centre_power_cut:
        faults_.count(Fault::centre_power_cut);
        return centre_.cut_power(it.span);
      case Does::centre_dies_before_its_answer:
        return centre_.die_before_the_next_answer(it.till, it.span);
      default:
        GONGJI_CHECK_WHY(false, "nobody does this");
    }
  }

  void rest_centre() {
    timeline_.after(centre_rests, [this] {
      centre_.idle();
      rest_centre();
    });
  }

  // Everything works again, and whoever had no answer asks once more.
  void mend(milliseconds story_end) {
    trace_.tell("everything is mended");
    centre_.mend();
    for (const auto& till : tills_) {
      till->line.weather = {};
      ++weather_[till->place()];
      till->disk().fail(Failing::no);
      desk_.disk_fails[till->place()] = false;
      ++disks_[till->place()];
      if (till->is_up() && till->disk().is_dead()) till->die(Loses::unsynced);
      is_open_[till->place()] = true;
      down_until_[till->place()] = microseconds(0);
      if (!till->is_up()) start(*till);
      till->disk().never_fail();
    }
    run_until(story_end + 15min);
    for_each_wish([this](Till& till, Wish& wish) {
      if (!wish.answer && wish.waiting == 0) desk_.ask(till, wish);
    });
    for_each_wish([this](Till& till, Wish& wish) {
      if (wish.answer && wish.number % 8 == 0) desk_.ask(till, wish);  // and gets the same answer
    });
    for_each_wish([this](Till& till, Wish& wish) {
      if (wish.cancel && !wish.taken_back && wish.waiting == 0) desk_.ask_take_back(till, wish);
    });
  }

  // One after the other: a till takes so many at once.
  void for_each_wish(const std::function<void(Till&, Wish&)>& act) {
    for (auto& [number, wish] : desk_.wishes()) {
      act(*tills_[wish.till], wish);
      run_until(virtual_now() + (wish.in_reader ? at_the_reader : between_wishes));
    }
    run_until(virtual_now() + 1min);
  }

  std::set<std::pair<std::size_t, std::size_t>> shown_;  // vouchers
  Setting setting_;                                      // of the story that is run
  Timeline timeline_;
  Trace trace_;
  FaultCounts faults_;
  Centre centre_;
  LedgerWatch watch_;
  std::vector<tests::OpeningCounter> opening_;
  std::vector<std::unique_ptr<Till>> tills_;
  Desk desk_{setting_, centre_, trace_};
  std::map<std::size_t, bool> is_open_;
  std::vector<microseconds> down_until_;
  std::vector<microseconds> disturbed_until_;   // its line, disk or process
  std::vector<std::uint64_t> weather_, disks_;  // how often either has changed
};

void WorldDeleter::operator()(World* world) const {
  delete world;
}

std::unique_ptr<World, WorldDeleter> make_world(const Setting& setting, const std::filesystem::path& folder) {
  return std::unique_ptr<World, WorldDeleter>(new World(setting, folder));
}

Outcome run_world(World& world, const Story& story, std::FILE* trace) {
  Outcome outcome;
  try {
    world.run(story, trace, outcome);
  } catch (const Broken& broken) {
    outcome.broken = broken.what();
  }
  world.report(outcome);
  return outcome;
}

}  // namespace gongji::sim
