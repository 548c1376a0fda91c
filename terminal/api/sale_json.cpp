#include "terminal/api/sale_json.h"

#include "offline/settlement/answer_json.h"
#include "offline/settlement/settle.h"
#include "terminal/fsi/fsi_output.h"
#include "terminal/json_text.h"
#include "terminal/receipt/fund_later.h"

namespace gongji::terminal {

std::string sale_json(const packs::PackSet& packs, const journal::StoredEntry& entry, bool replayed) {
  JsonText out;
  const auto* sale = std::get_if<record::Sale>(&entry.body);
  const auto* paper = std::get_if<record::Paper>(&entry.body);
  const settlement::Claim& claim = sale != nullptr ? sale->claim : paper->claim;
  out.text("sale_id", to_string(sale != nullptr ? sale->sale_id : paper->paper_id))
      .text("state", journal::name_of(first_state(entry.body)))
      .integer("seq", static_cast<std::int64_t>(entry.head.seq))
      .text("at", to_string(civil_time_at(entry.head.at)))
      .flag("replayed", replayed);
  settlement::Settlement settlement = sale != nullptr ? sale->settlement : all_cash(claim);
  if (sale != nullptr) {
    static constexpr std::string_view backings[] = {"nothing", "hold", "grant", "reserve"};
    if (sale->kept_from) out.text("kept_from", to_string(sale->kept_from->sale_id));
    out.text("as_of", to_string(civil_time_at(sale->snapshot_as_of)))
        .text("backing", backings[static_cast<std::size_t>(sale->backing)]);
    // The terms' own reserve has no id; an emergency order has.
    if (sale->backing == record::Backing::reserve && !sale->backing_id.empty()) out.text("order", sale->backing_id);
    if (const std::string later = fund_later_json(*sale); !later.empty()) out.raw("fund_later", later);
    if (sale->prescription) out.text("prescription", name_of(sale->prescription->check));
    if (const settlement::Policy* policy = packs.find(sale->pack, claim.begntime.day, claim.person.insuplc_admdvs);
        policy != nullptr && policy->digest == sale->pack_digest) {
      auto again = settlement::settle(claim, *policy, settlement::TraceWish::steps);
      if (auto* explained = std::get_if<settlement::Settlement>(&again)) settlement.trace = std::move(explained->trace);
      std::string answer;
      settlement::append_answer(answer, claim.id, *policy, false, settlement, settlement::AnswerStyle{});
      out.raw("settlement", answer);
    }
  } else {
    std::string reasons;
    for (const std::string& reason : paper->reasons) reasons += (reasons.empty() ? "" : ",") + json_string(reason);
    out.text("backing", "nothing")
        .raw("paper_reasons", "[" + reasons + "]")
        .text("paper", "/api/v1/papers/" + to_string(paper->paper_id));
  }
  std::string info;
  settlement::append_setlinfo(info, settlement.totals);
  out.raw("setlinfo", info);
  return out.done();
}

}  // namespace gongji::terminal
