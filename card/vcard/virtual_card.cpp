#include "card/vcard/virtual_card.h"

#include <algorithm>

#include "card/gb18030.h"
#include "offline/base/check.h"

namespace gongji::card::vcard {
namespace {

constexpr int tries_max = 3;
const Bytes application_id{0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF};
const Bytes pin{0x12, 0x34, 0x56};

Bytes status(unsigned value) {
  Bytes out;
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value & 0xFF));
  return out;
}

Bytes padded(Bytes value, std::size_t size, std::uint8_t filler) {
  value.resize(size, filler);
  return value;
}

Bytes text(std::string_view value, std::size_t size) {
  return padded(to_bytes(as_bytes(value)), size, 0x00);
}

Bytes hex(std::string_view digits) {
  const std::optional<Bytes> out = from_hex(digits);
  GONGJI_CHECK(out.has_value());
  return *out;
}

Bytes packed(Day day) {
  std::string digits = to_string(day);
  std::erase(digits, '-');
  return hex(digits);
}

Bytes record(std::uint8_t tag, const Bytes& value) {
  Bytes out(2 + value.size());
  out[0] = tag;
  out[1] = static_cast<std::uint8_t>(value.size());
  std::copy(value.begin(), value.end(), out.begin() + 2);
  return out;
}

}  // namespace

struct VirtualCard::Command {
  std::uint8_t instruction = 0, p1 = 0, p2 = 0;
  ByteView data;
  std::optional<std::uint8_t> expected;  // Le

  static std::optional<Command> parse(ByteView raw) {
    if (raw.size() < 4) return std::nullopt;
    Command out;
    out.instruction = raw[1];
    out.p1 = raw[2];
    out.p2 = raw[3];
    if (raw.size() == 4) return out;
    if (raw.size() == 5) {
      out.expected = raw[4];
      return out;
    }
    const std::size_t size = raw[4];
    if (raw.size() != 5 + size && raw.size() != 6 + size) return std::nullopt;
    out.data = raw.subspan(5, size);
    if (raw.size() == 6 + size) out.expected = raw.back();
    return out;
  }
};

VirtualCard::VirtualCard(const Person& person, CardHabits habits)
    : habits_(habits), identifier_(hex(person.card_identifier)), shut_(person.version.starts_with("3.0")) {
  const std::string region = person.card_identifier.substr(0, 6);
  issue_.push_back(record(0x01, identifier_));
  issue_.push_back(record(0x02, text("3", 1)));
  issue_.push_back(record(0x03, text(person.version, 4)));
  issue_.push_back(record(0x04, hex("9156000002" + region + region + "01")));
  issue_.push_back(record(0x05, packed(person.issued)));
  issue_.push_back(record(0x06, packed(person.expires)));
  issue_.push_back(record(0x07, text(person.card_no, 9)));

  const Bytes name = gb18030_of_utf8(person.name).value_or(Bytes{});
  const bool has_extension = !person.version.empty() && !person.version.starts_with("1.0");
  holder_.push_back(record(0x08, text(person.certno, 18)));
  holder_.push_back(record(0x09, padded(name, 30, 0x00)));
  if (has_extension) {
    Bytes over;
    if (name.size() > 30) over.assign(name.begin() + 30, name.end());
    holder_.push_back(record(0x4E, padded(over, 20, 0x00)));
  }
  holder_.push_back(record(0x0A, text(person.gend, 1)));
  holder_.push_back(record(0x0B, hex(person.naty)));
  holder_.push_back(record(0x0C, hex("FFFFFF")));
  holder_.push_back(record(0x0D, packed(person.brdy)));
}

Bytes VirtualCard::atr() const {
  Bytes out = hex("3B6D000000814A44468660");
  out.insert(out.end(), identifier_.begin(), identifier_.begin() + 2);       // region
  out.insert(out.end(), identifier_.begin() + 8, identifier_.begin() + 12);  // serial
  return out;
}

void VirtualCard::reset() {
  selected_ = false;
  file_ = File::none;
  waiting_.clear();
}

Bytes VirtualCard::answer(ByteView raw) {
  const std::optional<Command> command = Command::parse(raw);
  if (!command) return status(0x6700);
  if (raw[0] != 0x00) return status(0x6E00);
  if (command->instruction != 0xC0) waiting_.clear();
  switch (command->instruction) {
    case 0xA4: {
      Bytes out = select(*command);
      if (!habits_.strict_t0 || out.size() == 2) return out;
      waiting_.assign(out.begin(), out.end() - 2);
      return status(0x6100 + static_cast<unsigned>(waiting_.size()));
    }
    case 0xB2:
      return read_record(*command);
    case 0xB0:
      return file_ == File::none ? status(0x6986) : status(0x6981);  // these files have records
    case 0x20:
      return verify(*command);
    case 0x84:
      return challenge(*command);
    case 0xC0:
      return get_response(*command);
    default:
      return status(0x6D00);
  }
}

