#include <fmt/format.h>

#include <algorithm>

#include "offline/base/check.h"
#include "terminal/tasks/task.h"

namespace gongji::terminal {

namespace {

// {amount} {count} {by} {detail} {reason}
const std::vector<TaskText> texts{
    {TaskKind::journal_in_doubt, "T001", "本机日志可能是恢复的旧备份,或中心已暂停接收({detail})。",
     "This journal may be a restored backup, or the centre has stopped taking it ({detail}).",
     "在核清之前只能收现金并出补结算单,断网时不能承诺医保支付。",
     "Until that is settled only cash is taken, with a paper; nothing is promised off line.",
     "让本机与中心连通一次;若仍不恢复,联系经办机构。",
     "Let this till reach the centre once; if it stays so, call the bureau."},
    {TaskKind::earlier_epoch_unsent, "T002", "上一世代的日志里还有 {count} 条没有上传({detail})。",
     "{count} entries of an earlier epoch were never sent ({detail}).", "其中医保应付本店 {amount} 元,不上传就收不到。",
     "{amount} of them is owed to the shop, and is not paid unless they are sent.",
     "运行 gongji journal bring-in --config 配置文件 --epoch {detail}。",
     "Run gongji journal bring-in --config FILE --epoch {detail}."},
    {TaskKind::certificate_ends, "T003", "本机证书将于 {by} 到期。", "This till's certificate ends on {by}.",
     "到期后不能联网结算,只能按断网额度承诺。",
     "After that the line cannot be used, and only the off-line limits are left.",
     "保持联网以便自动换发;到期前两天仍未换发,联系经办机构。",
     "Stay on line so that it is renewed; two days before the end call the bureau."},
    {TaskKind::terms_end, "T004", "经办机构给本机的断网条款将于 {by} 到期。",
     "The authority's terms for this till end on {by}.", "到期后断网时一律收现金。",
     "After that every off-line sale is cash.", "到期前与中心连通一次,取得新条款。",
     "Reach the centre once before, to get new ones."},
    {TaskKind::reserve_low, "T005", "断网额度将用完({detail})。", "The off-line limits run out ({detail}).",
     "还能承诺 {amount} 元、{count} 笔;用完后断网销售一律收现金并出补结算单。",
     "{amount} in {count} sales may still be promised; after that off-line sales are cash with a paper.",
     "尽快恢复线路并同步;额度随裁定恢复。", "Get the line back and sync; verdicts give the limits back."},
    {TaskKind::grants_expire, "T006", "{count} 位常客的预留额度将在 {by} 前到期。",
     "What was set aside for {count} regulars ends by {by}.", "到期后断网时对他们只能按备用额度承诺,家庭共济不能用。",
     "After that they are served on the reserve only, and family accounts not at all, while the line is down.",
     "恢复线路并同步一次,预留会自动续期。", "Get the line back and sync once: they are renewed by themselves."},
    {TaskKind::order_ends, "T007", "应急令 {detail} 将于 {by} 结束。", "The emergency order {detail} ends on {by}.",
     "结束后断网额度回到平时。", "After that the off-line limits are the usual ones.",
     "告知当班人员;如仍停网,向经办机构询问是否延期。", "Tell the staff; if the line is still down, ask the bureau."},
    {TaskKind::unsent_too_long, "T008", "有 {count} 条记录超过一天没有上传。",
     "{count} entries have waited for more than a day.", "其中医保应付本店 {amount} 元还没有报给中心。",
     "{amount} of what the insurance owes the shop is not reported yet.",
     "检查网络;恢复后会自动上传,也可运行 gongji sync now。",
     "Check the network; it is sent by itself when the line is back, or with gongji sync now."},
    {TaskKind::paper_due, "T301", "一张补结算单的最后办理日将到。", "The last day of a re-settlement paper comes near.",
     "患者已全额付现 {amount} 元;逾期医保不再补付,本店不受影响。",
     "The patient paid {amount} in cash and loses the insurance's part after that day; the shop loses nothing.",
     "联系患者,在 {by} 前携补结算单到参保地经办机构办理(gongji paper 可重印)。",
     "Tell the patient to take the paper to the bureau by {by}; gongji paper prints it again."},
    {TaskKind::paper_overdue, "T302", "一张补结算单已过最后办理日 {by}。",
     "The last day of a re-settlement paper was {by}.", "患者付现 {amount} 元;断网造成的,可凭断网证明向经办机构申请。",
     "The patient paid {amount} in cash; with evidence of the outage the bureau may still take it.",
     "若已办理,标记完成;若未办理,帮患者向经办机构说明断网情况。",
     "If it was done, mark it so; if not, help the patient explain the outage to the bureau."},
    {TaskKind::paper_without_day, "T303", "一张补结算单没有规定最后办理日。",
     "A re-settlement paper has no last day that is known here.", "患者已全额付现 {amount} 元。",
     "The patient paid {amount} in cash.", "请患者尽早到参保地经办机构办理,并询问期限。",
     "Let the patient go to the bureau soon, and ask for the last day."},
    {TaskKind::sale_refused, "T101", "中心拒付了这笔销售:{reason}。", "The centre refused this sale: {reason}.",
     "已承诺的 {amount} 元先由经办机构的风险准备金承担,超出本终端额度的部分由本店承担;不得向患者或其家人追收。",
     "The {amount} that was promised is borne by the authority's risk reserve up to this till's total, then by the "
     "shop; "
     "never by the patient or the family.",
     "核对小票和凭证后存档;有异议的,导出签名证据(gongji audit export)交经办机构。",
     "Compare with the receipt and file it; to object, hand the signed evidence (gongji audit export) to the bureau."},
    {TaskKind::shortfall, "T102", "中心调整了这笔销售:{reason};医保应付少了 {amount} 元。",
     "The centre adjusted this sale: {reason}; the insurance pays {amount} less.",
     "少付的部分先由经办机构的风险准备金承担,超出本终端额度的部分由本店承担;不得向患者追收。",
     "The difference is borne by the authority's risk reserve up to this till's total, then by the shop; never by the "
     "patient.",
     "按中心的金额入账;有异议的,导出签名证据(gongji audit export)交经办机构。",
     "Book the centre's amounts; to object, hand the signed evidence (gongji audit export) to the bureau."},
    {TaskKind::cancel_refused, "T103", "中心没有接受这笔撤销:{reason}。",
     "The centre did not accept this cancellation: {reason}.",
     "这笔销售在中心仍按原样;若已把现金退给患者,差额可能由本店承担。",
     "The sale stands at the centre; cash that was handed back may be the shop's loss.",
     "运行 gongji reconcile 核对当日账,按提示处理。", "Run gongji reconcile for that day and do what it proposes."},
    {TaskKind::possible_duplicate, "T201", "可能重复:同一参保人、相同金额、相隔不到半小时的两笔({detail})。",
     "Possibly the same sale twice: one person, one amount, within half an hour ({detail}).",
     "若确属重复,医保多承诺了 {amount} 元,须撤销一笔,否则属重复申报。",
     "If it is, {amount} too much was promised; one has to be cancelled, or it is claimed twice.",
     "核对小票;重复的撤销后一笔,不重复的标记完成。", "Compare the receipts; cancel the second one, or mark this done."},
    {TaskKind::due_to_patient, "T104", "中心调整了这笔销售:{reason};患者多付现金 {amount} 元。",
     "The centre adjusted this sale: {reason}; the patient paid {amount} too much in cash.",
     "本店应收总额不变;多付的现金记在中心的应退患者账户,由经办机构退还,本店不从柜台退。",
     "What the shop gets is the same; the centre owes the patient the difference. The shop hands nothing out.",
     "通知患者凭小票向经办机构领取。", "Tell the patient to ask the bureau for it, with the receipt."},
    {TaskKind::payers_changed, "T105", "中心调整了付款方:{reason}。", "The centre changed who pays: {reason}.",
     "患者现金和本店应收总额都不变。", "Neither the patient's cash nor what the shop gets has changed.",
     "按中心的金额入账,存档。", "Book the centre's amounts, and file it."},
    {TaskKind::settled_anew, "T106", "更早的一笔迟到,中心重新结算了这笔:{reason}。",
     "An earlier sale came late, and the centre settled this one anew: {reason}.",
     "医保应付与原来相差 {amount} 元(负数为少付,先由风险准备金承担)。",
     "The insurance pays {amount} more than was told (below zero: less, borne by the risk reserve first).",
     "以最后一次裁定的金额入账。", "Book the amounts of the last verdict."},
};

struct Reason {
  std::string_view code, zh, en;
};
constexpr Reason reasons[] = {
    {"", "与原结果一致", "as it was told"},
    {"fund_made_up", "统筹先按最低承诺,中心已补足", "only the least share was promised, and the centre made it up"},
    {"fund_recomputed", "按中心的累计,统筹应付不同", "with the centre's counters the fund pays another amount"},
    {"account_recomputed", "账户余额不同", "an account has another balance"},
    {"claim_invalid", "单据内容不合要求", "the claim is not as it must be"},
    {"pack_mismatch", "本机的政策包与中心不一致", "this till's rules are not the centre's"},
    {"duplicate_sale", "同一笔已经报过", "the same sale was sent before"},
    {"site_mismatch", "机构代码与本终端不符", "it names another site"},
    {"refund_unpaired", "部分退货与原单不配对", "a partial refund does not fit its sale"},
    {"not_backed", "承诺没有任何依据", "nothing stood behind what was promised"},
    {"unknown_person", "中心没有该参保人", "the centre does not know the person"},
    {"sale_unknown", "中心没有要撤销的那笔", "the centre has no such sale"},
    {"already_cancelled", "此前已撤销", "it was cancelled before"},
    {"malformed", "记录无法读取", "the entry cannot be read"},
    {"inconsistent", "金额前后不一致", "its amounts do not add up"},
    {"head_mismatch", "记录与日志不符", "the entry is not of this log"},
    {"card_stopped", "社会保障卡已挂失", "the card had been reported lost"},
    {"voucher_revoked", "离线凭证已收回", "the offline voucher was taken back"},
    {"voucher_used_twice", "离线凭证用了两次", "the offline voucher was used twice"},
    {"voucher_expired", "离线凭证不在有效期内", "the offline voucher was not in its period"},
    {"voucher_unknown", "离线凭证不是经办机构签发", "the offline voucher was never issued"},
};

void put(std::string& text, std::string_view name, const std::string& value) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
}

}  // namespace

