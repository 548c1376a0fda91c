// The pure half: from the bytes of EF05 and EF06 to fields.
#include <string.h>

#include <algorithm>

#include "card/gb18030.h"
#include "card/social_security_card.h"
#include "card/tlv.h"
#include "card/troubles.h"

namespace gongji::card {
namespace {

constexpr std::size_t identifier_size = 16;
constexpr std::size_t card_no_size = 9;
constexpr std::size_t social_security_no_size = 18;
constexpr std::size_t name_size_max = 30;
constexpr std::size_t name_extension_size_max = 20;

std::string path(const char* file, std::uint8_t tag) {
  return std::string(file) + " tag " + to_hex(ByteView(&tag, 1));
}

Trouble malformed(const char* file, std::uint8_t tag, std::string why) {
  return trouble(troubles::card_malformed, path(file, tag), std::move(why));
}

bool is_padding(std::uint8_t byte) {
  return byte == 0x00 || byte == 0x20 || byte == 0xFF;
}

ByteView without_padding(ByteView value) {
  while (!value.empty() && is_padding(value.back())) value = value.first(value.size() - 1);
  return value;
}

bool is_unset(ByteView value) {
  return without_padding(value).empty();
}

// Packed decimal; nullopt when a nibble is no digit.
std::optional<std::string> decimal(ByteView value) {
  std::string out;
  for (const std::uint8_t byte : value) {
    if ((byte >> 4) > 9 || (byte & 0xF) > 9) return std::nullopt;
    out.push_back(static_cast<char>('0' + (byte >> 4)));
    out.push_back(static_cast<char>('0' + (byte & 0xF)));
  }
  return out;
}

bool is_upper_alphanumeric(std::uint8_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

// Letters in upper case; nullopt when empty or when another character is in it.
std::optional<std::string> alphanumeric(ByteView value) {
  std::string out;
  for (std::uint8_t c : value) {
    if (c >= 'a' && c <= 'z') c = static_cast<std::uint8_t>(c - 'a' + 'A');
    if (!is_upper_alphanumeric(c)) return std::nullopt;
    out.push_back(static_cast<char>(c));
  }
  if (out.empty()) return std::nullopt;
  return out;
}

// The readers of optional items: an unset item is nothing, an unreadable one is nothing and a warning.
class OptionalItems {
 public:
  OptionalItems(const Records& records, const char* file, std::vector<Trouble>& warnings)
      : records_(records), file_(file), warnings_(warnings) {}

  std::optional<Day> day(std::uint8_t tag) {
    const std::optional<ByteView> value = records_.find(tag);
    if (!value || is_unset(*value)) return std::nullopt;
    const std::optional<std::string> digits = decimal(*value);
    std::optional<Day> out;
    if (digits && digits->size() == 8) {
      out = Day::from_civil(std::stoi(digits->substr(0, 4)), std::stoi(digits->substr(4, 2)),
                            std::stoi(digits->substr(6, 2)));
    }
    if (!out) unreadable(tag, "no date");
    return out;
  }

  // One character out of `allowed`, or ' '.
  char character(std::uint8_t tag, std::string_view allowed) {
    const std::optional<ByteView> value = records_.find(tag);
    if (!value || is_unset(*value)) return ' ';
    const char found = static_cast<char>((*value)[0]);
    if (value->size() == 1 && allowed.find(found) != std::string_view::npos) return found;
    unreadable(tag, "unknown code");
    return ' ';
  }

  std::string nation(std::uint8_t tag) {
    const std::optional<ByteView> value = records_.find(tag);
    if (!value || is_unset(*value)) return {};
    const std::optional<std::string> digits = decimal(*value);
    if (digits && digits->size() == 2) {
      const int code = std::stoi(*digits);
      if ((code >= 1 && code <= 56) || code == 97 || code == 98) return *digits;
      if (code == 99) return {};  // "not specified"
    }
    unreadable(tag, "unknown code");
    return {};
  }

 private:
  void unreadable(std::uint8_t tag, std::string why) {
    warnings_.push_back(trouble(troubles::field_unreadable, path(file_, tag), std::move(why)));
  }

  const Records& records_;
  const char* file_;
  std::vector<Trouble>& warnings_;
};

// Only the first three characters count; nothing at all is 1.0x.
std::optional<CardVersion> version_of(std::string_view text) {
  if (text.empty()) return CardVersion::v1;
  const std::string_view first = text.substr(0, 3);
  if (first == "1.0") return CardVersion::v1;
  if (first == "2.0") return CardVersion::v2;
  if (first == "3.0") return CardVersion::v3;
  return std::nullopt;
}

bool has_control_character(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x20 || c == 0x7F) return true;
    if (c == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0) return true;
  }
  return false;
}

// Tag 09 holds the first 30 bytes, tag 4E what is over; a character may lie across the border, so the bytes are joined
// before they are decoded.  No character ends in 00 or 20, so padding may be taken off each part first.
Result<Secret> name_of(const Records& records) {
  const std::optional<ByteView> first = records.find(0x09);
  if (!first) return malformed("EF06", 0x09, "missing");
  if (first->size() > name_size_max) return malformed("EF06", 0x09, "too long");
  Bytes joined = to_bytes(without_padding(*first));
  if (const std::optional<ByteView> rest = records.find(0x4E)) {
    if (rest->size() > name_extension_size_max) return malformed("EF06", 0x4E, "too long");
    const ByteView extension = without_padding(*rest);
    joined.insert(joined.end(), extension.begin(), extension.end());
  }
  std::optional<std::string> text = utf8_of_gb18030(joined);
  if (!joined.empty()) ::explicit_bzero(joined.data(), joined.size());
  if (!text) return malformed("EF06", 0x09, "not GB18030");
  if (text->empty()) return malformed("EF06", 0x09, "empty");
  if (has_control_character(*text)) return malformed("EF06", 0x09, "control character");
  return Secret(std::move(*text));
}

void compare_with_id_number(CardFields& card) {
  const std::string& text = card.social_security_no.reveal();
  if (!looks_like_id_number(text)) return;  // a foreigner's number: no rule to hold it against
  const std::optional<IdNumber> id = parse_id_number(text);
  if (!id) {
    card.warnings.push_back(trouble(troubles::id_number_deviates, path("EF06", 0x08)));
    return;
  }
  if (card.birth && *card.birth != id->birth) {
    card.warnings.push_back(trouble(troubles::birth_deviates, path("EF06", 0x0D)));
  }
  if (card.sex != Sex::unspecified && card.sex != id->sex) {
    card.warnings.push_back(trouble(troubles::sex_deviates, path("EF06", 0x0A)));
  }
}

}  // namespace

