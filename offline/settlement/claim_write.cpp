// claim_write.cpp — a claim as JSON text: all members, in the order of claim.h.
#include "offline/settlement/answer_json.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/claim_names.h"

namespace gongji::settlement {

namespace {

using namespace names;

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void open(char bracket) {
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void element() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void key(std::string_view name) {
    element();
    append_json_string(out_, name);
    out_ += ':';
  }

  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void text_or_null(std::string_view name, bool present, std::string_view value) {
    if (present) {
      text(name, value);
    } else {
      key(name);
      out_ += "null";
    }
  }
  void flag(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
  }
  void day(std::string_view name, const std::optional<Day>& value) {
    text_or_null(name, value.has_value(), value.has_value() ? to_string(*value) : std::string());
  }
  void money(std::string_view name, Money value) { text(name, to_string(value)); }
  void string(std::string_view value) {
    element();
    append_json_string(out_, value);
  }

 private:
  std::string out_;
  bool first_ = true;
};

// digits.decimals, zeros kept: 25 yuan with six decimals is "25.000000".
std::string decimal(std::int64_t number, int decimals) {
  std::int64_t unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  return std::to_string(number / unit) + '.' + std::to_string(unit + number % unit).substr(1);
}

void write_site(Writer& out, const Site& site) {
  out.open('{');
  out.text("fixmedins_code", site.fixmedins_code);
  out.text("fixmedins_type", name_in(site_types, site.fixmedins_type));
  out.text("admdvs", site.admdvs);
  out.text("dedc_hosp_lv", name_in(site_levels, site.dedc_hosp_lv));
  out.flag("designated", site.designated);
  out.flag("dual_channel", site.dual_channel);
  out.close('}');
}

void write_person(Writer& out, const Person& person) {
  out.open('{');
  out.text("psn_no", person.psn_no);
  out.text("insutype", person.insutype);
  out.text("psn_type", person.psn_type);
  out.day("brdy", person.brdy);
  out.day("retired_on", person.retired_on);
  out.text("employment", name_in(employments, person.employment));
  out.text("insuplc_admdvs", person.insuplc_admdvs);
  out.day("entitled_from", person.entitled_from);
  out.day("entitled_to", person.entitled_to);
  out.day("paid_on", person.paid_on);
  out.text_or_null("enrol_kind", person.enrol_kind.has_value(),
                   person.enrol_kind.has_value() ? name_in(enrol_kinds, *person.enrol_kind) : std::string_view());
  out.close('}');
}

void write_visit(Writer& out, const Visit& visit) {
  out.open('{');
  out.text("med_type", visit.med_type);
  out.text("region", name_in(regions, visit.region));
  out.text("settled", name_in(ways_settled, visit.settled));
  out.day("presented_on", visit.presented_on);
  out.text_or_null("benefit", visit.benefit.has_value(), visit.benefit.value_or(std::string()));
  out.text("cause", name_in(causes, visit.cause));
  out.flag("approved", visit.approved);
  out.text("rx_circ_flag", name_in(flags, visit.rx_circ_flag));
  out.text_or_null("rx_hosp_lv", visit.rx_hosp_lv.has_value(),
                   visit.rx_hosp_lv.has_value() ? name_in(site_levels, *visit.rx_hosp_lv) : std::string_view());
  out.key("diseases");
  out.open('[');
  for (const std::string& disease : visit.diseases) out.string(disease);
  out.close(']');
  out.text_or_null("place", visit.place.has_value(),
                   visit.place.has_value() ? name_in(places, *visit.place) : std::string_view());
  out.close('}');
}

void write_line(Writer& out, const Line& line) {
  out.open('{');
  out.text("feedetl_sn", line.feedetl_sn);
  out.text("med_list_codg", line.med_list_codg);
  out.text("name", line.name);
  out.text("kind", name_in(kinds, line.kind));
  out.text("chrgitm_lv", name_in(classes, line.chrgitm_lv));
  out.text_or_null("selfpay_prop", line.selfpay_prop.has_value(),
                   line.selfpay_prop.has_value() ? decimal(line.selfpay_prop->in_ppm() / 100, 4) : std::string());
  out.text("pric", decimal(line.pric.millionths, 6));
  out.text("cnt", decimal(line.cnt.ten_thousandths, 4));
  out.text_or_null("pric_uplmt_amt", line.pric_uplmt_amt.has_value(),
                   line.pric_uplmt_amt.has_value() ? decimal(line.pric_uplmt_amt->millionths, 6) : std::string());
  out.money("det_item_fee_sumamt", line.det_item_fee_sumamt);
  out.flag("excluded", line.excluded);
  out.close('}');
}

void write_account(Writer& out, const Account& account) {
  out.open('{');
  out.text("owner", account.owner);
  out.text_or_null("relation", !account.is_own(),
                   account.is_own() ? std::string_view() : name_in(relations, account.relation));
  out.text("kind", name_in(account_kinds, account.kind));
  out.money("balc", account.balc);
  out.text_or_null("scheme", !account.scheme.empty(), account.scheme);
  out.flag("listed", account.listed);
  out.close('}');
}

}  // namespace

std::string claim_to_json(const Claim& claim) {
  Writer out;
  out.open('{');
  out.text("id", claim.id);
  out.text_or_null("pack", claim.pack.has_value(), claim.pack.value_or(std::string()));
  out.text("begntime", to_string(claim.begntime));
  out.key("site");
  write_site(out, claim.site);
  out.key("person");
  write_person(out, claim.person);
  out.key("visit");
  write_visit(out, claim.visit);
  out.text("acct_used_flag", name_in(account_uses, claim.acct_used_flag));
  out.key("lines");
  out.open('[');
  for (const Line& line : claim.lines) {
    out.element();
    write_line(out, line);
  }
  out.close(']');
  out.key("ytd");
  out.open('{');
  for (const Counter& counter : claim.ytd) out.money(counter.name, counter.value);
  out.close('}');
  out.key("accounts");
  out.open('[');
  for (const Account& account : claim.accounts) {
    out.element();
    write_account(out, account);
  }
  out.close(']');
  out.close('}');
  return out.take();
}

}  // namespace gongji::settlement
