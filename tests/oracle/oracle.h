// oracle.h — every scheme and version a second time: slow, plain, written from the articles.
//
// It shares nothing with the engine but the claim's types: its numbers are typed again from the texts and not read from
// a pack, it calculates with fractions, keeps counters by name and decides by ordinary ifs, one function a scheme.  It
// answers everything that a settlement holds, so that engine and oracle can be compared to the fen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "offline/settlement/claim.h"
#include "offline/settlement/settlement.h"

namespace gongji::testing {

// Figures that the texts leave open and a supplement of the region gives: fen or parts per million by the parameter's
// name.  Using one that is not here is the refusal parameter_unset of that name.
using OpenFigures = std::map<std::string, std::int64_t>;

struct OracleAnswer {
  std::optional<settlement::RefusalCode> refused;
  std::string unset;  // the parameter, where the refusal is parameter_unset

  settlement::Totals totals;
  std::vector<settlement::LineShares> lines;
  std::vector<settlement::AccountPayment> accounts;
  std::map<std::string, std::int64_t> counters;  // every counter of the scheme, and those of single drugs, in fen
};

// `pack` is "scheme@version", one of those below.
OracleAnswer by_hand(const std::string& pack, const settlement::Claim& claim, const OpenFigures& figures);

// What the oracle knows of a version beside its arithmetic: for generators.
struct KnownVersion {
  std::string pack;
  std::string first_day;              // a day on which it may be asked
  int days = 0;                       // how many days from it
  std::string insuplc_admdvs;         // of its members
  std::vector<std::string> benefits;  // ids that a visit may force
  std::vector<std::string> med_types;
  std::vector<std::string> counters;
  OpenFigures open;  // figures that a supplement could give, with numbers invented for tests
};
const std::vector<KnownVersion>& known_versions();

}  // namespace gongji::testing
