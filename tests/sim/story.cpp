#include "tests/sim/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/sim/sim_random.h"

namespace gongji::sim {

namespace {

using namespace std::chrono_literals;

milliseconds any(Chance& chance, milliseconds from, milliseconds to) {
  return milliseconds(chance.between(from.count(), to.count()));
}

class Author {
 public:
  explicit Author(const Setting& setting) : setting_(setting) { story_.setting = setting; }

  Story write() {
    for (std::size_t till = 0; till < setting_.tills; ++till) {
      for (std::size_t day = 0; day < setting_.days; ++day) write_day(till, day);
    }
    Chance chance(seed_of(setting_.seed, "centre"));
    for (std::size_t day = 0; day < setting_.days; ++day) write_centre(chance, day);
    for (std::size_t till = 0; till < setting_.tills; ++till) write_backup(till);
    write_order();
    story_.end = setting_.days * 24h;
    std::stable_sort(story_.happenings.begin(), story_.happenings.end(),
                     [](const Happening& one, const Happening& other) { return one.at < other.at; });
    hand_out_vouchers();
    use_readers();
    return std::move(story_);
  }

 private:
  Happening& add(Does does, milliseconds at, std::size_t till) {
    Happening& made = story_.happenings.emplace_back();
    made.does = does;
    made.at = at;
    made.till = till;
    return made;
  }