const std::vector<TaskText>& all_task_texts() {
  return texts;
}

const TaskText& text_of(TaskKind kind) {
  const auto found = std::find_if(texts.begin(), texts.end(), [kind](const auto& text) { return text.kind == kind; });
  GONGJI_CHECK(found != texts.end());
  return *found;
}

std::string_view reason_words(std::string_view reason, Language language) {
  for (const Reason& known : reasons) {
    if (known.code == reason) return language == Language::zh ? known.zh : known.en;
  }
  return reason;
}

TaskWords words_of(const Task& task, Language language) {
  const bool zh = language == Language::zh;
  const TaskText& text = text_of(task.kind);
  std::string reason(reason_words(task.reason, language));
  if (!task.article.empty()) reason += fmt::format(fmt::runtime(zh ? "({})" : " ({})"), task.article);
  const auto filled = [&](std::string_view sentence) {
    std::string out(sentence);
    put(out, "{amount}", to_string(task.amount));
    put(out, "{count}", std::to_string(task.count));
    put(out, "{by}", task.by ? to_string(*task.by) : "-");
    put(out, "{reason}", reason);
    put(out, "{detail}", task.detail);
    return out;
  };
  return {filled(zh ? text.happened_zh : text.happened_en), filled(zh ? text.money_zh : text.money_en),
          filled(zh ? text.next_zh : text.next_en)};
}

}  // namespace gongji::terminal
