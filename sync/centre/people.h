// people.h — whom and what a new centre knows: sites and invented people, read from a JSON file.
//
// For demonstration, tests and training.  A real region's people come from its own registers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "offline/settlement/claim.h"

namespace gongji::centre {

struct Site {
  settlement::Site facts;
  std::string name;
  bool operator==(const Site&) const = default;
};

// One way to say who one is.  `kind` is mdtrt_cert_type: 01 e-voucher (28 digits or token), 02 ID number, 03 card.
struct PersonCredential {
  std::string kind;
  Secret number;
  Secret card_sn;  // 03: the card's identifier
};

struct OwnAccount {
  settlement::AccountKind kind = settlement::AccountKind::prior;
  Money balance;
};

// `owner` lets the person draw on the owner's account.
struct Family {
  std::string owner;  // psn_no
  settlement::Relation relation = settlement::Relation::spouse;
  bool listed = true;
  // Of the owner's accounts together, from take_since on; absent: all of it.
  std::optional<Money> take_max = {};
  WallTime take_since = {};
};

struct Person {
  std::string key;  // short name in demos: "wang-fang"
  settlement::Person facts;
  Secret name, certno;
  std::string psn_cert_type = "01", gend, naty;
  std::vector<PersonCredential> credentials;
  std::vector<OwnAccount> accounts;           // in the order in which they pay
  std::vector<Family> family;                 // in binding order
  std::vector<settlement::Counter> counters;  // of the window in which the centre is made
};

struct People {
  std::vector<Site> sites;
  std::vector<Person> persons;
};

inline constexpr std::size_t people_bytes_max = 16u << 20;

// Errors: people_invalid, with the path of the first member that is wrong; also a family owner who is not in the file,
// a psn_no twice, a credential twice.
Result<People> read_people(std::string_view text);

}  // namespace gongji::centre
