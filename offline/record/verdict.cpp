#include "offline/record/verdict.h"

#include "offline/record/claim_fields.h"
#include "offline/record/grant_fields.h"
#include "offline/record/signed_fields.h"

namespace gongji::record {
namespace {

template <class Archive>
void describe(Archive& a, Subject<Archive, PayerShares>& shares, std::int64_t min) {
  object(a, [&] {
    money(a, "account", shares.account, min);
    money(a, "cash", shares.cash, min);
    money(a, "family", shares.family, min);
    money(a, "fund", shares.fund, min);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Verdict>& verdict) {
  object(a, [&] {
    member(a, "article", verdict.article);
    member(a, "at", verdict.at);
    if (a.optional_key("counted", verdict.counted.has_value())) {
      if constexpr (Archive::reading) verdict.counted.emplace();
      records_here(a, *verdict.counted);
    }
    a.key("difference");
    describe(a, verdict.difference, -integer_max);
    number(a, "epoch", verdict.epoch, 1, std::numeric_limits<std::uint32_t>::max());
    enumeration(a, "kind", verdict.kind, VerdictKind::accepted, VerdictKind::refused);
    member(a, "reason", verdict.reason);
    number(a, "seq", verdict.seq, 1, integer_max);
    a.key("stands");
    describe(a, verdict.stands, 0);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, TermsNotice>& notice) {
  describe(a, notice.terms);
}

template <class Archive>
void describe(Archive& a, Subject<Archive, OrderNotice>& notice) {
  describe(a, notice.order);
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Stop>& stop) {
  object(a, [&] {
    member(a, "from", stop.from);
    a.key("key");
    lookup_hash(a, stop.key);
    enumeration(a, "kind", stop.kind, StopKind::card, StopKind::person);
    true_flag(a, "lifted", stop.lifted);
    enumeration(a, "reason", stop.reason, StopReason::lost, StopReason::suspended);
    optional(a, "until", stop.until);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, RulesNotice>& notice) {
  object(a, [&] {
    number(a, "bytes", notice.bytes, 0, integer_max);
    a.key("digest");
    hex_value(a, notice.digest, notice.digest.size());
    true_flag(a, "withdrawn", notice.withdrawn);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, RootsNotice>& notice) {
  object(a, [&] {
    texts(a, "roots", notice.roots_pem);
    a.refuse_unless(!notice.roots_pem.empty() && notice.roots_pem.size() <= roots_max, "one to four roots");
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, GrantRecall>& recall) {
  object(a, [&] { member(a, "id", recall.grant_id); });
}

template <class Kind, class Archive>
int describe_kind(Archive& a, MemberName name, Subject<Archive, FeedItem>& item) {
  if (!a.optional_key(name, std::holds_alternative<Kind>(item))) return 0;
  if constexpr (Archive::reading) item.template emplace<Kind>();
  describe(a, std::get<Kind>(item));
  return 1;
}

template <class Archive>
void describe(Archive& a, Subject<Archive, FeedItem>& item) {
  object(a, [&] {
    int kinds = describe_kind<Grant>(a, "grant", item);
    kinds += describe_kind<OrderNotice>(a, "order", item);
    kinds += describe_kind<GrantRecall>(a, "recall", item);
    kinds += describe_kind<RootsNotice>(a, "roots", item);
    kinds += describe_kind<RulesNotice>(a, "rules", item);
    kinds += describe_kind<Stop>(a, "stop", item);
    kinds += describe_kind<TermsNotice>(a, "terms", item);
    kinds += describe_kind<Verdict>(a, "verdict", item);
    if (kinds == 0) a.key("verdict");  // neither came: the reader tells what did
    a.refuse_unless(kinds == 1, "an item is exactly one of grant, order, recall, roots, rules, stop, terms, verdict");
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, FeedBatch>& batch) {
  object(a, [&] {
    member(a, "centre_time", batch.centre_time);
    number(a, "from", batch.from, 1, integer_max);
    list(a, "items", batch.items, any_count, [&](auto& item) { describe(a, item); });
    terminal_name(a, batch.terminal);
  });
}

}  // namespace

PayerShares payer_shares(const settlement::Settlement& settlement) {
  const settlement::Totals& totals = settlement.totals;
  return {totals.fund_pay_sumamt, totals.acct_pay - totals.acct_mulaid_pay, totals.acct_mulaid_pay,
          totals.psn_cash_pay};
}

std::string encode(const FeedBatch& batch) {
  Writing writing(Identities::shown);
  describe(writing, batch);
  return writing.document().take();
}

Result<FeedBatch> decode_feed(std::string_view bytes) {
  Reading reading(bytes, Identities::shown);
  FeedBatch batch;
  describe(reading, batch);
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return batch;
}

}  // namespace gongji::record
