// diff_print.cpp — a diff as text for persons and as JSON for programs.
#include <algorithm>
#include <array>

#include "offline/base/columns.h"
#include "offline/review/diff.h"
#include "offline/review/entry_json.h"
#include "offline/review/sheet_writer.h"
#include "offline/review/show.h"

namespace gongji::review {

namespace {

Words direction_words(Direction direction) {
  static const std::array<Words, 3> words{Words{"更有利", "better"}, {"更不利", "worse"}, {"视情况", "depends"}};
  return words[static_cast<std::size_t>(direction)];
}

// Levels and categories of both sides, for naming whom a change concerns.
Sheet together(const Sheet& a, const Sheet& b) {
  Sheet out;
  for (const Sheet* sheet : {&a, &b}) {
    const auto join = [](auto& into, const auto& list) {
      for (const auto& each : list) {
        if (std::none_of(into.begin(), into.end(), [&each](const auto& known) { return known.first == each.first; })) {
          into.push_back(each);
        }
      }
    };
    join(out.slots, sheet->slots);
    join(out.categories, sheet->categories);
  }
  return out;
}

std::string signed_money(Money amount) {
  return (amount > Money() ? "+" : "") + to_string(amount);
}

class Page {
 public:
  Page(const Diff& diff, Language language)
      : diff_(diff), language_(language), known_(together(*diff.a, *diff.b)), done_(diff.changes.size()) {}

  std::string text() {
    head();
    changes();
    examples();
    rows(true);
    rows(false);
    return std::move(out_);
  }

 private:
  std::string say(const char* zh, const char* en) const { return language_ == Language::zh ? zh : en; }
  std::string say(const Words& words) const { return words.in(language_); }
  void title(const char* zh, const char* en) { out_ += '\n' + say(zh, en) + '\n'; }

  void head() {
    Columns table;
    const auto side = [&](const std::string& mark, const Sheet& sheet) {
      const packs::PackInfo& pack = sheet.pack;
      table.row({mark, pack.name, say(status_words(pack.status)), say(days_words(pack.first_day, pack.last_day)),
                 language_ == Language::zh ? pack.title_zh : pack.title_en});
    };
    side("A", *diff_.a);
    side("B", *diff_.b);
    out_ += table.text();
    out_ += say("按 ", "as of ") + to_string(diff_.a->on) +
            say(" 的规定比较；不在施行期内的版本取最近的一天。",
                "; a version that does not hold that day as on its nearest day.") +
            "\n";
  }

  // Changes that say the same, for different levels and categories, as one.
  Words who_all(std::size_t index) {
    const Change& first = diff_.changes[index];
    const Entry& known = first.b != nullptr ? *first.b : *first.a;
    if (known.slot.empty()) return known.who;
    const auto same_side = [](const Entry* x, const Entry* y) {
      if (x == nullptr || y == nullptr) return x == y;
      return x->key == y->key && x->value == y->value && x->cites == y->cites;
    };
    std::vector<std::pair<std::string, std::string>> cells;
    for (std::size_t k = index; k < diff_.changes.size(); ++k) {
      const Change& other = diff_.changes[k];
      if (done_[k] || !same_side(first.a, other.a) || !same_side(first.b, other.b)) continue;
      done_[k] = true;
      const Entry& cell = other.b != nullptr ? *other.b : *other.a;
      cells.emplace_back(cell.slot, cell.category);
    }
    return who_of(cells, known_);
  }

  std::string article(const Entry* entry) const {
    return entry == nullptr || !entry->cites.has_value() ? "-" : entry->cites->article;
  }

  void changes() {
    title("一、变化", "Changes");
    Columns table(2);
    table.row({say("项目", "item"), say("适用", "for"), "A", "B", say("A 条文", "A's article"),
               say("B 条文", "B's article"), say("对患者", "for the patient")});
    std::string heading;
    for (std::size_t i = 0; i < diff_.changes.size(); ++i) {
      if (done_[i]) continue;
      const Change& change = diff_.changes[i];
      const Entry& known = change.b != nullptr ? *change.b : *change.a;
      const std::string under = say(known.group.empty() ? section_words(known.section) : known.group);
      if (under != heading) table.row({say("◆ ", "* ") + under});
      heading = under;
      const Words who = who_all(i);
      const std::string none = say("无", "none");
      table.row({"  " + say(known.item), who.empty() ? say("全部", "all") : say(who),
                 change.a == nullptr ? none : say(change.a->value), change.b == nullptr ? none : say(change.b->value),
                 article(change.a), article(change.b), say(direction_words(change.direction))});
    }
    if (diff_.changes.empty()) {
      out_ += say("  没有变化。\n", "  None.\n");
    } else {
      out_ += table.text();
    }
  }

  std::string share(const Outcome& outcome) const {
    if (!outcome.fund.has_value()) return say("拒绝 ", "refused ") + outcome.refused;
    return to_string(*outcome.fund) + " / " + to_string(*outcome.personal);
  }

