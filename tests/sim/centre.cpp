#include "tests/sim/centre.h"

#include <algorithm>

#include "offline/base/check.h"

namespace gongji::sim {

namespace {

centre::GrantPlan grant_plan() {
  centre::GrantPlan plan;
  plan.persons_max = 8;
  plan.hours = 24;
  plan.visits_days = 10;
  plan.share_ppm = 250'000;
  plan.account_max = Money::yuan(80);
  plan.family_max = Money::yuan(40);
  plan.fund_max = Money::yuan(80);
  plan.presences = {{record::Presence::id_number}};
  return plan;
}

constexpr std::size_t spare_rules = 6;  // more than most worlds need

std::vector<packs::PackSet>& spare() {
  static std::vector<packs::PackSet> sets;
  return sets;
}

// As open_centre() has them where nothing was published.
packs::PackSet rules(const centre::TermsPlan& plan) {
  if (plan.activate_reported_packs || spare().empty()) return packs::built_in_packs(plan.activate_reported_packs);
  packs::PackSet set = std::move(spare().back());
  spare().pop_back();
  return set;
}

}  // namespace

void read_spare_rules() {
  while (spare().size() < spare_rules) spare().push_back(packs::built_in_packs());
}

const packs::PackSet& built_in_rules() {
  static const packs::PackSet rules = packs::built_in_packs();
  return rules;
}

Centre::Centre(const Setting& setting, const std::filesystem::path& folder, Timeline& timeline, FaultCounts& faults)
    : folder_(folder / "centre"),
      timeline_(timeline),
      faults_(faults),
      random_(seed_of(setting.region(), "centre's keys")),
      disk_(folder_),
      began_(wall_time_of({first_day(setting), 0})),
      processes_(setting.centres),
      gives_grants_(setting.region() % 2 == 0) {
  centre::InitOptions options;
  options.people_text = people_text(setting);
  const auto made = centre::init_centre(folder_, options, true_time(), random_);
  GONGJI_CHECK_WHY(made.has_value(), made.has_value() ? "" : to_string(made.error(), Language::en));
  for (Process& process : processes_) open(process);
  auto& ledger = service().ledger();
  const auto read = ledger.transaction([&] {
    for (const std::string& psn_no : ledger.person_numbers()) {
      opening_[psn_no] = ledger.counters(psn_no, today().plus_days(-400));
    }
  });
  GONGJI_CHECK(read.has_value());
}

Centre::~Centre() = default;

// What a process reads of the folder when it starts is what the first one read; the ledger each opens for itself.
void Centre::open(Process& process) {
  if (!read_) {
    auto parts = centre::open_centre(folder_, random_);
    GONGJI_CHECK_WHY(parts.has_value(), parts.has_value() ? "" : to_string(parts.error(), Language::en));
    if (gives_grants_) parts->plan.grants = grant_plan();
    parts->plan.drain_window_s = 20;
    parts->plan.card_pin_above = pin_above;
    read_ = *std::move(parts);
    read_->ledger.reset();
  }
  auto ledger = centre::Ledger::open(ledger_file(), false, read_->keys);
  GONGJI_CHECK_WHY(ledger.has_value(), ledger.has_value() ? "" : to_string(ledger.error(), Language::en));
  centre::CentreParts parts{*std::move(ledger), rules(read_->plan), read_->keys,   read_->authority, read_->ca,
                            read_->plan,        read_->load_packs,  read_->loaded, read_->roots_pem, read_->speaks};
  process.service = std::make_unique<centre::CentreService>(std::move(parts), random_);
}

bool Centre::is_up() const {
  return std::any_of(processes_.begin(), processes_.end(), [](const Process& each) { return each.service != nullptr; });
}

centre::CentreService& Centre::service() {
  const auto up =
      std::find_if(processes_.begin(), processes_.end(), [](const Process& each) { return each.service != nullptr; });
  GONGJI_CHECK(up != processes_.end());
  return *up->service;
}

std::string Centre::new_code(const std::string& site) {
  return service().make_enrolment_code(site, {}, true_time()).value().secret.reveal();
}

void Centre::issue_vouchers(std::size_t persons, std::size_t days) {
  const std::chrono::hours valid(24 * (days + 1));
  for (std::size_t i = 0; i < persons; ++i) {
    vouchers_.push_back(
        service().issue_vouchers(buyer(i).psn_no, true_time(), valid, vouchers_of_a_person, true_time()).value());
  }
}

void Centre::order(const std::string& site, std::int64_t times, milliseconds span) {
  if (!is_up()) return;
  record::EmergencyOrder order;
  order.sites = {site};
  order.reference = "storm";
  order.start = true_time();
  order.end = true_time().plus(span);
  for (record::ReserveSlice slice : read_->plan.reserve) {
    if (slice.presence != record::Presence::id_number) continue;
    slice.per_sale_max = Money::fen(slice.per_sale_max.in_fen() * times);
    slice.per_person_day_max = Money::fen(slice.per_person_day_max.in_fen() * times);
    slice.total_max = Money::fen(slice.total_max.in_fen() * times);
    slice.count_max *= static_cast<std::uint32_t>(times);
    slice.hours_max = 240;
    order.reserve.push_back(slice);
  }
  GONGJI_CHECK(!order.reserve.empty());
  const auto issued = service().issue_order(order, false, true_time());
  GONGJI_CHECK(issued.has_value());
  order = record::decode_order(issued->bytes).value();
  orders_[to_string(order.id)] = std::move(order);
}

std::optional<http::Response> Centre::handle(std::size_t till, const http::Request& request) {
  Process& process = processes_[till % processes_.size()];
  if (!process.service) return std::nullopt;
  auto response = process.service->handle(request, true_time());
  if (!process.dies_for) return response;
  const milliseconds away = *std::exchange(process.dies_for, std::nullopt);
  faults_.count(Fault::centre_dies_before_its_answer);
  if (processes_.size() == 1) {
    cut_power(away);
  } else {
    end(process, away);
  }
  return std::nullopt;
}

void Centre::end(Process& process, milliseconds away) {
  process.service.reset();
  process.back_at = virtual_now() + away;
  disturbed_until_ = std::max(disturbed_until_, process.back_at);
  const auto place = static_cast<std::size_t>(&process - processes_.data());
  timeline_.at(process.back_at, [this, place] { come_back(place); });
}

void Centre::come_back(std::size_t place) {
  Process& process = processes_[place];
  if (!process.service && virtual_now() >= process.back_at) open(process);
}

void Centre::restart(std::size_t process, milliseconds away) {
  end(processes_[process], away);
}

void Centre::cut_power(milliseconds away) {
  before_power_cut();
  disk_.fail_after(0);
  for (Process& process : processes_) end(process, away);
  disk_.crash(Loses::unsynced, random_);
}

void Centre::die_before_the_next_answer(std::size_t process, milliseconds away) {
  processes_[process].dies_for = away;
}

void Centre::mend() {
  for (Process& process : processes_) {
    process.dies_for.reset();
    if (!process.service) open(process);
  }
}

void Centre::idle() {
  for (Process& process : processes_) {
    if (process.service) process.service->idle(true_time());
  }
}

}  // namespace gongji::sim
