#include "tests/replay/year_of_sales.h"

#include <algorithm>
#include <array>

#include "offline/base/check.h"
#include "offline/settlement/claim_json.h"

namespace gongji::tests {

using namespace settlement;

namespace {

constexpr std::uint64_t opens = 8 * 3'600, open_for = 12 * 3'600;  // seconds of a day

// SplitMix64 (Steele, Lea and Flood 2014): whole numbers only, the same everywhere.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t stream, std::uint64_t index)
      : state_(mixed(seed ^ mixed(stream * 0x9E3779B97F4A7C15u + index))) {}

  std::uint64_t below(std::uint64_t count) { return count == 0 ? 0 : next() % count; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
  }
  bool in_100(std::uint64_t times) { return below(100) < times; }
  bool in_1000(std::uint64_t times) { return below(1'000) < times; }
  // The index of a weight, as often as it weighs.
  template <std::size_t n>
  std::size_t weighted(const std::array<std::uint64_t, n>& weights) {
    std::uint64_t whole = 0;
    for (const std::uint64_t weight : weights) whole += weight;
    std::uint64_t left = below(whole);
    for (std::size_t i = 0; i < n; ++i) {
      if (left < weights[i]) return i;
      left -= weights[i];
    }
    return n - 1;
  }

 private:
  static std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
  }
  std::uint64_t next() { return mixed(state_ += 0x9E3779B97F4A7C15u); }
  std::uint64_t state_;
};

std::string digits(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

Day civil(int year, int month, int day) {
  const auto made = Day::from_civil(year, month, day);
  GONGJI_CHECK(made.has_value());
  return *made;
}

// What stays the same of a person over the year.
void describe_person(Claim& claim, std::uint64_t seed, std::uint64_t number, int year) {
  Dice dice(seed, 1, number);
  Person& person = claim.person;
  person = Person();
  person.psn_no = "999999" + digits(number, 14);
  person.insutype = "310";
  const bool retired = dice.in_100(34);
  person.psn_type = retired ? "12" : "11";
  const int age = static_cast<int>(retired ? dice.between(56, 88) : dice.between(22, 59));
  person.brdy = civil(year - age, static_cast<int>(dice.between(1, 12)), static_cast<int>(dice.between(1, 28)));
  person.employment = dice.in_100(15) ? Employment::flexible : Employment::unit;
  person.insuplc_admdvs = "4201" + digits(dice.below(13), 2);
  if (!retired && dice.in_1000(15)) {  // retires this year
    person.retired_on = civil(year, static_cast<int>(dice.between(1, 12)), static_cast<int>(dice.between(1, 28)));
  }

  claim.accounts.clear();
  Account own;
  own.owner = "self";
  own.balc = Money::fen(dice.between(0, 120'000));
  if (dice.in_100(90)) claim.accounts.push_back(own);
  if (dice.in_100(30)) {
    Account family;
    family.owner = "999999" + digits(90'000'000'000'000 + number, 14);
    family.relation = std::array{Relation::spouse, Relation::parent, Relation::child,
                                 Relation::other}[dice.weighted(std::array<std::uint64_t, 4>{50, 25, 22, 3})];
    family.balc = Money::fen(dice.between(0, 200'000));
    family.listed = !dice.in_100(4);
    claim.accounts.push_back(family);
  }
  claim.ytd.clear();
  if (dice.in_100(5)) {  // came with something used elsewhere; only the first sale of the year counts it
    claim.ytd = {{"op.deductible", Money::fen(dice.between(1, 500) * 100)}, {"op.fund", Money()}};
  }
}

void describe_site(Claim& claim, Dice& dice) {
  Site& site = claim.site;
  Visit& visit = claim.visit;
  site = Site();
  visit = Visit();
  visit.med_type = "11";
  site.admdvs = "420100";
  if (dice.in_100(22)) {
    site.fixmedins_type = 2;
    site.fixmedins_code = "P999999" + digits(dice.below(400), 5);
    site.dual_channel = dice.in_100(20);
    if (dice.in_100(30)) {
      visit.rx_circ_flag = true;
      visit.rx_hosp_lv = static_cast<std::uint8_t>(dice.between(1, 3));
    } else {
      visit.med_type = "41";
    }
  } else {
    site.fixmedins_code = "H999999" + digits(dice.below(250), 5);
    site.dedc_hosp_lv =
        std::array<std::uint8_t, 5>{1, 2, 3, 4, 9}[dice.weighted(std::array<std::uint64_t, 5>{32, 26, 36, 2, 4})];
    if (dice.in_100(2)) visit.med_type = "14";
    visit.region = std::array{Region::local, Region::filed, Region::referred,
                              Region::temporary}[dice.weighted(std::array<std::uint64_t, 4>{92, 3, 3, 2})];
    if (dice.in_1000(6)) visit.settled = Settled::late;
  }
  site.designated = !dice.in_1000(8);
}

Line make_line(std::uint64_t number, Dice& dice) {
  Line line;
  line.feedetl_sn = std::to_string(number);
  line.kind = std::array{LineKind::drug, LineKind::service, LineKind::consumable, LineKind::device,
                         LineKind::other}[dice.weighted(std::array<std::uint64_t, 5>{72, 18, 5, 3, 2})];
  line.chrgitm_lv =
      std::array{LineClass::a, LineClass::b, LineClass::c}[dice.weighted(std::array<std::uint64_t, 3>{44, 44, 12})];
  if (line.chrgitm_lv == LineClass::b) {
    const std::size_t choice = dice.weighted(std::array<std::uint64_t, 6>{5, 20, 40, 15, 14, 6});
    if (choice > 0) line.selfpay_prop = Rate::ppm(std::array{0, 50'000, 100'000, 150'000, 200'000, 300'000}[choice]);
  }
  line.med_list_codg = "X" + digits(dice.below(3'000), 11);
  line.name = "item " + line.med_list_codg;
  const std::int64_t most = std::array<std::int64_t, 4>{
      2'000, 8'000, 25'000, 90'000}[dice.weighted(std::array<std::uint64_t, 4>{40, 38, 18, 4})];
  line.pric = {dice.between(150, most) * 10'000};
  line.cnt = {dice.between(1, 4) * 10'000};
  line.det_item_fee_sumamt = *line_amount(line.pric, line.cnt);
  if (dice.in_100(5)) line.pric_uplmt_amt = Price{line.pric.millionths / 100 * dice.between(60, 110)};
  line.excluded = dice.in_1000(5);
  return line;
}

}  // namespace

SalesOfAYear::SalesOfAYear(const YearOfSales& wish) : wish_(wish), first_day_(civil(wish.year, 1, 1)) {
  if (wish_.persons == 0) wish_.persons = std::max<std::uint64_t>(1, wish_.sales / 8);
  const Day next_year = civil(wish.year + 1, 1, 1);
  seconds_ = static_cast<std::uint64_t>(next_year.number() - first_day_.number()) * open_for;
}

bool SalesOfAYear::next(Claim& claim) {
  if (at_ == wish_.sales) return false;
  Dice dice(wish_.seed, 2, at_);
  // Half of all sales go to the seventh of the persons who are ill most.
  const std::uint64_t often = std::max<std::uint64_t>(1, wish_.persons / 7);
  describe_person(claim, wish_.seed, dice.in_100(50) ? dice.below(often) : dice.below(wish_.persons), wish_.year);
  describe_site(claim, dice);

  claim.id = "s-" + digits(at_ + 1, 7);
  claim.pack.reset();
  // Every sale has its own stretch of the year's opening hours.
  __extension__ using Wide = unsigned __int128;
  const auto start = static_cast<std::uint64_t>(static_cast<Wide>(seconds_) * at_ / wish_.sales);
  const auto end = static_cast<std::uint64_t>(static_cast<Wide>(seconds_) * (at_ + 1) / wish_.sales);
  const std::uint64_t second = start + dice.below(std::max<std::uint64_t>(1, end - start));
  claim.begntime = {first_day_.plus_days(static_cast<int>(second / open_for)),
                    static_cast<std::int32_t>(opens + second % open_for)};
  claim.acct_used_flag = std::array{AccountUse::none, AccountUse::own,
                                    AccountUse::family}[dice.weighted(std::array<std::uint64_t, 3>{15, 55, 30})];
  claim.lines.clear();
  const std::uint64_t lines = 1 + dice.below(5);
  for (std::uint64_t i = 1; i <= lines; ++i) claim.lines.push_back(make_line(i, dice));
  ++at_;
  return true;
}

std::string sales_text(const YearOfSales& wish) {
  std::string text;
  SalesOfAYear sales(wish);
  for (Claim claim; sales.next(claim);) text.append(claim_to_json(claim)).append(1, '\n');
  return text;
}

}  // namespace gongji::tests
