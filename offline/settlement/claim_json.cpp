#include "offline/settlement/claim_json.h"

#include <simdjson.h>

#include "offline/base/bytes.h"
#include "offline/base/check.h"
#include "offline/settlement/claim_names.h"
#include "offline/settlement/claim_scan.h"
#include "offline/settlement/claim_words.h"
#include "offline/settlement/json_probe.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

using namespace names;
using namespace words;
using scan::bits;
using scan::Members;
using scan::Scan;
namespace ondemand = simdjson::ondemand;
static_assert(claim_padding_bytes >= simdjson::SIMDJSON_PADDING);

constexpr std::string_view claim_names[] = {"id",    "pack",           "begntime", "site", "person",
                                            "visit", "acct_used_flag", "lines",    "ytd",  "accounts"};
constexpr std::string_view site_names[] = {"fixmedins_code", "fixmedins_type", "admdvs",
                                           "dedc_hosp_lv",   "designated",     "dual_channel"};
constexpr std::string_view person_names[] = {"psn_no",      "insutype",   "psn_type",       "brdy",
                                             "retired_on",  "employment", "insuplc_admdvs", "entitled_from",
                                             "entitled_to", "paid_on",    "enrol_kind"};
constexpr std::string_view visit_names[] = {"med_type", "region", "rx_circ_flag", "rx_hosp_lv",
                                            "diseases", "place",  "settled",      "presented_on",
                                            "benefit",  "cause",  "approved"};
constexpr std::string_view line_names[] = {"feedetl_sn",     "med_list_codg",       "name",    "kind",
                                           "chrgitm_lv",     "selfpay_prop",        "pric",    "cnt",
                                           "pric_uplmt_amt", "det_item_fee_sumamt", "excluded"};
constexpr std::string_view account_names[] = {"owner", "relation", "kind", "balc", "scheme", "listed"};

constexpr Members claim_members{claim_names, bits({0, 2, 3, 4, 5, 6, 7})};
constexpr Members site_members{site_names, bits({0, 1, 2, 3})};
constexpr Members person_members{person_names, bits({0, 1, 2, 3, 6})};
constexpr Members visit_members{visit_names, bits({0, 2})};
constexpr Members line_members{line_names, bits({0, 1, 2, 3, 4, 6, 7, 8, 9})};
constexpr Members account_members{account_names, bits({0, 3})};

// Reads one claim.  Every function returns false after it has noted the fault; callers put their part of the path
// before the inner one on the way out, so nothing is spent on paths while all is well.
class Parse : public Scan {
 public:
  Parse(ClaimError& error, Claim& claim) : Scan(error), claim_(claim) {}

  bool document(ondemand::document& document) {
    ondemand::object object;
    if (!got(document.get_object().get(object), want_object)) return false;
    if (!claim(object)) return false;
    // something behind the object
    const char* rest = nullptr;
    if (document.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) {
      return fail(ClaimFault::bad_json, not_json);
    }
    return true;
  }

 private:
  bool claim(ondemand::object& object) {
    claim_.pack.reset();
    claim_.ytd.clear();
    claim_.accounts.clear();
    return members(object, claim_members,
                   [this](std::size_t member, ondemand::value& value) {
                     switch (member) {
                       case 0:
                         return text(value, claim_.id);
                       case 1:
                         return is_null(value) || pack(value);
                       case 2:
                         return begntime(value);
                       case 3:
                         return site(value);
                       case 4:
                         return person(value);
                       case 5:
                         return visit(value);
                       case 6:
                         return code(value, account_uses, claim_.acct_used_flag);
                       case 7:
                         return lines(value);
                       case 8:
                         return ytd(value);
                       default:
                         return accounts(value);
                     }
                   }) &&
           schemes_of_family();
  }

