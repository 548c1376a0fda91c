#include "sync/protocol/message_parts.h"

namespace gongji::protocol {

std::string write(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json to_json(const record::Signed& value) {
  return {{"bytes", to_base64(as_bytes(value.bytes))}, {"signature", to_base64(value.signature)}};
}

record::Signed read_signed(JsonReader reader, std::size_t bytes_max, JsonReader& outer) {
  record::Signed value;
  value.bytes = std::string(as_text(reader.base64("bytes", bytes_max)));
  value.signature = reader.base64("signature", signature_bytes, signature_bytes);
  outer.take(reader);
  return value;
}

nlohmann::json to_json(const record::PayerShares& shares) {
  return {{"fund", shares.fund.in_fen()},
          {"account", shares.account.in_fen()},
          {"family", shares.family.in_fen()},
          {"cash", shares.cash.in_fen()}};
}

record::PayerShares read_shares(JsonReader reader, JsonReader& outer) {
  const Money largest = Money::fen(json_integer_max);  // totals of a day exceed one amount
  record::PayerShares shares;
  shares.fund = reader.money("fund", Money{}, largest);
  shares.account = reader.money("account", Money{}, largest);
  shares.family = reader.money("family", Money{}, largest);
  shares.cash = reader.money("cash", Money{}, largest);
  outer.take(reader);
  return shares;
}

nlohmann::json to_json(const std::vector<record::ClosedGrant>& grants) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& grant : grants) {
    out.push_back({{"id", to_string(grant.id)}, {"closed_after", grant.closed_after}});
  }
  return out;
}

std::vector<record::ClosedGrant> read_closed_grants(JsonReader& reader) {
  std::vector<record::ClosedGrant> out;
  for (JsonReader& inner : reader.objects("closed_grants", closed_grants_max)) {
    record::ClosedGrant grant;
    grant.id = inner.id("id");
    grant.closed_after = static_cast<std::uint64_t>(inner.integer("closed_after"));
    reader.take(inner);
    out.push_back(grant);
  }
  return out;
}

}  // namespace gongji::protocol
