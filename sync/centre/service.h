// service.h — the centre's answers, without sockets: a request with the peer's certificate in, a response out.
//
//   POST /v1/enrol  /v1/person  /v1/hold  /v1/sync  /v1/statement  /v1/epoch  /v1/rules  /v1/renew  /v1/retire
//   GET  /healthz                                                      messages: sync/protocol/messages.h
//
// Whoever calls has verified the client's certificate against this centre's own CA (sync/http does); here its common
// name must be a terminal that is enrolled, not revoked, and its fingerprint that of the certificate last issued.
//
// A call goes through three parts, so that a server can read one batch and answer another while a third is booked:
//
//   prepare()  unpacks and decodes what came, follows its chain     one thread at a time
//   book()     decides in one transaction                           one thread at a time, as every other member
//   finish()   signs, encodes and packs the answer                  any thread
//
// Each of these lines may run at the same time as the others.  What a terminal sends is prepared and booked in the
// order in which it came; what is prepared otherwise is only done twice.  handle() does all three in turn.
//
// Nothing personal is logged.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "offline/packs/packs.h"
#include "offline/seal/key_store.h"
#include "offline/seal/sm2.h"
#include "sync/centre/booking.h"
#include "sync/centre/call.h"
#include "sync/centre/ledger.h"
#include "sync/centre/terms_plan.h"
#include "sync/http/certificates.h"
#include "sync/http/message.h"
#include "sync/protocol/messages.h"

namespace gongji::centre {

inline constexpr std::chrono::hours enrolment_valid{24};
inline constexpr std::uint32_t enrolment_tries_max = 5;
inline constexpr std::size_t feed_items_max = 500;  // in one answer
inline constexpr std::size_t live_holds_max = 200;  // of one terminal
// A till is told of, and may hold in, every window that a service of so many days ago lies in.
inline constexpr int service_days_back_max = 92;
inline constexpr std::size_t stops_max = 100'000;          // in force, but for used vouchers
inline constexpr std::size_t vouchers_of_person_max = 20;  // whose period has not ended
inline constexpr std::chrono::minutes hold_grace{1};       // clocks of tills differ a little

// Makes the set that decides: what this centre began with, and the texts of signed files that were published.
using LoadPacks =
    std::function<Result<packs::PackSet>(const std::vector<std::string>& published, bool activate_reported)>;

struct CentreParts {
  std::unique_ptr<Ledger> ledger;
  packs::PackSet packs;
  std::shared_ptr<const seal::KeyStore> keys;       // signs snapshots and feed
  std::shared_ptr<const seal::KeyStore> authority;  // signs terms; kept off line in real life
  http::Identity ca;
  TermsPlan plan;
  LoadPacks load_packs;           // empty: nothing can be published
  Ledger::Published loaded = {};  // what `packs` and `plan` contain of the ledger's
  // What terminals shall believe, where that is more than the one root of `ca`; empty: they are told nothing.
  std::vector<std::string> roots_pem = {};
  protocol::Versions speaks = protocol::spoken;
};

class CentreService {
 public:
  CentreService(CentreParts parts, Random& random);

  http::Response handle(const http::Request& request, WallTime now);
  // `request` must outlive the call.  Where the call is over already, there is nothing to book.
  Call prepare(const http::Request& request, WallTime now);
  void book(Call& call, WallTime now);
  http::Response finish(Call call) const;

  // A one-time code for one terminal of the site; `terminal` "" = a new name, else that terminal begins a new epoch.
  // Errors: terminal_name_invalid, site_unknown, and the ledger's.
  Result<protocol::EnrolmentCode> make_enrolment_code(const std::string& fixmedins_code, const std::string& terminal,
                                                      WallTime now);
  // The terminal's certificate is refused from now on; its holds and grants are freed.  Errors: terminal_unknown, the
  // ledger's.
  Result<void> revoke(const std::string& terminal);

