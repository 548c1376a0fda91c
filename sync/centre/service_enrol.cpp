#include <fmt/format.h>

#include "offline/base/check.h"
#include "offline/record/registration.h"
#include "offline/seal/sm3.h"
#include "sync/centre/service_detail.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

// The first characters of a secret find its code; the rest (90 bits) proves it.
constexpr std::size_t selector_characters = 8;

Digest digest_of_code(const std::string& secret) {
  return seal::sm3({as_bytes("gongji.enrolment.v1"), as_bytes(secret)});
}

bool is_terminal_name(std::string_view name) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
  return name.size() <= 32 && name.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

std::uint64_t random_serial(Random& random) {
  std::uint8_t bytes[8];
  random.fill(bytes);
  std::uint64_t serial = 0;
  for (const std::uint8_t byte : bytes) serial = serial << 8 | byte;
  return (serial >> 1) | 1;
}

Result<protocol::EnrolmentCode> CentreService::make_enrolment_code(const std::string& fixmedins_code,
                                                                   const std::string& terminal, WallTime now) {
  if (!terminal.empty() && !is_terminal_name(terminal)) return trouble(troubles::terminal_name_invalid);
  const auto fingerprint = http::sm3_fingerprint(parts_.ca.certificate_pem);
  if (fingerprint.has_error()) return fingerprint.error();
  Id secret_bits;
  random_.fill(secret_bits.bytes);
  const std::string secret = to_string(secret_bits);
  bool site_known = false;
  const auto outcome = ledger().transaction([&] {
    site_known = ledger().find_site(fixmedins_code).has_value();
    if (!site_known) return;
    ledger().add_enrolment({secret.substr(0, selector_characters), digest_of_code(secret), fixmedins_code, terminal,
                            now.plus(enrolment_valid), 0, false});
  });
  if (outcome.has_error()) return outcome.error();
  if (!site_known) return trouble(troubles::site_unknown, fixmedins_code);
  return protocol::EnrolmentCode{Secret(secret), *fingerprint};
}

CentreService::Reply CentreService::enrol(const std::string& body, WallTime now) {
  const auto request = protocol::decode_enrol_request(body);
  if (request.has_error()) return malformed(request.error());
  if (!seal::Sm2PublicKey::from_raw(request->sign_public_key)) {
    return refuse(400, "malformed", "签名公钥不是有效的 SM2 公钥。", "sign_public_key is not a point of SM2's curve.");
  }
  return in_transaction([&]() -> Reply {
    refresh_published();
    const std::string& secret = request->code.reveal();
    ledger().lock("enrolment");  // tries are counted, and names given, one after another
    auto enrolment = ledger().find_enrolment(secret.substr(0, selector_characters));
    const auto invalid =
        refuse(401, "enrolment_code_invalid", "入网码无效、已过期或已使用。请向经办机构索取新的入网码。",
               "The enrolment code is wrong, expired or used. Ask the authority for a new one.");
    if (!enrolment || enrolment->used || now >= enrolment->expires || enrolment->tries >= enrolment_tries_max) {
      return invalid;
    }
    if (enrolment->code_digest != digest_of_code(secret)) {
      ++enrolment->tries;
      ledger().update_enrolment(*enrolment);
      return invalid;
    }
    return issue(*enrolment, *request, now);
  });
}

