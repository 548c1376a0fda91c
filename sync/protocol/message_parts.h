// message_parts.h — the JSON shapes that several messages share.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

#include "offline/record/grant.h"
#include "offline/record/snapshot.h"
#include "offline/record/verdict.h"
#include "sync/protocol/json_reader.h"
#include "sync/protocol/messages.h"

namespace gongji::protocol {

inline constexpr std::size_t terminal_bytes_max = 64;
inline constexpr std::size_t psn_no_bytes_max = 30;
inline constexpr std::size_t hold_id_bytes_max = 64;
inline constexpr std::size_t holds_max = 1000;       // open or released, in one message
inline constexpr std::size_t signature_bytes = 64;   // SM2, raw r||s
inline constexpr std::size_t public_key_bytes = 65;  // SM2, 04 | x | y
inline constexpr std::size_t statement_lines_max = 10'000;
inline constexpr std::size_t statement_page_lines = 2'000;  // of a detailed one
inline constexpr std::size_t software_bytes_max = 100;
inline constexpr std::size_t csr_bytes_max = 16u << 10;
inline constexpr std::size_t certificate_bytes_max = 32u << 10;
inline constexpr std::size_t counters_max = 64;
inline constexpr std::size_t account_shares_max = 64;

// One line of UTF-8.  What is not UTF-8 (a scanner may have read anything) becomes U+FFFD instead of stopping us.
std::string write(const nlohmann::json& value);

nlohmann::json to_json(const record::Signed& value);  // {"bytes": base64, "signature": base64}
record::Signed read_signed(JsonReader reader, std::size_t bytes_max, JsonReader& outer);

inline constexpr std::size_t closed_grants_max = 1000;  // in one message
nlohmann::json to_json(const std::vector<record::ClosedGrant>& grants);
std::vector<record::ClosedGrant> read_closed_grants(JsonReader& reader);  // the member "closed_grants"

nlohmann::json to_json(const record::PayerShares& shares);
record::PayerShares read_shares(JsonReader reader, JsonReader& outer);

}  // namespace gongji::protocol
