// social_security_card.h — the application SSSE of a social security card: who issued it, and who holds it.
//
// The card is a stranger: every byte is checked, nothing is believed because it is on a card.  Cards of versions 1.0x
// and 2.0x show EF05 and EF06 to everybody and can be copied; 3.0x shows EF06 only after external authentication with
// the key RKSSSE, which this release does not have: such a card ends in `needs_authentication`.
// The bank application on the same chip is never selected.
//
// Source: 人社信息函〔2012〕37号 (file structure and data items V2.0); LD/T 32-2015 parts 2, 4, 5, 6.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "card/check_digits.h"
#include "card/transport.h"
#include "offline/base/bytes.h"
#include "offline/base/day.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"

namespace gongji::card {

enum class CardVersion : unsigned char { v1 = 1, v2 = 2, v3 = 3 };

// EF05: the card itself.
struct CardIssue {
  Secret card_identifier;  // 卡识别码: 32 hex digits, upper case; unique per chip
  char card_class = ' ';   // '1' preschool '2' student '3' adult '4' senior; ' ' not said
  CardVersion version = CardVersion::v1;
  std::string version_text;  // as on the card: "2.00"; "" on 1.0x cards
  std::string region;        // 6 digits of GB/T 2260: the first three bytes of the identifier
  std::optional<Day> issued_on;
  std::optional<Day> expires_on;  // last day of validity as the card says it; judged elsewhere
  Secret card_no;                 // 卡号: 9 characters 0-9 A-Z
};

// EF05 and EF06 together.
struct CardFields : CardIssue {
  Secret social_security_no;  // 18 characters; a citizen's ID number, or a foreigner's number by the ministry's rule
  Secret name;                // UTF-8
  Sex sex = Sex::unspecified;
  std::string nation;  // GB/T 3304, two digits "01".."56", "97", "98"; "" not said
  std::optional<Day> birth;
  // Deviations that do not stop the read: card_no_deviates, id_number_deviates, birth_deviates, sex_deviates,
  // field_unreadable (its path names file and tag).  No personal data in them.
  std::vector<Trouble> warnings;
};

// The two numbers that tell one card from another.
struct CardIdentity {
  Secret card_identifier;
  Secret card_no;
  bool operator==(const CardIdentity&) const = default;
};
CardIdentity identity_of(const CardIssue& card);

// Pure parsers of the concatenated records of one file; any bytes are fit as an argument.
// Troubles: card_malformed (path: file and tag), version_unknown.
Result<CardFields> parse_issue(ByteView ef05);  // fills the part that is CardIssue, and warnings
Result<CardFields> parse_holder(ByteView ef06, CardFields from_issue);  // adds the rest

// Conversations with a connected card.  Each selects what it needs, so they may be called in any order.
// Troubles: those of send_command(); not_social_security, card_blocked, card_refused, card_malformed, version_unknown,
// and needs_authentication.  After any of them nothing read before may be used. Cost: 6 commands for a full read (up to
// 12 at strict T=0), 3 for the identity; cards that cannot read all records at once need one command a record.
Result<void> select_social_security(Transport& transport);
Result<CardIdentity> read_identity(Transport& transport);
Result<CardFields> read_fields(Transport& transport);

inline constexpr std::size_t pin_digits_min = 4, pin_digits_max = 16;
// A PIN by its form; asks no card.  Troubles: pin_malformed.
Result<void> check_pin_form(const Secret& pin);

// Shows the card its holder's PIN.  That tells who holds the card; it does not tell a copied card from a genuine one.
// The command goes out exactly once, whatever comes back: an answer that is lost leaves it open whether the card has
// counted the try.  Its bytes are wiped.  Troubles: those of Transport::transmit and check_pin_form; pin_wrong (detail:
// tries left), pin_locked, pin_absent, card_refused.
Result<void> verify_pin(Transport& transport, const Secret& pin);

}  // namespace gongji::card
