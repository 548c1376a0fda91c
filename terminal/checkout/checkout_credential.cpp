// checkout_credential.cpp — who is at the counter: the credential, its holder, and whether it may be taken.
#include <algorithm>

#include "card/scan.h"
#include "card/troubles.h"
#include "offline/authority/denial.h"
#include "terminal/checkout/checkout.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

// What the centre refuses to speak of is what its stop list says.
std::optional<record::StopKind> stop_named(std::string_view problem) {
  if (problem == "card_stopped") return record::StopKind::card;
  if (problem == "voucher_stopped" || problem == "voucher_used") return record::StopKind::voucher;
  if (problem == "person_stopped") return record::StopKind::person;
  return std::nullopt;
}

}  // namespace

record::Holder Checkout::holder_of(const Presented& presented, const record::Snapshot* snapshot) {
  record::Holder holder;
  holder.mdtrt_cert_type = presented.credential.mdtrt_cert_type;
  // A voucher's digits are a credential as long as nobody has heard of their use: what stays is their number.
  holder.mdtrt_cert_no =
      presented.voucher ? to_hex(presented.voucher->nonce) : presented.credential.mdtrt_cert_no.reveal();
  holder.card_sn = presented.credential.card_sn.reveal();
  if (snapshot != nullptr) {
    holder.psn_name = snapshot->psn_name;
    holder.psn_cert_type = snapshot->psn_cert_type;
    holder.certno = snapshot->certno;
    holder.gend = snapshot->gend;
    holder.naty = snapshot->naty;
  } else if (presented.card) {
    holder.psn_name = presented.card->name.reveal();
    holder.psn_cert_type = "01";
    holder.certno = presented.card->social_security_no.reveal();
  }
  return holder;
}

std::string Checkout::credential_key(const protocol::Credential& credential) const {
  return parts_.keys->lookup_key("credential", credential.mdtrt_cert_type + "|" + credential.mdtrt_cert_no.reveal() +
                                                   "|" + credential.card_sn.reveal());
}

// A code that was scanned here or came as text: the platform's own, good on line, or a voucher that our centre signed.
Result<Checkout::Presented> Checkout::present_code(const Secret& code) const {
  Presented presented;
  card::Scan scan = card::classify(code);
  presented.credential = {"01", std::move(scan.text), Secret()};
  if (scan.kind != card::ScanKind::offline_voucher) {
    presented.presence = record::Presence::token_online;
    return presented;
  }
  auto voucher = record::read_voucher(presented.credential.mdtrt_cert_no, parts_.identity.centre_public_key);
  if (!voucher) return voucher.error();
  // A clock that cannot be believed cannot tell; without the line such a till promises nothing anyway.
  const WallTime now = parts_.clock.wall();
  if (parts_.clock.trusted() && (now < voucher->from || now >= voucher->until())) {
    return trouble(troubles::voucher_not_in_period, {},
                   to_string(civil_time_at(voucher->from)) + " - " + to_string(civil_time_at(voucher->until())));
  }
  presented.presence = record::Presence::voucher_signed;
  presented.voucher = *std::move(voucher);
  return presented;
}

asio::awaitable<Result<Checkout::Presented>> Checkout::present(Credential credential) {
  if (credential.read_voucher) {
    if (parts_.scanner == nullptr) co_return trouble(troubles::scanner_disabled);
    auto scanned = parts_.scanner->voucher();
    if (!scanned) co_return trouble(troubles::credential_missing, "voucher");
    co_return present_code(*scanned);
  }
  Presented presented;
  if (!credential.read_card) {
    const std::string& type = credential.numbers.mdtrt_cert_type;
    if (credential.numbers.mdtrt_cert_no.empty()) co_return trouble(troubles::credential_missing, "mdtrt_cert_no");
    if (type == "01") co_return present_code(credential.numbers.mdtrt_cert_no);
    if (type == "02") {
      presented.presence = record::Presence::id_number;
    } else if (type == "03") {
      if (credential.numbers.card_sn.empty()) co_return trouble(troubles::credential_missing, "card_sn");
      presented.presence = record::Presence::declared;
    } else {
      co_return trouble(troubles::credential_not_read, "mdtrt_cert_type");
    }
    presented.credential = std::move(credential.numbers);
    co_return presented;
  }
  if (parts_.card == nullptr) co_return trouble(troubles::reader_disabled);
  auto fields_step = parts_.card->read(card_wait);
  auto fields = co_await std::move(fields_step);
  if (!fields) co_return fields.error();
  presented.presence = record::Presence::card_read_here;
  presented.credential = {"03", fields->card_no, fields->card_identifier};
  presented.card = std::move(*fields);
  co_return presented;
}

