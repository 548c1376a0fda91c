// columns.h — text in columns on a terminal, where a Chinese character is two wide.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gongji {

// Columns that this UTF-8 text takes: wide and full-width characters two, combining ones none, all others one (also
// those that Unicode calls ambiguous).  Bytes that are no UTF-8 count one each.
std::size_t display_width(std::string_view text);

// Rows of cells; each column as wide as its widest cell, two blanks between columns, no blanks at the end of a line.  A
// row of one cell is a heading: it stands as it is and makes no column wider.
class Columns {
 public:
  // `right`: columns, from 0, whose cells stand to the right, as amounts do.
  explicit Columns(std::size_t indent = 0, std::vector<std::size_t> right = {})
      : indent_(indent), right_(std::move(right)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  std::string text() const;  // every row with its line feed

 private:
  std::size_t indent_;
  std::vector<std::size_t> right_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace gongji
