#include "offline/journal/feed_items.h"

#include <utility>

#include "offline/journal/orders.h"
#include "offline/journal/stops.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

Result<void> apply_item(FeedTarget& target, std::uint64_t feed_seq, const record::FeedItem& item) {
  const Store& store = target.store;
  const auto pass_over = [&](std::string detail) {
    if (!target.odd)
      target.odd = trouble(troubles::feed_item_unusable, "feed " + std::to_string(feed_seq), std::move(detail));
  };
  if (const auto* verdict = std::get_if<record::Verdict>(&item)) {
    const auto fits = target.entries.apply(feed_seq, *verdict);
    if (!fits) return fits.error();
    if (!*fits) pass_over("epoch " + std::to_string(verdict->epoch) + ", seq " + std::to_string(verdict->seq));
    return {};
  }
  if (const auto* grant = std::get_if<record::Grant>(&item)) {
    const auto fits = Grants(store, target.run).store(feed_seq, *grant, target.told, target.last_seq);
    if (!fits) return fits.error();
    if (!*fits) pass_over("grant " + to_string(grant->id));
    return {};
  }
  if (const auto* notice = std::get_if<record::OrderNotice>(&item)) {
    const auto fits = store_order(store.db, notice->order);
    if (!fits) return fits.error();
    if (!*fits) pass_over("order");
    return {};
  }
  if (const auto* stop = std::get_if<record::Stop>(&item)) return Stops(store).apply(feed_seq, *stop);
  // One that is not known here was never spent here: there is nothing to give back.
  if (const auto* recall = std::get_if<record::GrantRecall>(&item)) {
    const auto closed = Grants(store, target.run).close(recall->grant_id, target.last_seq);
    return closed ? Result<void>() : closed.error();
  }
  // What these tell of is not the journal's: files beside it.
  if (std::holds_alternative<record::RulesNotice>(item) || std::holds_alternative<record::RootsNotice>(item)) return {};
  const auto& notice = std::get<record::TermsNotice>(item);
  const auto terms = record::decode_terms(notice.terms.bytes);
  if (!terms) {
    pass_over("terms " + terms.error().path);
  } else if (terms->terminal != store.identity.terminal || terms->epoch != store.identity.epoch) {
    pass_over("terms of " + terms->terminal);
  } else {
    // The terms that were issued last count, in whatever order they come.
    const auto before =
        target.row.terms ? record::decode_terms(target.row.terms->bytes) : Result<record::Terms>(*terms);
    if (!before || before->issued <= terms->issued) target.row.terms = notice.terms;
  }
  return {};
}

}  // namespace gongji::journal
