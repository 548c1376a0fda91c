// claim.h — the question put to the settlement engine: what was supplied, to whom, where, on which day, and what this
// person had already used.  Plain values; the engine trusts only what claim_json.h or the terminal has checked.
//
// Units: Money in fen; prices in millionths of a yuan; quantities in ten-thousandths; rates in parts per million.
// Names in comments are those of the national interface (fsi) where it has one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/money.h"
#include "offline/base/rate.h"

namespace gongji::settlement {

inline constexpr std::size_t lines_max = 200;

// A price with up to six decimals (fsi `pric`), as millionths of a yuan; 0 .. 9'999'999'999.99.
struct Price {
  std::int64_t millionths = 0;
  constexpr auto operator<=>(const Price&) const = default;
};

// A quantity with up to four decimals (fsi `cnt`), as ten-thousandths; 0 .. 9'999'999'999.99.
struct Quantity {
  std::int64_t ten_thousandths = 0;
  constexpr auto operator<=>(const Quantity&) const = default;
};

// half_up(price x quantity), in fen; nullopt where it is above amount_max.
std::optional<Money> line_amount(Price price, Quantity quantity);

enum class LineClass : std::uint8_t { a = 1, b = 2, c = 3 };  // chrgitm_lv 01 甲, 02 乙, 03 丙 (own cost)
enum class LineKind : std::uint8_t { drug, device, consumable, service, other };
enum class Region : std::uint8_t { local, filed, referred, temporary };
enum class Settled : std::uint8_t { direct, late };
enum class Employment : std::uint8_t { unit, flexible };
enum class AccountUse : std::uint8_t { none = 0, own = 1, family = 2 };  // acct_used_flag
enum class AccountKind : std::uint8_t { current, prior };
enum class Relation : std::uint8_t { self, spouse, parent, child, other };  // the OWNER's relation to the patient
enum class EnrolKind : std::uint8_t { first, late, gap, newborn };
enum class Cause : std::uint8_t { illness, work_injury, maternity, traffic, other_accident };
enum class Place : std::uint8_t { district, city, outside };

struct Site {
  std::string fixmedins_code;
  std::uint8_t fixmedins_type = 1;  // 1 institution, 2 pharmacy, 3..5 others
  std::string admdvs;               // six digits
  std::uint8_t dedc_hosp_lv = 9;    // 1 first level and below, 2, 3, 4 other, 9 unranked
  bool designated = true;           // 定点
  bool dual_channel = false;        // 双通道
  bool is_pharmacy() const { return fixmedins_type == 2; }
  bool operator==(const Site&) const = default;
};

struct Person {
  std::string psn_no;
  std::string insutype;
  std::string psn_type;
  std::optional<Day> brdy;
  std::optional<Day> retired_on;
  Employment employment = Employment::unit;
  std::string insuplc_admdvs;
  std::optional<Day> entitled_from, entitled_to;  // both inclusive; absent = open
  std::optional<Day> paid_on;
  std::optional<EnrolKind> enrol_kind;
  bool operator==(const Person&) const = default;
};

struct Visit {
  std::string med_type;
  Region region = Region::local;
  Settled settled = Settled::direct;
  std::optional<Day> presented_on;
  std::optional<std::string> benefit;
  Cause cause = Cause::illness;
  bool approved = true;
  bool rx_circ_flag = false;               // an external prescription
  std::optional<std::uint8_t> rx_hosp_lv;  // level of the prescribing institution
  std::vector<std::string> diseases;
  std::optional<Place> place;
  bool operator==(const Visit&) const = default;
};

struct Line {
  std::string feedetl_sn;
  std::string med_list_codg;  // "" where the goods have none
  std::string name;
  LineKind kind = LineKind::drug;
  LineClass chrgitm_lv = LineClass::a;
  std::optional<Rate> selfpay_prop;  // class-B first part of this line; absent = the pack's
  Price pric;
  Quantity cnt;
  std::optional<Price> pric_uplmt_amt;
  Money det_item_fee_sumamt;
  bool excluded = false;  // on the national list of items that insurance must not pay
  bool operator==(const Line&) const = default;
};

struct Account {
  std::string owner;  // "self", or the owner's psn_no
  Relation relation = Relation::self;
  AccountKind kind = AccountKind::prior;
  Money balc;          // >= 0
  std::string scheme;  // "" = the patient's scheme
  bool listed = true;
  bool is_own() const { return owner == "self"; }
  bool operator==(const Account&) const = default;
};

// A counter and what it stood at; names as in the pack ("op.fund").
struct Counter {
  std::string name;
  Money value;  // >= 0
  bool operator==(const Counter&) const = default;
};

struct Claim {
  std::string id;                   // the caller's own; echoed
  std::optional<std::string> pack;  // "scheme@version" forced by the caller
  CivilTime begntime;
  Site site;
  Person person;
  Visit visit;
  AccountUse acct_used_flag = AccountUse::none;
  std::vector<Line> lines;        // 1..lines_max
  std::vector<Counter> ytd;       // BEFORE this claim; a missing one is 0
  std::vector<Account> accounts;  // in the order in which they may pay
  bool operator==(const Claim&) const = default;
};

}  // namespace gongji::settlement
