// ledger.h — everything the centre remembers: people, double-entry accounts, holds, logs and feeds, in one database.
//
// All SQL of the centre is behind this class (files ledger*.cpp), one text for every database (sync/database).
//
// The functions speak of people by psn_no; the tables do not (sealing.h): every column `person` is bound with
// sealing_.person() and read with psn_no_of().
//
// Trouble sticks: the first trouble of a transaction is kept, every later call in it does nothing and returns an empty
// value, and transaction() rolls back and returns it.  So decisions read straight through; nothing that was decided on
// an empty value can be committed.
//
// Threads: one at a time.  Every member but open() and transaction() may be called only inside a transaction (CHECK).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/record/entry.h"
#include "offline/record/grant.h"
#include "offline/record/order.h"
#include "offline/record/stop.h"
#include "offline/record/verdict.h"
#include "sync/centre/ledger_rows.h"
#include "sync/centre/people.h"
#include "sync/centre/prescription.h"
#include "sync/centre/sealing.h"
#include "sync/database/connection.h"
#include "sync/database/rows.h"

namespace gongji::centre {

struct ReadRows;
struct NewRows;
struct KnownPerson;
struct KnownOutcome;
struct ToldItem;
struct ServiceOrder;
struct KeyedNames;
struct EntriesInHand;

class Ledger {
 public:
  ~Ledger();
  // Makes or migrates the file.  `keys` hash and seal what is personal (sealing.h): a ledger opens only with the keys
  // it was made with.  Errors: those of offline/sqlite, then those of KeyStore::open_sealed.
  static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& file, bool create,
                                              std::shared_ptr<const seal::KeyStore> keys);

  // On a PostgreSQL server (database/postgres_connection.h), beside other centres.  Errors: already_made (create),
  // not_a_centre, newer_file, those of the connection and of KeyStore::open_sealed.
  static Result<std::unique_ptr<Ledger>> open_shared(const std::string& url, bool create,
                                                     std::shared_ptr<const seal::KeyStore> keys);

  // Runs `work` in one transaction; committed (durable) when this returns without trouble.  Not nested.  Where several
  // centres share the ledger, `work` is run again after a conflict: it starts from nothing each time.
  Result<void> transaction(const std::function<void()>& work);
  bool failed() const { return trouble_.has_value(); }

  // Who decides on something locks it first, to the end of the transaction; with one writer (SQLite) all is locked.
  // In this order: the terminal (find_terminal() locks its row, and with it its holds, grants, log and feed), then all
  // persons at once, then the rest by name.
  void lock_persons(const std::vector<std::string>& psn_nos);  // with the owners of their family accounts
  void lock(std::string_view name);
  // Locks the persons that a sync names and reads in a few questions what booking it will ask.  Never needed for an
  // answer: what was not read is asked one by one.
  // `names`: those that are keyed already.
  void prepare(const Batch& batch, const KeyedNames& names);

  // People and sites (ledger_people.cpp).
  void add_site(const Site& site, const Bytes& site_key);
  std::optional<Site> find_site(const std::string& fixmedins_code);
  Bytes site_key(const std::string& fixmedins_code);
  void add_person(const Person& person, const std::vector<settlement::Counted>& counters, WallTime now);
  std::vector<std::string> person_numbers();  // in order
  // By the look-up key that tills of a site use.  Cost: opens every person, and one HMAC each; for entries without
  // their personal part.
  std::optional<Person> find_person_by_key(const Bytes& site_key, const std::string& person_key);
  std::optional<Person> find_person(const std::string& psn_no);  // without credentials, balances and counters
  std::optional<Person> find_owner(const std::string& psn_no);   // also without family
  // The psn_no that a credential names; a card must match in card_sn too.
  std::optional<std::string> find_credential(const std::string& kind, const Secret& number, const Secret& card_sn);