  void examples() {
    title("二、举例：同一次就医按两个版本结算（统筹 / 个人，元）",
          "Examples: the same visit under both (fund / personal, yuan)");
    Columns table(2);
    table.row({say("就医", "visit"), say("人员 · 级别", "person · level"), "A", "B", say("统筹变化", "fund changes"),
               say("个人变化", "personal changes")});
    std::size_t same = 0;
    Words visit;
    for (const Example& each : diff_.examples) {
      if (each.a == each.b) {
        ++same;
        continue;
      }
      const bool both_settled = each.a.fund.has_value() && each.b.fund.has_value();
      table.row({each.words == visit ? "" : say(each.words), say(each.who), share(each.a), share(each.b),
                 both_settled ? signed_money(*each.b.fund - *each.a.fund) : "",
                 both_settled ? signed_money(*each.b.personal - *each.a.personal) : ""});
      visit = each.words;
    }
    if (same < diff_.examples.size()) out_ += table.text();
    out_ += "  " + std::to_string(diff_.examples.size()) + say(" 例中有 ", " visits tried, ") + std::to_string(same) +
            say(" 例两个版本结果相同。\n", " come out the same.\n");
  }

  std::string value(const packs::DatedRow* row) const {
    if (row == nullptr) return say("无", "none");
    if (row->unit == packs::Unit::rule) return language_ == Language::zh ? "（文字规定）" : row->row.printed;
    return say(value_words(*row));
  }

  void rows(bool value_changed) {
    Columns table(2);
    for (const RowChange& change : diff_.rows) {
      if (change.value_changed != value_changed) continue;
      const auto article = [](const packs::DatedRow* row) {
        return row == nullptr ? std::string("-") : row->row.article;
      };
      std::vector<std::string> cells{change.id};
      if (value_changed) cells.insert(cells.end(), {value(change.a), value(change.b)});
      cells.insert(cells.end(), {article(change.a), article(change.b)});
      table.row(std::move(cells));
    }
    if (table.empty()) return;
    if (value_changed) {
      title("三、参数（按编号）：A 值、B 值、A 条文、B 条文", "Rows by id: A, B, A's article, B's article");
    } else {
      title("四、值相同、只是条文或文本不同的参数：A 条文、B 条文",
            "Rows with the same value from another article or text: A's, B's");
    }
    out_ += table.text();
  }

  const Diff& diff_;
  Language language_;
  Sheet known_;
  std::vector<bool> done_;
  std::string out_;
};

Json row_json(const packs::DatedRow* row) {
  if (row == nullptr) return nullptr;
  return {{"value", row->row.printed},
          {"number", row->row.number.has_value() ? Json(*row->row.number) : Json()},
          {"unset", row->unset()},
          {"article", row->row.article},
          {"source", row->row.source},
          {"source_title", row->source_title},
          {"first_day", to_string(row->first_day)},
          {"last_day", json_or_null(row->last_day)}};
}

Json outcome_json(const Outcome& outcome) {
  if (!outcome.fund.has_value()) return {{"refused", outcome.refused}};
  return {{"fund", to_string(*outcome.fund)}, {"personal", to_string(*outcome.personal)}};
}

}  // namespace

std::string diff_text(const Diff& diff, Language language) {
  return Page(diff, language).text();
}

std::string diff_json(const Diff& diff) {
  static constexpr std::array<std::string_view, 3> directions{"better", "worse", "unclear"};
  Json out{{"format", "gongji.diff.v1"}, {"on", to_string(diff.a->on)}, {"a", json_of(diff.a->pack)},
           {"b", json_of(diff.b->pack)}, {"changes", Json::array()},    {"rows", Json::array()},
           {"examples", Json::array()}};
  for (const Change& change : diff.changes) {
    const Entry& known = change.b != nullptr ? *change.b : *change.a;
    out["changes"].push_back({{"key", known.key},
                              {"section", name_of(known.section)},
                              {"level", known.slot.empty() ? Json() : Json(known.slot)},
                              {"category", known.category.empty() ? Json() : Json(known.category)},
                              {"group", json_of(known.group)},
                              {"item", json_of(known.item)},
                              {"who", json_of(known.who)},
                              {"direction", directions[static_cast<std::size_t>(change.direction)]},
                              {"a", change.a == nullptr ? Json() : json_of(*change.a)},
                              {"b", change.b == nullptr ? Json() : json_of(*change.b)}});
  }
  for (const RowChange& change : diff.rows) {
    out["rows"].push_back({{"row", change.id},
                           {"value_changed", change.value_changed},
                           {"a", row_json(change.a)},
                           {"b", row_json(change.b)}});
  }
  for (const Example& each : diff.examples) {
    out["examples"].push_back({{"visit", each.visit},
                               {"words", json_of(each.words)},
                               {"total", to_string(each.total)},
                               {"category", each.category},
                               {"level", each.level},
                               {"a", outcome_json(each.a)},
                               {"b", outcome_json(each.b)}});
  }
  return out.dump(1) + "\n";
}

}  // namespace gongji::review