asio::awaitable<Result<void>> Checkout::check_holder(Presented& presented, Secret pin) {
  if (!presented.card) co_return trouble(troubles::pin_without_card, "pin");
  // Only a hash under this site's key is remembered, and only while the daemon runs.
  const std::string shown =
      parts_.keys->lookup_key("pin", presented.card->card_identifier.reveal() + "|" + pin.reveal());
  if (shown == refused_pin_) co_return trouble(card::troubles::pin_refused_before);
  auto step = parts_.card->verify_pin(*presented.card, std::move(pin));
  const auto verified = co_await std::move(step);
  if (!verified) {
    if (verified.error().text == &card::troubles::pin_wrong) refused_pin_ = shown;
    co_return verified.error();
  }
  refused_pin_.clear();
  presented.holder_checked = true;
  co_return Result<void>();
}

Result<void> Checkout::use_up(const Presented& presented) {
  if (presented.presence != record::Presence::token_online) return {};
  // A token of the platform (mdtrt_cert_type 01 too) is the platform's to judge; the 28 digits of a code are ours.
  const Secret& shown = presented.credential.mdtrt_cert_no;
  if (card::classify(shown).kind != card::ScanKind::voucher) return {};
  if (auto fresh = vouchers_.admit(shown, parts_.clock.steady()); !fresh) return fresh;
  if (parts_.scanner != nullptr) parts_.scanner->forget();
  return {};
}

void Checkout::give_back(const Presented& presented) {
  if (presented.presence == record::Presence::token_online) vouchers_.give_back(presented.credential.mdtrt_cert_no);
}

asio::awaitable<Result<Checkout::Found>> Checkout::look_up(const Presented& presented) {
  const bool on_line_only = presented.presence == record::Presence::token_online;
  Found found;
  found.key = presented.voucher ? parts_.keys->lookup_key("person", presented.voucher->psn_no.reveal())
                                : credential_key(presented.credential);
  if (!parts_.link.worth_asking()) {
    if (on_line_only) co_return trouble(troubles::voucher_online_only);
    co_return found;
  }
  auto answer_step = parts_.link.person(presented.credential, person_deadline);
  auto answer = co_await std::move(answer_step);
  if (!answer) {  // late or lost: the stored snapshot takes its place
    if (on_line_only) co_return trouble(troubles::voucher_online_only);
    co_return found;
  }
  if (answer->problem) {
    found.stopped = stop_named(answer->problem->code);
    if (found.stopped) co_return found;
    co_return trouble(troubles::person_unknown, {}, answer->problem->code);
  }
  auto snapshot = record::decode_snapshot(answer->value->bytes);
  if (!snapshot) co_return snapshot.error();
  if (presented.card && !snapshot->certno.empty() && presented.card->social_security_no.reveal() != snapshot->certno) {
    co_return trouble(troubles::person_differs, "card");
  }
  if (presented.voucher && presented.voucher->psn_no.reveal() != snapshot->person.psn_no) {
    co_return trouble(troubles::person_differs, "voucher");
  }
  // What finds this person again without a line: the credential that was shown, but for a code that is good once.
  if (presented.credential.mdtrt_cert_type != "01") found.credential_keys.push_back(found.key);
  found.credential_keys.push_back(credential_key({"02", Secret(snapshot->certno), Secret()}));
  found.key = parts_.keys->lookup_key("person", snapshot->person.psn_no);
  found.fresh = std::move(*answer->value);
  found.snapshot = std::move(*snapshot);
  co_return found;
}

asio::awaitable<Result<void>> Checkout::doubt_log(Found& found) {
  auto doubting = parts_.link.doubt_log();
  auto doubted = co_await std::move(doubting);
  if (!doubted) co_return doubted.error();
  found.fresh.reset();
  found.snapshot.reset();
  co_return Result<void>();
}

Result<bool> Checkout::stopped(journal::Turn& turn, record::StopKind kind, const std::string& key,
                               const Found& found) const {
  if (found.stopped == kind) return true;
  const auto stop = turn.find_stop(kind, key, parts_.clock.wall());
  if (!stop) return stop.error();
  return stop->has_value();
}

Result<void> Checkout::take_credential(journal::Turn& turn, const Presented& presented, const Found& found) const {
  authority::Ask ask;
  const auto look = [&](record::StopKind kind, const std::string& value) -> Result<void> {
    const auto is_stopped = stopped(turn, kind, parts_.keys->lookup_key(record::stop_domain(kind), value), found);
    if (!is_stopped) return is_stopped.error();
    if (*is_stopped) ask.stopped = kind;
    return {};
  };
  if (!presented.credential.card_sn.empty()) {
    if (auto done = look(record::StopKind::card, presented.credential.card_sn.reveal()); !done) return done;
  }
  if (presented.voucher) {
    const auto& nonce = presented.voucher->nonce;
    if (auto done = look(record::StopKind::voucher, to_hex(record::voucher_digest(nonce))); !done) return done;
    const auto used = turn.use_of_voucher(nonce);
    if (!used) return used.error();
    ask.voucher_used = used->has_value();
  }
  const authority::Decision decision = authority::authorise(ask, standing(), {}, parts_.clock.wall());
  const auto* denial = std::get_if<authority::Denial>(&decision);
  return denial == nullptr ? Result<void>() : trouble(authority::text_of(denial->code), {}, denial->detail);
}

}  // namespace gongji::terminal
