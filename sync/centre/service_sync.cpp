#include <algorithm>
#include <future>

#include "sync/centre/service_detail.h"

namespace gongji::centre {
namespace {

constexpr std::size_t worth_a_thread = 64;  // entries: starting one costs as much as the chain of five

// Tills that have nothing to send ask every few seconds.  Where nothing comes of it, the ledger hears of the contact
// this seldom, and is not written otherwise.
constexpr std::chrono::seconds contact_kept_every{30};

bool changes(const Terminal& kept, const Terminal& now) {
  const bool just_now =
      now.last_contact >= kept.last_contact && now.last_contact < kept.last_contact.plus(contact_kept_every);
  return !just_now || now.last_seq != kept.last_seq || now.feed_last != kept.feed_last || now.software != kept.software;
}

}  // namespace

CentreService::Reply CentreService::sync(Terminal terminal, const Call& call, WallTime now) {
  const std::uint32_t version = *call.version;
  const auto quarantined = [&](const std::string& reason) {
    return refuse(
        423, "quarantined", "本终端的日志已被隔离。原因：" + reason + "。请联系经办机构重新入网；记录已保留。",
        "This terminal's log is quarantined: " + reason + ". Call the authority to enrol again; what came is kept.");
  };
  if (terminal.state == TerminalState::quarantined) {
    log_ends_.forget(terminal.terminal);
    return quarantined(terminal.reason);
  }
  const SyncInHand& in_hand = *call.sync;
  const auto& request = in_hand.request;
  if (request.has_error()) return malformed(request.error());
  if (request->terminal != terminal.terminal) {
    return refuse(401, "not_enrolled", "日志不属于本证书的终端。",
                  "The log is not of the terminal of this certificate.");
  }
  // The one before it was refused, or got lost: what stands between comes again.
  if (request->behind && (request->epoch != terminal.epoch || request->from > terminal.last_seq + 1)) {
    return refuse(
        409, "out_of_turn", "前一批尚未记账，本批未处理；终端会自行重发。",
        "The batch before this one is not booked, so this one was not looked at; the terminal sends both again.");
  }
  if (request->epoch < terminal.epoch && !request->entries.empty()) return late_log(terminal, in_hand, now);
  if (request->epoch != terminal.epoch) {
    return refuse(409, "wrong_epoch", "日志的世代与中心登记不符，请重新入网。",
                  "The log's epoch is not the one the centre knows; enrol again.");
  }
  if (request->feed_cursor > terminal.feed_last) {
    return refuse(409, "feed_ahead", "终端已收到中心没有发出的回执，请联系经办机构。",
                  "The terminal has more of the feed than the centre has sent; call the authority.");
  }
  const Terminal kept = terminal;
  (void)booking_.take_anew();
  std::vector<Digest> hashes;
  const auto site = ledger().find_site(terminal.fixmedins_code);
  if (!site) return refuse(401, "not_enrolled", "机构不存在。", "The site is gone.");
  const LogName log{terminal.terminal, terminal.epoch};
  // Reading what a batch will ask changes nothing, whatever becomes of the batch.
  const auto prepare = [&] {
    booking_.prepare(log, *site, new_entries(request->entries, terminal.last_seq), in_hand.entries);
  };
  if (const std::string reason = check_log(terminal, in_hand, hashes, prepare); !reason.empty()) {
    // A question for the feed that was long under way looks just like it, and is nobody's fault: a till that has
    // really lost its end hears this answer and asks for a new epoch by itself.
    if (reason == "rollback") {
      spdlog::warn("{}: the end of its log is behind what has come", terminal.terminal);
      return refuse(423, "log_behind", "本终端的日志比中心已收到的短：可能恢复了旧备份。终端会自行申请新世代。",
                    "This terminal's log ends before what has come of it: perhaps a restored backup. It asks for a new "
                    "epoch by itself.");
    }
    spdlog::warn("{} quarantined: {}", terminal.terminal, reason);
    ledger().quarantine(terminal, reason, call.body(), now);
    return quarantined(reason);
  }

  // Everything is verified; from here on each new entry is applied, once, and nothing can stop those behind it.
  auto holds = free_unused_holds(terminal, *request);
  for (const record::Entry& entry : new_entries(request->entries, terminal.last_seq)) {
    const EntryName name{terminal.terminal, terminal.epoch, entry.head.seq};
    ledger().add_entry(name, entry, hashes[entry.head.seq - request->from], now, in_hand.entries.get());
  }
  ledger().send_entries();
  std::vector<record::Verdict> verdicts;
  bool freed = false;
  for (std::size_t i = 0; i < request->entries.size(); ++i) {
    const record::Entry& entry = request->entries[i];
    if (entry.head.seq <= terminal.last_seq) continue;
    const EntryName name{terminal.terminal, terminal.epoch, entry.head.seq};
    // What the till gave up just before this entry, or before this batch, is there for it.
    const bool gave_up =
        std::any_of(request->closed_grants.begin(), request->closed_grants.end(),
                    [&](const auto& told) { return verdicts.empty() || told.closed_after + 1 == entry.head.seq; });
    if (gave_up) freed |= free_grants(terminal, request->closed_grants, now);
    verdicts.push_back(booking_.book(name, *site, entry, now));
    terminal.last_seq = entry.head.seq;
    terminal.last_hash = hashes[i];
  }
  tell(terminal, std::move(verdicts));
  tell_orders(terminal, *site, now);
  tell_terms(terminal, *site, now);
  if (version >= 2) {
    tell_rules(terminal);
    tell_roots(terminal);
    tell_recalls(terminal);
  }
  if (!request->software.empty()) terminal.software = request->software;
  terminal.last_contact = now;
  if (changes(kept, terminal)) ledger().put_terminal(terminal);

  WallTime last_entry_at;
  if (!request->entries.empty()) {
    const record::Entry& last = request->entries.back();
    const auto decoded = record::decode_public(last.public_bytes);
    if (decoded.has_value()) last_entry_at = decoded->head.at;
  }
  protocol::SyncAnswer answer;
  if (!request->entries.empty()) holds = ledger().live_holds(terminal.terminal);  // sales have used some
  answer.open_holds = free_expired_holds(terminal, *request, holds, last_entry_at, now);
  freed |= free_grants(terminal, request->closed_grants, now);
  if (terminal.state == TerminalState::active) {
    plan_grants(terminal, *site, request->run, freed || !request->entries.empty(), now);
  }

  tell_stops(terminal, now);

  answer.acknowledged_seq = terminal.last_seq;
  record::FeedBatch batch;
  batch.terminal = terminal.terminal;
  const std::uint64_t cursor = cursor_of(terminal, *request);
  batch.from = cursor + 1;
  if (cursor < terminal.feed_last) batch.items = ledger().feed_after(terminal.terminal, cursor, feed_items_max);
  batch.centre_time = now;
  const std::uint64_t told = cursor + batch.items.size();
  answer.more_feed = told < terminal.feed_last;
  LastAnswer last{terminal.epoch, terminal.last_seq, told, {}, {}, {}};
  if (request->from + request->entries.size() == terminal.last_seq + 1) {
    last.head_hash = request->head_hash;
    last.head_signature = request->head_signature;
    last.signed_by = terminal.sign_public_key;
  }
  last_answers_[terminal.terminal] = std::move(last);
  fit_to(version, terminal, *site, now, batch.items);
  return Told{std::move(answer), std::move(batch), version >= protocol::feed_groups_since};
}

// Up to where the till has the feed, or will have it.  A till that sends a request behind another has not heard yet
// what the answer to that one told; it looks at this one's answer behind that one's, or never.  Where another process
// has answered that, or nobody, the feed is told from where the till says: what it has it passes over.
std::uint64_t CentreService::cursor_of(const Terminal& terminal, const protocol::SyncRequest& request) const {
  const auto last = last_answers_.find(terminal.terminal);
  const bool told = request.behind && last != last_answers_.end() && last->second.epoch == terminal.epoch &&
                    last->second.acknowledged + 1 == request.from && last->second.told <= terminal.feed_last;
  return told ? std::max(request.feed_cursor, last->second.told) : request.feed_cursor;
}

// One verdict for each entry of this batch, and one for each earlier one, of any terminal, that was settled anew.
void CentreService::tell(Terminal& terminal, std::vector<record::Verdict> verdicts) {
  std::vector<std::pair<EntryName, record::Verdict>> elsewhere;
  for (auto& [name, verdict] : booking_.take_anew()) {
    const auto here = std::find_if(verdicts.begin(), verdicts.end(), [&, &entry = name](const auto& other) {
      return entry.terminal == terminal.terminal && entry.epoch == other.epoch && entry.seq == other.seq;
    });
    if (here != verdicts.end()) {
      *here = std::move(verdict);
    } else {
      elsewhere.emplace_back(name, std::move(verdict));
    }
  }
  tell_waiting(terminal);
  for (const auto& verdict : verdicts) {
    ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, verdict);
  }
  for (const auto& [name, verdict] : elsewhere) {
    if (name.terminal == terminal.terminal) {
      if (name.epoch == terminal.epoch) ledger().add_feed_item(name.terminal, ++terminal.feed_last, verdict);
      continue;
    }
    ledger().tell_later(name.terminal, name.epoch, verdict);
  }
}

