#include "card/apdu.h"

#include "card/troubles.h"
#include "offline/base/check.h"

namespace gongji::card {
namespace {

constexpr std::size_t header_size = 5;  // CLA INS P1 P2 and Lc or Le

// Puts `expected` into the place of Le.
void set_expected_length(Bytes& command, std::uint8_t expected) {
  if (command.size() < header_size) {
    command.push_back(expected);
  } else if (command.size() == header_size) {
    command.back() = expected;
  } else {
    const std::size_t with_data = header_size + command[4];
    command.resize(with_data);
    command.push_back(expected);
  }
}

}  // namespace

Result<Answer> send_command(Transport& transport, ByteView command) {
  GONGJI_CHECK(command.size() >= 4);
  Bytes next = to_bytes(command);
  Answer answer;
  for (int round = 0; round < answer_rounds_max; ++round) {
    Result<Bytes> raw = transport.transmit(next);
    if (!raw) return raw.error();
    if (raw->size() < 2) return trouble(troubles::card_pulled, {}, "half an answer");
    const std::uint8_t high = (*raw)[raw->size() - 2];
    const std::uint8_t low = (*raw)[raw->size() - 1];
    answer.data.insert(answer.data.end(), raw->begin(), raw->end() - 2);
    if (answer.data.size() > answer_bytes_max) break;
    if (high == 0x6C) {
      set_expected_length(next, low);
    } else if (high == 0x61) {
      next = {0x00, 0xC0, 0x00, 0x00, low};
    } else {
      answer.status = static_cast<std::uint16_t>(high << 8 | low);
      return answer;
    }
  }
  return trouble(troubles::card_malformed, {}, "the answer has no end");
}

std::string status_text(std::uint16_t status) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[status >> shift & 0xF]);
  return out;
}

Trouble trouble_of_status(std::uint16_t status, std::string step) {
  std::string detail = "status " + status_text(status);
  switch (status) {
    case 0x6A82:
    case 0x6986:
      return trouble(troubles::card_pulled, std::move(step), std::move(detail));
    case 0x6283:
    case 0x6A81:
    case 0x6983:
    case 0x9303:
      return trouble(troubles::card_blocked, std::move(step), std::move(detail));
    default:
      return trouble(troubles::card_refused, std::move(step), std::move(detail));
  }
}

}  // namespace gongji::card
