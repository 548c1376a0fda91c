// catalogue.h — the local catalogue: what a code is, on a day.  Sales carry codes only; class, first part, upper price
// and kind come from here.
//
// A file of its own, kept per region and versioned by day; loaded as strictly as packs.  A class that nobody gave stays
// unknown: it is never guessed.
//
// Thread safety: immutable after loading; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/result.h"
#include "offline/settlement/claim.h"

namespace gongji::packs {

struct CatalogueItem {
  std::string code, name;
  settlement::LineKind kind = settlement::LineKind::drug;
  std::optional<settlement::LineClass> chrgitm_lv;  // absent = unknown
  std::optional<Rate> selfpay_prop;                 // the region's own first part of class B
  std::optional<settlement::Price> pric_uplmt_amt;
  bool excluded = false;  // on the national list of items that insurance must not pay
  Day first_day;
  std::optional<Day> last_day;  // inclusive
};

// What to do with goods that the catalogue does not know, or whose class it does not know: a site's setting.
enum class UnknownGoods : std::uint8_t { refuse, own_cost };

class Catalogue {
 public:
  Catalogue() = default;  // knows nothing

  // `origin` names the file in messages.  Troubles: not_json, not_valid (also where rows of one code overlap).
  static Result<Catalogue> load(std::string_view text, std::string_view origin);

  // The row of that code on that day; nullptr where there is none.  Cost: a binary search.
  const CatalogueItem* find(std::string_view code, Day day) const;

  // Fills kind, class, first part, upper price, `excluded` and, where `line.name` is empty, the name, from
  // line.med_list_codg.  Unknown goods: trouble goods_unknown or class_unknown at `path`, or own cost: an unknown class
  // becomes class C of its kind; an unknown code becomes class C of kind `other`, which no account pays, because nobody
  // vouches for what it is.
  Result<void> fill(settlement::Line& line, Day day, UnknownGoods unknown, std::string_view path) const;

  std::size_t size() const { return items_.size(); }

 private:
  std::vector<CatalogueItem> items_;  // by code, then first day
};

}  // namespace gongji::packs
