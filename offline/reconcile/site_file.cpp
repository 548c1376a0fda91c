#include "offline/reconcile/site_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "offline/reconcile/troubles.h"

namespace gongji::reconcile {

namespace {

constexpr std::string_view form = "gongji-lines";
constexpr std::string_view version = "1";
constexpr std::string_view headings =
    "terminal,epoch,seq,sale_id,msgid,insutype,clr_type,state,medfee,fund,account,family,cash";
constexpr std::size_t columns = 13;
constexpr std::size_t cell_bytes_max = 256;

std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char character : text) {
    if (character == '"') out += '"';
    out += character;
  }
  return out + '"';
}

// Reads rows one by one; a cell in quotes may hold anything.
class Rows {
 public:
  explicit Rows(std::string_view text) : text_(text) {}
  bool at_end() const { return at_ >= text_.size(); }
  std::size_t number() const { return number_; }

  // False where quotes do not end, or a cell is too long.
  bool read(std::vector<std::string>& cells) {
    cells.clear();
    ++number_;
    while (true) {
      std::string one;
      if (!read_cell(one)) return false;
      cells.push_back(std::move(one));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] != '\n') return false;
      ++at_;
      return true;
    }
  }

 private:
  bool read_cell(std::string& out) {
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size(); ++at_) {
        if (text_[at_] == '"') {
          if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
            ++at_;
            return out.size() <= cell_bytes_max;
          }
          ++at_;
        }
        out += text_[at_];
      }
      return false;
    }
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') out += text_[at_++];
    return out.size() <= cell_bytes_max;
  }

  std::string_view text_;
  std::size_t at_ = 0, number_ = 0;
};

template <class Number>
bool read_number(const std::string& text, Number& out, Number smallest) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= smallest;
}

bool read_amount(const std::string& text, Money& out) {
  const auto amount = parse_money(text);
  if (amount) out = *amount;
  return amount.has_value();
}

bool read_line(const std::vector<std::string>& cells, Line& line) {
  if (cells.size() != columns || cells[0].empty() || cells[3].empty()) return false;
  line.terminal = cells[0];
  line.sale_id = cells[3];
  line.msgid = cells[4];
  line.group = {cells[5], cells[6]};
  const auto state = parse_state(cells[7]);
  if (!state) return false;
  line.state = *state;
  record::PayerShares& shares = line.amounts.shares;
  return read_number<std::uint32_t>(cells[1], line.epoch, 1) && read_number<std::uint64_t>(cells[2], line.seq, 1) &&
         read_amount(cells[8], line.amounts.medfee) && read_amount(cells[9], shares.fund) &&
         read_amount(cells[10], shares.account) && read_amount(cells[11], shares.family) &&
         read_amount(cells[12], shares.cash) &&
         shares.fund + shares.account + shares.family + shares.cash == line.amounts.medfee;
}

}  // namespace

std::string write_site_file(const Side& side, std::string_view terminal) {
  std::string out = fmt::format("{},{},{},{},{},{}\n{}\n", form, version, cell(side.fixmedins_code),
                                to_string(side.day), cell(terminal), side.epoch, headings);
  for (const Line& line : side.lines) {
    const record::PayerShares& shares = line.amounts.shares;
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", cell(line.terminal), line.epoch, line.seq,
                       line.sale_id, cell(line.msgid), cell(line.group.insutype), cell(line.group.clr_type),
                       name_of(line.state), to_string(line.amounts.medfee), to_string(shares.fund),
                       to_string(shares.account), to_string(shares.family), to_string(shares.cash));
  }
  return out;
}

Result<SiteFile> read_site_file(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  Rows rows(text);
  std::vector<std::string> cells;
  const auto wrong = [&rows] { return trouble(troubles::site_file_invalid, "line " + std::to_string(rows.number())); };
  SiteFile out;
  if (text.size() > site_file_bytes_max || !rows.read(cells) || cells.size() != 6 || cells[0] != form ||
      cells[1] != version) {
    return wrong();
  }
  const auto day = parse_day(cells[3]);
  if (!day || cells[2].empty() || cells[4].empty() || !read_number<std::uint32_t>(cells[5], out.side.epoch, 1)) {
    return wrong();
  }
  out.side.day = *day;
  out.side.fixmedins_code = cells[2];
  out.terminal = cells[4];
  if (!rows.read(cells) || fmt::format("{}", fmt::join(cells, ",")) != headings) return wrong();
  while (!rows.at_end()) {
    Line line;
    if (!rows.read(cells) || !read_line(cells, line) || out.side.lines.size() >= site_lines_max) return wrong();
    out.side.lines.push_back(std::move(line));
  }
  return out;
}

}  // namespace gongji::reconcile