  // Money (ledger_money.cpp).  Person accounts and sites never fall below zero: that is a CHECK of the table.
  AccountId account(const std::string& name, bool may_be_negative);
  Money balance(AccountId account);
  // Books movements that sum to zero (CHECK); several on one account are added up, zeros left out.  Its posting_id.
  std::int64_t post(Purpose purpose, const EntryName& entry, WallTime at, const std::vector<Movement>& movements);
  std::vector<Movement> movements_of(const EntryName& sale);  // what stands, one for each account, never 0
  // Every window that began on `from` or later, and those without end.
  std::vector<settlement::Counted> counters(const std::string& psn_no, Day from);
  void add_to_counters(const EntryName& entry, const std::string& psn_no,
                       const std::vector<settlement::Counted>& added);
  std::vector<settlement::Counted> counted_by(const EntryName& sale);
  void take_back_counters(const EntryName& sale);  // counted_by() stays, for whoever asks what it was
  void forget_counted(const EntryName& sale);      // takes back, and adds anew with add_to_counters()

  // Holds (ledger_holds.cpp).  A digest of something personal is kept keyed: nobody can try what it is of.
  Digest keyed(const Digest& of_request) const { return sealing_.digest(of_request); }
  void add_hold(const Id& sale_id, const Hold& hold);
  std::optional<Hold> find_hold_of_sale(const Id& sale_id);
  std::optional<Hold> find_hold(const std::string& hold_id);
  void close_hold(const std::string& hold_id, bool used);
  struct LiveHold {
    std::string hold_id, sale_id;
    std::uint32_t epoch = 1;
    WallTime expires;
    record::Opening opening;
  };
  std::vector<LiveHold> live_holds(const std::string& terminal);
  void close_all_holds(const std::string& terminal);
  std::size_t close_silent_holds(WallTime expired_before);
  Money held_for(const std::string& terminal);  // of accounts, by live holds and grants
  // What live holds set aside, but for those of one log ("": none is left out).
  Money held(AccountId account, const LogName& but);
  std::vector<settlement::Counted> held_counters(const std::string& psn_no, const LogName& but);
  // What is left of live grants of one log, and what its live holds set aside; but for those of a till that does not
  // tell which opening of its journal asks, because nobody could free what it left behind when it was killed.
  Money promised_here(AccountId account, const LogName& log);

  // Standing grants (ledger_grants.cpp): set aside like holds, and part of held() and held_counters().
  void add_grant(const StandingGrant& grant);
  std::optional<StandingGrant> find_grant(const Id& id);
  // A later expiry, and of what is left (accounts, counters) at least what was.
  void extend_grant(const StandingGrant& grant);
  // Takes `used` off what is left of it, or (with minus signs) puts it back.  Nothing falls below zero (CHECK).
  void use_grant(const StandingGrant& grant, const std::vector<Movement>& accounts,
                 const std::vector<settlement::Counted>& counters);
  void free_grant(const Id& id);
  std::vector<Id> live_grants(const std::string& terminal, const std::string& psn_no);  // psn_no "": of anybody
  std::vector<Id> grants_due(WallTime expired_before);
  // Asks a live grant back; false where that is done already, or it is not live.
  bool recall_grant(const Id& id, WallTime now);
  enum class Recall : std::uint8_t { none, asked, told };  // told: it is in its terminal's feed
  Recall recall_of(const Id& id);
  // Of this log; from then on they are told.
  std::vector<Id> take_recalls(const LogName& log);
  // Of these persons, with what is left of it: the oldest live one that each has at this terminal, by psn_no.  Three
  // questions, however many they are.
  std::map<std::string, StandingGrant> grants_at(const std::string& terminal, const std::vector<std::string>& psn_nos);
  // Whose grants at this terminal were asked back, and would not have ended yet.
  std::set<std::string> recalled_persons(const std::string& terminal, WallTime now);
  // Live ones that set something of this account aside, but for those of one terminal.
  std::vector<Id> grants_on(AccountId account, const std::string& but_terminal);
  // Whether a live grant sets something of this counter aside.
  bool counter_granted(const std::string& psn_no, const settlement::Counted& counter);
  void add_visit(const std::string& fixmedins_code, const std::string& psn_no, Day day);
  // Who was here on `from` or later, the latest first.
  std::vector<std::string> regulars(const std::string& fixmedins_code, Day from, std::uint32_t visits_min,
                                    std::uint32_t count_max);

