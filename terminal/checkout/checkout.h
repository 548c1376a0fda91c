// checkout.h — the life of a sale at this till: read, look up, settle, hold, authorise, commit, answer.
//
// One path, line up or down; the line only changes who stands behind the promise.  Arithmetic is offline/settlement's,
// limits are offline/authority's, durability is offline/journal's; this file puts them in order.
//
// A sale waits for the centre at most person_deadline + hold_deadline; a step that is late is skipped: the stored
// snapshot and the reserve take its place.
//
// Threads: everything here runs on the daemon's io thread.  Arguments are values; objects named in Parts are borrowed
// and outlive the Checkout.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "card/voucher_replay.h"
#include "offline/authority/authorise.h"
#include "offline/authority/trusted_clock.h"
#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/journal/writer.h"
#include "offline/packs/packs.h"
#include "offline/seal/key_store.h"
#include "sync/link/link.h"
#include "terminal/checkout/asked_holds.h"
#include "terminal/checkout/counter_card.h"
#include "terminal/checkout/counter_scanner.h"
#include "terminal/checkout/person_turns.h"
#include "terminal/checkout/sale.h"
#include "terminal/metrics/sale_times.h"
#include "terminal/orders/order_shelf.h"
#include "terminal/rules/pack_source.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

inline constexpr std::chrono::milliseconds person_deadline{1'500};
inline constexpr std::chrono::milliseconds hold_deadline{1'000};
inline constexpr std::chrono::milliseconds card_wait{5'000};
inline constexpr int settle_attempts_max = 3;  // when another till moves the same person's amounts meanwhile
inline constexpr std::size_t sales_at_once_max = 128;

struct Parts {
  const TerminalIdentity& identity;
  std::shared_ptr<const seal::KeyStore> keys;
  PackSource packs;
  journal::Writer& journal;
  link::Link& link;
  CounterCard* card = nullptr;        // nullptr: no reader configured
  CounterScanner* scanner = nullptr;  // nullptr: no scanner configured
  authority::TrustedClock& clock;
  Random& random;
  OrderShelf& orders;
  SaleTimes* times = nullptr;  // nullptr: nobody asks how long a sale takes
};

class Checkout {
 public:
  // `last_contact` as the journal remembers it from earlier runs.
  // Errors: the terms of the identity are not signed by the authority.
  static Result<std::unique_ptr<Checkout>> make(Parts parts, std::optional<WallTime> last_contact);

  boost::asio::awaitable<Result<Known>> person(Credential credential);
  boost::asio::awaitable<Result<QuoteOutcome>> quote(SaleDraft draft);
  // Troubles, in order: message_reused, credential troubles, PIN troubles, voucher_online_only, person_unknown,
  // person_differs, a credential that cannot be taken (authority's words), card changed or pulled, prescription_…,
  // hold_refused, settlement_moved, journal.  After trouble nothing is written and no hold is left.
  boost::asio::awaitable<Result<SaleOutcome>> sell(SaleDraft draft);
  // checkout_refund.cpp.  Troubles, in order: message_reused, sale_unknown, not_cancellable (paper), person_differs,
  // visit_differs, already_cancelled, refunded_in_part, not_cancellable (adjusted, refused), journal.
  boost::asio::awaitable<Result<Cancelled>> cancel(CancelDraft draft);
  // Takes back whole what was sold under another request's msgid.  Troubles, in order: message_reused, still_settling,
  // nothing_to_reverse, not_reversible, then as cancel().  What was reversed before is reversed: the first answer.
  boost::asio::awaitable<Result<Cancelled>> reverse(ReverseDraft draft);
  // The same; then refund_law_absent, refund_lines_wrong, refund_pays_more.  Both entries are one turn.
  boost::asio::awaitable<Result<RefundOutcome>> refund(RefundDraft draft);

  // As last signed by the authority.  Any thread.
  record::Terms terms() const;
  // Where this till stands with its centre.  Any thread.
  authority::Standing standing() const;
  // Takes up terms and orders that came meanwhile.  In a turn of the writer.
  Result<void> refresh_orders(journal::Turn& turn);

 private:
  // What the credential step found.
  struct Presented {
    record::Presence presence = record::Presence::declared;
    protocol::Credential credential;
    std::optional<card::CardFields> card;
    std::optional<record::Voucher> voucher;
    bool holder_checked = false;  // the card took its PIN
  };
  // What the person step found: a fresh snapshot from the centre, or only a key into the store.
  struct Found {
    std::optional<record::Signed> fresh;
    std::optional<record::Snapshot> snapshot;  // of `fresh`
    std::string key;                           // look-up key: of the person, or of the credential
    std::vector<std::string> credential_keys;
    std::optional<record::StopKind> stopped;  // what the centre said instead of a snapshot
  };
  struct Settled {
    settlement::Claim claim;
    settlement::Settlement settlement;
    std::vector<settlement::Counted> counted;
    record::Snapshot snapshot;
    std::string person_key, pack, pack_digest;
    std::optional<std::string> grant_id;  // that covers all of it
    std::optional<record::LowestShare> lowest;
    bool lowest_unknown = false;  // the terms promise the least share, and the law does not tell it
  };
  // What the centre set aside for a sale.
  struct Held {
    protocol::HoldRequest request;
    std::string hold_id;
    bool prescription_verified = false;
  };
  // What became of the question for a hold; nothing: the sale goes on without.
  struct HoldAnswered {
    std::optional<Held> held;
    std::optional<Refused> refused;
    bool made_room = false;  // the next attempt may find enough
  };
  // What a turn came to; the first that applies.
  struct TurnOutcome {
    std::optional<journal::StoredEntry> stored;  // earlier answer of this key, or the new entry
    bool replayed = false;
    bool moved = false;  // the hold no longer fits the settlement
    std::optional<Refused> refused;
  };

  explicit Checkout(Parts parts, record::Terms terms, std::optional<WallTime> last_contact);

  // checkout_credential.cpp
  boost::asio::awaitable<Result<Presented>> present(Credential credential);
  Result<Presented> present_code(const Secret& code) const;
  // Shows the PIN to the card that was read, once.  The same wrong PIN of the same card is not shown a second time.
  boost::asio::awaitable<Result<void>> check_holder(Presented& presented, Secret pin);
  // An e-voucher is used up by the sale that it pays; given back where there was none.
  Result<void> use_up(const Presented& presented);
  void give_back(const Presented& presented);
  // The centre knows more of this log than there is: from here on the log is in doubt, and what is stored here takes
  // the place of its answer.
  boost::asio::awaitable<Result<void>> doubt_log(Found& found);
  static record::Holder holder_of(const Presented& presented, const record::Snapshot* snapshot);
  boost::asio::awaitable<Result<Found>> look_up(const Presented& presented);
  // Whether the stop list, or the centre a moment ago, stops this look-up key.
  Result<bool> stopped(journal::Turn& turn, record::StopKind kind, const std::string& key, const Found& found) const;
  // Trouble in the words of the denial where this credential cannot be taken: stopped, or a voucher that was used.
  Result<void> take_credential(journal::Turn& turn, const Presented& presented, const Found& found) const;
  Result<std::optional<journal::StoredEntry>> find_earlier(journal::Turn& turn, const record::RequestKey& key);
  // Which accounts may pay.
  enum class Reach : std::uint8_t { all, granted, own };
  // Settles against what the journal knows now.  nullopt: this person was never seen here.  `grant`, for `granted`:
  // others' accounts pay up to what it has left of them, or not at all.
  Result<std::optional<std::variant<Settled, Refused>>> settle_now(
      journal::Turn& turn, const Found& found, const settlement::Claim& draft, const std::string& psn_no,
      Reach reach = Reach::all, const record::Grant* grant = nullptr,
      record::FundBasis basis = record::FundBasis::last_known);
  // The same without the centre: on a standing grant where one covers it, else without others' accounts and with the
  // fund's share that the terms choose.
  Result<std::optional<std::variant<Settled, Refused>>> settle_off_line(journal::Turn& turn, const Found& found,
                                                                        const settlement::Claim& draft,
                                                                        const std::string& psn_no,
                                                                        record::Presence presence);
  // A sale on the reserve may take what grants set aside, its person's own or a relative's that names the account: then
  // they are given up with it (record::must_give_up).
  Result<void> give_up_grants(journal::Turn& turn, const record::Sale& sale, WallTime now);
  // What a hold found short may be what this till itself was granted: the person's own grants are given up, or, where
  // there are none, everybody's that set aside of an account that the sale would take from.
  Result<void> make_room(journal::Turn& turn, const Settled& wish, std::vector<record::ClosedGrant>& given_up) const;
  // checkout_sell.cpp.  `is_last`: no other attempt follows.  `asked` lives as long as the attempt.
  boost::asio::awaitable<Result<HoldAnswered>> ask_for_hold(const SaleDraft& draft, const Presented& presented,
                                                            const Found& found, const Id& sale_id, bool is_last,
                                                            std::vector<record::ClosedGrant>& given_up,
                                                            std::optional<AskedHolds::Asked>& asked);
  // checkout_commit.cpp
  Result<TurnOutcome> commit_turn(journal::Turn& turn, const SaleDraft& draft, const Presented& presented,
                                  const Found& found, const Id& sale_id, const std::optional<Held>& held);
  Result<authority::Decision> decide(journal::Turn& turn, const Settled& sale, const Presented& presented,
                                     const Found& found, const std::optional<Held>& held, WallTime now) const;
  // Without backing.
  static record::Sale sale_of(const SaleDraft& draft, const Presented& presented, Settled&& known, const Id& sale_id);
  // `known`: nullptr where this person was never seen here.
  record::Paper paper_of(const SaleDraft& draft, const Presented& presented, const Settled* known, const Id& paper_id,
                         std::vector<std::string> reasons) const;
  Result<void> reverse_turn(journal::Turn& turn, const ReverseDraft& draft, Cancelled& out);
  Result<std::optional<Refused>> refund_turn(journal::Turn& turn, const RefundDraft& draft, Refunded& out);
  Result<void> refresh_terms(journal::Turn& turn);
  std::string credential_key(const protocol::Credential& credential) const;

  Parts parts_;
  mutable std::mutex terms_lock_;  // turns of the writer read and renew the terms; the io thread shows them
  record::Terms terms_;
  std::string terms_bytes_;
  std::optional<WallTime> last_contact_;
  std::size_t running_ = 0;
  std::multiset<std::string> selling_;  // msgids of the sales that run
  PersonTurns turns_;
  AskedHolds asked_;
  card::VoucherReplayWindow vouchers_;  // one code, one sale
  std::string refused_pin_;             // look-up hash of card and PIN
};

// The site as the authority's terms describe it.
settlement::Site site_of(const record::Terms& terms);

// Fund and account shares together: what somebody must stand behind.
Money promised(const settlement::Settlement& settlement);

// The hold that covers exactly this settlement, which adds `counted` to the counters.
protocol::HoldRequest hold_for(const Id& sale_id, const settlement::Claim& claim,
                               const settlement::Settlement& settlement, std::vector<settlement::Counted> counted);

}  // namespace gongji::terminal
