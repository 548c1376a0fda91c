#include "sync/centre/credential_commands.h"

#include <fmt/format.h>

#include <iostream>

#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

constexpr std::chrono::hours china{8};

// Midnight in UTC+8 of a day as "YYYY-MM-DD".
std::optional<WallTime> start_of(const std::string& day) {
  const auto parsed = parse_day(day);
  if (!parsed) return std::nullopt;
  return WallTime{std::int64_t{parsed->number()} * 86'400'000}.plus(-china);
}

std::string_view name_of(record::StopKind kind) {
  return kind == record::StopKind::card ? "card" : kind == record::StopKind::voucher ? "voucher" : "person";
}

std::string_view name_of(record::StopReason reason) {
  switch (reason) {
    case record::StopReason::lost:
      return "lost";
    case record::StopReason::revoked:
      return "revoked";
    case record::StopReason::used:
      return "used";
    case record::StopReason::suspended:
      return "suspended";
  }
  return "unknown";
}

std::string time_text(WallTime at) {
  return to_string(civil_time_at(at));
}

}  // namespace

struct CredentialCommands::Given {
  std::string directory, psn_no, card_no, voucher, from, until;
  std::uint32_t days = 3, count = 1;
  CLI::App *issue = nullptr, *revoke = nullptr, *vouchers = nullptr, *again = nullptr;
  CLI::App *add = nullptr, *remove = nullptr, *list = nullptr;

  // Exactly one of card, voucher, person.
  StopRow named() const {
    if (!card_no.empty()) return {record::StopKind::card, card_no, record::StopReason::lost, {}, {}, false, {}, 0};
    if (!voucher.empty())
      return {record::StopKind::voucher, voucher, record::StopReason::revoked, {}, {}, false, {}, 0};
    return {record::StopKind::person, psn_no, record::StopReason::suspended, {}, {}, false, {}, 0};
  }
};

CredentialCommands::CredentialCommands(CLI::App& app) : given_(std::make_unique<Given>()) {
  Given& given = *given_;
  const auto command = [&](CLI::App* group, const char* name, const char* what) {
    CLI::App* sub = group->add_subcommand(name, what);
    sub->add_option("DIR", given.directory, "the centre's folder")->required();
    return sub;
  };
  CLI::App* voucher = app.add_subcommand("voucher", "offline vouchers: signed ahead, each good for one sale");
  voucher->require_subcommand(1);
  given.issue = command(voucher, "issue", "print the digits of new vouchers of a person, one a line");
  given.issue->add_option("PSN_NO", given.psn_no, "the person's number")->required();
  given.issue->add_option("--from", given.from, "YYYY-MM-DD, the first day (default: now)");
  given.issue->add_option("--days", given.days, "days that they are good for")
      ->capture_default_str()
      ->check(CLI::Range(1, 366));
  given.issue->add_option("--count", given.count, "how many")->capture_default_str()->check(CLI::Range(1, 20));
  given.revoke = command(voucher, "revoke", "take a voucher back: it goes on the stop list");
  given.revoke->add_option("NUMBER", given.voucher, "its number, as `voucher list` shows it")->required();
  given.vouchers = command(voucher, "list", "a person's vouchers whose period has not ended");
  given.vouchers->add_option("PSN_NO", given.psn_no, "the person's number")->required();
  given.again = command(voucher, "used-again", "vouchers that more than one sale used, with those sales");

  CLI::App* stop = app.add_subcommand("stop", "the stop list: what may not be shown any more");
  stop->require_subcommand(1);
  given.add = command(stop, "add", "stop a lost card, a voucher, or a person whose insurance is suspended");
  given.remove = command(stop, "remove", "take a line off the list");
  for (CLI::App* sub : {given.add, given.remove}) {
    auto* what = sub->add_option_group("what");
    what->add_option("--card", given.card_no, "the card's number");
    what->add_option("--voucher", given.voucher, "the voucher's number");
    what->add_option("--person", given.psn_no, "the person's number");
    what->require_option(1);
  }
  given.add->add_option("--until", given.until, "YYYY-MM-DD, the first day without it (default: until it is removed)");
  given.list = command(stop, "list", "what is stopped now");
}

CredentialCommands::~CredentialCommands() = default;

const std::string* CredentialCommands::directory() const {
  const Given& given = *given_;
  for (const CLI::App* sub :
       {given.issue, given.revoke, given.vouchers, given.again, given.add, given.remove, given.list}) {
    if (*sub) return &given.directory;
  }
  return nullptr;
}

Result<void> CredentialCommands::run(CentreService& service, WallTime now) {
  const Given& given = *given_;
  Ledger& ledger = service.ledger();
  if (*given.issue) {
    // Whole seconds are what a voucher holds.
    const auto from = given.from.empty() ? std::optional(WallTime{now.ms / 1000 * 1000}) : start_of(given.from);
    if (!from) return trouble(troubles::voucher_period_invalid, "--from", given.from);
    const auto made =
        service.issue_vouchers(given.psn_no, *from, std::chrono::hours(24) * given.days, given.count, now);
    if (made.has_error()) return made.error();
    for (const Secret& digits : *made) std::cout << digits.reveal() << '\n';
    return {};
  }
  if (*given.revoke || *given.add || *given.remove) {
    StopRow stop = given.named();
    stop.from = now;
    stop.lifted = bool(*given.remove);
    if (!given.until.empty()) {
      stop.until = start_of(given.until);
      if (!stop.until) return trouble(troubles::voucher_period_invalid, "--until", given.until);
    }
    return service.stop(std::move(stop), now);
  }
  return ledger.transaction([&] {
    if (*given.vouchers) {
      for (const VoucherRow& row : ledger.vouchers_of(given.psn_no, now)) {
        const auto uses = ledger.uses_of_voucher(row.digest);
        const auto stop = ledger.find_stop(record::StopKind::voucher, row.digest);
        const char* state = !uses.empty() ? "used" : stop && !stop->lifted ? "revoked" : "open";
        std::cout << fmt::format("{} {} - {} {}\n", row.digest, time_text(row.from), time_text(row.until), state);
      }
    } else if (*given.again) {
      for (const std::string& digest : ledger.vouchers_used_again()) {
        std::cout << digest;
        for (const EntryName& sale : ledger.uses_of_voucher(digest)) {
          std::cout << fmt::format(" {}/{}/{}", sale.terminal, sale.epoch, sale.seq);
        }
        std::cout << '\n';
      }
    } else {
      std::uint64_t change = 0;
      constexpr std::size_t page = 1'000;
      for (auto rows = ledger.stops_after(0, page); !rows.empty(); rows = ledger.stops_after(change, page)) {
        for (const StopRow& row : rows) {
          change = row.change;
          if (row.lifted || (row.until && *row.until <= now)) continue;
          std::cout << fmt::format("{:<8} {} {} from {}{}\n", name_of(row.kind), row.number, name_of(row.reason),
                                   time_text(row.from), row.until ? " until " + time_text(*row.until) : "");
        }
      }
    }
  });
}

}  // namespace gongji::centre
