#include "sync/centre/service.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sync/centre/service_detail.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {

CentreService::CentreService(CentreParts parts, Random& random)
    : parts_(std::move(parts)),
      random_(random),
      booking_(*parts_.ledger, parts_.packs, parts_.plan.reserve),
      sealing_(parts_.keys) {
  booking_.set_registered_prescriptions(parts_.plan.registered_prescriptions);
}

CentreService::Refused CentreService::refuse(unsigned status, const char* code, std::string zh, std::string en) {
  return {status, {code, std::move(zh), std::move(en)}};
}

CentreService::Refused CentreService::malformed(const Trouble& what) {
  return refuse(400, "malformed", to_string(what, Language::zh), to_string(what, Language::en));
}

CentreService::Reply CentreService::dispatch(const Call& call, WallTime now) {
  const std::string_view path = call.request->path();
  const std::string& body = call.body();
  if (path == "/v1/enrol") return enrol(body, now);
  return in_transaction([&]() -> Reply {
    Terminal terminal;
    if (auto refused = authenticate(*call.request, terminal)) {
      log_ends_.forget(call.request->peer_name);
      return *std::move(refused);
    }
    refresh_published();
    if (path == "/v1/rules") return rules(body);
    if (path == "/v1/renew") return renew(terminal, body, now);
    if (path == "/v1/retire") return retire(std::move(terminal), body, now);
    if (path == "/v1/person") return person(terminal, body, now);
    if (path == "/v1/hold") return hold(terminal, body, now);
    if (path == "/v1/statement") return statement(terminal, body);
    if (path == "/v1/epoch") return begin_epoch(terminal, body, now);
    return sync(terminal, call, now);
  });
}

std::optional<CentreService::Refused> CentreService::authenticate(const http::Request& request, Terminal& terminal) {
  auto found = request.peer_name.empty() ? std::nullopt : ledger().find_terminal(request.peer_name);
  if (found && found->fingerprint != request.peer_fingerprint &&
      ledger().next_certificate(found->terminal) == request.peer_fingerprint) {
    // The next certificate came into use: from here on the one before is refused.
    found->fingerprint = request.peer_fingerprint;
    ledger().put_terminal(*found);
    ledger().drop_next_certificate(found->terminal);
  }
  if (!found || found->fingerprint != request.peer_fingerprint) {
    return refuse(401, "not_enrolled", "本终端未入网，或证书已更换。请重新入网。",
                  "This terminal is not enrolled, or its certificate was replaced. Enrol it.");
  }
  // Who has retired may hear so again: the answer may have been lost.
  const bool asks_again = found->reason == retired_reason && request.path() == "/v1/retire";
  if (found->state == TerminalState::revoked && !asks_again) {
    return refuse(401, "revoked", "本终端已被中心注销。请联系经办机构。",
                  "This terminal was revoked by the centre. Call the authority.");
  }
  terminal = *found;
  return std::nullopt;
}

Result<void> CentreService::revoke(const std::string& name) {
  bool found = false;
  auto outcome = ledger().transaction([&] {
    auto terminal = ledger().find_terminal(name);
    if (!terminal) return;
    found = true;
    terminal->state = TerminalState::revoked;
    ledger().put_terminal(*terminal);
    ledger().close_all_holds(name);
    // Lost or stolen: what still comes on its grants is at the site's risk.
    for (const Id& id : ledger().live_grants(name, {})) ledger().free_grant(id);
  });
  if (outcome.has_error()) return outcome;
  if (!found) return trouble(troubles::terminal_unknown, name);
  return {};
}

Result<CentreService::Voided> CentreService::lost(const std::string& name, WallTime now) {
  Voided voided;
  bool found = false;
  auto outcome = ledger().transaction([&] {
    auto terminal = ledger().find_terminal(name);
    if (!terminal) return;
    found = true;
    voided = {};
    terminal->state = TerminalState::revoked;
    terminal->reason = "lost";
    ledger().put_terminal(*terminal);
    ledger().mark_lost(name, terminal->epoch, now);
    voided.accounts = ledger().held_for(name);
    voided.holds = ledger().live_holds(name).size();
    ledger().close_all_holds(name);
    for (const Id& id : ledger().live_grants(name, {})) {
      ledger().free_grant(id);
      ++voided.grants;
    }
  });
  if (outcome.has_error()) return outcome.error();
  if (!found) return trouble(troubles::terminal_unknown, name);
  spdlog::warn("{} lost: {} grants and {} holds void", name, voided.grants, voided.holds);
  return voided;
}

void CentreService::idle(WallTime now) {
  std::size_t freed = 0;
  const auto late = std::chrono::hours(24) * parts_.plan.late_days;
  const auto outcome = ledger().transaction([&] {
    ledger().prepare_months(now);
    freed = ledger().close_silent_holds(now.plus(-std::chrono::milliseconds(late))) + free_silent_grants(now);
    forget_ended_stops(now);
  });
  if (outcome.has_error()) spdlog::warn("idle: {}", to_string(outcome.error(), Language::en));
  if (freed > 0) spdlog::info("idle: freed {} holds and grants of silent terminals", freed);
  ledger().rest();
}

const seal::Sm2PublicKey* CentreService::public_key(const Terminal& terminal) {
  auto known = public_keys_.find(terminal.terminal);
  if (known == public_keys_.end() || known->second.first != terminal.sign_public_key) {
    auto key = seal::Sm2PublicKey::from_raw(terminal.sign_public_key);
    if (!key) return nullptr;
    known = public_keys_.insert_or_assign(terminal.terminal, std::pair(terminal.sign_public_key, *key)).first;
  }
  log_ends_.knows(terminal.terminal, known->second.first, known->second.second);
  return &known->second.second;
}

}  // namespace gongji::centre
