#include "offline/record/entry_parts.h"

#include "offline/record/claim_fields.h"
#include "offline/record/owners.h"

namespace gongji::record {
namespace {

template <class Archive>
void describe(Archive& a, Subject<Archive, RequestKey>& key) {
  object(a, [&] {
    a.key("digest");
    hex_value(a, key.digest, key.digest.size());
    member(a, "fixmedins_code", key.fixmedins_code);
    member(a, "infno", key.infno);
    member(a, "msgid", key.msgid);
  });
}

template <class Archive>
void person_key(Archive& a, Subject<Archive, std::string>& value) {
  a.key("person_key");
  hex_text(a, value, "a person key is 64 hex digits in lower case");
}

template <class Archive>
void presence(Archive& a, Subject<Archive, Presence>& value) {
  enumeration(a, "presence", value, Presence::card_authenticated, Presence::declared);
}

template <class Archive>
void lowest_share(Archive& a, Subject<Archive, Sale>& sale) {
  if (!a.optional_key("lowest", sale.lowest.has_value())) return;
  if constexpr (Archive::reading) sale.lowest.emplace();
  object(a, [&] {
    records(a, "known", sale.lowest->known);
    money(a, "last_known", sale.lowest->last_known);
  });
}

template <class Archive>
void last_day(Archive& a, Subject<Archive, Paper>& paper) {
  if (!a.optional_key("last_day", paper.last_day.has_value())) return;
  if constexpr (Archive::reading) paper.last_day.emplace();
  object(a, [&] {
    member(a, "by", paper.last_day->by);
    member(a, "day", paper.last_day->day);
  });
}

template <class Archive>
void kept_from(Archive& a, Subject<Archive, Sale>& sale) {
  if (!a.optional_key("kept_from", sale.kept_from.has_value())) return;
  if constexpr (Archive::reading) sale.kept_from.emplace();
  object(a, [&] {
    member(a, "sale_id", sale.kept_from->sale_id);
    number(a, "sale_seq", sale.kept_from->sale_seq, 1, integer_max);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Sale>& sale) {
  object(a, [&] {
    enumeration(a, "backing", sale.backing, Backing::nothing, Backing::reserve);
    member(a, "backing_id", sale.backing_id);
    a.key("claim");
    describe(a, sale.claim);
    if (a.optional_key("counted", !sale.counted.empty())) {
      records_here(a, sale.counted);
      a.refuse_unless(!sale.counted.empty(), "an empty list is left out");
    }
    true_flag(a, "holder_checked", sale.holder_checked);
    kept_from(a, sale);
    a.key("key");
    describe(a, sale.key);
    lowest_share(a, sale);
    member(a, "mdtrt_id", sale.mdtrt_id);
    member(a, "opter", sale.opter);
    member(a, "pack", sale.pack);
    a.key("pack_digest");
    named_digest(a, sale.pack_digest);
    person_key(a, sale.person_key);
    if (a.optional_key("prescription", sale.prescription.has_value())) {
      if constexpr (Archive::reading) sale.prescription.emplace();
      enumeration_value(a, sale.prescription->check, PrescriptionCheck::verified, PrescriptionCheck::unverified);
    }
    presence(a, sale.presence);
    member(a, "sale_id", sale.sale_id);
    a.key("settlement");
    describe(a, sale.settlement);
    member(a, "snapshot_as_of", sale.snapshot_as_of);
    if (a.optional_key("voucher", sale.voucher.has_value())) {
      if constexpr (Archive::reading) sale.voucher.emplace();
      hex_value(a, *sale.voucher, sale.voucher->size());
    }
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Cancel>& cancel) {
  object(a, [&] {
    member(a, "cancel_id", cancel.cancel_id);
    a.key("key");
    describe(a, cancel.key);
    member(a, "opter", cancel.opter);
    person_key(a, cancel.person_key);
    member(a, "reason", cancel.reason);
    member(a, "sale_id", cancel.sale_id);
    number(a, "sale_seq", cancel.sale_seq, 1, integer_max);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Paper>& paper) {
  object(a, [&] {
    a.key("claim");
    describe(a, paper.claim);
    a.key("key");
    describe(a, paper.key);
    last_day(a, paper);
    member(a, "opter", paper.opter);
    member(a, "paper_id", paper.paper_id);
    presence(a, paper.presence);
    texts(a, "reasons", paper.reasons);
  });
}

// Which body an entry has is told by the name of its member.
template <class Kind, class Archive>
int describe_body(Archive& a, MemberName name, Subject<Archive, Body>& body) {
  if (!a.optional_key(name, std::holds_alternative<Kind>(body))) return 0;
  if constexpr (Archive::reading) body.template emplace<Kind>();
  describe(a, std::get<Kind>(body));
  return 1;
}

template <class Archive>
void describe_public(Archive& a, Subject<Archive, Head>& head, Subject<Archive, Body>& body) {
  object(a, [&] {
    member(a, "at", head.at);
    int bodies = describe_body<Cancel>(a, "cancel", body);
    number(a, "epoch", head.epoch, 1, std::numeric_limits<std::uint32_t>::max());
    bodies += describe_body<Paper>(a, "paper", body);
    bodies += describe_body<Sale>(a, "sale", body);
    if (bodies == 0) a.key("sale");  // none of them came: the reader tells what did
    a.refuse_unless(bodies == 1, "an entry is exactly one of cancel, paper, sale");
    number(a, "seq", head.seq, 1, integer_max);
    terminal_name(a, head.terminal);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Holder>& holder) {
  object(a, [&] {
    member(a, "card_sn", holder.card_sn);
    member(a, "certno", holder.certno);
    member(a, "gend", holder.gend);
    member(a, "mdtrt_cert_no", holder.mdtrt_cert_no);
    member(a, "mdtrt_cert_type", holder.mdtrt_cert_type);
    member(a, "naty", holder.naty);
    member(a, "psn_cert_type", holder.psn_cert_type);
    member(a, "psn_name", holder.psn_name);
  });
}

template <class Archive>
void describe_personal(Archive& a, Subject<Archive, settlement::Claim>& claim, Subject<Archive, Holder>& holder,
                       Subject<Archive, std::vector<std::string>>& family,
                       Subject<Archive, std::optional<Prescription>>* prescription) {
  object(a, [&] {
    optional(a, "brdy", claim.person.brdy);
    texts(a, "family", family);
    a.key("holder");
    describe(a, holder);
    // Named in the public part: then here, too.
    if (prescription != nullptr && prescription->has_value()) {
      member(a, "prescription", (*prescription)->number);
      a.refuse_unless(!(*prescription)->number.empty(), "a prescription has a number");
    }
    member(a, "psn_no", claim.person.psn_no);
  });
}

// What a body has to hide; a cancel has nothing (null pointers).
template <class ClaimType, class SettlementType, class HolderType, class PrescriptionType>
struct Parts {
  ClaimType* claim = nullptr;
  SettlementType* settled = nullptr;
  HolderType* holder = nullptr;
  PrescriptionType* prescription = nullptr;
};
using ConstParts =
    Parts<const settlement::Claim, const settlement::Settlement, const Holder, const std::optional<Prescription>>;
using MutableParts = Parts<settlement::Claim, settlement::Settlement, Holder, std::optional<Prescription>>;

template <class PartsType, class BodyType>
PartsType parts_of(BodyType& body) {
  if (auto* sale = std::get_if<Sale>(&body))
    return {&sale->claim, &sale->settlement, &sale->holder, &sale->prescription};
  if (auto* paper = std::get_if<Paper>(&body)) return {&paper->claim, nullptr, &paper->holder, nullptr};
  return {};
}

template <class Document>
Result<Decoded> read_public_as(std::string_view public_bytes) {
  ReadingAs<Document> reading(public_bytes, Identities::withheld);
  Decoded decoded;
  describe_public(reading, decoded.head, decoded.body);
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return decoded;
}

// What the two parts have together.
template <class Document>
Result<void> read_personal_as(std::string_view personal_bytes, const MutableParts& parts,
                              std::vector<std::string>& family) {
  ReadingAs<Document> reading(personal_bytes, Identities::shown, "personal");
  if (parts.claim == nullptr) {
    object(reading, [] {});
  } else {
    describe_personal(reading, *parts.claim, *parts.holder, family, parts.prescription);
  }
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return {};
}

struct Written {
  std::string open, personal;
};
template <class Document>
Written write_as(const Head& head, const Body& body) {
  const auto parts = parts_of<ConstParts>(body);
  const std::vector<std::string> family =
      parts.claim == nullptr ? std::vector<std::string>() : family_of(*parts.claim, parts.settled);
  WritingAs<Document> open(Identities::withheld, &family);
  describe_public(open, head, body);
  WritingAs<Document> personal(Identities::shown);
  if (parts.claim == nullptr) {
    object(personal, [] {});
  } else {
    describe_personal(personal, *parts.claim, *parts.holder, family, parts.prescription);
  }
  return {open.document().take(), personal.document().take()};
}

Trouble parts_differ(const char* path, const char* detail) {
  return trouble(troubles::parts_differ, path, detail);
}

}  // namespace

std::vector<settlement::Counted> counted_by(const Sale& sale) {
  if (!sale.counted.empty()) return sale.counted;
  std::vector<settlement::Counted> out;
  const Day since = *Day::from_civil(sale.claim.begntime.day.year(), 1, 1);
  for (const auto& after : sale.settlement.ytd) {
    Money moved = after.value;
    for (const auto& before : sale.claim.ytd) {
      if (before.name == after.name) moved -= before.value;
    }
    if (moved != Money()) settlement::add_counted(out, {{}, after.name, since, moved});
  }
  return out;
}

EntryKind kind_of(const Body& body) {
  static_assert(std::variant_size_v<Body> == 3);
  return static_cast<EntryKind>(body.index() + 1);
}

EntryParts make_entry_parts(const Head& head, const Body& body, const Salt& salt, const Digest& previous, Form form) {
  Written written = form == Form::compact ? write_as<CompactWriter>(head, body) : write_as<CanonicalWriter>(head, body);
  EntryParts made;
  Entry& entry = made.entry;
  entry.head = head;
  entry.kind = kind_of(body);
  entry.public_bytes = std::move(written.open);
  entry.personal_bytes = std::move(written.personal);
  entry.salt = salt;
  made.personal = personal_digest(salt, entry.personal_bytes);
  entry.hash = chain_hash_from_digest(previous, head.seq, entry.public_bytes, made.personal);
  return made;
}

Entry make_entry(const Head& head, const Body& body, const Salt& salt, const Digest& previous, Form form) {
  return make_entry_parts(head, body, salt, previous, form).entry;
}

Form form_of(std::string_view bytes) {
  return is_compact(bytes) ? Form::compact : Form::canonical;
}

Result<Decoded> decode_public(std::string_view public_bytes) {
  auto decoded = is_compact(public_bytes) ? read_public_as<CompactReader>(public_bytes)
                                          : read_public_as<CanonicalReader>(public_bytes);
  if (!decoded) return decoded;
  // Owners must be numbered as the writer numbers them, or writing them again would give other bytes.
  const auto parts = parts_of<MutableParts>(decoded->body);
  if (parts.claim == nullptr) return decoded;
  const auto names = family_of(*parts.claim, parts.settled);
  for (const std::string& name : names)
    if (public_owner(name, names) != name)
      return parts_differ("personal.family", "owners are not numbered in their order");
  return decoded;
}

Result<std::string> public_text(std::string_view public_bytes) {
  const auto decoded = decode_public(public_bytes);
  if (!decoded) return decoded.error();
  return write_as<CanonicalWriter>(decoded->head, decoded->body).open;
}

Result<Decoded> decode(std::string_view public_bytes, std::string_view personal_bytes) {
  auto decoded = decode_public(public_bytes);
  if (!decoded) return decoded;
  if (form_of(public_bytes) != form_of(personal_bytes)) return parts_differ("personal", "not of one form");
  const auto parts = parts_of<MutableParts>(decoded->body);
  std::vector<std::string> family;
  const auto read = is_compact(personal_bytes) ? read_personal_as<CompactReader>(personal_bytes, parts, family)
                                               : read_personal_as<CanonicalReader>(personal_bytes, parts, family);
  if (!read) return read.error();
  if (parts.claim == nullptr) return decoded;

  const std::size_t named = family_of(*parts.claim, parts.settled).size();
  if (named != family.size() || !restore_owners(*parts.claim, parts.settled, family))
    return parts_differ("personal.family", "not as many owners as the public part names");
  if (family_of(*parts.claim, parts.settled) != family)
    return parts_differ("personal.family", "an owner is listed twice, or is \"self\"");
  return decoded;
}

}  // namespace gongji::record
