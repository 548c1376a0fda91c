// service_credentials.cpp — which credentials hold: the stop list, and vouchers issued ahead.
#include <algorithm>

#include "offline/record/voucher.h"
#include "sync/centre/service_detail.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

constexpr std::size_t stops_a_sync_max = 400;
constexpr std::chrono::hours ended_kept{24};  // a till's period may end a little after ours

record::Stop as_told(const StopRow& row, const Bytes& site_key) {
  return {row.kind,   seal::lookup_key(site_key, record::stop_domain(row.kind), row.number),
          row.reason, row.from,
          row.until,  row.lifted};
}

bool in_force(const StopRow& row, WallTime now) {
  return record::in_force({row.kind, {}, row.reason, row.from, row.until, row.lifted}, now);
}

}  // namespace

std::string life_of(const std::string& terminal, std::uint32_t epoch) {
  return terminal + "|" + std::to_string(epoch);
}

// The list is kept once, with numbered changes; each terminal's feed gets what has changed since it was told last, with
// hashes under its own site's key, when it syncs.  So a change costs one row, however many terminals there are, and a
// terminal that never comes back costs nothing.
void CentreService::tell_stops(Terminal& terminal, WallTime now) {
  const auto changes = ledger().stops_untold(terminal.terminal, stops_a_sync_max);
  if (changes.empty()) return;
  const Bytes site_key = ledger().site_key(terminal.fixmedins_code);
  const std::string here = life_of(terminal.terminal, terminal.epoch);
  for (const StopRow& row : changes) {
    const bool ended = row.until && *row.until <= now;
    if (ended || row.known_to == here) continue;
    ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, as_told(row, site_key));
  }
  ledger().set_stops_told(terminal.terminal, changes.back().change);
  ledger().put_terminal(terminal);
}

bool CentreService::is_stopped(record::StopKind kind, const std::string& number, WallTime now) {
  const auto row = ledger().find_stop(kind, number);
  return row && in_force(*row, now);
}

std::optional<CentreService::Refused> CentreService::check_person(const std::string& psn_no, WallTime now) {
  if (!is_stopped(record::StopKind::person, psn_no, now)) return std::nullopt;
  return refuse(409, "person_stopped", "该参保人的医保待遇已暂停。", "This person's insurance is suspended.");
}

// Whose credential it is, or why it cannot be taken.  In order: card stopped; voucher not ours, out of its period,
// stopped, used; nobody's; person stopped.
std::variant<std::string, CentreService::Refused> CentreService::person_of(const protocol::Credential& credential,
                                                                           WallTime now) {
  const auto unknown =
      refuse(404, "unknown_person", "没有查到该参保人，或卡号与卡识别码不符。请核对凭证。",
             "No such person, or the card's number and identifier do not match. Check the credential.");
  std::optional<std::string> psn_no;
  if (credential.mdtrt_cert_type == "03" && is_stopped(record::StopKind::card, credential.card_sn.reveal(), now)) {
    return refuse(409, "card_stopped", "这张社会保障卡已挂失或停用。", "This card was reported lost or taken back.");
  }
  if (credential.mdtrt_cert_type == "01" && credential.mdtrt_cert_no.reveal().size() == record::voucher_digits) {
    const auto voucher = record::read_voucher(credential.mdtrt_cert_no, parts_.keys->public_key());
    if (voucher.has_error()) {
      return refuse(404, "voucher_invalid", to_string(voucher.error(), Language::zh),
                    to_string(voucher.error(), Language::en));
    }
    const std::string digest = to_hex(record::voucher_digest(voucher->nonce));
    const auto issued = ledger().find_voucher(digest);
    if (!issued) return unknown;
    if (now < issued->from || now >= issued->until) {
      return refuse(409, "voucher_expired", "离线凭证不在有效期内。", "This offline voucher is not in its period.");
    }
    const auto stop = ledger().find_stop(record::StopKind::voucher, digest);
    if (stop && in_force(*stop, now) && stop->reason != record::StopReason::used) {
      return refuse(409, "voucher_stopped", "这张离线凭证已作废。", "This offline voucher was taken back.");
    }
    if (!ledger().uses_of_voucher(digest).empty()) {
      return refuse(409, "voucher_used", "这张离线凭证已用过。", "This offline voucher was used.");
    }
    psn_no = issued->psn_no;
  } else {
    psn_no = ledger().find_credential(credential.mdtrt_cert_type, credential.mdtrt_cert_no, credential.card_sn);
  }
  if (!psn_no) return unknown;
  if (auto refused = check_person(*psn_no, now)) return *std::move(refused);
  return *std::move(psn_no);
}

