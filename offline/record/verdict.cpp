#include "offline/record/verdict.h"

#include "offline/record/claim_fields.h"
#include "offline/record/feed_groups.h"
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
void describe_members(Archive& a, Subject<Archive, FeedItem>& item) {
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
}

template <class Archive>
void describe(Archive& a, Subject<Archive, FeedItem>& item) {
  object(a, [&] { describe_members(a, item); });
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

// Whether the verdict says no more than "accepted, as the till told it".
bool is_plain(const FeedItem& item) {
  const auto* verdict = std::get_if<Verdict>(&item);
  return verdict != nullptr && verdict->kind == VerdictKind::accepted && verdict->reason.empty() &&
         verdict->article.empty() && verdict->difference == PayerShares{} && !verdict->counted;
}

// How many plain verdicts on entries that follow one another begin at `first`; 0 where that is something else.
std::size_t run_at(const std::vector<FeedItem>& items, std::size_t first) {
  if (!is_plain(items[first])) return 0;
  const auto& begin = std::get<Verdict>(items[first]);
  std::size_t count = 1;
  for (; first + count < items.size() && is_plain(items[first + count]); ++count) {
    const auto& next = std::get<Verdict>(items[first + count]);
    if (next.epoch != begin.epoch || next.at != begin.at || next.seq != begin.seq + count) break;
  }
  return count;
}

void write_run(Writing& a, const FeedItem* items, std::size_t count) {
  const auto& begin = std::get<Verdict>(*items);
  object(a, [&] {
    a.key("accepted");
    object(a, [&] {
      member(a, "at", begin.at);
      number(a, "epoch", begin.epoch, 1, std::numeric_limits<std::uint32_t>::max());
      number(a, "seq", begin.seq, 1, integer_max);
      a.key("stands");
      a.document().begin_array();
      for (std::size_t i = 0; i < count; ++i) {
        const PayerShares& stands = std::get<Verdict>(items[i]).stands;
        for (const Money share : {stands.account, stands.cash, stands.family, stands.fund}) {
          a.integer(share.in_fen(), 0, integer_max);
        }
      }
      a.document().end_array();
    });
  });
}

// Behind the key.
void read_run(Reading& a, std::vector<FeedItem>& items) {
  object(a, [&] {
    Verdict verdict;
    member(a, "at", verdict.at);
    number(a, "epoch", verdict.epoch, 1, std::numeric_limits<std::uint32_t>::max());
    number(a, "seq", verdict.seq, 1, integer_max);
    a.key("stands");
    a.document().begin_array();
    std::size_t count = 0;
    while (a.document().next_element()) {
      Money shares[4];
      for (std::size_t i = 0; i < std::size(shares); ++i) {
        const bool there = i == 0 || a.document().next_element();
        a.refuse_unless(there, "four shares of each");
        if (!there) return;
        shares[i] = Money::fen(a.integer(0, 0, integer_max));
      }
      a.refuse_unless(items.size() < grouped_items_max, "too many");
      if (a.document().failed()) return;
      verdict.stands = {shares[3], shares[0], shares[2], shares[1]};
      items.emplace_back(verdict);
      ++verdict.seq;
      a.refuse_unless(verdict.seq <= static_cast<std::uint64_t>(integer_max), "beyond the last number");
      ++count;
    }
    a.refuse_unless(count > 0, "a run is of one verdict or more");
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

std::string encode_grouped(const FeedBatch& batch) {
  GONGJI_CHECK(batch.items.size() <= grouped_items_max);
  Writing a(Identities::shown);
  object(a, [&] {
    member(a, "centre_time", batch.centre_time);
    number(a, "from", batch.from, 1, integer_max);
    a.key("items");
    a.document().begin_array();
    for (std::size_t i = 0; i < batch.items.size();) {
      const std::size_t run = run_at(batch.items, i);
      if (run == 0) {
        describe(a, batch.items[i]);
      } else {
        write_run(a, &batch.items[i], run);
      }
      i += std::max<std::size_t>(run, 1);
    }
    a.document().end_array();
    terminal_name(a, batch.terminal);
  });
  return a.document().take();
}

Result<FeedBatch> decode_grouped_feed(std::string_view bytes) {
  Reading a(bytes, Identities::shown);
  FeedBatch batch;
  object(a, [&] {
    member(a, "centre_time", batch.centre_time);
    number(a, "from", batch.from, 1, integer_max);
    a.key("items");
    a.document().begin_array();
    while (a.document().next_element()) {
      object(a, [&] {
        if (a.optional_key("accepted", false)) {
          read_run(a, batch.items);
        } else {
          a.refuse_unless(batch.items.size() < grouped_items_max, "too many");
          describe_members(a, batch.items.emplace_back());
        }
      });
    }
    terminal_name(a, batch.terminal);
  });
  a.document().finish();
  if (a.document().failed()) return a.document().error();
  return batch;
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