  void write_day(std::size_t till, std::size_t day) {
    Chance chance(seed_of(setting_.seed, "day", till * 1'000 + day));
    const milliseconds opens = day * 24h + any(chance, 7h + 30min, 8h + 30min);
    const milliseconds closes = day * 24h + any(chance, 17h, 19h);
    add(Does::open_shop, opens, till);
    add(Does::close_shop, closes, till);
    const auto sales = static_cast<std::size_t>(
        chance.between(static_cast<std::int64_t>(setting_.sales_a_day / 2),
                       static_cast<std::int64_t>(setting_.sales_a_day + (setting_.sales_a_day + 1) / 2)));
    for (std::size_t i = 0; i < sales;) {
      const milliseconds at = any(chance, opens + 1min, closes - 1min);
      write_visit(chance, till, at);
      // At the next desk of the same till, in the same moment.
      while (++i < sales && chance.in_thousand(120)) write_visit(chance, till, at + any(chance, 0ms, 150ms));
    }
    write_mischief(chance, till, opens, closes);
  }

  // Most people go to the same shop.
  std::size_t any_person(Chance& chance, std::size_t till) {
    const std::size_t persons = setting_.persons();
    if (chance.in_thousand(250)) return chance.below(persons);
    return (till * 3 + chance.below(5)) % persons;
  }

  void write_visit(Chance& chance, std::size_t till, milliseconds at) {
    Happening sale;
    sale.does = Does::sell;
    sale.at = at;
    sale.till = till;
    sale.sale = ++sales_;
    sale.person = sale.card_of = any_person(chance, till);
    sale.number = chance.in_thousand(800) ? chance.between(1, 9'000) : chance.between(1, 150'000);
    sale.lines = static_cast<unsigned>(chance.between(1, 3));
    const auto use = chance.below(4);
    sale.accounts = use == 0   ? settlement::AccountUse::none
                    : use == 1 ? settlement::AccountUse::own
                               : settlement::AccountUse::family;
    sale.by_card = chance.in_thousand(150);
    const auto behind = [&](Does does, milliseconds span) {
      Happening& later = add(does, at + span, till);
      later.sale = sale.sale;
    };
    const auto what = chance.below(100);
    if (what < 4 && setting_.has(Fault::double_click)) {
      sale.does = Does::sell_twice;
      sale.span = any(chance, 30ms, 900ms);
    } else if (what < 7 && setting_.has(Fault::wrong_card)) {
      sale.card_of = (sale.person + 1) % setting_.persons();
    } else if (what < 11) {
      behind(Does::cancel, any(chance, 1min, 40h));
    } else if (what < 15) {
      behind(Does::refund_part, any(chance, 1min, 30h));
    } else if (what < 16) {
      add(Does::cancel_elsewhere, at + any(chance, 1min, 6h), (till + 1) % setting_.tills).sale = sale.sale;
    } else if (what < 19 && setting_.has(Fault::asked_again)) {
      behind(Does::ask_again, any(chance, 1s, 30h));
    } else if (what < 22 && setting_.has(Fault::walked_away)) {
      behind(Does::cancel, any(chance, 200ms, 20s));
    }
    if (chance.in_thousand(60)) {
      Happening asks = sale;
      asks.does = Does::quote;
      asks.at = at - any(chance, 5s, 50s);
      story_.happenings.push_back(asks);
    }
    story_.happenings.push_back(sale);
  }

  void write_mischief(Chance& chance, std::size_t till, milliseconds opens, milliseconds closes) {
    const auto maybe = [&](Fault fault, std::uint64_t in_thousand, Does does, milliseconds least, milliseconds most) {
      const bool happens = chance.in_thousand(in_thousand * setting_.mischief / 100);
      const milliseconds at = any(chance, opens, closes), span = any(chance, least, most);
      const auto luck = static_cast<std::int64_t>(chance.bits() >> 1U);
      if (!happens || !setting_.has(fault)) return;
      Happening& made = add(does, at, till);
      made.span = span;
      made.number = luck;
    };
    maybe(Fault::line_down, 350, Does::line_falls, 20s, 3h);
    maybe(Fault::line_down, 60, Does::line_falls, 12h, 60h);
    maybe(Fault::answers_cut_off, 120, Does::answers_cut_off, 10s, 1h);
    maybe(Fault::request_lost, 250, Does::bad_line, 5min, 2h);
    maybe(Fault::line_half_open, 300, Does::connections_forgotten, 0s, 0s);
    maybe(Fault::process_death, 120, Does::process_dies, 1s, 10min);
    maybe(Fault::power_cut, 100, Does::power_cut, 10s, 1h);
    maybe(Fault::power_cut_in_a_write, 200, Does::power_cut_in_a_write, 1s, 10min);
    maybe(Fault::disk_full, 40, Does::disk_full, 10s, 30min);
    maybe(Fault::disk_error, 40, Does::disk_error, 1s, 10min);
    maybe(Fault::clock_jump, 120, Does::clock_jumps, 0s, 0s);
    maybe(Fault::clock_at_1970, 30, Does::battery_dies, 0s, 0s);
  }

  void write_centre(Chance& chance, std::size_t day) {
    const auto maybe = [&](Fault fault, std::uint64_t in_thousand, Does does, milliseconds most) {
      const bool happens = chance.in_thousand(in_thousand);
      const milliseconds at = day * 24h + any(chance, 7h, 19h), span = any(chance, 0s, most);
      const std::size_t process = chance.below(setting_.centres);
      if (happens && setting_.has(fault)) add(does, at, process).span = span;
    };
    maybe(Fault::centre_restart, 300, Does::centre_restarts, 5min);
    maybe(Fault::centre_power_cut, 200, Does::centre_power_cut, 30min);
    maybe(Fault::centre_dies_before_its_answer, 500, Does::centre_dies_before_its_answer, 30s);
  }

  // The disk of a night comes back on a later morning, before the shop opens.
  void write_backup(std::size_t till) {
    Chance chance(seed_of(setting_.seed, "backup", till));
    if (setting_.days < 2 || !setting_.has(Fault::backup_restored)) return;
    if (!chance.in_thousand(150 * setting_.mischief / 100)) return;
    const auto taken = static_cast<std::size_t>(chance.between(1, static_cast<std::int64_t>(setting_.days) - 1));
    const auto back = static_cast<std::size_t>(
        chance.between(static_cast<std::int64_t>(taken), static_cast<std::int64_t>(setting_.days)));
    // Of a day that has not begun: a backup of the morning itself loses
    // nothing.
    add(Does::backs_up, (taken - 1) * 24h + any(chance, 6h, 7h), till);
    add(Does::restores_backup, back * 24h - (back == setting_.days ? 1h : 0h) + (back == setting_.days ? 0h : 7h),
        till);
  }

  void write_order() {
    Chance chance(seed_of(setting_.seed, "order"));
    if (!chance.in_thousand(500)) return;
    Happening& order = add(Does::order_begins, any(chance, 6h, setting_.days * 24h), chance.below(setting_.tills));
    order.span = any(chance, 30min, 30h);
    order.number = chance.between(2, 5);
  }

  // Each is used once by its owner; and some of them again, by whoever has a
  // copy.
  void hand_out_vouchers() {
    Chance chance(seed_of(setting_.seed, "vouchers"));
    std::vector<std::size_t> used(setting_.persons(), 0);
    for (Happening& it : story_.happenings) {
      const bool sells = it.does == Does::sell || it.does == Does::sell_twice;
      const bool shows = chance.in_thousand(100), copy = chance.in_thousand(400);
      const std::size_t which = chance.below(vouchers_of_a_person) + 1;
      if (!sells || !shows) continue;
      std::size_t& last = used[it.card_of];
      if (copy && last > 0 && setting_.has(Fault::voucher_copied)) {
        it.voucher = (which - 1) % last + 1;
      } else if (last < vouchers_of_a_person) {
        it.voucher = ++last;
      }
    }
  }

  void use_readers() {
    Chance chance(seed_of(setting_.seed, "readers"));
    for (Happening& it : story_.happenings) {
      const bool sells = it.does == Does::sell || it.does == Does::sell_twice;
      const bool reads = chance.in_thousand(150);
      const auto pin = chance.below(10);
      if (!sells || !reads || it.voucher != 0) continue;
      it.in_reader = true;
      it.pin = pin < 5 ? Pin::none : pin < 8 ? Pin::right : Pin::wrong;
      if (it.pin == Pin::wrong && !setting_.has(Fault::wrong_pin)) it.pin = Pin::right;
    }
  }

  Setting setting_;
  Story story_;
  std::uint64_t sales_ = 0;
};

std::string in_words(milliseconds span) {
  if (span >= 2h) return fmt::format("{} hours", std::chrono::duration_cast<std::chrono::hours>(span).count());
  if (span >= 2min) return fmt::format("{} minutes", std::chrono::duration_cast<std::chrono::minutes>(span).count());
  if (span >= 2s) return fmt::format("{} seconds", std::chrono::duration_cast<std::chrono::seconds>(span).count());
  return fmt::format("{} ms", span.count());
}

std::string what_happens(const Happening& it) {
  const std::size_t till = it.till + 1;
  const auto buys = [&] {
    std::string text = fmt::format("person {} buys for {} yuan at till {} (sale {})", it.person + 1,
                                   to_string(Money::fen(it.number)), till, it.sale);
    if (it.card_of != it.person) text += fmt::format(", showing the card of person {}", it.card_of + 1);
    if (it.voucher != 0) text += fmt::format(", on voucher {}", it.voucher);
    if (it.in_reader) text += ", with the card in the reader";
    if (it.pin != Pin::none) text += it.pin == Pin::right ? " and its PIN" : " and a wrong PIN";
    return text;
  };
  switch (it.does) {
    case Does::open_shop:
      return fmt::format("the shop with till {} opens", till);
    case Does::close_shop:
      return fmt::format("the shop with till {} closes", till);
    case Does::sell:
      return buys();
    case Does::sell_twice:
      return fmt::format("{}; the clerk clicks twice, {} apart", buys(), in_words(it.span));
    case Does::ask_again:
      return fmt::format("till {} is asked for sale {} again", till, it.sale);
    case Does::cancel:
      return fmt::format("sale {} is taken back at till {}", it.sale, till);
    case Does::cancel_elsewhere:
      return fmt::format("somebody wants to take sale {} back at till {}, which never made it", it.sale, till);
    case Does::refund_part:
      return fmt::format("a part of sale {} is taken back at till {}", it.sale, till);
    case Does::quote:
      return fmt::format("person {} asks till {} what {} yuan would cost", it.person + 1, till,
                         to_string(Money::fen(it.number)));
    case Does::line_falls:
      return fmt::format("the line of till {} falls for {}", till, in_words(it.span));
    case Does::answers_cut_off:
      return fmt::format("for {} till {} is heard, but hears nothing", in_words(it.span), till);
    case Does::bad_line:
      return fmt::format("for {} the line of till {} loses, doubles, delays and damages", in_words(it.span), till);
    case Does::connections_forgotten:
      return fmt::format("a router between till {} and the centre forgets the open connections", till);
    case Does::process_dies:
      return fmt::format("the program of till {} is killed and starts again after {}", till, in_words(it.span));
    case Does::power_cut:
      return fmt::format("the power of till {} goes for {}", till, in_words(it.span));
    case Does::power_cut_in_a_write:
      return fmt::format("the power of till {} goes {} disk operations later, for {}", till, it.number % 60,
                         in_words(it.span));
    case Does::disk_full:
      return fmt::format("the disk of till {} is full for {}", till, in_words(it.span));
    case Does::disk_error:
      return fmt::format("the disk of till {} fails for {}", till, in_words(it.span));
    case Does::backs_up:
      return fmt::format("the disk of till {} is backed up", till);
    case Does::restores_backup:
      return fmt::format("the disk of till {} is as it was when it was backed up", till);
    case Does::order_begins:
      return fmt::format(
          "for {} an order lets the site of till {} promise {} "
          "times as much without the line",
          in_words(it.span), till, it.number);
    case Does::clock_jumps:
      return fmt::format("the clock of till {} is turned", till);
    case Does::battery_dies:
      return fmt::format("the battery of till {}'s clock dies: at its next start it is 1970", till);
    case Does::centre_restarts:
      return fmt::format("process {} of the centre is away for {}", till, in_words(it.span));
    case Does::centre_power_cut:
      return fmt::format("the power of the centre goes for {}", in_words(it.span));
    case Does::centre_dies_before_its_answer:
      return fmt::format("process {} of the centre dies between its next commit and the answer, for {}", till,
                         in_words(it.span));
  }
  return {};
}

// ISO 7064 MOD 11-2, as on an ID card.
char check_digit(const std::string& digits) {
  static constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += weights[i] * (digits[i] - '0');
  return "10X98765432"[sum % 11];
}

int birth_year(std::size_t person) {
  return person % 3 == 0 ? 1950 : 1980 + static_cast<int>(person % 20);
}

}  // namespace

Story make_story(const Setting& setting) {
  return Author(setting).write();
}

std::string told(const Happening& happening) {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(happening.at).count();
  return fmt::format("day {}, {:02}:{:02}:{:02}: {}", second / 86'400 + 1, second / 3'600 % 24, second / 60 % 60,
                     second % 60, what_happens(happening));
}

Buyer buyer(std::size_t person) {
  const std::string seventeen = fmt::format("999999{}0101{:03}", birth_year(person), person + 1);
  return {fmt::format("4201000000000000{:04}", person + 1), seventeen + check_digit(seventeen),
          fmt::format("A4201{:04}", person + 1), fmt::format("420100D15600000542{:06}FFFFFFFF", 10'000 + person)};
}

std::string site_of_till(std::size_t till) {
  const std::size_t site = till / 2;
  return fmt::format("{}4201{:07}", site % 2 == 0 ? 'P' : 'H', site + 1);
}

std::string people_text(const Setting& setting) {
  Chance chance(seed_of(setting.region(), "people"));
  std::string sites, persons;
  for (std::size_t till = 0; till < setting.tills; till += 2) {
    const std::string code = site_of_till(till);
    sites += fmt::format(
        R"({}{{"fixmedins_code":"{}","fixmedins_name":"shop","fixmedins_type":{},"admdvs":"420100","dedc_hosp_lv":{},)"
        R"("designated":true,"dual_channel":false}})",
        till == 0 ? "" : ",", code, code[0] == 'P' ? 2 : 1, code[0] == 'P' ? 9 : 1);
  }
  for (std::size_t i = 0; i < setting.persons(); ++i) {
    const Buyer who = buyer(i);
    const bool retired = birth_year(i) == 1950;
    std::string family;
    if (chance.in_thousand(350)) {
      const std::size_t owner = (i + 1 + chance.below(setting.persons() - 1)) % setting.persons();
      family = fmt::format(R"({{"owner":"{}","relation":"spouse","listed":true}})", buyer(owner).psn_no);
    }
    persons += fmt::format(
        R"({}{{"key":"p{}","psn_no":"{}","name":"person","certno":"{}","gend":"1","naty":"01","brdy":"{}-01-01",)"
        R"("insutype":"310","psn_type":"{}",{}"insuplc_admdvs":"420100","card_no":"{}","card_identifier":"{}",)"
        R"("evouchers":[],"accounts":[{{"kind":"current","balance":"{}"}},{{"kind":"prior","balance":"{}"}}],)"
        R"("family":[{}],"counters":[{{"name":"op.deductible","value":"{}"}}]}})",
        i == 0 ? "" : ",", i + 1, who.psn_no, who.certno, birth_year(i), retired ? "12" : "11",
        retired ? R"("retired_on":"2010-01-31",)" : "", who.card_no, who.card_sn,
        to_string(Money::fen(chance.between(0, 30'000))), to_string(Money::fen(chance.between(0, 150'000))), family,
        to_string(Money::fen(chance.between(0, 50'000))));
  }
  return fmt::format(R"({{"about":"invented","sites":[{}],"persons":[{}]}})", sites, persons);
}

Day first_day(const Setting& setting) {
  return setting.region() % 4 == 0 ? *Day::from_civil(2026, 12, 30) : *Day::from_civil(2026, 11, 21);
}

}  // namespace gongji::sim