Result<void> CentreService::stop(StopRow stop, WallTime now) {
  std::optional<Trouble> wrong;
  const auto outcome = ledger().transaction([&] {
    if (stop.kind == record::StopKind::card) {
      const auto card_sn = ledger().card_sn_of(stop.number);
      if (!card_sn) {
        wrong = trouble(troubles::card_unknown);
        return;
      }
      stop.number = *card_sn;
    } else if (stop.kind == record::StopKind::person && !ledger().find_person(stop.number)) {
      wrong = trouble(troubles::person_unknown, stop.number);
      return;
    } else if (stop.kind == record::StopKind::voucher && !ledger().find_voucher(stop.number)) {
      wrong = trouble(troubles::voucher_unknown, stop.number);
      return;
    }
    const auto before = ledger().find_stop(stop.kind, stop.number);
    if (stop.lifted) {
      if (!before || before->lifted || before->reason == record::StopReason::used) {
        wrong = trouble(troubles::not_stopped);
        return;
      }
      stop.reason = before->reason;
      stop.from = before->from;
      stop.until = before->until;
    } else if (before && !before->lifted && before->reason == record::StopReason::used) {
      return;  // that stops it for good
    } else if (ledger().stop_count(now) >= stops_max) {
      wrong = trouble(troubles::stop_list_full, {}, std::to_string(stops_max));
      return;
    }
    ledger().put_stop(stop);
  });
  if (outcome.has_error()) return outcome;
  if (wrong) return *std::move(wrong);
  return {};
}

Result<std::vector<Secret>> CentreService::issue_vouchers(const std::string& psn_no, WallTime from,
                                                          std::chrono::hours valid, std::size_t count, WallTime now) {
  std::optional<Trouble> wrong;
  std::vector<Secret> out;
  const auto outcome = ledger().transaction([&] {
    if (!ledger().find_person(psn_no)) {
      wrong = trouble(troubles::person_unknown, psn_no);
      return;
    }
    if (valid < std::chrono::hours(1) || valid > record::voucher_hours_max || from.plus(valid) <= now || count == 0 ||
        psn_no.size() > record::voucher_psn_no_max) {
      wrong = trouble(troubles::voucher_period_invalid);
      return;
    }
    if (ledger().vouchers_of(psn_no, now).size() + count > vouchers_of_person_max) {
      wrong = trouble(troubles::vouchers_too_many, psn_no, std::to_string(vouchers_of_person_max));
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      record::Voucher voucher;
      voucher.from = from;
      voucher.valid = valid;
      random_.fill(voucher.nonce);
      voucher.psn_no = Secret(psn_no);
      ledger().add_voucher({to_hex(record::voucher_digest(voucher.nonce)), psn_no, from, voucher.until()}, now);
      out.push_back(record::issue_voucher(*parts_.keys, std::move(voucher)));
    }
  });
  if (outcome.has_error()) return outcome.error();
  if (wrong) return *std::move(wrong);
  return out;
}

void CentreService::forget_ended_stops(WallTime now) {
  ledger().forget_stops(now.plus(-std::chrono::milliseconds(ended_kept)));
}

}  // namespace gongji::centre
