// wire_fuzz.cpp — any bytes as what comes over a line, from a vendor's program, a card, a scanner or a stick.
//
// The first byte says as what (a letter of `readers`), the rest is read.  Whatever is read must be written again, and
// read back the same: the writers CHECK what the readers promise, so a gap between both would stop a program of ours.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "card/scan.h"
#include "card/scanner/scan_framer.h"
#include "card/social_security_card.h"
#include "offline/audit/bundle_form.h"
#include "offline/audit/receipt.h"
#include "offline/packs/catalogue.h"
#include "offline/reconcile/site_file.h"
#include "offline/record/entry.h"
#include "offline/record/feed_groups.h"
#include "offline/record/grant.h"
#include "offline/record/order.h"
#include "offline/record/registration.h"
#include "offline/record/snapshot.h"
#include "offline/record/verdict.h"
#include "offline/record/voucher.h"
#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/messages.h"
#include "sync/protocol/text_json.h"
#include "sync/protocol/version.h"
#include "terminal/fsi/fsi_input.h"

using namespace gongji;

namespace {

constexpr std::size_t unpacked_bytes_max = 1u << 20;

void require(bool holds, std::string_view what, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\nof: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(text.size()), text.data());
  std::abort();
}

void require_said(const Trouble& trouble, std::string_view text) {
  require(trouble.text != nullptr, "trouble has a sentence", text);
  require(trouble.path.size() < 4'096 && trouble.detail.size() < 4'096, "trouble is told shortly", text);
}

// Statements that are signed: one value has one text.
template <class T>
void canonical(std::string_view text, Result<T> (*read)(std::string_view)) {
  const auto value = read(text);
  if (!value) return require_said(value.error(), text);
  require(record::encode(*value) == text, "what was read is written as it was", text);
}

// Messages: blanks and the order of members are the sender's.
template <class T, class Read>
void message(std::string_view text, const Read& read) {
  const Result<T> value = read(text);
  if (!value) return require_said(value.error(), text);
  const std::string once = protocol::encode(*value);
  const Result<T> back = read(once);
  require(back.has_value(), "what was written is read again", once);
  require(protocol::encode(*back) == once, "and written the same", once);
}
template <class T>
void message(std::string_view text, Result<T> (*read)(std::string_view)) {
  message<T>(text, [read](std::string_view body) { return read(body); });
}

void entry(std::string_view public_bytes, std::string_view personal_bytes) {
  (void)record::decode_public(public_bytes);
  const auto decoded = record::decode(public_bytes, personal_bytes);
  if (!decoded) return require_said(decoded.error(), public_bytes);
  const record::Entry again = record::make_entry(decoded->head, decoded->body, {}, {}, record::form_of(public_bytes));
  require(again.public_bytes == public_bytes, "the public part is written as it was", public_bytes);
  require(again.personal_bytes == personal_bytes, "the personal part is written as it was", personal_bytes);
}

void read_entry(std::string_view text) {
  const auto end = text.find('\n');
  entry(text.substr(0, end), end == std::string_view::npos ? std::string_view() : text.substr(end + 1));
}

// In the compact form any byte may stand in a part: its length stands before it, in two bytes.
void read_sized_entry(std::string_view text) {
  if (text.size() < 2) return;
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(text[i])); };
  const std::size_t length = std::min(at(0) << 8 | at(1), text.size() - 2);
  const std::string_view public_bytes = text.substr(2, length);
  entry(public_bytes, text.substr(2 + length));
  const auto shown = record::public_text(public_bytes);
  if (!shown) return;
  const auto read = record::decode_public(*shown);
  require(read && *read == *record::decode_public(public_bytes), "the text of an entry says the same", *shown);
}