  bool pack(ondemand::value& value) {
    std::string& name = claim_.pack.emplace();
    if (!text(value, name)) return false;
    const std::size_t at = name.find('@');
    return (at != std::string::npos && at > 0 && at + 1 < name.size()) || fail(ClaimFault::bad_value, want_pack);
  }
  bool begntime(ondemand::value& value) {
    std::string_view written;
    if (!text(value, written, want_time)) return false;
    const auto time = parse_civil_time(written);
    if (!time.has_value()) return fail(ClaimFault::bad_value, want_time);
    claim_.begntime = *time;
    return true;
  }

  bool site(ondemand::value& value) {
    ondemand::object object;
    if (!got(value.get_object().get(object), want_object)) return false;
    Site& site = claim_.site;
    site.designated = true;
    site.dual_channel = false;
    return members(object, site_members, [&](std::size_t member, ondemand::value& each) {
      switch (member) {
        case 0:
          return some_text(each, site.fixmedins_code);
        case 1:
          return code(each, site_types, site.fixmedins_type);
        case 2:
          return division(each, site.admdvs);
        case 3:
          return code(each, site_levels, site.dedc_hosp_lv);
        case 4:
          return flag(each, site.designated);
        default:
          return flag(each, site.dual_channel);
      }
    });
  }

  bool person(ondemand::value& value) {
    ondemand::object object;
    if (!got(value.get_object().get(object), want_object)) return false;
    Person& person = claim_.person;
    person.brdy.reset();
    person.retired_on.reset();
    person.employment = Employment::unit;
    person.entitled_from.reset();
    person.entitled_to.reset();
    person.paid_on.reset();
    person.enrol_kind.reset();
    return members(object, person_members, [&](std::size_t member, ondemand::value& each) {
      switch (member) {
        case 0:
          return some_text(each, person.psn_no);
        case 1:
          return some_text(each, person.insutype);
        case 2:
          return some_text(each, person.psn_type);
        case 3:
          return day(each, person.brdy);
        case 4:
          return day(each, person.retired_on);
        case 5:
          return code(each, employments, person.employment);
        case 6:
          return division(each, person.insuplc_admdvs);
        case 7:
          return day(each, person.entitled_from);
        case 8:
          return day(each, person.entitled_to);
        case 9:
          return day(each, person.paid_on);
        default:
          return code_or_null(each, enrol_kinds, person.enrol_kind);
      }
    });
  }

  bool visit(ondemand::value& value) {
    ondemand::object object;
    if (!got(value.get_object().get(object), want_object)) return false;
    Visit& visit = claim_.visit;
    visit.region = Region::local;
    visit.settled = Settled::direct;
    visit.presented_on.reset();
    visit.benefit.reset();
    visit.cause = Cause::illness;
    visit.approved = true;
    visit.rx_hosp_lv.reset();
    visit.diseases.clear();
    visit.place.reset();
    return members(object, visit_members, [&](std::size_t member, ondemand::value& each) {
      switch (member) {
        case 0:
          return some_text(each, visit.med_type);
        case 1:
          return code(each, regions, visit.region);
        case 2:
          return code(each, flags, visit.rx_circ_flag);
        case 3:
          return code_or_null(each, site_levels, visit.rx_hosp_lv);
        case 4:
          return diseases(each);
        case 5:
          return code_or_null(each, places, visit.place);
        case 6:
          return code(each, ways_settled, visit.settled);
        case 7:
          return day(each, visit.presented_on);
        case 8:
          return is_null(each) || some_text(each, visit.benefit.emplace());
        case 9:
          return code(each, causes, visit.cause);
        default:
          return flag(each, visit.approved);
      }
    });
  }

  bool diseases(ondemand::value& value) {
    return elements(value, [this](std::size_t index, ondemand::value& each) {
      return some_text(each, claim_.visit.diseases.emplace_back()) || inside(index);
    });
  }