  // Puts a line on the stop list (a card by its number), or with `lifted` takes it off; every terminal hears of it with
  // its next sync.  A used voucher stays stopped.  Errors: card_unknown, person_unknown, voucher_unknown, not_stopped,
  // stop_list_full, the ledger's.
  Result<void> stop(StopRow stop, WallTime now);
  // `count` vouchers for one person and period, ahead.  Errors: person_unknown, voucher_period_invalid,
  // vouchers_too_many, the ledger's.
  Result<std::vector<Secret>> issue_vouchers(const std::string& psn_no, WallTime from, std::chrono::hours valid,
                                             std::size_t count, WallTime now);
  // Signs the order with the authority's key, keeps it, and tells it to each terminal of its places with its next sync.
  // The id is made here, unless it is a later word on an order that is there.  Errors: order_unknown, the ledger's.
  Result<record::Signed> issue_order(record::EmergencyOrder order, bool is_later_word, WallTime now);
  Result<record::Signed> withdraw_order(const Id& id, WallTime now);
  Result<std::vector<record::EmergencyOrder>> newest_orders();

  // service_published.cpp.  A file that the authority signed (offline/packs/signed_file.h): every terminal is told of
  // it with its next sync, and this centre settles by it from its next request on.  Once published it stays as it is.
  // Errors: those of packs::read_signed, unknown_authority, what the set of all rules says to it, the ledger's.
  Result<RuleFile> publish_rules(std::string_view text, WallTime now);
  // Errors: rules_unknown; what the set says without it (an activation needs its pack); the ledger's.
  Result<void> withdraw_rules(const std::string& digest, WallTime now);
  Result<std::vector<RuleFile>> rule_files();
  // terms.json's successor: every terminal gets terms by it with its next sync.  Errors: terms_invalid, the ledger's.
  Result<void> publish_terms(std::string_view text, WallTime now);
  const TermsPlan& plan() const { return parts_.plan; }

  // service_prescriptions.cpp: the register of prescriptions.  All of them or none.  Errors: person_unknown,
  // prescription_known, the ledger's.
  Result<void> add_prescriptions(const std::vector<Prescription>& prescriptions, WallTime now);
  // Errors: prescription_absent, the ledger's.
  Result<void> withdraw_prescription(const std::string& number);
  Result<std::vector<PrescriptionLeft>> prescriptions_of(const std::string& psn_no);

  // Lost or stolen: revoked; what was set aside for it, in any epoch, is void at once; and what still comes of the logs
  // that it has now is at its site's risk (an old log may be brought in).  Errors: terminal_unknown, the ledger's.
  struct Voided {
    std::size_t grants = 0, holds = 0;
    Money accounts;  // of what was set aside
  };
  Result<Voided> lost(const std::string& terminal, WallTime now);

  // Between requests: frees holds of terminals silent for longer than the terms allow, checkpoints.
  void idle(WallTime now);

  Ledger& ledger() { return *parts_.ledger; }
  Bytes public_key() const { return parts_.keys->public_key(); }  // of snapshots, feed and registrations

 private:
  using Refused = centre::Refused;
  using Reply = centre::Reply;

  Call read(const http::Request& request) const;
  static std::optional<Refused> refuse_path(const Call& call);
  Reply dispatch(const Call& call, WallTime now);
  std::variant<std::uint32_t, Refused> agree(const http::Request& request) const;  // service_version.cpp
  std::optional<Refused> authenticate(const http::Request& request, Terminal& terminal);
  template <class Work>
  Reply in_transaction(Work work);

  Reply enrol(const std::string& body, WallTime now);
  Reply issue(const Enrolment& enrolment, const protocol::EnrolRequest& request, WallTime now);
  Reply person(Terminal terminal, const std::string& body, WallTime now);
  Reply hold(const Terminal& terminal, const std::string& body, WallTime now);
  Reply sync(Terminal terminal, const Call& call, WallTime now);
  Reply statement(const Terminal& terminal, const std::string& body);
  // service_published.cpp
  void refresh_published();
  Result<packs::PackSet> packs_with(const std::string& more, const std::string& but);
  void tell_terms(Terminal& terminal, const Site& site, WallTime now);
  void tell_rules(Terminal& terminal);
  void tell_roots(Terminal& terminal);
  // What the peer's version does not know travels as its terms, which change nothing: numbers of the feed have no gaps.
  void fit_to(std::uint32_t version, const Terminal& terminal, const Site& site, WallTime now,
              std::vector<record::FeedItem>& items);
  Reply rules(const std::string& body);
  // service_upkeep.cpp
  Reply renew(const Terminal& terminal, const std::string& body, WallTime now);
  Reply retire(Terminal terminal, const std::string& body, WallTime now);
  // service_epoch.cpp
  Reply begin_epoch(Terminal terminal, const std::string& body, WallTime now);
  Reply late_log(Terminal terminal, const SyncInHand& in_hand, WallTime now);
  // A new journal has had nothing of the feed.
  void forget_feed(const std::string& terminal);
  record::Signed registration_of(const Terminal& terminal, WallTime now);

