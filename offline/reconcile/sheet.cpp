#include "offline/reconcile/sheet.h"

#include <fmt/format.h>

#include <algorithm>

namespace gongji::reconcile {

namespace {

class Writer {
 public:
  Writer(const Reconciliation& from, const Place& place, Language language)
      : from_(from), place_(place), language_(language) {}

  Sheet sheet() const {
    const auto differences =
        std::count_if(from_.pairs.begin(), from_.pairs.end(), [](const Pair& pair) { return pair.kind.has_value(); });
    Sheet out;
    out.language = language_;
    out.title =
        fmt::format(fmt::runtime(say("对账单  机构 {}  服务日 {}", "Reconciliation  site {}  day of service {}")),
                    from_.fixmedins_code, to_string(from_.day));
    out.remarks.push_back(differences == 0 ? std::string(say("结果: 平", "result: balanced"))
                                           : fmt::format(fmt::runtime(say("结果: 不平,差异 {} 笔",
                                                                          "result: not balanced, {} differences")),
                                                         differences));
    out.remarks.emplace_back(say("金额单位: 元。差额 = 中心 - 终端。已撤销的和现金补结算单不计入合计。",
                                 "Amounts in yuan. Difference = centre - till. What is cancelled, and papers, are not "
                                 "in the totals."));
    out.remarks.emplace_back(say("本单不改动任何账目;每项处理都是由人发出的一条新记录。",
                                 "Nothing is changed by this report; each repair is an entry that somebody makes."));
    out.tables = {totals(), lines(), differences_table()};
    return out;
  }

 private:
  std::string_view say(std::string_view zh, std::string_view en) const { return language_ == Language::zh ? zh : en; }
  std::string word(std::string_view zh, std::string_view en) const { return std::string(say(zh, en)); }

  void add_amount_columns(Table& table) const {
    const std::pair<std::string_view, std::string_view> names[] = {
        {"总额", "total"}, {"统筹", "fund"}, {"个人账户", "account"}, {"家庭共济", "family"}, {"现金", "cash"}};
    for (const auto& [zh, en] : names) {
      table.figures.push_back(table.columns.size());
      table.columns.push_back(word(zh, en));
    }
  }
  static void add(Row& row, const Amounts& amounts) {
    for (const Money amount :
         {amounts.medfee, amounts.shares.fund, amounts.shares.account, amounts.shares.family, amounts.shares.cash}) {
      row.cells.push_back(to_string(amount));
    }
  }

  Table totals() const {
    Table table;
    table.title = word("一、合计", "1. Totals");
    table.columns = {word("险种", "insurance"), word("清算类别", "clearing"), word("方", "side"),
                     word("笔数", "sales")};
    table.figures = {3};
    add_amount_columns(table);
    const auto three = [&](const std::string& insurance, const std::string& clearing, const Total& total) {
      const auto one = [&](std::string side, std::int64_t sales, const Amounts& amounts, bool strong) {
        Row row{{insurance, clearing, std::move(side), std::to_string(sales)}, {}, strong};
        add(row, amounts);
        table.rows.push_back(std::move(row));
      };
      one(word("终端", "till"), total.till_sales, total.till, false);
      one(word("中心", "centre"), total.centre_sales, total.centre, false);
      one(word("差额", "difference"), total.centre_sales - total.till_sales, total.difference(), true);
    };
    for (const GroupTotal& group : from_.groups) {
      three(insurance_of(group.name, language_), clearing_of(group.name, language_), group.total);
    }
    three(word("合计", "all"), "-", from_.all);
    return table;
  }

  std::vector<std::string> names_of(const Line& line) const {
    return {line.terminal, std::to_string(line.epoch), std::to_string(line.seq), line.sale_id,
            line.msgid.empty() ? "-" : line.msgid};
  }
  void add_name_columns(Table& table) const {
    for (auto column : {word("终端号", "terminal"), word("世代", "epoch"), word("序号", "seq"), word("结算ID", "sale"),
                        word("报文ID", "msgid")}) {
      table.columns.push_back(std::move(column));
    }
  }

  // One row where both sides are equal, else one for each side.
  Table lines() const {
    Table table;
    table.title = word("二、明细", "2. Lines");
    table.empty = word("当日没有交易。", "No sale on that day.");
    add_name_columns(table);
    for (auto column :
         {word("险种", "insurance"), word("清算类别", "clearing"), word("方", "side"), word("状态", "state")}) {
      table.columns.push_back(std::move(column));
    }
    add_amount_columns(table);
    const auto one = [&](const Line& line, std::string side, bool strong) {
      Row row{names_of(line), {}, strong};
      row.cells.push_back(line.group.insutype.empty() ? "-" : line.group.insutype);
      row.cells.push_back(line.group.clr_type.empty() ? "-" : line.group.clr_type);
      row.cells.push_back(std::move(side));
      row.cells.emplace_back(word_of(line.state, language_));
      add(row, line.amounts);
      table.rows.push_back(std::move(row));
    };
    for (const Pair& pair : from_.pairs) {
      if (!pair.kind) {
        one(*pair.till, word("两边", "both"), false);
        continue;
      }
      if (pair.till) one(*pair.till, word("终端", "till"), true);
      if (pair.centre) one(*pair.centre, word("中心", "centre"), true);
    }
    return table;
  }

  Table differences_table() const {
    Table table;
    table.title = word("三、差异与处理", "3. Differences and what to do");
    table.empty = word("没有差异。", "No difference.");
    table.columns = {word("差异", "difference")};
    add_name_columns(table);
    add_amount_columns(table);
    table.notes = {word("处理", "repair"), word("命令", "command")};
    for (const Pair& pair : from_.pairs) {
      if (!pair.kind) continue;
      Row row;
      row.cells.emplace_back(word_of(*pair.kind, language_));
      for (std::string& name : names_of(pair.till ? *pair.till : *pair.centre)) row.cells.push_back(std::move(name));
      add(row, pair.difference);
      row.notes = {sentence_of(pair, language_), command_of(pair, place_)};
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  const Reconciliation& from_;
  const Place& place_;
  Language language_;
};

}  // namespace

Sheet sheet_of(const Reconciliation& reconciliation, const Place& place, Language language) {
  return Writer(reconciliation, place, language).sheet();
}

}  // namespace gongji::reconcile