// What other terminals' entries have changed among this one's.  After the persons of the call are locked: what a
// snapshot of them holds is then in the feed up to its applied_feed, and nothing else of them is.
void CentreService::tell_waiting(Terminal& terminal) {
  const auto items = ledger().take_told_later(terminal.terminal, terminal.epoch);
  for (const auto& item : items) ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, item);
  if (!items.empty()) ledger().put_terminal(terminal);
}

// A till that has nothing to send asks under the same head again and again, and a signature is dear to verify.
bool CentreService::has_verified(const Terminal& terminal, const protocol::SyncRequest& request) const {
  const auto found = last_answers_.find(terminal.terminal);
  if (found == last_answers_.end() || !request.entries.empty()) return false;
  const LastAnswer& last = found->second;
  return last.epoch == request.epoch && last.acknowledged + 1 == request.from && last.head_hash == request.head_hash &&
         last.head_signature == request.head_signature && last.signed_by == terminal.sign_public_key;
}

// Reasons, in order of precedence:
//   gap             the first entry is beyond the next one we expect
//   rollback        the till's log ends before what we have had from it (a restored backup, a copied disk, or a late
//                   message): refused, not quarantined
//   fork            an entry we have had comes again with another content
//   head_mismatch   the chain of what came does not end at the head that came with it
//   bad_signature   the head is not signed by this terminal's key
std::string CentreService::check_log(const Terminal& terminal, const SyncInHand& in_hand, std::vector<Digest>& hashes,
                                     const std::function<void()>& meanwhile) {
  const protocol::SyncRequest& request = *in_hand.request;
  if (request.from > terminal.last_seq + 1) return "gap";
  if (request.entries.empty() && request.from <= terminal.last_seq) return "rollback";
  const Digest before = request.from == terminal.last_seq + 1
                            ? terminal.last_hash
                            : ledger().entry_hash({terminal.terminal, terminal.epoch, request.from - 1});
  const seal::Sm2PublicKey* key = public_key(terminal);
  const Bytes& raw = terminal.sign_public_key;
  const auto* ready = in_hand.entries && in_hand.entries->followed ? &*in_hand.entries->followed : nullptr;
  Followed followed;
  if (ready != nullptr && ready->before == before && ready->key == raw) {
    meanwhile();
    followed = *ready;
  } else if (has_verified(terminal, request)) {
    meanwhile();
    followed.is_signed = true;
  } else if (request.entries.size() < worth_a_thread) {
    meanwhile();
    followed = follow(before, request, raw, key);
  } else {
    auto following = std::async(std::launch::async, [&] { return follow(before, request, raw, key); });
    meanwhile();
    followed = following.get();
  }
  hashes = std::move(followed.hashes);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const std::uint64_t seq = request.entries[i].head.seq;
    if (seq > terminal.last_seq) break;
    if (hashes[i] != ledger().entry_hash({terminal.terminal, terminal.epoch, seq})) return "fork";
  }
  const Digest& end = hashes.empty() ? before : hashes.back();
  // The same number of entries, another hash: the till's log before this batch is not the one that we have had.
  if (end != request.head_hash) return request.entries.empty() ? "fork" : "head_mismatch";
  const bool has_head = request.from + request.entries.size() > 1;  // an empty log has nothing to sign
  return has_head && !followed.is_signed ? "bad_signature" : "";
}

}  // namespace gongji::centre