  // The register of prescriptions (ledger_prescriptions.cpp).
  void add_prescription(const Prescription& prescription, WallTime now);  // the number is new
  void withdraw_prescription(const std::string& number);
  std::optional<Prescription> find_prescription(const std::string& number);
  std::vector<Prescription> prescriptions_of(const std::string& psn_no);
  std::vector<settlement::Quantity> left_of(const Prescription& prescription);  // by item
  // By a sale: what it took of each item.  Not booked: by its hold, and counted while that lives.
  void use_prescription(const std::string& number, const std::string& sale_id,
                        const std::vector<settlement::Quantity>& taken, bool booked);
  bool book_prescription_use(const std::string& sale_id);  // false: there is none
  void drop_prescription_use(const std::string& sale_id);

  // Emergency orders (ledger_orders.cpp): every word on each, in the order of issue.
  void add_order(const record::EmergencyOrder& order, const record::Signed& item);
  std::vector<record::Signed> orders();
  std::vector<record::EmergencyOrder> words_on(const Id& order);
  // What this terminal was not told yet; from then on it was.
  std::vector<record::Signed> orders_untold(const std::string& terminal);
  void mark_told(const std::string& terminal, const record::EmergencyOrder& order);

  // Terminals and their logs (ledger_log.cpp).
  void add_enrolment(const Enrolment& enrolment);
  std::optional<Enrolment> find_enrolment(const std::string& selector);
  void update_enrolment(const Enrolment& enrolment);
  std::optional<Terminal> find_terminal(const std::string& terminal);
  std::string next_terminal_name();
  void mark_lost(const std::string& terminal, std::uint32_t epoch, WallTime now);  // with all epochs before
  bool is_lost(const std::string& terminal, std::uint32_t epoch);
  void put_terminal(const Terminal& terminal);
  // The end of what came of an epoch; seq 0 where nothing did.
  std::pair<std::uint64_t, Digest> log_end(const std::string& terminal, std::uint32_t epoch);
  void quarantine(const Terminal& terminal, const std::string& reason, const std::string& body, WallTime now);
  Digest entry_hash(const EntryName& entry);
  // `in_hand`: it was sealed already, or nullptr.
  void add_entry(const EntryName& name, const record::Entry& entry, const Digest& hash, WallTime now,
                 const EntriesInHand* in_hand = nullptr);
  // What is added goes on its way already, where the database can be at it meanwhile.
  void send_entries();
  void add_outcome(const OutcomeRow& outcome);
  std::optional<OutcomeRow> find_sale(const std::string& terminal, std::uint32_t epoch, const std::string& sale_id);
  void mark_cancelled(const EntryName& sale);
  std::string cancelled_just_before(const EntryName& entry);  // the id of the sale; "": the entry before cancels none
  void judge_anew(const OutcomeRow& outcome);                 // verdict, reason and what stands
  // The sales in the person's order of service behind this place, in that order; neither cancelled nor guaranteed.
  std::vector<OutcomeRow> sales_behind(const std::string& psn_no, CivilTime served, const EntryName& entry);
  // The last second, in the order of service, of the person's sales of that day in the log of this entry; 0: none.
  std::int32_t last_second_of(const std::string& psn_no, const EntryName& entry, Day day);
  std::optional<record::Sale> read_sale(const EntryName& entry);
  WallTime written_at(const EntryName& entry);  // as the till's entry says
  std::vector<OutcomeRow> outcomes_of_day(const std::string& terminal, Day day);
  // With the public part of each as it came; at most `count_max`, behind that epoch and seq (ledger_reconcile.cpp).
  struct Stated {
    OutcomeRow outcome;
    std::string public_bytes;
  };
  std::vector<Stated> stated_of_day(const std::string& terminal, Day day, std::uint32_t after_epoch,
                                    std::uint64_t after_seq, std::size_t count_max);
  std::vector<std::string> terminals_of(const std::string& fixmedins_code);  // by name
  // Feeds (ledger_feed.cpp).  `seq` is the one behind the feed's last.
  void add_feed_item(const std::string& terminal, std::uint64_t seq, record::FeedItem item);
  void drop_feed(const std::string& terminal);  // a new epoch has a new feed
  // For the feed of a terminal whose row this transaction does not have: kept until its own next call takes them, in
  // the order in which they were told.  Those of an epoch that has ended are dropped.
  void tell_later(const std::string& terminal, std::uint32_t epoch, const record::FeedItem& item);
  std::vector<record::FeedItem> take_told_later(const std::string& terminal, std::uint32_t epoch);
  std::vector<record::FeedItem> feed_after(const std::string& terminal, std::uint64_t cursor, std::size_t count_max);