void read_sync_request(std::string_view text) {
  for (std::uint32_t version = protocol::lowest_version; version <= protocol::spoken.highest; ++version) {
    const auto request = protocol::decode_sync_request(text, version);
    if (!request) {
      require_said(request.error(), text);
      continue;
    }
    const std::string once = protocol::encode(*request, version);
    const auto back = protocol::decode_sync_request(once, version);
    require(back.has_value() && back->entries == request->entries, "the entries come through", text);
    require(protocol::encode(*back, version) == once, "and the batch is written the same", text);
    for (const record::Entry& each : request->entries) entry(each.public_bytes, each.personal_bytes);
  }
}

void read_packed(std::string_view text) {
  const auto plain = protocol::decompress(text, unpacked_bytes_max);
  if (!plain) return require_said(plain.error(), text);
  require(plain->size() <= unpacked_bytes_max, "no more than allowed comes out", text);
  const auto back = protocol::decompress(protocol::compress(*plain), unpacked_bytes_max);
  require(back && *back == *plain, "packed and unpacked", text);
}

void read_fsi(std::string_view text) {
  const auto request = protocol::parse_fsi_request(text, {});
  if (!request) return require_said(request.error(), text);
  static const packs::Catalogue catalogue;
  for (const auto unknown : {packs::UnknownGoods::refuse, packs::UnknownGoods::own_cost}) {
    if (const auto sale = terminal::fsi_sale(*request, catalogue, unknown); !sale) require_said(sale.error(), text);
  }
  if (const auto cancel = terminal::fsi_cancel(*request); !cancel) require_said(cancel.error(), text);
  if (const auto reverse = terminal::fsi_reverse(*request); !reverse) require_said(reverse.error(), text);
  (void)terminal::fsi_credential(request->input, "input");
}

void read_receipt(std::string_view text) {
  const auto receipt = audit::read_receipt(text);
  if (!receipt) return require_said(receipt.error(), text);
  const auto back = audit::read_receipt(audit::to_qr_digits(*receipt));
  require(back && *back == *receipt, "a receipt comes back from its digits", text);
  (void)record::decode_public(receipt->entry.public_bytes);
}

void read_voucher(std::string_view text) {
  static const Bytes key =
      from_hex(
          "04527a96e66a9a679e6e9878d75d87cacb40803eabe24a0629a384ae4144346a51c99b7df1712c9124bafc32"
          "ddd6e210c1fa08582ba675e20b060987d331c9e00a")
          .value();
  const auto voucher = record::read_voucher(Secret(std::string(text)), key);
  if (!voucher) require_said(voucher.error(), text);
}

// The first byte says where the first of two pieces ends.
std::pair<ByteView, ByteView> in_two(std::string_view text) {
  if (text.empty()) return {};
  const std::size_t cut = std::min<std::size_t>(static_cast<std::uint8_t>(text[0]), text.size() - 1);
  return {as_bytes(text.substr(1, cut)), as_bytes(text.substr(1 + cut))};
}

void read_scan(std::string_view text) {
  const auto [front, rest] = in_two(text);
  card::ScanFramer framer;
  for (const ByteView piece : {front, rest}) {
    for (const Secret& code : framer.feed(piece, SteadyTime())) {
      require(!code.empty() && code.reveal().size() <= card::ScanFramer::frame_bytes_max, "a code has its size", text);
      (void)card::masked(card::classify(code));
    }
  }
}

void read_card(std::string_view text) {
  const auto [front, rest] = in_two(text);
  const auto issue = card::parse_issue(front);
  if (!issue) require_said(issue.error(), text);
  const auto holder = card::parse_holder(rest, issue ? *issue : card::CardFields());
  if (!holder) require_said(holder.error(), text);
}

void read_site_file(std::string_view text) {
  const auto file = reconcile::read_site_file(text);
  if (!file) return require_said(file.error(), text);
  const std::string once = reconcile::write_site_file(file->side, file->terminal);
  const auto back = reconcile::read_site_file(once);
  require(back && back->side.lines == file->side.lines, "a side's lines come back from its file", once);
}

void read_bundle_head(std::string_view text) {
  const auto head = audit::decode_bundle_head(text);
  if (!head) return require_said(head.error(), text);
  const auto back = audit::decode_bundle_head(audit::encode(*head));
  require(back.has_value(), "the head of a bundle is read again", text);
}

