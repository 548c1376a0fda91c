// check_fit.cpp — no visit fits two benefits.
//
// A benefit fits by med_type, or by its id where the visit forces one, and by diseases; the first that fits settles.  A
// benefit for some diseases before the general one of the same visits is how packs are meant to be written.
#include <algorithm>

#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

using nlohmann::json;

std::vector<std::string> texts(const json& list) {
  std::vector<std::string> out;
  if (!list.is_array()) return out;
  for (const json& each : list) out.push_back(text_of(each));
  return out;
}

std::string common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::string out;
  for (const std::string& each : a) {
    if (std::find(b.begin(), b.end(), each) != b.end()) out += (out.empty() ? "" : ", ") + each;
  }
  return out;
}

void pair(const LintFile& pack, const json& list, std::size_t i, std::size_t k, Findings& out) {
  const json &first = list[i], &second = list[k];
  const std::string id_a = text_of(member(first, "id")), id_b = text_of(member(second, "id"));
  std::string visits = common(texts(member(first, "med_types")), texts(member(second, "med_types")));
  std::string how_zh = "医疗类别 " + visits, how_en = "med_type " + visits;
  if (visits.empty()) {
    if (id_a != id_b) return;
    how_zh = "指定待遇 " + id_a, how_en = "a visit that forces benefit " + id_a;
  }
  const auto mine = texts(member(first, "diseases")), other = texts(member(second, "diseases"));
  const auto place = [&pack](std::size_t index, const std::string& id) {
    Place here = pack.place(indexed("benefits.list", index), "benefit " + id);
    here.first_day = pack.first_day, here.last_day = pack.last_day;
    return here;
  };
  std::vector<Place> places{place(i, id_a), place(k, id_b)};
  if (mine.empty()) {
    out.add("ambiguous", Severity::error, std::move(places), how_zh + " 同时符合两个待遇，后一个永远用不到。",
            "Two benefits fit " + how_en + "; the second is never reached.");
  } else if (const std::string both = common(mine, other); !both.empty()) {
    out.add("ambiguous", Severity::error, std::move(places), how_zh + "、病种 " + both + " 同时符合两个待遇。",
            "Two benefits fit " + how_en + " with " + both + ".");
  } else if (!other.empty()) {
    out.add("ambiguous", Severity::warning, std::move(places), how_zh + " 若同时有两类病种，只按前一个待遇结算。",
            "A visit of " + how_en + " that names diseases of both is settled by the first.");
  }
}

}  // namespace

void check_fit(const Material& material, Findings& out) {
  for (const LintFile& pack : material.packs) {
    const json& list = member(member(pack.json, "benefits"), "list");
    if (!list.is_array()) continue;
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t k = i + 1; k < list.size(); ++k) pair(pack, list, i, k, out);
    }
  }
}

}  // namespace gongji::packs
