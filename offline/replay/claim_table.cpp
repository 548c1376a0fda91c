#include "offline/replay/claim_table.h"

#include "offline/replay/troubles.h"

namespace gongji::replay {

namespace {

constexpr std::string_view head =
    "id,begntime,category,site,benefit,medfee,"
    "base_outcome,base_fund,base_personal,base_own_account,base_family_account,base_cash,"
    "other_outcome,other_fund,other_personal,other_own_account,other_family_account,other_cash,fund_difference\n";
constexpr std::size_t text_bytes_kept = 256u << 10;

// A text that a spreadsheet would take for a formula is kept one by an apostrophe before it.
void append_text(std::string& out, std::string_view text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  if (formula) out += '\'';
  for (const char each : text) {
    if (each == '"') out += '"';
    out += each;
  }
  out += '"';
}

void append_outcome(std::string& out, const Outcome& outcome) {
  out += ',';
  out += outcome.refused.has_value() ? name_of(*outcome.refused) : "settled";
  const Shares& shares = outcome.shares;
  for (const Money amount : {shares.fund, shares.personal, shares.own, shares.family, shares.cash}) {
    out += ',';
    append_to(out, amount);
  }
}

}  // namespace

Result<ClaimTable> ClaimTable::make(const std::filesystem::path& file) {
  ClaimTable table(std::ofstream(file, std::ios::binary | std::ios::trunc), file.string());
  if (!table.out_) return trouble(troubles::unwritable, file.string());
  table.text_ = head;
  return table;
}

Result<void> ClaimTable::add(const ClaimRow& row) {
  append_text(text_, row.id);
  text_ += ',';
  text_ += to_string(row.begntime);
  for (const std::string_view text : {row.category, row.site, row.benefit}) {
    text_ += ',';
    append_text(text_, text);
  }
  text_ += ',';
  append_to(text_, row.medfee);
  append_outcome(text_, row.base);
  append_outcome(text_, row.other);
  text_ += ',';
  append_to(text_, row.other.shares.fund - row.base.shares.fund);
  text_ += '\n';
  return text_.size() < text_bytes_kept ? Result<void>() : flush();
}

Result<void> ClaimTable::flush() {
  out_ << text_;
  text_.clear();
  return out_ ? Result<void>() : trouble(troubles::unwritable, file_);
}

Result<void> ClaimTable::finish() {
  if (auto flushed = flush(); !flushed) return flushed;
  out_.close();
  return out_ ? Result<void>() : trouble(troubles::unwritable, file_);
}

}  // namespace gongji::replay
