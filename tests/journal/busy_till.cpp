#include "tests/journal/busy_till.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/journal/troubles.h"
#include "offline/record/order.h"
#include "offline/record/stop.h"

namespace gongji::tests {

std::string name_of(Act act) {
  switch (act) {
    case Act::sell:
      return "sale";
    case Act::sell_three:
      return "two sales and an undone one in one commit";
    case Act::sell_family:
      return "sale on a family account";
    case Act::sell_on_voucher:
      return "sale on an offline voucher";
    case Act::cancel:
      return "cancel";
    case Act::refund_part:
      return "partial refund";
    case Act::paper:
      return "paper";
    case Act::store_snapshot:
      return "snapshot";
    case Act::feed_verdict:
      return "feed with a verdict";
    case Act::feed_grant:
      return "feed with a grant";
    case Act::feed_stop:
      return "feed with a line of the stop list";
    case Act::feed_order:
      return "feed with an emergency order";
    case Act::spend_grant:
      return "sale on a grant";
    case Act::cancel_granted:
      return "cancel of a sale on a grant";
    case Act::give_grant_up:
      return "grant given up";
    case Act::tell_closed_grants:
      return "closed grants told";
    case Act::acknowledge:
      return "acknowledgement";
    case Act::idle:
      return "signed head and checkpoint";
  }
  return "?";
}

std::int64_t BusyTill::below(std::int64_t limit) {
  std::uint8_t octets[4] = {};
  random_.fill(octets);
  std::int64_t number = 0;
  for (const std::uint8_t octet : octets) number = number * 256 + octet;
  return number % limit;
}

Act BusyTill::draw() {
  return all_acts[below(static_cast<std::int64_t>(std::size(all_acts)))];
}

void BusyTill::begin(journal::Journal& journal) {
  store(till_, journal, mother());
  store(till_, journal, son());
}

bool BusyTill::commit(journal::Journal& journal, std::vector<journal::Journal::Work> works) {
  const auto results = journal.commit(std::move(works));
  return results.back().has_value();
}

bool BusyTill::append(journal::Journal& journal, const std::function<record::Body(journal::Turn&)>& body,
                      const Sold* sold) {
  std::optional<record::Entry> appended;
  std::string msgid;
  const bool done = commit(journal, {[&](journal::Turn& turn) -> Result<void> {
                             const record::Body made = body(turn);
                             msgid = std::visit([](const auto& each) { return each.key.msgid; }, made);
                             auto entry = turn.append(made, noon);
                             if (!entry) return entry.error();
                             appended = *std::move(entry);
                             return {};
                           }});
  if (!done) return false;
  answered_.push_back({msgid, sold != nullptr, appended->hash});
  if (sold != nullptr) {
    sold_.push_back(*sold);
    sold_.back().seq = appended->head.seq;
  }
  return true;
}

bool BusyTill::sell(journal::Journal& journal, const Patient& patient, Shares shares) {
  const Sold sold{0, shares, false, false};
  const auto backing = below(2) == 0 ? record::Backing::reserve : record::Backing::hold;
  return append(
      journal,
      [&](journal::Turn& turn) -> record::Body { return till_.sale(turn, patient, next_msgid(), shares, backing); },
      &sold);
}

bool BusyTill::sell_three(journal::Journal& journal) {
  const Shares shares{1 + below(9), 1 + below(9), 0, below(9)};
  std::vector<record::Entry> appended;
  std::vector<std::string> msgids;
  std::vector<journal::Journal::Work> works;
  for (const bool undone : {false, true, false}) {
    const std::string msgid = next_msgid();
    if (!undone) msgids.push_back(msgid);
    works.push_back([this, &appended, shares, undone, msgid](journal::Turn& turn) -> Result<void> {
      auto entry = turn.append(till_.sale(turn, mother(), msgid, shares), noon);
      if (!entry) return entry.error();
      if (undone) return trouble(journal::troubles::writer_busy);
      appended.push_back(*std::move(entry));
      return {};
    });
  }
  const auto results = journal.commit(std::move(works));
  GONGJI_CHECK(results[0].has_value() == results[2].has_value() && !results[1].has_value());
  if (!results[0]) return false;
  for (std::size_t i = 0; i < appended.size(); ++i) {
    answered_.push_back({msgids[i], true, appended[i].hash});
    sold_.push_back({appended[i].head.seq, shares, false, false});
  }
  return true;
}

BusyTill::Sold* BusyTill::pick(bool granted) {
  std::vector<Sold*> fitting;
  for (Sold& sold : sold_) {
    if (sold.granted == granted && !sold.judged) fitting.push_back(&sold);
  }
  if (fitting.empty()) return nullptr;
  return fitting[static_cast<std::size_t>(below(static_cast<std::int64_t>(fitting.size())))];
}

bool BusyTill::cancel(journal::Journal& journal, bool granted) {
  const Sold* sold = pick(granted);
  if (sold == nullptr) return sell(journal, mother(), {5, 5, 0, 5});
  const std::uint64_t seq = sold->seq;
  const bool done = append(journal, [&](journal::Turn& turn) -> record::Body {
    auto sale = turn.find_seq(seq);
    REQUIRE(sale);
    REQUIRE(*sale);
    return till_.cancel(**sale, next_msgid());
  });
  if (done) std::erase_if(sold_, [&](const Sold& each) { return each.seq == seq; });
  return done;
}

// A fen of the account comes back: both entries, or none.
bool BusyTill::refund_part(journal::Journal& journal) {
  const Sold* sold = pick(false);
  if (sold == nullptr || sold->shares.account < 1) return sell(journal, mother(), {5, 5, 0, 5});
  const std::uint64_t seq = sold->seq;
  Sold kept = *sold;
  kept.shares.account -= 1;
  std::optional<journal::PartialRefund> both;
  std::string back_msgid, kept_msgid;
  const bool done = commit(journal, {[&](journal::Turn& turn) -> Result<void> {
                             auto whole = turn.find_seq(seq);
                             if (!whole) return whole.error();
                             record::Cancel cancel = till_.cancel(**whole, next_msgid());
                             cancel.reason = "partial_refund";
                             const record::Sale rest = till_.kept_of(**whole, kept.shares);
                             back_msgid = cancel.key.msgid;
                             kept_msgid = rest.key.msgid;
                             auto appended = turn.append(cancel, rest, noon);
                             if (!appended) return appended.error();
                             both = *std::move(appended);
                             return {};
                           }});
  if (!done) return false;
  std::erase_if(sold_, [&](const Sold& each) { return each.seq == seq; });
  kept.seq = both->kept.head.seq;
  sold_.push_back(kept);
  answered_.push_back({back_msgid, false, both->cancel.hash});
  answered_.push_back({kept_msgid, true, both->kept.hash});
  return true;
}

bool BusyTill::feed(journal::Journal& journal, std::vector<record::FeedItem> items) {
  const auto cursor = journal.feed_cursor();
  return cursor && journal.apply_feed(till_.feed(*cursor + 1, std::move(items)), noon).has_value();
}

bool BusyTill::feed_verdict(journal::Journal& journal) {
  Sold* sold = pick(false);
  if (sold == nullptr) return sell(journal, mother(), {5, 5, 0, 5});
  const Shares told = sold->shares;
  Shares stands = told;
  auto kind = record::VerdictKind::accepted;
  if (below(2) == 0) {
    kind = record::VerdictKind::adjusted;
    stands.fund = 0;
    stands.cash += told.fund;
  }
  const bool done = feed(journal, {verdict(sold->seq, kind, told, stands)});
  if (done) sold->judged = true;
  return done;
}

// For the son: of his own account, his mother's and the year's benefit, for this run of the journal.  One at a time.
bool BusyTill::feed_grant(journal::Journal& journal) {
  if (grant_) return give_grant_up(journal);
  record::Grant grant;
  grant.id.bytes[15] = ++grants_;
  grant.terminal = till_.identity().terminal;
  grant.life = {till_.identity().epoch, journal.run()};
  grant.person_key = till_.person_key(son());
  grant.accounts = {{"self", settlement::AccountKind::prior, Money::fen(300)},
                    {till_.person_key(mother()), settlement::AccountKind::prior, Money::fen(200)}};
  grant.fund = {{scheme, "op.fund", this_year, Money::fen(1'000)}};
  grant.snapshot_as_of = grant.issued = noon;
  grant.expires = noon.plus(std::chrono::hours(9));
  if (!feed(journal, {grant})) return false;
  grant_ = grant;
  return true;
}

// Put on the list, and taken off again.
bool BusyTill::feed_stop(journal::Journal& journal) {
  const record::Stop stop{record::StopKind::card, std::string(64, 'a'), record::StopReason::lost, noon, {}, stopped_};
  if (!feed(journal, {stop})) return false;
  stopped_ = !stopped_;
  return true;
}

bool BusyTill::feed_order(journal::Journal& journal) {
  record::EmergencyOrder order;
  order.areas = {"99"};
  order.issued = order.start = noon;
  order.end = noon.plus(std::chrono::hours(1 + below(90)));
  return feed(journal, {record::OrderNotice{record::sign(till_.keys(), record::order_tag, record::encode(order))}});
}

bool BusyTill::give_grant_up(journal::Journal& journal) {
  if (!grant_) return sell(journal, mother(), {5, 5, 0, 5});
  const bool done = commit(journal, {[&](journal::Turn& turn) -> Result<void> {
                             auto closed = turn.close_grant(grant_->id);
                             if (!closed) return closed.error();
                             return {};
                           }});
  if (done) grant_.reset();
  return done;
}

bool BusyTill::spend_grant(journal::Journal& journal) {
  std::optional<record::Grant> live;
  const bool asked = commit(journal, {[&](journal::Turn& turn) -> Result<void> {
                              auto found = turn.find_grant(till_.person_key(son()), noon);
                              if (!found) return found.error();
                              live = *std::move(found);
                              return {};
                            }});
  if (!asked) return false;
  const Shares shares{1 + below(50), 1 + below(9), 1 + below(9), below(3)};
  if (!live || live->accounts[0].limit < Money::fen(shares.account) ||
      live->accounts[1].limit < Money::fen(shares.family) || live->fund[0].limit < Money::fen(shares.fund)) {
    return sell(journal, son(), {5, 5, 0, 5});
  }
  const Sold sold{0, shares, true, false};
  return append(
      journal,
      [&](journal::Turn& turn) -> record::Body {
        record::Sale sale = till_.sale(turn, son(), next_msgid(), shares, record::Backing::grant);
        sale.backing_id = to_string(live->id);
        return sale;
      },
      &sold);
}

bool BusyTill::act(journal::Journal& journal, Act act) {
  switch (act) {
    case Act::sell:
      return sell(journal, mother(), {1 + below(90), 1 + below(9), 0, below(9)});
    case Act::sell_three:
      return sell_three(journal);
    case Act::sell_family:
      return sell(journal, son(), {1 + below(90), 1 + below(9), 1 + below(9), below(9)});
    case Act::sell_on_voucher: {
      const Sold sold{0, {1 + below(90), 1 + below(9), 0, below(9)}, false, false};
      return append(
          journal,
          [&](journal::Turn& turn) -> record::Body {
            record::Sale sale = till_.sale(turn, mother(), next_msgid(), sold.shares);
            sale.presence = record::Presence::voucher_signed;
            sale.voucher = record::VoucherNonce{++vouchers_};
            return sale;
          },
          &sold);
    }
    case Act::cancel:
      return cancel(journal, false);
    case Act::refund_part:
      return refund_part(journal);
    case Act::paper:
      return append(journal, [&](journal::Turn&) -> record::Body { return till_.paper(next_msgid(), 1 + below(900)); });
    case Act::store_snapshot: {
      const WallTime as_of = noon.plus(std::chrono::hours(++hours_));
      return commit(journal, {[&](journal::Turn& turn) -> Result<void> {
                      const auto known = turn.summary();
                      if (!known) return known.error();
                      return till_.store(turn, mother(), till_.snapshot(mother(), known->acknowledged_seq, as_of));
                    }});
    }
    case Act::feed_verdict:
      return feed_verdict(journal);
    case Act::feed_grant:
      return feed_grant(journal);
    case Act::feed_stop:
      return feed_stop(journal);
    case Act::feed_order:
      return feed_order(journal);
    case Act::spend_grant:
      return spend_grant(journal);
    case Act::cancel_granted:
      return cancel(journal, true);
    case Act::give_grant_up:
      return give_grant_up(journal);
    case Act::tell_closed_grants: {
      const auto closed = journal.closed_grants(noon);
      const auto cursor = journal.feed_cursor();
      if (!closed || !cursor) return false;
      return journal.take_in({0, *closed}, till_.feed(*cursor + 1, {}), noon, [] { return false; }).has_value();
    }
    case Act::acknowledge: {
      const auto last = journal.unsent(2, 1U << 20U);
      return last && journal.acknowledge(last->head_seq, noon).has_value();
    }
    case Act::idle:
      journal.idle();
      return true;
  }
  return false;
}

}  // namespace gongji::tests