  bool lines(ondemand::value& value) {
    std::size_t count = 0;
    const bool good = elements(value, [&](std::size_t index, ondemand::value& each) {
      if (index == lines_max) return fail(ClaimFault::too_many_lines, many_lines);
      if (index == claim_.lines.size()) claim_.lines.emplace_back();
      count = index + 1;
      return line(each, claim_.lines[index]) || inside(index);
    });
    if (!good) return false;
    claim_.lines.resize(count);
    return count > 0 || fail(ClaimFault::bad_value, want_lines);
  }

  bool line(ondemand::value& value, Line& line) {
    ondemand::object object;
    if (!got(value.get_object().get(object), want_object)) return false;
    line.selfpay_prop.reset();
    line.pric_uplmt_amt.reset();
    line.excluded = false;
    const bool good = members(object, line_members, [&](std::size_t member, ondemand::value& each) {
      switch (member) {
        case 0:
          return some_text(each, line.feedetl_sn);
        case 1:
          return text(each, line.med_list_codg);
        case 2:
          return text(each, line.name);
        case 3:
          return code(each, kinds, line.kind);
        case 4:
          return code(each, classes, line.chrgitm_lv);
        case 5: {
          std::int64_t ten_thousandths = 0;
          if (is_null(each)) return true;
          if (!decimal(each, 4, 10'000, want_fraction, above_one, ten_thousandths)) return false;
          line.selfpay_prop = Rate::ppm(ten_thousandths * 100);
          return true;
        }
        case 6:
          return price(each, line.pric);
        case 7:
          return decimal(each, 4, amount_max.in_fen() * 100, want_count, too_large, line.cnt.ten_thousandths);
        case 8:
          return is_null(each) || price(each, line.pric_uplmt_amt.emplace());
        case 9:
          return money(each, line.det_item_fee_sumamt);
        default:
          return flag(each, line.excluded);
      }
    });
    if (!good) return false;
    if (amount_matches(line)) return true;
    fail(ClaimFault::line_amount_mismatch, mismatch);
    return inside("det_item_fee_sumamt");
  }

  bool ytd(ondemand::value& value) {
    ondemand::object object;
    if (!got(value.get_object().get(object), want_object)) return false;
    for (auto field : object) {
      std::string_view key;
      if (!got(field.unescaped_key().get(key), want_object)) return false;
      std::string name(key);
      for (const Counter& other : claim_.ytd) {
        if (other.name == name) {
          fail(ClaimFault::bad_json, not_json);
          return inside(name);
        }
      }
      ondemand::value each;
      Money amount;
      if (!got(field.value().get(each), want_amount)) return false;
      if (!money(each, amount)) return inside(name);
      claim_.ytd.push_back({std::move(name), amount});
    }
    return true;
  }

  bool accounts(ondemand::value& value) {
    return elements(value, [this](std::size_t index, ondemand::value& each) {
      return account(each, claim_.accounts.emplace_back()) || inside(index);
    });
  }

  bool account(ondemand::value& value, Account& account) {
    ondemand::object object;
    if (!got(value.get_object().get(object), want_object)) return false;
    std::optional<Relation> relation;
    const bool good = members(object, account_members, [&](std::size_t member, ondemand::value& each) {
      switch (member) {
        case 0:
          return some_text(each, account.owner);
        case 1:
          return code_or_null(each, relations, relation);
        case 2:
          return code(each, account_kinds, account.kind);
        case 3:
          return money(each, account.balc);
        case 4:
          return is_null(each) || some_text(each, account.scheme);
        default:
          return flag(each, account.listed);
      }
    });
    if (!good) return false;
    if (account.is_own()) {
      if (!relation.has_value()) return true;
      fail(ClaimFault::bad_value, want_code);
      return inside("relation");
    }
    if (!relation.has_value()) {
      fail(ClaimFault::missing, no_member);
      return inside("relation");
    }
    account.relation = *relation;
    return true;
  }

  // A resident patient's scheme has no accounts to take the owner's scheme from.
  bool schemes_of_family() {
    const std::string& type = claim_.person.psn_type;
    if (!type.starts_with("14") && !type.starts_with("15") && !type.starts_with("16")) return true;
    for (std::size_t i = 0; i < claim_.accounts.size(); ++i) {
      if (claim_.accounts[i].is_own() || !claim_.accounts[i].scheme.empty()) continue;
      fail(ClaimFault::missing, no_member);
      inside("scheme");
      inside(i);
      return inside("accounts");
    }
    return true;
  }

  Claim& claim_;
};

}  // namespace

std::string_view name_of(ClaimFault fault) {
  return name_in(faults, fault);
}

struct ClaimReader::Work {
  ondemand::parser parser;
  std::string padded;
};

ClaimReader::ClaimReader() : work_(std::make_unique<Work>()) {}
ClaimReader::~ClaimReader() = default;
ClaimReader::ClaimReader(ClaimReader&&) noexcept = default;
ClaimReader& ClaimReader::operator=(ClaimReader&&) noexcept = default;

std::optional<ClaimError> ClaimReader::read(std::string_view text, Claim& out) {
  if (text.size() > claim_text_bytes_max) {
    return text_too_long();
  }
  work_->padded.assign(text);
  work_->padded.append(claim_padding_bytes, ' ');
  return read_padded(std::string_view(work_->padded).substr(0, text.size()), out);
}

std::optional<ClaimError> ClaimReader::read_padded(std::string_view text, Claim& out) {
  if (text.size() > claim_text_bytes_max) return text_too_long();
  ClaimError error;
  Parse parse(error, out);
  const auto iterate = [&](ondemand::document& document) {
    return work_->parser.iterate(text.data(), text.size(), text.size() + claim_padding_bytes).get(document) ==
           simdjson::SUCCESS;
  };
  {
    ondemand::document document;
    if (!iterate(document)) {
      parse.fail(ClaimFault::bad_json, not_json);
      return error;
    }
    if (parse.document(document)) return std::nullopt;
  }
  if (error.fault == ClaimFault::bad_json) return error;
  if (!is_json(text)) {
    error.path.clear();
    parse.fail(ClaimFault::bad_json, not_json);
    return error;
  }
  // The id may stand behind the fault.
  ondemand::document document;
  std::string_view id;
  if (iterate(document) && document["id"].get_string().get(id) == simdjson::SUCCESS) error.id = std::string(id);
  return error;
}

ClaimError text_too_long() {
  return {ClaimFault::out_of_range, {}, "", std::string(long_text.zh), std::string(long_text.en)};
}

std::variant<Claim, ClaimError> claim_from_json(std::string_view text) {
  ClaimReader reader;
  Claim claim;
  if (auto error = reader.read(text, claim); error.has_value()) return std::move(*error);
  return claim;
}

std::optional<ClaimError> counters_fault(const Claim& claim, const Policy& policy) {
  for (const Counter& counter : claim.ytd) {
    bool known = false;
    for (const std::string& name : policy.counters) known = known || name == counter.name;
    if (policy.code_counter.has_value()) {
      const auto& [prefix, suffix] = *policy.code_counter;
      known = known || (counter.name.size() > prefix.size() + suffix.size() && counter.name.starts_with(prefix) &&
                        counter.name.ends_with(suffix));
    }
    if (known) continue;
    return ClaimError{ClaimFault::unknown_member, claim.id, "ytd." + counter.name, std::string(unknown_counter.zh),
                      std::string(unknown_counter.en)};
  }
  if (policy.accounts.relations == 0) {
    for (std::size_t i = 0; i < claim.accounts.size(); ++i) {
      if (claim.accounts[i].is_own() || !claim.accounts[i].scheme.empty()) continue;
      return ClaimError{ClaimFault::missing, claim.id, "accounts[" + std::to_string(i) + "].scheme",
                        std::string(no_member.zh), std::string(no_member.en)};
    }
  }
  return std::nullopt;
}

}  // namespace gongji::settlement