// Hands out `data` if Le fits it.
Bytes VirtualCard::with_length(const Command& command, Bytes data) const {
  if (!command.expected) return status(0x6700);
  const std::size_t wanted = *command.expected == 0 ? 256 : *command.expected;
  if (habits_.strict_t0 ? *command.expected != data.size() : wanted < data.size()) {
    return status(0x6C00 + static_cast<unsigned>(data.size()));
  }
  const Bytes good = status(0x9000);
  data.insert(data.end(), good.begin(), good.end());
  return data;
}

Bytes VirtualCard::select(const Command& command) {
  if (command.p1 == 0x04) {
    if (!std::equal(command.data.begin(), command.data.end(), application_id.begin(), application_id.end())) {
      return status(0x6A82);
    }
    selected_ = true;
    file_ = File::none;
    Bytes control = hex("6F1C840F");
    control.insert(control.end(), application_id.begin(), application_id.end());
    const Bytes rest = hex("A50988011E9F0C038601039000");
    control.insert(control.end(), rest.begin(), rest.end());
    return control;
  }
  if (command.p1 != 0x00 && command.p1 != 0x02) return status(0x6A86);
  if (command.data.size() != 2) return status(0x6A80);
  const unsigned id = static_cast<unsigned>(command.data[0] << 8 | command.data[1]);
  if (id == 0x3F00) {
    reset();
    return status(0x9000);
  }
  if (!selected_ || (id != 0xEF05 && id != 0xEF06)) return status(0x6A82);
  file_ = id == 0xEF05 ? File::issue : File::holder;
  return status(0x9000);
}

Bytes VirtualCard::read_record(const Command& command) {
  const unsigned short_id = command.p2 >> 3;
  if (short_id != 0) {
    if (!selected_ || (short_id != 5 && short_id != 6)) return status(0x6A82);
    file_ = short_id == 5 ? File::issue : File::holder;
  }
  if (file_ == File::none) return status(0x6986);
  if (file_ == File::holder && shut_) return status(0x6982);
  const std::vector<Bytes>& records = file_ == File::issue ? issue_ : holder_;

  const unsigned mode = command.p2 & 7U;
  if (mode == 0) {
    for (const Bytes& candidate : records) {
      if (candidate[0] == command.p1) return with_length(command, candidate);
    }
    return status(0x6A83);
  }
  if (mode != 4 && !(mode == 5 && habits_.reads_all)) return status(0x6A86);
  if (command.p1 == 0 || command.p1 > records.size()) return status(0x6A83);
  Bytes out;
  const std::size_t end = mode == 4 ? command.p1 : records.size();
  for (std::size_t i = command.p1 - 1U; i < end; ++i) out.insert(out.end(), records[i].begin(), records[i].end());
  return with_length(command, std::move(out));
}

Bytes VirtualCard::verify(const Command& command) {
  if (command.p1 != 0 || command.p2 != 0) return status(0x6A86);
  const bool question = command.data.empty();
  if (!question && tries_ == 0) return status(0x6983);
  if (question) return status(0x63C0 + static_cast<unsigned>(tries_));
  if (std::equal(command.data.begin(), command.data.end(), pin.begin(), pin.end())) {
    tries_ = tries_max;
    return status(0x9000);
  }
  --tries_;
  return status(0x63C0 + static_cast<unsigned>(tries_));
}

// Not random: nothing here is protected by it, and a repeatable card makes repeatable tests.
Bytes VirtualCard::challenge(const Command& command) {
  const std::uint8_t size = command.expected.value_or(0);
  if (size != 4 && size != 8 && size != 16) return status(0x6700);
  ++challenges_;
  Bytes out;
  for (std::uint8_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(challenges_ * 37 + i * 11));
  return with_length(command, std::move(out));
}

Bytes VirtualCard::get_response(const Command& command) {
  if (waiting_.empty()) return status(0x6985);
  Bytes out = with_length(command, waiting_);
  if (out[out.size() - 2] == 0x90) waiting_.clear();
  return out;
}

}  // namespace gongji::card::vcard