CardIdentity identity_of(const CardIssue& card) {
  return {card.card_identifier, card.card_no};
}

Result<CardFields> parse_issue(ByteView ef05) {
  const std::optional<Records> records = Records::parse(ef05);
  if (!records) return trouble(troubles::card_malformed, "EF05", "records do not fit the file");
  CardFields card;

  const std::optional<ByteView> identifier = records->find(0x01);
  if (!identifier) return malformed("EF05", 0x01, "missing");
  if (identifier->size() != identifier_size) return malformed("EF05", 0x01, "wrong length");
  const std::optional<std::string> region = decimal(identifier->first(3));
  if (!region || *region == "000000") return malformed("EF05", 0x01, "no region");
  card.region = *region;
  std::string hex = to_hex(*identifier);
  std::transform(hex.begin(), hex.end(), hex.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  card.card_identifier = Secret(std::move(hex));

  const ByteView version = without_padding(records->find(0x03).value_or(ByteView{}));
  if (version.size() > 4) return malformed("EF05", 0x03, "too long");
  const std::optional<CardVersion> known = version_of(as_text(version));
  if (!known) return trouble(troubles::version_unknown, path("EF05", 0x03));
  card.version = *known;
  card.version_text = as_text(version);

  const std::optional<ByteView> card_no = records->find(0x07);
  if (!card_no) return malformed("EF05", 0x07, "missing");
  const ByteView counted = card_no->first(std::min(card_no->size(), card_no_size));
  std::optional<std::string> number = alphanumeric(without_padding(counted));
  if (!number || number->size() != card_no_size) return malformed("EF05", 0x07, "not 9 letters and digits");
  if (card_number_check(number->substr(0, 8)) != number->back()) {
    card.warnings.push_back(trouble(troubles::card_no_deviates, path("EF05", 0x07)));
  }
  card.card_no = Secret(std::move(*number));

  OptionalItems items(*records, "EF05", card.warnings);
  card.card_class = items.character(0x02, "1234");
  card.issued_on = items.day(0x05);
  card.expires_on = items.day(0x06);
  return card;
}

Result<CardFields> parse_holder(ByteView ef06, CardFields from_issue) {
  const std::optional<Records> records = Records::parse(ef06);
  if (!records) return trouble(troubles::card_malformed, "EF06", "records do not fit the file");
  CardFields card = std::move(from_issue);

  const std::optional<ByteView> number = records->find(0x08);
  if (!number) return malformed("EF06", 0x08, "missing");
  std::optional<std::string> text = alphanumeric(without_padding(*number));
  if (!text || text->size() != social_security_no_size) return malformed("EF06", 0x08, "not 18 letters and digits");
  card.social_security_no = Secret(std::move(*text));

  Result<Secret> name = name_of(*records);
  if (!name) return name.error();
  card.name = std::move(*name);

  OptionalItems items(*records, "EF06", card.warnings);
  const char sex = items.character(0x0A, "129");
  card.sex = sex == '1' ? Sex::male : sex == '2' ? Sex::female : Sex::unspecified;
  card.nation = items.nation(0x0B);
  card.birth = items.day(0x0D);
  compare_with_id_number(card);
  return card;
}

}  // namespace gongji::card