void read_small(std::string_view text) {
  if (const auto code = protocol::parse_enrolment_code(text)) {
    require(protocol::parse_enrolment_code(protocol::to_string(*code)).has_value(), "an enrolment code comes back",
            text);
  }
  if (const auto versions = protocol::parse_versions(text)) {
    require(protocol::parse_versions(protocol::to_string(*versions)) == versions, "versions come back", text);
  }
  if (const auto time = parse_civil_time(text)) require(to_string(*time) == text, "a moment comes back", text);
  if (const auto day = parse_day(text)) require(to_string(*day) == text, "a day comes back", text);
  if (const auto id = parse_id(text)) require(to_string(*id) == text, "an id comes back", text);
  if (const auto json = protocol::parse_text_json(text)) (void)json->dump();
}

// Runs may be written shorter than they could be; what they mean comes back.
void read_grouped_feed(std::string_view text) {
  const auto feed = record::decode_grouped_feed(text);
  if (!feed) return require_said(feed.error(), text);
  const auto again = record::decode_grouped_feed(record::encode_grouped(*feed));
  require(again && *again == *feed, "a feed with runs comes back", text);
}

struct Reader {
  char letter;
  void (*read)(std::string_view);
};
constexpr Reader readers[] = {
    {'A', [](std::string_view text) { canonical(text, record::decode_grant); }},
    {'B', [](std::string_view text) { canonical(text, record::decode_order); }},
    {'C', [](std::string_view text) { canonical(text, record::decode_signed); }},
    {'D', [](std::string_view text) { canonical(text, record::decode_registration); }},
    {'E', [](std::string_view text) { canonical(text, record::decode_snapshot); }},
    {'F', [](std::string_view text) { canonical(text, record::decode_terms); }},
    {'G', [](std::string_view text) { canonical(text, record::decode_feed); }},
    {'T', read_grouped_feed},
    {'H', read_entry},
    {'I', read_sync_request},
    {'J', read_packed},
    {'K', read_fsi},
    {'L', read_receipt},
    {'M', read_voucher},
    {'N', read_scan},
    {'O', read_card},
    {'P', read_site_file},
    {'Q', read_bundle_head},
    {'R', read_small},
    {'S', read_sized_entry},
    {'a', [](std::string_view text) { message(text, protocol::decode_problem); }},
    {'b', [](std::string_view text) { message(text, protocol::decode_enrol_request); }},
    {'c', [](std::string_view text) { message(text, protocol::decode_enrol_answer); }},
    {'d', [](std::string_view text) { message(text, protocol::decode_person_request); }},
    {'e', [](std::string_view text) { message(text, protocol::decode_person_answer); }},
    {'f', [](std::string_view text) { message(text, protocol::decode_hold_request); }},
    {'g', [](std::string_view text) { message(text, protocol::decode_hold_answer); }},
    {'h', [](std::string_view text) { message(text, protocol::decode_sync_answer); }},
    {'i', [](std::string_view text) { message(text, protocol::decode_epoch_request); }},
    {'j', [](std::string_view text) { message(text, protocol::decode_epoch_answer); }},
    {'k', [](std::string_view text) { message(text, protocol::decode_rules_request); }},
    {'l', [](std::string_view text) { message(text, protocol::decode_rules_answer); }},
    {'m', [](std::string_view text) { message(text, protocol::decode_renew_request); }},
    {'n', [](std::string_view text) { message(text, protocol::decode_renew_answer); }},
    {'o', [](std::string_view text) { message(text, protocol::decode_retire_request); }},
    {'p', [](std::string_view text) { message(text, protocol::decode_retire_answer); }},
    {'q', [](std::string_view text) { message(text, protocol::decode_statement_request); }},
    {'r', [](std::string_view text) { message(text, protocol::decode_statement_answer); }},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Reader& reader : readers) {
    if (reader.letter == static_cast<char>(data[0])) reader.read(text);
  }
  return 0;
}
