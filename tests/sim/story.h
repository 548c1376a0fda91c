// story.h — what people, machines and lines will do in a world: all of it drawn from the seed before it begins.
//
// A story is a list of happenings, each with its moment.  Leaving one out leaves the others as they are, which is what
// makes a story shrinkable (shrink.h); each can be told in a sentence.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "offline/base/money.h"
#include "offline/settlement/claim.h"
#include "tests/sim/faults.h"
#include "tests/sim/virtual_time.h"

namespace gongji::sim {

struct Setting {
  std::uint64_t seed = 1;
  std::size_t tills = 4;
  std::size_t centres = 1;  // processes in front of one ledger
  std::size_t days = 3;
  std::size_t sales_a_day = 20;  // of each till, on average
  std::array<bool, fault_kinds> faults = all_faults();
  std::uint64_t mischief = 100;  // how often things go wrong at a till, in hundredths of the usual

  bool has(Fault fault) const { return faults[static_cast<std::size_t>(fault)]; }
  std::size_t persons() const { return 6 + 3 * tills; }
  // Worlds of one region begin alike: the same people, shops and day.  Every second region's centre gives standing
  // grants; every fourth sees the year turn.
  std::uint64_t region() const { return seed % 16; }
  static constexpr std::array<bool, fault_kinds> all_faults() {
    std::array<bool, fault_kinds> all{};
    all.fill(true);
    return all;
  }
};

enum class Does : std::uint8_t {
  open_shop,
  close_shop,
  sell,
  sell_twice,  // the button was clicked twice
  ask_again,   // the same request, later
  cancel,      // the whole sale comes back
  cancel_elsewhere,
  refund_part,
  quote,
  line_falls,  // for a while, as all of these
  answers_cut_off,
  bad_line,  // loses, doubles, delays, damages
  connections_forgotten,
  process_dies,
  power_cut,
  power_cut_in_a_write,
  disk_full,
  disk_error,
  clock_jumps,
  battery_dies,
  centre_restarts,
  centre_power_cut,
  centre_dies_before_its_answer,
  backs_up,
  restores_backup,
  order_begins,
};

enum class Pin : std::uint8_t { none, right, wrong };

struct Happening {
  Does does = Does::sell;
  milliseconds at{0};
  std::size_t till = 0;     // of a centre's process where one is meant
  std::uint64_t sale = 0;   // the number of a sale: of sell, and of what refers to it
  std::size_t person = 0;   // who buys
  std::size_t card_of = 0;  // whose card is shown: another's is the wrong one
  std::int64_t number = 0;  // fen of a sale; operations until the power goes; milliseconds that a clock jumps
  milliseconds span{0};     // how long it lasts
  unsigned lines = 1;       // of goods
  settlement::AccountUse accounts = settlement::AccountUse::none;
  bool by_card = false;     // by the numbers on the card instead of the ID number
  std::size_t voucher = 0;  // or by one of the vouchers of whoever's card it would be, from 1 on
  bool in_reader = false;   // or by the card itself, in the reader of the till
  Pin pin = Pin::none;      // of such a card
};

struct Story {
  Setting setting;
  std::vector<Happening> happenings;  // in order of time
  milliseconds end{0};                // of the last day; then everything is mended and counted
};

Story make_story(const Setting& setting);

// "day 1, 09:14:05: at till 2 person 7 buys for 38.20 yuan (sale 31)"
std::string told(const Happening& happening);

inline constexpr std::size_t vouchers_of_a_person = 4;

// The invented people and sites, in the form of sync/centre/people.json.
struct Buyer {
  std::string psn_no, certno, card_no, card_sn;
};
Buyer buyer(std::size_t person);
std::string site_of_till(std::size_t till);  // two tills share a site; every second site is a clinic
std::string people_text(const Setting& setting);

// The first midnight (UTC+8) of a region's worlds.
Day first_day(const Setting& setting);

}  // namespace gongji::sim
