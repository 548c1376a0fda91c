#include "offline/review/show.h"

#include <algorithm>
#include <array>
#include <set>

#include "offline/base/columns.h"
#include "offline/review/entry_json.h"
#include "offline/review/troubles.h"

namespace gongji::review {

Words status_words(packs::PackStatus status) {
  static const std::array<Words, 3> words{Words{"有原文", "sourced"}, {"据报道", "reported"}, {"草案", "draft"}};
  return words[static_cast<std::size_t>(status)];
}
Words confidence_words(packs::Confidence confidence) {
  static const std::array<Words, 3> words{Words{"有原文", "sourced"}, {"据报道", "reported"}, {"我方决定", "decision"}};
  return words[static_cast<std::size_t>(confidence)];
}
Words section_words(Section section) {
  static const std::array<Words, sections> words{Words{"人员", "Persons"},
                                                 {"医药机构", "Sites"},
                                                 {"就医地区", "Regions"},
                                                 {"事后报销", "Papers handed in later"},
                                                 {"项目范围", "Goods and services"},
                                                 {"待遇", "Benefits"},
                                                 {"个人账户的使用", "What accounts pay"},
                                                 {"保费", "Premiums"},
                                                 {"个人账户的计入", "What accounts are credited"}};
  return words[static_cast<std::size_t>(section)];
}
Words days_words(Day first_day, const std::optional<Day>& last_day) {
  const std::string first = to_string(first_day);
  if (!last_day.has_value()) return {first + " 起", "from " + first};
  return {first + " 至 " + to_string(*last_day), first + " to " + to_string(*last_day)};
}

Result<std::string> version_named(const packs::PackSet& packs, std::string_view what, Day on, bool reported) {
  const packs::PackInfo* found = nullptr;
  bool known = false;
  std::string names, versions;
  std::set<std::string> schemes;
  for (const packs::PackInfo& each : packs.packs()) {
    if (each.name == what) return each.name;
    if (schemes.insert(each.scheme).second) names += (names.empty() ? "" : ", ") + each.scheme;
    if (each.scheme != what.substr(0, what.find('@'))) continue;
    versions += (versions.empty() ? "" : ", ") + each.name;
    if (each.scheme != what) continue;
    known = true;
    const bool in_use =
        each.status == packs::PackStatus::sourced || (reported && each.status == packs::PackStatus::reported);
    const bool holds = each.first_day <= on && (!each.last_day.has_value() || on <= *each.last_day);
    if (in_use && holds && (found == nullptr || found->first_day < each.first_day)) found = &each;
  }
  if (found != nullptr) return found->name;
  if (known) return trouble(troubles::nothing_in_force, to_string(on), versions);
  return trouble(troubles::scheme_unknown, std::string(what), versions.empty() ? names : versions);
}

namespace {

// Numbers of the texts that are cited, in the order in which they are met.
class Sources {
 public:
  std::string number(const Citation& cites) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&cites](const Citation& other) {
      return other.source == cites.source && other.source_title == cites.source_title;
    });
    const auto index = found - all_.begin();
    if (found == all_.end()) all_.push_back(cites);
    return "[" + std::to_string(index + 1) + "]";
  }
  const std::vector<Citation>& all() const { return all_; }

 private:
  std::vector<Citation> all_;
};

class Page {
 public:
  Page(const Sheet& sheet, Language language) : sheet_(sheet), language_(language), merged_(merged(sheet)) {}

  std::string text() {
    head();
    for (std::size_t i = 0; i < sections; ++i) section(static_cast<Section>(i));
    open();
    notes();
    if (!sources_.all().empty()) out_ += '\n' + say("来源", "Sources") + '\n';
    for (const Citation& each : sources_.all()) {
      out_ += "  " + sources_.number(each) + " " + each.source_title + say("（", " (") + each.source + say("）", ")") +
              '\n';
    }
    return std::move(out_);
  }

 private:
  std::string say(const char* zh, const char* en) const { return language_ == Language::zh ? zh : en; }
  std::string say(const Words& words) const { return words.in(language_); }

