#include "terminal/fsi/fsi_output.h"

#include <fmt/format.h>

#include "offline/base/check.h"
#include "offline/base/day.h"
#include "offline/reconcile/line.h"
#include "terminal/json_text.h"
#include "terminal/receipt/fund_later.h"

namespace gongji::terminal {
namespace {

using settlement::Totals;

// Members of `setlinfo` that are amounts, in the order of the interface's table.  Legs that no scheme here pays are
// zero.
struct AmountMember {
  std::string_view name;
  Money Totals::*value;  // nullptr: always zero
};
constexpr AmountMember amounts_before_ratio[] = {
    {"medfee_sumamt", &Totals::medfee_sumamt},
    {"fulamt_ownpay_amt", &Totals::fulamt_ownpay_amt},
    {"overlmt_selfpay", &Totals::overlmt_selfpay},
    {"preselfpay_amt", &Totals::preselfpay_amt},
    {"inscp_scp_amt", &Totals::inscp_scp_amt},
    {"act_pay_dedc", &Totals::act_pay_dedc},
    {"hifp_pay", &Totals::hifp_pay},
};
constexpr AmountMember amounts_after_ratio[] = {
    {"cvlserv_pay", nullptr},
    {"hifes_pay", nullptr},
    {"hifmi_pay", nullptr},
    {"hifob_pay", &Totals::hifob_pay},
    {"maf_pay", nullptr},
    {"hifdm_pay", nullptr},
    {"oth_pay", nullptr},
    {"fund_pay_sumamt", &Totals::fund_pay_sumamt},
    {"psn_part_amt", &Totals::psn_part_amt},
    {"acct_pay", &Totals::acct_pay},
    {"psn_cash_pay", &Totals::psn_cash_pay},
    {"acct_mulaid_pay", &Totals::acct_mulaid_pay},
    {"hosp_part_amt", nullptr},
};

enum class Sign { plus, minus };

void add_amounts(JsonText& out, const Totals& totals, Sign sign) {
  const auto add = [&](const AmountMember& member) {
    const Money amount = member.value == nullptr ? Money() : totals.*member.value;
    out.money(member.name, sign == Sign::plus ? amount : -amount);
  };
  for (const AmountMember& member : amounts_before_ratio) add(member);
  const std::int64_t ratio = totals.pool_prop_selfpay.in_ppm() / 100;  // four decimals
  out.raw("pool_prop_selfpay", fmt::format("{}.{:04}", ratio / 10'000, ratio % 10'000));
  for (const AmountMember& member : amounts_after_ratio) add(member);
  out.money("balc", totals.balc);
}

void add_person(JsonText& out, const settlement::Claim& claim, const record::Holder& holder) {
  const settlement::Person& person = claim.person;
  out.text("psn_no", person.psn_no)
      .text("psn_name", holder.psn_name)
      .text("psn_cert_type", holder.psn_cert_type)
      .text("certno", holder.certno)
      .text("gend", holder.gend)
      .text("naty", holder.naty)
      .text("brdy", person.brdy ? to_string(*person.brdy) : "")
      .raw("age", person.brdy ? fmt::format("{}.0", age_in_years(*person.brdy, claim.begntime.day)) : "0.0")
      .text("insutype", person.insutype)
      .text("psn_type", person.psn_type)
      .text("cvlserv_flag", "0");
}

std::string class_code(settlement::LineClass value) {
  return fmt::format("0{}", static_cast<int>(value));
}

std::string price_text(settlement::Price price) {
  return fmt::format("{}.{:06}", price.millionths / 1'000'000, price.millionths % 1'000'000);
}

// fsi has no class of charges in its input; by kind it is close enough for a receipt.
std::string_view charge_type(settlement::LineKind kind) {
  switch (kind) {
    case settlement::LineKind::drug:
      return "09";
    case settlement::LineKind::device:
    case settlement::LineKind::consumable:
      return "08";
    case settlement::LineKind::service:
      return "05";
    case settlement::LineKind::other:
      return "14";
  }
  return "14";
}

std::string render_lines(const settlement::Claim& claim, const settlement::Settlement& settlement) {
  std::string rows;
  for (std::size_t i = 0; i < claim.lines.size(); ++i) {
    const settlement::Line& line = claim.lines[i];
    const settlement::LineShares& shares = settlement.lines[i];
    const std::int64_t count = line.cnt.ten_thousandths;
    const std::int64_t first_part = line.selfpay_prop ? line.selfpay_prop->in_ppm() / 100 : 0;
    JsonText row;
    row.text("feedetl_sn", line.feedetl_sn)
        .money("det_item_fee_sumamt", line.det_item_fee_sumamt)
        .raw("cnt", fmt::format("{}.{:04}", count / 10'000, count % 10'000))
        .raw("pric", price_text(line.pric))
        .raw("pric_uplmt_amt", line.pric_uplmt_amt ? price_text(*line.pric_uplmt_amt) : "0.000000")
        .raw("selfpay_prop", fmt::format("{}.{:04}", first_part / 10'000, first_part % 10'000))
        .money("fulamt_ownpay_amt", shares.fulamt_ownpay_amt)
        .money("overlmt_amt", shares.overlmt_amt)
        .money("preselfpay_amt", shares.preselfpay_amt)
        .money("inscp_scp_amt", shares.inscp_scp_amt)
        .text("chrgitm_lv", class_code(line.chrgitm_lv))
        .text("med_chrgitm_type", charge_type(line.kind))
        .text("bas_medn_flag", "0")
        .text("hi_nego_drug_flag", "0")
        .text("chld_medc_flag", "0")
        .text("list_sp_item_flag", "0")
        .text("drt_reim_flag", "0")
        .text("memo", "")
        .money("hosp_part_amt", Money());
    if (!rows.empty()) rows += ',';
    rows += row.done();
  }
  return "[" + rows + "]";
}

std::string render_funds(const settlement::Settlement& settlement, Sign sign) {
  std::string rows;
  const auto add = [&](std::string_view type, std::string_view name, Money in_scope, Money paid) {
    if (paid == Money()) return;
    JsonText row;
    row.text("fund_pay_type", type)
        .money("inscp_scp_amt", in_scope)
        .money("crt_payb_lmt_amt", Money())
        .money("fund_payamt", sign == Sign::plus ? paid : -paid)
        .text("fund_pay_type_name", name)
        .text("setl_proc_info", "");
    if (!rows.empty()) rows += ',';
    rows += row.done();
  };
  add("310100", "城镇职工基本医疗保险统筹基金", settlement.totals.inscp_scp_amt, settlement.totals.hifp_pay);
  add("330100", "大额医疗费用补助基金", settlement.totals.inscp_scp_amt, settlement.totals.hifob_pay);
  add("310200", "城镇职工基本医疗保险个人账户基金", Money(), settlement.totals.acct_pay);
  return "[" + rows + "]";
}

struct Settled {
  const settlement::Claim& claim;
  const settlement::Settlement& settlement;
  const record::Holder& holder;
  const record::RequestKey& key;
  Id mdtrt_id;
  std::optional<Id> setl_id;
  WallTime at;
  std::string exp_content;
};

std::string render(const Settled& sale) {
  JsonText info;
  if (sale.setl_id) info.text("setl_id", to_string(*sale.setl_id));
  info.text("mdtrt_id", to_string(sale.mdtrt_id));
  add_person(info, sale.claim, sale.holder);
  info.text("setl_time", to_string(civil_time_at(sale.at)))
      .text("mdtrt_cert_type", sale.holder.mdtrt_cert_type)
      .text("med_type", sale.claim.visit.med_type);
  add_amounts(info, sale.settlement.totals, Sign::plus);
  info.text("medins_setl_id", sale.key.msgid)
      .text("clr_optins", sale.claim.site.admdvs)
      .text("clr_way", "1")
      .text("clr_type", reconcile::clearing_type_of(sale.claim.site))
      .text("exp_content", sale.exp_content);
  JsonText out;
  out.raw("setlinfo", info.done())
      .raw("setldetail", render_funds(sale.settlement, Sign::plus))
      .raw("detlcutinfo", render_lines(sale.claim, sale.settlement));
  return out.done();
}

std::string state_text(const journal::StoredEntry& entry, const record::Sale& sale) {
  JsonText inner;
  inner.text("state", journal::name_of(first_state(entry.body)))
      .integer("seq", static_cast<std::int64_t>(entry.head.seq))
      .text("as_of", to_string(civil_time_at(sale.snapshot_as_of)));
  if (const std::string later = fund_later_json(sale); !later.empty()) inner.raw("fund_later", later);
  if (sale.prescription) inner.text("prescription", name_of(sale.prescription->check));
  return JsonText().raw("gongji", inner.done()).done();
}

std::string state_text(const journal::StoredEntry& entry, const record::Paper& paper) {
  JsonText inner;
  inner.text("state", journal::name_of(journal::SaleState::cash))
      .integer("seq", static_cast<std::int64_t>(entry.head.seq));
  std::string list;
  for (const std::string& reason : paper.reasons) list += (list.empty() ? "" : ",") + json_string(reason);
  inner.raw("paper_reasons", "[" + list + "]").text("paper", "/api/v1/papers/" + to_string(paper.paper_id));
  if (paper.last_day) {
    inner.text("last_day", to_string(paper.last_day->day));
  } else {
    inner.null("last_day");
  }
  return JsonText().raw("gongji", inner.done()).done();
}

}  // namespace

journal::SaleState first_state(const record::Body& body) {
  const auto* sale = std::get_if<record::Sale>(&body);
  if (sale == nullptr) return journal::SaleState::cash;
  switch (sale->backing) {
    case record::Backing::nothing:
      return journal::SaleState::cash;
    case record::Backing::hold:
    case record::Backing::grant:
      return journal::SaleState::guaranteed;
    case record::Backing::reserve:
      return journal::SaleState::provisional;
  }
  return journal::SaleState::cash;
}

settlement::Settlement all_cash(const settlement::Claim& claim) {
  settlement::Settlement out;
  for (const settlement::Line& line : claim.lines) {
    const Money amount = line.det_item_fee_sumamt;
    settlement::LineShares shares;
    shares.feedetl_sn = line.feedetl_sn;
    shares.fulamt_ownpay_amt = amount;  // nothing was decided, so nothing is in scope
    shares.cash = amount;
    out.lines.push_back(shares);
    out.totals.medfee_sumamt += amount;
  }
  out.totals.fulamt_ownpay_amt = out.totals.medfee_sumamt;
  out.totals.psn_part_amt = out.totals.medfee_sumamt;
  out.totals.psn_cash_pay = out.totals.medfee_sumamt;
  return out;
}

std::string render_sign_in(std::string_view sign_no, WallTime at) {
  JsonText node;
  node.text("sign_time", to_string(civil_time_at(at))).text("sign_no", sign_no);
  return JsonText().raw("signinoutb", node.done()).done();
}

std::string render_person(const Known& known, Day today) {
  const record::Snapshot& snapshot = known.snapshot;
  const settlement::Person& person = snapshot.person;
  Money own;
  for (const auto& account : known.accounts) {
    if (account.is_own()) own += account.balc;
  }
  JsonText gongji;
  gongji.text("as_of", to_string(civil_time_at(snapshot.as_of))).flag("from_store", known.from_store);
  JsonText base;
  base.text("psn_no", person.psn_no)
      .text("psn_cert_type", snapshot.psn_cert_type)
      .text("certno", snapshot.certno)
      .text("psn_name", snapshot.psn_name)
      .text("gend", snapshot.gend)
      .text("naty", snapshot.naty)
      .text("brdy", person.brdy ? to_string(*person.brdy) : "")
      .raw("age", person.brdy ? fmt::format("{}.0", age_in_years(*person.brdy, today)) : "0.0")
      .text("exp_content", JsonText().raw("gongji", gongji.done()).done());
  JsonText insurance;
  insurance.money("balc", own)
      .text("insutype", person.insutype)
      .text("psn_type", person.psn_type)
      .text("psn_insu_stas", "1")
      .text("psn_insu_date", person.entitled_from ? to_string(*person.entitled_from) : "")
      .text("paus_insu_date", "")
      .text("cvlserv_flag", "0")
      .text("insuplc_admdvs", person.insuplc_admdvs)
      .text("emp_name", "");
  JsonText out;
  out.raw("baseinfo", base.done()).raw("insuinfo", "[" + insurance.done() + "]").raw("idetinfo", "[]");
  return out.done();
}

std::string render_quote(const Quoted& quoted, WallTime at) {
  const record::Sale& sale = quoted.sale;
  JsonText gongji;
  gongji.text("state", "quoted").text("as_of", to_string(civil_time_at(quoted.snapshot.as_of)));
  if (const std::string later = fund_later_json(sale); !later.empty()) gongji.raw("fund_later", later);
  return render({sale.claim, sale.settlement, sale.holder, sale.key, sale.mdtrt_id, std::nullopt, at,
                 JsonText().raw("gongji", gongji.done()).done()});
}

std::string render_sale(const journal::StoredEntry& entry) {
  if (const auto* sale = std::get_if<record::Sale>(&entry.body)) {
    return render({sale->claim, sale->settlement, sale->holder, sale->key, sale->mdtrt_id, sale->sale_id, entry.head.at,
                   state_text(entry, *sale)});
  }
  const auto& paper = std::get<record::Paper>(entry.body);
  return render({paper.claim, all_cash(paper.claim), paper.holder, paper.key, paper.paper_id, paper.paper_id,
                 entry.head.at, state_text(entry, paper)});
}

std::string render_cancel(const Cancelled& cancelled) {
  const record::Sale& sale = cancelled.sale;
  const auto& cancel = std::get<record::Cancel>(cancelled.cancel.body);
  Totals totals = sale.settlement.totals;
  JsonText info;
  info.text("setl_id", to_string(cancel.cancel_id))
      .text("mdtrt_id", to_string(sale.mdtrt_id))
      .text("setl_time", to_string(civil_time_at(cancelled.cancel.head.at)));
  // What the own account has again.
  for (const auto& paid : sale.settlement.accounts) {
    if (paid.owner == "self") totals.balc += paid.paid;
  }
  add_amounts(info, totals, Sign::minus);
  info.text("medins_setl_id", cancel.key.msgid).text("clr_optins", sale.claim.site.admdvs);
  JsonText out;
  out.raw("setlinfo", info.done()).raw("setldetail", render_funds(sale.settlement, Sign::minus));
  return out.done();
}

}  // namespace gongji::terminal
