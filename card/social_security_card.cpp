// The talking half: which commands bring EF05 and EF06.
#include "card/social_security_card.h"

#include <string.h>

#include <array>

#include "card/apdu.h"
#include "card/troubles.h"

namespace gongji::card {
namespace {

// "sx1.sh." and 社会保障 in GBK.
constexpr std::array<std::uint8_t, 15> application_id{0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9,
                                                      0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF};
constexpr std::array<std::uint8_t, 7> issue_tags{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07};
constexpr std::array<std::uint8_t, 6> holder_tags{0x08, 0x09, 0x4E, 0x0A, 0x0B, 0x0D};

// The raw records of a file, wiped when they die: they hold the person's data.
struct FileBytes {
  Bytes bytes;
  FileBytes() = default;
  explicit FileBytes(Bytes from) : bytes(std::move(from)) {}
  FileBytes(FileBytes&&) = default;
  FileBytes& operator=(FileBytes&&) = default;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() {
    if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
  }
};

Result<void> select_file(Transport& transport, std::uint8_t low, const char* name) {
  const Result<Answer> answer = send_command(transport, Bytes{0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, low});
  if (!answer) return answer.error();
  if (!answer->ok()) return trouble_of_status(answer->status, name);
  return {};
}

// Records that a card lacks: 6A83.  Cards that cannot read all records at once, or not in this mode, say one of these.
bool is_unsupported(std::uint16_t status) {
  return status == 0x6A83 || status == 0x6A81 || status == 0x6A86 || status == 0x6B00 || status == 0x6700;
}

Result<FileBytes> read_one_by_one(Transport& transport, std::span<const std::uint8_t> tags, const char* name) {
  FileBytes out;
  for (const std::uint8_t tag : tags) {
    const Result<Answer> answer = send_command(transport, Bytes{0x00, 0xB2, tag, 0x00, 0x00});
    if (!answer) return answer.error();
    if (answer->status == 0x6A83) continue;  // not on this card; what is indispensable the parser misses
    if (!answer->ok()) return trouble_of_status(answer->status, name);
    out.bytes.insert(out.bytes.end(), answer->data.begin(), answer->data.end());
  }
  return out;
}

// Selects the file and reads all its records: in one command if the card can.
Result<FileBytes> read_file(Transport& transport, std::uint8_t low, std::span<const std::uint8_t> tags,
                            const char* name) {
  if (Result<void> selected = select_file(transport, low, name); !selected) return selected.error();
  Result<Answer> all = send_command(transport, Bytes{0x00, 0xB2, 0x01, 0x05, 0x00});
  if (!all) return all.error();
  if (all->ok() && !all->data.empty()) return FileBytes(std::move(all->data));
  if (all->ok() || is_unsupported(all->status)) return read_one_by_one(transport, tags, name);
  return trouble_of_status(all->status, name);
}

Result<CardFields> read_issue(Transport& transport) {
  Result<FileBytes> file = read_file(transport, 0x05, issue_tags, "EF05");
  if (!file) return file.error();
  return parse_issue(file->bytes);
}

}  // namespace

Result<void> select_social_security(Transport& transport) {
  Bytes command{0x00, 0xA4, 0x04, 0x00, static_cast<std::uint8_t>(application_id.size())};
  command.insert(command.end(), application_id.begin(), application_id.end());
  const Result<Answer> answer = send_command(transport, command);
  if (!answer) return answer.error();
  if (answer->ok()) return {};
  switch (answer->status) {
    case 0x6A82:  // no such application
    case 0x6A86:
    case 0x6D00:
    case 0x6E00:
      return trouble(troubles::not_social_security, {}, "status " + status_text(answer->status));
    default:
      return trouble_of_status(answer->status, "SSSE");
  }
}

Result<void> check_pin_form(const Secret& pin) {
  const std::string& digits = pin.reveal();
  const bool holds = digits.size() >= pin_digits_min && digits.size() <= pin_digits_max &&
                     digits.find_first_not_of("0123456789") == std::string::npos;
  return holds ? Result<void>() : trouble(troubles::pin_malformed);
}

Result<void> verify_pin(Transport& transport, const Secret& pin) {
  if (Result<void> form = check_pin_form(pin); !form) return form;
  const std::string& digits = pin.reveal();
  const std::size_t size = (digits.size() + 1) / 2;
  // Two digits a byte, an odd last one filled with F.
  FileBytes command(Bytes{0x00, 0x20, 0x00, 0x00, static_cast<std::uint8_t>(size)});
  command.bytes.reserve(command.bytes.size() + size);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = digits[i] - '0';
    const int low = i + 1 < digits.size() ? digits[i + 1] - '0' : 0xF;
    command.bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  // Not through send_command(): a card that asks for another length would be shown the PIN a second time.
  const Result<Bytes> raw = transport.transmit(command.bytes);
  if (!raw) return raw.error();
  if (raw->size() < 2) return trouble(troubles::card_pulled, "PIN", "half an answer");
  const auto status = static_cast<std::uint16_t>((*raw)[raw->size() - 2] << 8 | raw->back());
  if (status == 0x9000) return {};
  if (status == 0x6983 || status == 0x63C0) return trouble(troubles::pin_locked);
  if ((status & 0xFFF0) == 0x63C0) return trouble(troubles::pin_wrong, {}, std::to_string(status & 0xF));
  if (status == 0x6984 || status == 0x6A88) return trouble(troubles::pin_absent);
  return trouble_of_status(status, "PIN");
}

Result<CardIdentity> read_identity(Transport& transport) {
  if (Result<void> selected = select_social_security(transport); !selected) return selected.error();
  const Result<CardFields> card = read_issue(transport);
  if (!card) return card.error();
  return identity_of(*card);
}

Result<CardFields> read_fields(Transport& transport) {
  if (Result<void> selected = select_social_security(transport); !selected) return selected.error();
  Result<CardFields> card = read_issue(transport);
  if (!card) return card;
  const Result<FileBytes> holder = read_file(transport, 0x06, holder_tags, "EF06");
  if (!holder) {
    const bool refused = holder.error().text == &troubles::card_refused;
    if (refused && card->version == CardVersion::v3) {
      return trouble(troubles::needs_authentication, "EF06", holder.error().detail);
    }
    return holder.error();
  }
  return parse_holder(holder->bytes, std::move(*card));
}

}  // namespace gongji::card