  // The stop list and the register of vouchers (ledger_stops.cpp).
  void put_stop(const StopRow& stop);  // in place of an earlier line of this kind and number
  std::optional<StopRow> find_stop(record::StopKind kind, const std::string& number);  // lifted ones, too
  std::vector<StopRow> stops_after(std::uint64_t change, std::size_t count_max);
  std::size_t stop_count(WallTime now);  // in force now or later, but for used vouchers
  void forget_stops(WallTime ended_before);
  // Behind the change up to which its feed has them.
  std::vector<StopRow> stops_untold(const std::string& terminal, std::size_t count_max);
  void set_stops_told(const std::string& terminal, std::uint64_t change);
  std::optional<std::string> card_sn_of(const std::string& card_no);
  void add_voucher(const VoucherRow& voucher, WallTime now);
  std::optional<VoucherRow> find_voucher(const std::string& digest);
  std::vector<VoucherRow> vouchers_of(const std::string& psn_no, WallTime now);  // whose period has not ended
  void add_voucher_use(const std::string& digest, const EntryName& sale, WallTime sold_at);
  std::vector<EntryName> uses_of_voucher(const std::string& digest);
  std::vector<std::string> vouchers_used_again();  // by more than one sale

  // What is handed out to terminals (ledger_published.cpp): rules, terms, certificates, roots.
  struct Published {
    std::uint64_t rules = 0, terms = 0;  // the last change of each; 0: none
  };
  Published published();
  // In place of an earlier row of this digest.  `body` "" keeps what is there (to withdraw it).
  void put_rule_file(const RuleFile& file, std::string_view body);
  std::vector<RuleFile> rule_files(std::uint64_t after_change, std::size_t count_max);
  std::optional<std::string> rule_body(const std::string& digest);  // also of one that was withdrawn
  std::uint64_t rules_told(const std::string& terminal);
  void set_rules_told(const std::string& terminal, std::uint64_t change);
  void add_terms_plan(std::string_view text, WallTime now);
  std::optional<std::string> terms_plan();  // the newest
  struct TermsTold {
    std::string digest;
    WallTime issued;
  };
  std::optional<TermsTold> terms_told(const std::string& terminal);
  void set_terms_told(const std::string& terminal, const TermsTold& told);
  std::optional<std::string> next_certificate(const std::string& terminal);  // its fingerprint
  void set_next_certificate(const std::string& terminal, const std::string& fingerprint, WallTime now);
  void drop_next_certificate(const std::string& terminal);
  std::string roots_told(const std::string& terminal);  // digest; "": none
  void set_roots_told(const std::string& terminal, const std::string& digest);
  void forget_told(const std::string& terminal);  // a new epoch has heard nothing of rules and roots

  // What an owner may see (ledger_statement.cpp).  Cost of debits(): one pass over all movements.
  std::vector<Debit> debits(AccountId account, std::optional<Day> since);
  std::vector<SetAside> set_aside(AccountId account);
  std::string site_name(const std::string& fixmedins_code);

  // What an officer does (ledger_operations.cpp).
  std::optional<OperationRow> find_operation(const std::string& id);
  void add_operation(const OperationRow& operation);
  std::vector<OperationRow> operations(std::size_t count_max);  // the newest first
  struct OwnAccountRow {
    std::string person;  // as the tables have it
    AccountId account = 0;
    Money balance, held;
  };
  std::vector<OwnAccountRow> accounts_of_kind(settlement::AccountKind kind);  // of everybody; balances above 0
  // Makes the account where it is not there; it then pays last.
  AccountId own_account(const std::string& psn_no, settlement::AccountKind kind);
  AccountId own_account_of_hash(const std::string& person, settlement::AccountKind kind);
  std::optional<FamilyRow> find_family(const std::string& psn_no, const std::string& owner);
  void add_family(const std::string& psn_no, const std::string& owner, const FamilyRow& row);  // behind the others
  void change_family(const std::string& psn_no, const std::string& owner, const FamilyRow& row);
  void remove_family(const std::string& psn_no, const std::string& owner);
  Money taken_by(const std::string& psn_no, const std::string& owner, WallTime since);  // of the owner's accounts
  // What the risk reserve has borne of a terminal in a year of service.
  Money risk_borne(const std::string& terminal, int year);
  void add_risk_borne(const std::string& terminal, int year, Money amount);
  // Everything that must hold of the books, at most `count_max` faults.  Cost: one pass over all tables.
  std::vector<LedgerFault> faults(std::size_t count_max);
  std::vector<Terminal> terminals();  // by name
  std::vector<Id> all_live_grants();

