#include <algorithm>
#include <map>

#include "offline/seal/sm3.h"
#include "sync/centre/service_detail.h"

namespace gongji::centre {

CentreService::Reply CentreService::person(Terminal terminal, const std::string& body, WallTime now) {
  const auto request = protocol::decode_person_request(body);
  if (request.has_error()) return malformed(request.error());
  const protocol::Credential& credential = request->credential;
  auto psn_no = person_of(credential, now);
  if (auto* refused = std::get_if<Refused>(&psn_no)) return *std::move(refused);
  ledger().lock_persons({std::get<std::string>(psn_no)});
  const auto found = ledger().find_person(std::get<std::string>(psn_no));
  if (!found) {
    return refuse(404, "unknown_person", "没有查到该参保人，或卡号与卡识别码不符。请核对凭证。",
                  "No such person, or the card's number and identifier do not match. Check the credential.");
  }
  tell_waiting(terminal);
  record::Snapshot snapshot;
  snapshot.person = found->facts;
  snapshot.psn_name = found->name.reveal();
  snapshot.psn_cert_type = found->psn_cert_type;
  snapshot.certno = found->certno.reveal();
  snapshot.gend = found->gend;
  snapshot.naty = found->naty;
  // The till takes off its own entries that the centre has not seen; its own holds stand behind exactly those.
  snapshot.counters = windows_that_matter(found->facts, civil_time_at(now).day, {terminal.terminal, terminal.epoch});
  snapshot.accounts = booking_.accounts_of(*found, {terminal.terminal, terminal.epoch});
  snapshot.as_of = now;
  snapshot.applied_epoch = terminal.epoch;
  snapshot.applied_seq = terminal.last_seq;
  snapshot.applied_feed = terminal.feed_last;
  protocol::PersonAnswer answer;
  answer.snapshot.bytes = record::encode(snapshot);
  answer.snapshot.signature = parts_.keys->sign(record::snapshot_tag, as_bytes(answer.snapshot.bytes));
  return protocol::encode(answer);
}

std::vector<settlement::Counted> CentreService::windows_that_matter(const settlement::Person& person, Day today,
                                                                    const LogName& but) {
  const Day earliest = today.plus_days(-service_days_back_max);
  auto rows = booking_.counters_of(person.psn_no, earliest, but);
  const settlement::Policy* policy = policy_of(person, earliest, parts_.packs);
  std::erase_if(rows, [&](const settlement::Counted& row) {
    return policy != nullptr && row.scheme == policy->scheme &&
           row.since < settlement::window_of(*policy, row.name, earliest);
  });
  return rows;
}

CentreService::Reply CentreService::hold(const Terminal& terminal, const std::string& body, WallTime now) {
  const auto request = protocol::decode_hold_request(body);
  if (request.has_error()) return malformed(request.error());
  if (terminal.state == TerminalState::quarantined) {
    return refuse(423, "quarantined", "本终端的日志已被隔离，暂不能担保。原因：" + terminal.reason,
                  "This terminal's log is quarantined, nothing can be promised. Reason: " + terminal.reason);
  }
  const bool on_prescription = parts_.plan.registered_prescriptions && request->prescription;
  ledger().lock_persons({request->psn_no});
  const Digest digest = ledger().keyed(seal::sm3(as_bytes(protocol::encode(*request))));
  if (const auto known = ledger().find_hold_of_sale(request->sale_id)) {
    if (known->digest != digest || known->terminal != terminal.terminal) {
      return refuse(409, "hold_changed", "同一销售编号已有内容不同的担保。",
                    "This sale id has a hold of other content.");
    }
    if (!known->live) return refuse(409, "hold_closed", "该担保已使用或已释放。", "This hold was used or freed.");
    return protocol::encode(protocol::HoldAnswer{known->hold_id, known->expires, on_prescription});
  }
  // A question that was long under way: the till sold without it.  What is set aside now would wait for nothing.
  if (ledger().find_sale(terminal.terminal, terminal.epoch, to_string(request->sale_id))) {
    return refuse(409, "hold_closed", "该销售已入账，不再担保。", "This sale is booked already.");
  }
  free_released_holds(terminal, request->released_holds);
  const std::size_t open_holds = free_left_behind(terminal, request->opening);
  if (open_holds >= live_holds_max) {
    return refuse(409, "hold_too_many", "未完成的担保过多，请先同步。", "Too many open holds; sync first.");
  }
  (void)free_grants(terminal, request->closed_grants, now);
  const auto person = ledger().find_person(request->psn_no);
  if (!person) return refuse(404, "unknown_person", "没有查到该参保人。", "No such person.");
  if (auto refused = check_person(request->psn_no, now)) return *std::move(refused);

  Hold hold;
  if (auto refused = check_hold(terminal, *person, *request, hold, now)) return *std::move(refused);
  hold.hold_id = "H-" + to_string(request->sale_id);
  hold.terminal = terminal.terminal;
  hold.epoch = terminal.epoch;
  hold.psn_no = request->psn_no;
  hold.digest = digest;
  hold.opening = request->opening;
  hold.fund = request->fund;
  hold.expires = now.plus(std::chrono::minutes(parts_.plan.hold_minutes));
  if (on_prescription) {
    if (auto refused = take_prescription(terminal, *request, now)) return *std::move(refused);
  }
  ledger().add_hold(request->sale_id, hold);
  recall_elsewhere(terminal, hold, now);
  return protocol::encode(protocol::HoldAnswer{hold.hold_id, hold.expires, on_prescription});
}

// Fills the parts of `hold`.  Refusals in order: account not bound, balance, fund not counted, window of a counter,
// counter twice, its limit.
std::optional<CentreService::Refused> CentreService::check_hold(const Terminal& terminal, const Person& person,
                                                                const protocol::HoldRequest& request, Hold& hold,
                                                                WallTime now) {
  const auto insufficient = [](const char* what_zh, const char* what_en) {
    return refuse(409, "hold_insufficient", what_zh, what_en);
  };
  const Day today = civil_time_at(now).day;
  const auto accounts = booking_.accounts_of(person, {});
  std::map<std::pair<std::string, settlement::AccountKind>, Money> wanted;
  for (const auto& share : request.accounts) wanted[{share.owner, share.kind}] += share.amount;
  for (const auto& [which, amount] : wanted) {
    const auto account =
        std::find_if(accounts.begin(), accounts.end(), [&, &owner = which.first, kind = which.second](const auto& a) {
          return a.owner == owner && a.kind == kind && a.listed;
        });
    if (account == accounts.end()) {
      return refuse(409, "account_not_bound", "该账户未绑定给此人使用。", "This account is not bound to this person.");
    }
    if (amount > account->balc) {
      return insufficient("个人账户可用余额不足。", "The account's balance does not cover this.");
    }
    const std::string& owner = which.first == "self" ? person.facts.psn_no : which.first;
    hold.accounts.push_back({ledger().account(person_account(owner, which.second), false), amount});
  }
  // Whatever the fund pays counts toward some limit: a fund share without a counter would have none.
  Money counted;
  for (const auto& counter : request.counters) counted += counter.value;
  if (request.fund > counted) {
    return refuse(409, "hold_fund_uncounted", "统筹支付未计入任何限额。", "The fund's share counts toward no limit.");
  }
  const auto site = ledger().find_site(terminal.fixmedins_code);
  const settlement::Policy* policy = policy_of(person.facts, today, parts_.packs);
  const auto standing = booking_.counters_of(person.facts.psn_no, today.plus_days(-service_days_back_max), {});
  const auto limits =
      site ? counter_limits(person.facts, site->facts, today, parts_.packs) : std::vector<settlement::Counter>();
  for (const auto& counter : request.counters) {
    // The window of a sale of today, of one whose service began some time ago, or of a till that is past midnight.
    const bool is_window =
        policy != nullptr && counter.scheme == policy->scheme &&
        counter.since == settlement::window_of(*policy, counter.name, counter.since) &&
        (counter.since == settlement::without_end ||
         (counter.since <= today.plus_days(1) &&
          counter.since >= settlement::window_of(*policy, counter.name, today.plus_days(-service_days_back_max))));
    if (!is_window) {
      return refuse(409, "hold_window", "计数器的起算日不在可结算范围内。",
                    "A counter's window cannot be settled now.");
    }
    const auto same_counter = [&](const auto& other) { return other.same_counter(counter); };
    const auto same_name = [&](const auto& other) { return other.name == counter.name; };
    if (std::any_of(hold.counters.begin(), hold.counters.end(), same_counter)) {
      return refuse(400, "malformed", "counters 中同名计数器重复。", "A counter occurs twice in counters.");
    }
    const auto limit = std::find_if(limits.begin(), limits.end(), same_name);
    const Day in_window = counter.since == settlement::without_end ? today : counter.since;
    Money reached = counter.value;
    for (const auto& row : standing) {
      if (row.name == counter.name && settlement::counts_on(*policy, row, in_window)) reached += row.value;
    }
    if (limit != limits.end() && reached > limit->value) {
      return insufficient("统筹待遇余额不足，请重新查询后结算。",
                          "The benefit left does not cover this; ask again and settle anew.");
    }
    hold.counters.push_back(counter);
  }
  return std::nullopt;
}

}  // namespace gongji::centre
