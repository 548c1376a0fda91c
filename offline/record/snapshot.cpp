#include "offline/record/snapshot.h"

#include "offline/record/claim_fields.h"
#include "offline/record/kept_form.h"
#include "offline/record/reserve_fields.h"

namespace gongji::record {
namespace {

template <class Archive>
void applied_feed(Archive& a, Subject<Archive, Snapshot>& snapshot) {
  if (!a.optional_key("applied_feed", snapshot.applied_feed.has_value())) return;
  const std::int64_t got = a.integer(static_cast<std::int64_t>(snapshot.applied_feed.value_or(0)), 0, integer_max);
  if constexpr (Archive::reading) snapshot.applied_feed = static_cast<std::uint64_t>(got);
}

// The form of before counters had windows.
template <class Archive>
void benefit_year(Archive& a, Subject<Archive, Snapshot>& snapshot) {
  if (!a.optional_key("benefit_year", snapshot.benefit_year.has_value())) return;
  const std::int64_t got = a.integer(snapshot.benefit_year.value_or(0), 1800, 2999);
  if constexpr (Archive::reading) snapshot.benefit_year = static_cast<std::int32_t>(got);
}

template <class Archive>
void of_calendar_year(Archive& a, Subject<Archive, settlement::Counted>& counter, std::int32_t year) {
  const Day since = *Day::from_civil(year, 1, 1);
  a.refuse_unless(Archive::reading || (counter.scheme.empty() && counter.since == since),
                  "counters of a calendar year begin on 1 January");
  object(a, [&] {
    member(a, "name", counter.name);
    money(a, "value", counter.value);
  });
  if constexpr (Archive::reading) counter.since = since;
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Snapshot>& snapshot) {
  object(a, [&] {
    records(a, "accounts", snapshot.accounts);
    number(a, "applied_epoch", snapshot.applied_epoch, 1, std::numeric_limits<std::uint32_t>::max());
    applied_feed(a, snapshot);
    number(a, "applied_seq", snapshot.applied_seq, 0, integer_max);
    member(a, "as_of", snapshot.as_of);
    benefit_year(a, snapshot);
    member(a, "certno", snapshot.certno);
    list(a, "counters", snapshot.counters, any_count, [&](auto& counter) {
      snapshot.benefit_year ? of_calendar_year(a, counter, *snapshot.benefit_year) : describe(a, counter);
    });
    member(a, "gend", snapshot.gend);
    member(a, "naty", snapshot.naty);
    a.key("person");
    describe(a, snapshot.person);
    member(a, "psn_cert_type", snapshot.psn_cert_type);
    member(a, "psn_name", snapshot.psn_name);
  });
}

template <class Archive>
void grant_presences(Archive& a, Subject<Archive, Terms>& terms) {
  if (!a.optional_key("grant_presences", terms.grant_presences.has_value())) return;
  if constexpr (Archive::reading) terms.grant_presences.emplace();
  auto& presences = *terms.grant_presences;
  list_here(a, presences, static_cast<std::size_t>(Presence::declared),
            [&](auto& presence) { enumeration_value(a, presence, Presence::card_authenticated, Presence::declared); });
  auto sorted = presences;
  std::sort(sorted.begin(), sorted.end());
  a.refuse_unless(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), "a presence twice");
}

// What holds where nothing is said is left out.
template <class Archive>
void fund_basis(Archive& a, Subject<Archive, Terms>& terms) {
  if (!a.optional_key("fund_basis", terms.fund_basis != FundBasis::last_known)) return;
  enumeration_value(a, terms.fund_basis, FundBasis::lowest, FundBasis::lowest);
}

template <class Archive, class Number>
void unless_zero(Archive& a, MemberName name, Number& value) {
  if (!a.optional_key(name, value != 0)) return;
  const std::int64_t got = a.integer(value, 1, std::numeric_limits<std::uint32_t>::max());
  if constexpr (Archive::reading) value = static_cast<Number>(got);
}

template <class Archive>
void retention(Archive& a, Subject<Archive, Terms>& terms) {
  if (!a.optional_key("retention_months", terms.retention_months.has_value())) return;
  const std::int64_t got = a.integer(terms.retention_months.value_or(1), 1, retention_months_max);
  if constexpr (Archive::reading) terms.retention_months = static_cast<std::uint32_t>(got);
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Terms>& terms) {
  object(a, [&] {
    member(a, "admdvs", terms.admdvs);
    if (a.optional_key("card_pin_above", terms.card_pin_above.has_value())) {
      const std::int64_t got = a.integer(terms.card_pin_above.value_or(Money()).in_fen(), 0, integer_max);
      if constexpr (Archive::reading) terms.card_pin_above = Money::fen(got);
    }
    number(a, "dedc_hosp_lv", terms.dedc_hosp_lv, 0, 255);
    flag(a, "designated", terms.designated);
    number(a, "drain_window_s", terms.drain_window_s, 0, std::numeric_limits<std::uint32_t>::max());
    flag(a, "dual_channel", terms.dual_channel);
    number(a, "epoch", terms.epoch, 1, std::numeric_limits<std::uint32_t>::max());
    member(a, "expires", terms.expires);
    member(a, "fixmedins_code", terms.fixmedins_code);
    member(a, "fixmedins_name", terms.fixmedins_name);
    number(a, "fixmedins_type", terms.fixmedins_type, 0, 255);
    fund_basis(a, terms);
    grant_presences(a, terms);
    member(a, "issued", terms.issued);
    unless_zero(a, "paper_days", terms.paper_days);
    unless_zero(a, "poll_idle_s", terms.poll_idle_s);
    reserve_slices(a, terms.reserve);
    retention(a, terms);
    unless_zero(a, "split_window_minutes", terms.split_window_minutes);
    terminal_name(a, terms.terminal);
  });
}

template <class Document, class Record>
std::string write(const Record& record) {
  WritingAs<Document> writing(Identities::shown);
  describe(writing, record);
  return writing.document().take();
}

template <class Document, class Record>
Result<Record> read(std::string_view bytes) {
  ReadingAs<Document> reading(bytes, Identities::shown);
  Record record;
  describe(reading, record);
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return record;
}

}  // namespace

Signed sign(const seal::KeyStore& keys, std::string_view tag, std::string bytes) {
  Signed made{std::move(bytes), {}};
  made.signature = keys.sign(tag, as_bytes(made.bytes));
  return made;
}

bool verify(ByteView public_key, std::string_view tag, const Signed& statement) {
  return seal::verify(public_key, tag, as_bytes(statement.bytes), statement.signature);
}

std::string encode(const Snapshot& snapshot) {
  return write<CanonicalWriter>(snapshot);
}
Result<Snapshot> decode_snapshot(std::string_view bytes) {
  return read<CanonicalReader, Snapshot>(bytes);
}

std::string encode_compact(const Snapshot& snapshot) {
  return write<CompactWriter>(snapshot);
}
Result<Snapshot> decode_compact_snapshot(std::string_view bytes) {
  return read<CompactReader, Snapshot>(bytes);
}

std::vector<Presence> grant_presences_of(const Terms& terms) {
  return terms.grant_presences.value_or(
      std::vector<Presence>{Presence::card_authenticated, Presence::card_read_here, Presence::voucher_signed});
}

std::string encode(const Terms& terms) {
  return write<CanonicalWriter>(terms);
}
Result<Terms> decode_terms(std::string_view bytes) {
  return read<CanonicalReader, Terms>(bytes);
}

}  // namespace gongji::record