  // Reports (ledger_report.cpp).
  std::vector<TerminalTotals> totals(std::optional<Day> day);
  std::vector<std::pair<std::string, Money>> balances();  // accounts that are no person's, and "persons" as one sum
  bool in_balance();                                      // accounts sum to zero, and every posting does

  // Makes room for the coming months where tables are cut by month.
  void prepare_months(WallTime now);
  void rest();  // outside a transaction, in idle gaps

 private:
  Ledger(std::unique_ptr<database::Connection> connection, Sealing sealing);
  Result<void> check_keys();
  Result<void> transaction_once(const std::function<void()>& work);
  std::int64_t next_posting_id(WallTime at);
  void lock_terminals(std::string_view sql, WallTime before);
  // Of everything: what waits to be written is written first, and a statement that writes makes what was read unknown.
  database::Query query(std::string_view sql, std::string_view types = {});
  // Of rows that never wait in the working set, or where the caller looks after that.
  database::Query raw(std::string_view sql, std::string_view types = {});
  bool step(database::Query& query);  // false at the end, and after trouble
  void run(database::Query& query);
  std::optional<Hold> read_hold(database::Query& query);
  std::vector<record::Signed> read_orders(database::Query& query);
  OutcomeRow read_outcome(const database::Query& select);                  // without psn_no
  static settlement::Counted read_counted(const database::Query& select);  // scheme, name, since, value
  // ledger_feed.cpp
  void read_items(ByteView bytes, std::vector<record::FeedItem>& out);
  void write_feed(std::vector<ToldItem> items);
  StopRow read_stop(const database::Query& select);
  Bytes sealed(const std::string& month, std::string_view place, ByteView plain);
  Secret opened(const std::string& month, std::string_view place, ByteView sealed);  // empty after trouble
  std::string psn_no_of(std::string_view person);  // of a column `person`; "" is nobody
  // The working set (ledger_set.cpp).
  void forget_all();
  void forget_held();
  void flush();  // all but balances
  void flush_all();
  void insert(database::Rows& rows, std::string_view head, std::string_view tail = {});
  const std::string& hash_of(const std::string& psn_no);
  bool is_of_set(const LogName& log) const;
  void lock_hashes(const std::vector<std::string>& hashes);
  void load_people(std::vector<std::string> hashes, bool with_family);
  void load_families(const std::vector<std::string>& hashes);
  const KnownPerson* known_person(const std::string& hash, bool with_family);
  void load_accounts();
  void load_held();
  void load_counters(const std::vector<std::string>& hashes, Day from);
  void load_sales(const std::vector<std::string>& sale_ids);
  void load_orders(const std::vector<std::string>& hashes, Day from);
  void load_absent(const Batch& batch, const KeyedNames& names);
  const OutcomeRow* outcome_at(const EntryName& entry);  // nullptr after trouble
  ServiceOrder& order_of(const std::string& psn_no, Day from);
  KnownOutcome& keep(OutcomeRow row, std::string hash, bool written);
  std::vector<OutcomeRow> read_outcomes(database::Query& select);

  std::unique_ptr<database::Connection> connection_;
  Sealing sealing_;
  std::optional<Trouble> trouble_;
  std::unique_ptr<ReadRows> read_;
  std::unique_ptr<NewRows> new_;
  std::string months_made_;                                     // up to which month there is room
  std::int64_t posting_number_ = 0, posting_numbers_left_ = 0;  // that this process may give out
  std::unordered_map<std::string, AccountId> account_ids_;      // of committed accounts and of this transaction's
};

}  // namespace gongji::centre