  void tell(Terminal& terminal, std::vector<record::Verdict> verdicts);
  void tell_waiting(Terminal& terminal);
  void tell_orders(Terminal& terminal, const Site& site, WallTime now);  // orders.cpp
  std::vector<settlement::Counted> windows_that_matter(const settlement::Person& person, Day today, const LogName& but);

  std::uint64_t cursor_of(const Terminal& terminal, const protocol::SyncRequest& request) const;
  bool has_verified(const Terminal& terminal, const protocol::SyncRequest& request) const;
  // "" where the log goes on; otherwise the reason of the quarantine.
  // `meanwhile` is done while another thread computes the chain of a long batch, or before that of a short one.
  std::string check_log(
      const Terminal& terminal, const SyncInHand& in_hand, std::vector<Digest>& hashes,
      const std::function<void()>& meanwhile = [] {});
  // service_holds.cpp
  std::vector<Ledger::LiveHold> free_unused_holds(const Terminal& terminal, const protocol::SyncRequest& request);
  std::vector<std::string> free_expired_holds(const Terminal& terminal, const protocol::SyncRequest& request,
                                              const std::vector<Ledger::LiveHold>& live, WallTime last_entry_at,
                                              WallTime now);
  void free_released_holds(const Terminal& terminal, const std::vector<std::string>& released);
  std::size_t free_left_behind(const Terminal& terminal, const record::Opening& asking);
  // service_credentials.cpp
  void tell_stops(Terminal& terminal, WallTime now);
  bool is_stopped(record::StopKind kind, const std::string& number, WallTime now);
  std::optional<Refused> check_person(const std::string& psn_no, WallTime now);
  std::variant<std::string, Refused> person_of(const protocol::Credential& credential, WallTime now);
  void forget_ended_stops(WallTime now);
  // service_grants.cpp
  bool free_grants(const Terminal& terminal, const std::vector<record::ClosedGrant>& closed, WallTime now);
  std::size_t free_silent_grants(WallTime now);
  Money grantable(Money available, Money max_amount) const;
  void grant_of_fund(const Person& person, const Site& site, Day today, StandingGrant& standing);
  std::optional<StandingGrant> new_grant(const Terminal& terminal, const Site& site, const Person& person,
                                         std::uint64_t run, WallTime now);
  bool top_up(const Terminal& terminal, const Site& site, const Person& person, StandingGrant& standing, bool due,
              WallTime now);
  void tell_recalls(Terminal& terminal);
  void recall_elsewhere(const Terminal& terminal, const Hold& hold, WallTime now);
  void plan_grants(Terminal& terminal, const Site& site, std::uint64_t run, bool changed, WallTime now);
  std::optional<Refused> take_prescription(const Terminal& terminal, const protocol::HoldRequest& request,
                                           WallTime now);
  std::optional<Refused> check_hold(const Terminal& terminal, const Person& person,
                                    const protocol::HoldRequest& request, Hold& hold, WallTime now);
  // Both: service_enrol.cpp.
  record::Terms terms_of(const Terminal& terminal, const Site& site, WallTime now) const;
  // And remembers that the terminal has them.
  record::Signed sign_terms(const Terminal& terminal, const Site& site, WallTime now);
  const seal::Sm2PublicKey* public_key(const Terminal& terminal);

  static Refused refuse(unsigned status, const char* code, std::string zh, std::string en);
  static Refused malformed(const Trouble& what);

  CentreParts parts_;
  Random& random_;
  Booking booking_;
  const Sealing sealing_;
  LogEnds log_ends_;
  std::map<std::string, std::pair<Bytes, seal::Sm2PublicKey>> public_keys_;  // by terminal
  struct LastAnswer {                                                        // to a sync
    std::uint32_t epoch = 0;
    std::uint64_t acknowledged = 0, told = 0;  // told: up to where of the feed
    // Of the head at `acknowledged`, where that came with the request: verified, and by which key.
    Digest head_hash{};
    Bytes head_signature, signed_by;
  };
  std::map<std::string, LastAnswer> last_answers_;  // by terminal
  std::map<std::string, WallTime> next_grants_;     // by terminal: when to plan anew
};

}  // namespace gongji::centre