CentreService::Reply CentreService::issue(const Enrolment& enrolment, const protocol::EnrolRequest& request,
                                          WallTime now) {
  const auto site = ledger().find_site(enrolment.fixmedins_code);
  if (!site) return refuse(401, "enrolment_code_invalid", "机构不存在。", "The site is gone.");
  const std::string name = enrolment.terminal.empty() ? ledger().next_terminal_name() : enrolment.terminal;
  const auto before = ledger().find_terminal(name);
  if (before && before->fixmedins_code != enrolment.fixmedins_code) {
    return refuse(409, "terminal_of_other_site", "该终端属于另一机构。", "This terminal belongs to another site.");
  }
  const auto certificate = http::issue_client(parts_.ca, request.csr_pem, name, random_serial(random_), now,
                                              static_cast<int>(parts_.plan.valid_days));
  if (certificate.has_error()) return malformed(certificate.error());
  const auto fingerprint = http::sha256_fingerprint(*certificate);
  if (fingerprint.has_error()) return malformed(fingerprint.error());

  Terminal terminal;
  terminal.terminal = name;
  terminal.fixmedins_code = enrolment.fixmedins_code;
  terminal.fingerprint = *fingerprint;
  terminal.sign_public_key = request.sign_public_key;
  // A new journal is a new epoch: nothing of the old log can be continued, and what was set aside for it is freed.
  terminal.epoch = before ? before->epoch + 1 : 1;
  terminal.last_contact = now;
  terminal.software = request.software;
  ledger().close_all_holds(name);
  forget_feed(name);
  ledger().drop_next_certificate(name);
  ledger().put_terminal(terminal);
  Enrolment done = enrolment;
  done.used = true;
  ledger().update_enrolment(done);
  spdlog::info("enrolled {} of {}, epoch {}", name, terminal.fixmedins_code, terminal.epoch);

  protocol::EnrolAnswer answer;
  answer.terminal = name;
  answer.epoch = terminal.epoch;
  answer.certificate_pem = *certificate;
  answer.ca_pem = roots_text(parts_);
  answer.centre_public_key = parts_.keys->public_key();
  answer.authority_public_key = parts_.authority->public_key();
  answer.site_key = ledger().site_key(terminal.fixmedins_code);
  answer.terms = sign_terms(terminal, *site, now);
  answer.registration = registration_of(terminal, now);
  return protocol::encode(answer);
}

void CentreService::forget_feed(const std::string& terminal) {
  ledger().drop_feed(terminal);
  ledger().set_stops_told(terminal, 0);
  ledger().forget_told(terminal);
}

record::Signed CentreService::registration_of(const Terminal& terminal, WallTime now) {
  const record::Registration registration{terminal.terminal, terminal.epoch, terminal.fixmedins_code,
                                          terminal.sign_public_key, now};
  return record::sign(*parts_.keys, record::registration_tag, record::encode(registration));
}

record::Terms CentreService::terms_of(const Terminal& terminal, const Site& site, WallTime now) const {
  record::Terms terms;
  terms.terminal = terminal.terminal;
  terms.epoch = terminal.epoch;
  terms.fixmedins_code = site.facts.fixmedins_code;
  terms.fixmedins_name = site.name;
  terms.fixmedins_type = site.facts.fixmedins_type;
  terms.admdvs = site.facts.admdvs;
  terms.dedc_hosp_lv = site.facts.dedc_hosp_lv;
  terms.designated = site.facts.designated;
  terms.dual_channel = site.facts.dual_channel;
  terms.reserve = parts_.plan.reserve;
  terms.grant_presences = parts_.plan.grants.presences;
  terms.card_pin_above = parts_.plan.card_pin_above;
  terms.fund_basis = parts_.plan.fund_basis;
  terms.split_window_minutes = parts_.plan.split_window_minutes;
  terms.paper_days = parts_.plan.paper_days;
  terms.retention_months = parts_.plan.retention_months;
  terms.issued = now;
  terms.expires = now.plus(std::chrono::hours(24) * parts_.plan.valid_days);
  terms.drain_window_s = parts_.plan.drain_window_s;
  terms.poll_idle_s = parts_.plan.poll_idle_s;
  return terms;
}

record::Signed CentreService::sign_terms(const Terminal& terminal, const Site& site, WallTime now) {
  const record::Terms terms = terms_of(terminal, site, now);
  ledger().set_terms_told(terminal.terminal, {digest_of_terms(terms), now});
  return record::sign(*parts_.authority, record::terms_tag, record::encode(terms));
}

}  // namespace gongji::centre