  void head() {
    const packs::PackInfo& pack = sheet_.pack;
    out_ += (language_ == Language::zh ? pack.title_zh : pack.title_en) + '\n';
    Columns facts;
    std::string regions;
    for (const std::string& prefix : pack.admdvs_prefixes) regions += (regions.empty() ? "" : ", ") + prefix;
    facts.row({say("版本", "version"), pack.name + say("（", " (") + say(status_words(pack.status)) + say("）", ")")});
    facts.row({say("施行", "in force"), say(days_words(pack.first_day, pack.last_day))});
    facts.row({say("统筹区", "region"), regions + say("，险种 ", ", insutype ") + pack.insutype});
    facts.row({say("规则包", "pack"), pack.digest});
    if (!sheet_.law.empty()) facts.row({say("账户规定", "account law"), sheet_.law});
    facts.row({say("所示日期", "on"),
               to_string(sheet_.on) + (sheet_.in_force
                                           ? ""
                                           : say("（不在施行期内，所示为最近一天的规定）",
                                                 " (outside the version's days: the nearest of them is shown)"))});
    out_ += facts.text();
  }

  void section(Section which) {
    Columns table(2);
    Words group;
    for (const Merged& each : merged_) {
      const Entry& entry = *each.entry;
      if (entry.section != which) continue;
      if (table.empty()) {
        table.row({say("项目", "item"), say("适用", "for"), say("规定", "rule"), say("条文", "article"),
                   say("日期", "days"), say("依据", "known from"), say("来源", "source")});
      }
      if (entry.group != group) {
        group = entry.group;
        table.row({say("◆ ", "* ") + say(group)});
      }
      std::vector<std::string> cells{(group.empty() ? "" : "  ") + say(entry.item),
                                     each.who.empty() ? say("全部", "all") : say(each.who), say(entry.value)};
      if (entry.cites.has_value()) {
        const Citation& cites = *entry.cites;
        cells.insert(cells.end(), {cites.article, say(days_words(cites.first_day, cites.last_day)),
                                   say(confidence_words(cites.confidence)), sources_.number(cites)});
      }
      table.row(std::move(cells));
    }
    if (table.empty()) return;
    out_ += '\n' + say(section_words(which)) + '\n' + table.text();
  }

  // What the texts leave open.
  void open() {
    Columns table(2);
    std::set<std::string> told;
    for (const Entry& entry : sheet_.entries) {
      if (!entry.unset || !entry.cites.has_value() || !told.insert(entry.cites->row).second) continue;
      table.row({entry.cites->row, entry.cites->article, say(entry.item), entry.cites->note});
    }
    if (table.empty()) return;
    out_ += '\n' + say("原文未给出（需要时拒绝结算，不猜测）", "Not in the texts (a sale that needs it is refused)") +
            '\n' + table.text();
  }

  // Why a value that is not from the text stands here.
  void notes() {
    Columns table(2);
    std::set<std::string> told;
    for (const Entry& entry : sheet_.entries) {
      if (!entry.cites.has_value() || entry.cites->confidence == packs::Confidence::sourced) continue;
      if (!told.insert(entry.cites->row).second) continue;
      table.row({entry.cites->row, say(confidence_words(entry.cites->confidence)), entry.cites->note});
    }
    if (table.empty()) return;
    out_ += '\n' + say("据报道和我方决定的，各因（英文）", "Reported or decided, and why") + '\n' + table.text();
  }

  const Sheet& sheet_;
  Language language_;
  std::vector<Merged> merged_;
  Sources sources_;
  std::string out_;
};

}  // namespace

std::string show_text(const Sheet& sheet, Language language) {
  return Page(sheet, language).text();
}

std::string show_json(const Sheet& sheet) {
  Json out{{"format", "gongji.sheet.v1"},
           {"pack", json_of(sheet.pack)},
           {"on", to_string(sheet.on)},
           {"in_force", sheet.in_force},
           {"account_law", sheet.law.empty() ? Json() : Json(sheet.law)},
           {"entries", Json::array()}};
  for (const Entry& entry : sheet.entries) {
    Json each{{"key", entry.key},
              {"section", name_of(entry.section)},
              {"level", entry.slot.empty() ? Json() : Json(entry.slot)},
              {"category", entry.category.empty() ? Json() : Json(entry.category)},
              {"group", json_of(entry.group)},
              {"item", json_of(entry.item)},
              {"who", json_of(entry.who)}};
    each.update(json_of(entry));
    out["entries"].push_back(std::move(each));
  }
  return out.dump(1) + "\n";
}

}  // namespace gongji::review
