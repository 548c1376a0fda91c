// service_upkeep.cpp — a terminal's next certificate, and its end.
#include "sync/centre/service_detail.h"

namespace gongji::centre {

CentreService::Reply CentreService::renew(const Terminal& terminal, const std::string& body, WallTime now) {
  const auto request = protocol::decode_renew_request(body);
  if (request.has_error()) return malformed(request.error());
  const auto certificate = http::issue_client(parts_.ca, request->csr_pem, terminal.terminal, random_serial(random_),
                                              now, static_cast<int>(parts_.plan.valid_days));
  if (certificate.has_error()) return malformed(certificate.error());
  const auto fingerprint = http::sha256_fingerprint(*certificate);
  if (fingerprint.has_error()) return malformed(fingerprint.error());
  // The answer may be lost: the present certificate is good until this one was used.
  ledger().set_next_certificate(terminal.terminal, *fingerprint, now);
  spdlog::info("{} is given its next certificate", terminal.terminal);
  return protocol::encode(protocol::RenewAnswer{*certificate});
}

CentreService::Reply CentreService::retire(Terminal terminal, const std::string& body, WallTime now) {
  const auto request = protocol::decode_retire_request(body);
  if (request.has_error()) return malformed(request.error());
  const seal::Sm2PublicKey* key = public_key(terminal);
  const Bytes statement =
      record::head_statement(terminal.terminal, request->epoch, request->last_seq, request->last_hash);
  if (request->terminal != terminal.terminal || key == nullptr ||
      !key->verify(record::head_tag, statement, request->signature)) {
    return refuse(401, "bad_signature", "请求的签名不符。", "The request is not signed by this terminal's key.");
  }
  if (request->epoch != terminal.epoch) {
    return refuse(409, "wrong_epoch", "日志的世代与中心登记不符，请先连通中心一次。",
                  "The log's epoch is not the one the centre knows; sync once before.");
  }
  protocol::RetireAnswer answer;
  answer.acknowledged_seq = terminal.last_seq;
  if (terminal.state == TerminalState::revoked) return protocol::encode(answer);  // asked again
  if (!request->forced && (request->last_seq != terminal.last_seq || request->last_hash != terminal.last_hash)) {
    return refuse(409, "log_incomplete", "中心还没有收到本终端的全部记录，请先补传。",
                  "The centre does not have all of this terminal's log yet; send the rest first.");
  }
  answer.holds = ledger().live_holds(terminal.terminal).size();
  ledger().close_all_holds(terminal.terminal);
  for (const Id& id : ledger().live_grants(terminal.terminal, {})) {
    ledger().free_grant(id);
    ++answer.grants;
  }
  terminal.state = TerminalState::revoked;
  terminal.reason = retired_reason;
  terminal.last_contact = now;
  ledger().put_terminal(terminal);
  ledger().drop_next_certificate(terminal.terminal);
  spdlog::info("{} has retired at seq {}{}", terminal.terminal, request->last_seq, request->forced ? ", forced" : "");
  return protocol::encode(answer);
}

}  // namespace gongji::centre
