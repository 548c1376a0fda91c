// A till whose journal may be a restored backup leaves its log behind and begins a new epoch.
//
// By the rules of record/grant_rules.h a new epoch frees nothing: what was granted or held for the old one may have
// been spent in entries that the till has lost, so it stays set aside until those come after all (late_log) or until
// the last day for late entries.  The new epoch cannot spend it.
#include <tuple>

#include "sync/centre/service_detail.h"

namespace gongji::centre {

CentreService::Reply CentreService::begin_epoch(Terminal terminal, const std::string& body, WallTime now) {
  const auto request = protocol::decode_epoch_request(body);
  if (request.has_error()) return malformed(request.error());
  if (request->terminal != terminal.terminal) {
    return refuse(401, "not_enrolled", "日志不属于本证书的终端。",
                  "The log is not of the terminal of this certificate.");
  }
  // That comes of a restored backup (and a rollback is not even quarantined any more); what else is wrong with a log is
  // somebody's to look at.
  const bool restored = terminal.reason == "rollback" || terminal.reason == "fork";
  if (terminal.state == TerminalState::quarantined && !restored) {
    return refuse(423, "quarantined", "本终端的日志已被隔离。原因：" + terminal.reason + "。请联系经办机构重新入网。",
                  "This terminal's log is quarantined: " + terminal.reason + ". Call the authority to enrol again.");
  }
  if (request->epoch > terminal.epoch) {
    return refuse(409, "wrong_epoch", "日志的世代与中心登记不符，请重新入网。",
                  "The log's epoch is not one that the centre knows; enrol again.");
  }
  const seal::Sm2PublicKey* key = public_key(terminal);
  const Bytes statement =
      record::head_statement(terminal.terminal, request->epoch, request->last_seq, request->last_hash);
  if (key == nullptr || !key->verify(record::head_tag, statement, request->signature)) {
    return refuse(401, "bad_signature", "请求的签名不符。", "The request is not signed by this terminal's key.");
  }
  const auto site = ledger().find_site(terminal.fixmedins_code);
  if (!site) return refuse(401, "not_enrolled", "机构不存在。", "The site is gone.");

  // Asked again because the answer was lost: the epoch that was opened then.
  const bool answer_was_lost = request->epoch < terminal.epoch && terminal.last_seq == 0 && terminal.feed_last == 0;
  if (!answer_was_lost) {
    spdlog::warn("{} leaves epoch {} at seq {} ({}); {} had come", terminal.terminal, request->epoch, request->last_seq,
                 request->reason, ledger().log_end(terminal.terminal, request->epoch).first);
    ledger().quarantine(terminal, request->reason, body, now);  // kept as evidence
    ++terminal.epoch;
    terminal.last_seq = 0;
    terminal.last_hash = {};
    terminal.state = TerminalState::active;
    terminal.reason.clear();
    terminal.feed_last = 0;
    terminal.last_contact = now;
    forget_feed(terminal.terminal);
    ledger().put_terminal(terminal);
  }
  protocol::EpochAnswer answer;
  answer.epoch = terminal.epoch;
  answer.terms = sign_terms(terminal, *site, now);
  answer.registration = registration_of(terminal, now);
  return protocol::encode(answer);
}

// Entries of an earlier epoch that continue what came of it.  Each is booked in its own epoch, on what was set aside
// for that; the verdicts are the centre's alone, because the till's log of then has ended.
CentreService::Reply CentreService::late_log(Terminal terminal, const SyncInHand& in_hand, WallTime now) {
  const protocol::SyncRequest& request = *in_hand.request;
  const auto site = ledger().find_site(terminal.fixmedins_code);
  if (!site) return refuse(401, "not_enrolled", "机构不存在。", "The site is gone.");
  Terminal old = terminal;
  old.epoch = request.epoch;
  std::tie(old.last_seq, old.last_hash) = ledger().log_end(old.terminal, old.epoch);
  std::vector<Digest> hashes;
  if (const std::string reason = check_log(old, in_hand, hashes); !reason.empty()) {
    spdlog::warn("{} epoch {}: late entries refused: {}", old.terminal, old.epoch, reason);
    return refuse(
        409, "late_log_differs", "旧世代的日志与中心已有的不相接。原因：" + reason + "。请联系经办机构。",
        "The log of the earlier epoch does not continue what the centre has: " + reason + ". Call the authority.");
  }
  (void)booking_.take_anew();
  booking_.prepare({old.terminal, old.epoch}, *site, new_entries(request.entries, old.last_seq), in_hand.entries);
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    const record::Entry& entry = request.entries[i];
    if (entry.head.seq <= old.last_seq) continue;
    const EntryName name{old.terminal, old.epoch, entry.head.seq};
    ledger().add_entry(name, entry, hashes[i], now, in_hand.entries.get());
    (void)booking_.book(name, *site, entry, now);
    old.last_seq = entry.head.seq;
  }
  tell(terminal, {});
  terminal.last_contact = now;
  ledger().put_terminal(terminal);

  protocol::SyncAnswer answer;
  answer.acknowledged_seq = old.last_seq;
  record::FeedBatch batch;
  batch.terminal = terminal.terminal;
  batch.from = request.feed_cursor + 1;
  batch.centre_time = now;
  return Told{std::move(answer), std::move(batch), false};
}

}  // namespace gongji::centre
