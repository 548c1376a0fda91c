#include "offline/reconcile/print.h"

#include <algorithm>

#include "offline/base/columns.h"
#include "offline/base/markup.h"

namespace gongji::reconcile {

namespace {

bool is_figure(const Table& table, std::size_t column) {
  return std::find(table.figures.begin(), table.figures.end(), column) != table.figures.end();
}

std::string csv_cell(const std::string& text, bool figure) {
  static constexpr std::string_view formula_begins = "=+-@\t\r";
  const bool formula = !figure && text.size() > 1 && formula_begins.find(text.front()) != std::string_view::npos;
  std::string out = formula ? "'" : "";
  out += text;
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char character : out) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

void add_csv_row(std::string& out, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    out += cells[i];
  }
  out += "\r\n";
}

constexpr std::string_view style =
    "body{font:14px/1.5 sans-serif;margin:2em;color:#222;background:#fff}"
    "h1{font-size:1.3em}h2{font-size:1.1em;margin-top:2em}"
    ".wide{overflow-x:auto}table{border-collapse:collapse}"
    "th,td{border:1px solid #bbb;padding:.2em .6em;text-align:left;white-space:nowrap}"
    "th{background:#eee}.n{text-align:right;font-variant-numeric:tabular-nums}"
    "tr.s td{background:#fdf3d8}td.w{white-space:normal}code{font-size:.9em;overflow-wrap:anywhere}"
    "@media print{body{margin:0}.wide{overflow:visible}}";

void add_html_table(std::string& out, const Table& table) {
  out += "<h2>" + escape_markup(table.title) + "</h2>\n";
  if (table.rows.empty()) {
    out += "<p>" + escape_markup(table.empty) + "</p>\n";
    return;
  }
  out += "<div class=\"wide\"><table>\n<thead><tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    out += is_figure(table, i) ? "<th class=\"n\">" : "<th>";
    out += escape_markup(table.columns[i]) + "</th>";
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const Row& row : table.rows) {
    out += row.strong ? "<tr class=\"s\">" : "<tr>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      out += is_figure(table, i) ? "<td class=\"n\">" : "<td>";
      out += escape_markup(row.cells[i]) + "</td>";
    }
    out += "</tr>\n";
    for (std::size_t i = 0; i < row.notes.size(); ++i) {
      out += "<tr><td>" + escape_markup(table.notes[i]) + "</td><td class=\"w\" colspan=\"" +
             std::to_string(table.columns.size() - 1) + "\"><code>" + escape_markup(row.notes[i]) +
             "</code></td></tr>\n";
    }
  }
  out += "</tbody></table></div>\n";
}

}  // namespace

std::string to_text(const Sheet& sheet) {
  std::string out = sheet.title + "\n";
  for (const std::string& remark : sheet.remarks) out += remark + "\n";
  for (const Table& table : sheet.tables) {
    out += "\n" + table.title + "\n";
    if (table.rows.empty()) {
      out += "  " + table.empty + "\n";
      continue;
    }
    Columns columns(2, table.figures);
    columns.row(table.columns);
    for (const Row& row : table.rows) {
      columns.row(row.cells);
      for (std::size_t i = 0; i < row.notes.size(); ++i) columns.row({"  " + table.notes[i] + ": " + row.notes[i]});
    }
    out += columns.text();
  }
  return out;
}

std::string to_csv(const Sheet& sheet) {
  std::string out = "\xEF\xBB\xBF";
  add_csv_row(out, {csv_cell(sheet.title, false)});
  for (const std::string& remark : sheet.remarks) add_csv_row(out, {csv_cell(remark, false)});
  for (const Table& table : sheet.tables) {
    out += "\r\n";
    add_csv_row(out, {csv_cell(table.title, false)});
    if (table.rows.empty()) {
      add_csv_row(out, {csv_cell(table.empty, false)});
      continue;
    }
    std::vector<std::string> head;
    for (const std::string& column : table.columns) head.push_back(csv_cell(column, false));
    for (const std::string& note : table.notes) head.push_back(csv_cell(note, false));
    add_csv_row(out, head);
    for (const Row& row : table.rows) {
      std::vector<std::string> cells;
      for (std::size_t i = 0; i < row.cells.size(); ++i) cells.push_back(csv_cell(row.cells[i], is_figure(table, i)));
      for (const std::string& note : row.notes) cells.push_back(csv_cell(note, false));
      add_csv_row(out, cells);
    }
  }
  return out;
}

std::string to_html(const Sheet& sheet) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"";
  out += sheet.language == Language::zh ? "zh-CN" : "en";
  out +=
      "\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\"/>\n<title>" +
      escape_markup(sheet.title) + "</title>\n<style>" + std::string(style) + "</style>\n</head>\n<body>\n<h1>" +
      escape_markup(sheet.title) + "</h1>\n";
  for (const std::string& remark : sheet.remarks) out += "<p>" + escape_markup(remark) + "</p>\n";
  for (const Table& table : sheet.tables) add_html_table(out, table);
  out += "</body>\n</html>\n";
  return out;
}

}  // namespace gongji::reconcile
