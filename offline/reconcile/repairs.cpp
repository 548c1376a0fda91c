#include "offline/reconcile/repairs.h"

#include <array>

#include "offline/base/check.h"

namespace gongji::reconcile {

namespace {

struct Words {
  std::string_view zh, en;
  std::string_view in(Language language) const { return language == Language::zh ? zh : en; }
};

struct Repair {
  Cause cause;
  Words sentence;
  // {config} {api} {dir} {terminal} {epoch} {seq} {sale}
  std::string_view at_till, at_centre;
};

constexpr std::string_view sync_now = "gongji sync now --config {config}";
constexpr std::string_view look_at_terminal = "gongji-centre terminal show {dir} {terminal}";
constexpr std::string_view restore = "gongji journal restore --config {config}";
constexpr std::string_view cancel =
    "curl -X POST -H 'Authorization: Bearer TOKEN' -H 'Idempotency-Key: reconcile-{sale}' "
    "-d '{\"opter\":\"OPERATOR\",\"reason\":\"reconciliation\"}' {api}/api/v1/sales/{sale}/cancel";

constexpr Repair repairs[] = {
    {Cause::doubled,
     {"同一笔交易记了两次。核对小票后,撤销多出的一笔(撤销是一条新记录,原记录不动)。",
      "The same sale stands twice. Compare with the receipts, then cancel the one that is too many: a new entry."},
     cancel,
     look_at_terminal},
    {Cause::not_sent,
     {"终端尚未上传。连通后立即同步。", "The till has not sent it. Sync as soon as the line is up."},
     sync_now,
     look_at_terminal},
    {Cause::earlier_epoch,
     {"留在上一世代的日志里,未补传。补传该世代。",
      "It is in the journal of an earlier epoch that was not brought in. Bring that in."},
     "gongji journal bring-in --config {config} --epoch {epoch}",
     look_at_terminal},
    {Cause::gone_at_centre,
     {"中心曾确认收到,现在没有。导出这一条的签名证据交经办机构。",
      "The centre acknowledged it once, and has it no more. Hand its signed evidence to the bureau."},
     "gongji audit export --config {config} --from {seq} --to {seq} --out evidence-{seq}.gongji",
     "gongji-centre ledger check {dir}"},
    {Cause::gone_at_till,
     {"中心有,终端没有:终端日志可能缺了尾部。从第二份日志或小票恢复。",
      "The centre has it and the till has not: the end of its journal may be lost. Restore it from the second copy, or "
      "from receipts (gongji audit rebuild)."},
     restore,
     look_at_terminal},
    {Cause::verdict_under_way,
     {"中心已裁定,终端尚未收到。同步一次。", "The centre has judged it, the till has not heard. Sync once."},
     sync_now,
     look_at_terminal},
    {Cause::cancel_under_way,
     {"终端已撤销,中心尚未收到撤销。同步一次。", "The till has cancelled it, and the centre does not know. Sync once."},
     sync_now,
     look_at_terminal},
    {Cause::cancelled_elsewhere,
     {"中心收到过撤销,终端没有这条撤销:终端日志可能缺了尾部。从第二份日志或小票恢复。",
      "The centre has a cancellation that the till has not: the end of its journal may be lost. Restore it."},
     restore,
     look_at_terminal},
    {Cause::amounts,
     {"两边金额不同:先同步取回最新裁定;仍不同,核验日志并交经办机构。",
      "The amounts differ. Sync for the newest verdict; if they still differ, verify the journal and ask the bureau."},
     "gongji sync now --config {config} && gongji audit verify --config {config}",
     "gongji-centre ledger check {dir}"},
    {Cause::group,
     {"险种或清算类别不同:撤销后按正确的险种重新结算。",
      "Another insurance or clearing type. Cancel it, and sell anew with the right one."},
     cancel,
     look_at_terminal},
};

const Repair& repair_of(Cause cause) {
  for (const Repair& repair : repairs) {
    if (repair.cause == cause) return repair;
  }
  check_failed("every cause has a repair", __FILE__, __LINE__, {});
}

const Line& line_of(const Pair& pair) {
  return pair.till ? *pair.till : *pair.centre;
}

void put(std::string& text, std::string_view name, std::string_view value) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
}

// In the order of Kind and of State.
constexpr std::array<Words, 6> kinds{{{"重复", "doubled"},
                                      {"仅终端有", "till only"},
                                      {"仅中心有", "centre only"},
                                      {"状态不同", "state differs"},
                                      {"金额不同", "amounts differ"},
                                      {"险种或类别不同", "other group"}}};
constexpr std::array<Words, 8> states{{{"未上传", "not sent"},
                                       {"待裁定", "no verdict yet"},
                                       {"已确认", "confirmed"},
                                       {"已调整", "adjusted"},
                                       {"已拒付", "refused"},
                                       {"已撤销(未上传)", "cancelled, not sent"},
                                       {"已撤销", "cancelled"},
                                       {"现金补结算单", "paper"}}};

struct Code {
  std::string_view code;
  Words words;
};
constexpr Code insurances[] = {
    {"310", {"职工基本医疗保险", "employees"}},
    {"320", {"公务员医疗补助", "civil servants' supplement"}},
    {"330", {"大额医疗费用补助", "large amounts"}},
    {"340", {"离休人员医疗保障", "retired veterans"}},
    {"390", {"城乡居民基本医疗保险", "residents"}},
    {"391", {"城镇居民基本医疗保险", "town residents"}},
    {"392", {"城乡居民大病医疗保险", "residents' serious illness"}},
    {"510", {"生育保险", "maternity"}},
};
constexpr Code clearings[] = {
    {"11", {"门诊", "out-patient"}}, {"14", {"门诊慢特病", "chronic diseases"}}, {"41", {"药店购药", "pharmacy"}}};

template <std::size_t n>
std::string coded(const Code (&codes)[n], const std::string& code, Language language) {
  for (const Code& known : codes) {
    if (known.code == code) return code + " " + std::string(known.words.in(language));
  }
  return code.empty() ? "-" : code;
}

}  // namespace

std::string sentence_of(const Pair& pair, Language language) {
  return std::string(repair_of(pair.cause).sentence.in(language));
}

std::string command_of(const Pair& pair, const Place& place) {
  GONGJI_CHECK(pair.kind.has_value());
  const Repair& repair = repair_of(pair.cause);
  const Line& line = line_of(pair);
  std::string text(place.desk == Desk::till ? repair.at_till : repair.at_centre);
  put(text, "{config}", place.config);
  put(text, "{api}", place.api);
  put(text, "{dir}", place.directory);
  put(text, "{terminal}", line.terminal);
  put(text, "{epoch}", std::to_string(line.epoch));
  put(text, "{seq}", std::to_string(line.seq));
  put(text, "{sale}", line.sale_id);
  return text;
}

std::string_view word_of(Kind kind, Language language) {
  return kinds[static_cast<std::size_t>(kind)].in(language);
}

std::string_view word_of(State state, Language language) {
  return states[static_cast<std::size_t>(state)].in(language);
}

std::string insurance_of(const GroupName& group, Language language) {
  return coded(insurances, group.insutype, language);
}

std::string clearing_of(const GroupName& group, Language language) {
  return coded(clearings, group.clr_type, language);
}

}  // namespace gongji::reconcile
