// grant_fields.h — the members of a grant, once for both directions.  Internal to this module.
#pragma once

#include <algorithm>

#include "offline/record/codec.h"
#include "offline/record/grant.h"

namespace gongji::record {

template <class Archive>
void lookup_hash(Archive& a, Subject<Archive, std::string>& value) {
  hex_text(a, value, "a look-up hash is 64 hex digits in lower case");
}

template <class Archive>
void describe(Archive& a, Subject<Archive, AccountLimit>& account) {
  object(a, [&] {
    enumeration(a, "kind", account.kind, settlement::AccountKind::current, settlement::AccountKind::prior);
    money(a, "limit", account.limit);
    // The own account has no owner.
    if (a.optional_key("owner", account.owner != "self")) {
      lookup_hash(a, account.owner);
    } else if constexpr (Archive::reading) {
      account.owner = "self";
    }
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, FundLimit>& fund) {
  object(a, [&] {
    member(a, "counter", fund.counter);
    money(a, "limit", fund.limit);
    member(a, "scheme", fund.scheme);
    member(a, "since", fund.since);
  });
}

// `same(a, b)` holds for no two of them.
template <class Items, class Same>
bool each_once(const Items& items, Same same) {
  for (auto item = items.begin(); item != items.end(); ++item) {
    if (std::any_of(items.begin(), item, [&](const auto& other) { return same(*item, other); })) return false;
  }
  return true;
}

template <class Archive>
void describe(Archive& a, Subject<Archive, Grant>& grant) {
  object(a, [&] {
    list(a, "accounts", grant.accounts, grant_accounts_max, [&](auto& account) { describe(a, account); });
    a.refuse_unless(
        each_once(grant.accounts, [](const auto& one,
                                     const auto& other) { return one.owner == other.owner && one.kind == other.kind; }),
        "two limits of one account");
    number(a, "epoch", grant.life.epoch, 1, std::numeric_limits<std::uint32_t>::max());
    member(a, "expires", grant.expires);
    list(a, "fund", grant.fund, grant_counters_max, [&](auto& fund) { describe(a, fund); });
    a.refuse_unless(each_once(grant.fund,
                              [](const auto& one, const auto& other) {
                                return one.scheme == other.scheme && one.counter == other.counter &&
                                       one.since == other.since;
                              }),
                    "two limits of one counter");
    member(a, "id", grant.id);
    member(a, "issued", grant.issued);
    a.key("person_key");
    lookup_hash(a, grant.person_key);
    number(a, "run", grant.life.run, 1, integer_max);
    member(a, "snapshot_as_of", grant.snapshot_as_of);
    terminal_name(a, grant.terminal);
  });
}

}  // namespace gongji::record
