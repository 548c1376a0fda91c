// troubles.h — what a cashier is told when nothing may be promised (G45xx).  The codes of denial.h in words.
#pragma once

#include "offline/base/result.h"

namespace gongji::authority::troubles {

inline constexpr TroubleText clock_untrusted{
    "G4501", "本机时钟不可信。", "请收现金并保存补结算单;校准时钟并等待与中心连通一次。",
    "this till's clock cannot be trusted.",
    "Take cash and keep the re-settlement paper; set the clock and wait for one contact with the centre."};
inline constexpr TroubleText served_ahead{
    "G4520", "这笔费用的就诊日期晚于今天。", "请校准收银软件所在电脑的日期后重新结算,或收现金并保存补结算单。",
    "the visit is dated after today.",
    "Set the date of the computer that runs the till's software and settle again, or take cash and keep the paper."};
inline constexpr TroubleText snapshot_absent{
    "G4502", "离线时没有该参保人的留存信息。", "请收现金并保存补结算单;线路恢复后可到医保经办机构补结算。",
    "nothing is stored of this person, and the line is down.",
    "Take cash and keep the re-settlement paper; the sale can be re-settled at the bureau."};
inline constexpr TroubleText terms_absent{"G4503", "医保机构没有给本终端离线额度。",
                                          "请收现金并保存补结算单;联系经办机构开通。",
                                          "the authority granted this till no off-line reserve.",
                                          "Take cash and keep the re-settlement paper; ask the bureau for terms."};
inline constexpr TroubleText terms_expired{
    "G4504", "本终端的离线额度已过期。", "请收现金并保存补结算单;与中心连通一次即可更新。",
    "this till's terms have expired.",
    "Take cash and keep the re-settlement paper; one contact with the centre renews them."};
inline constexpr TroubleText contact_too_old{"G4505", "距上次与中心连通已超过允许的小时数。",
                                             "请收现金并保存补结算单;尽快恢复线路。",
                                             "the last contact with the centre is too long ago.",
                                             "Take cash and keep the re-settlement paper; bring the line back."};
inline constexpr TroubleText presence_without_reserve{
    "G4506", "这种凭证离线时没有额度。", "请改刷社会保障卡,或收现金并保存补结算单。",
    "this kind of credential has no reserve off line.",
    "Read the social security card instead, or take cash and keep the re-settlement paper."};
inline constexpr TroubleText over_sale_limit{"G4507", "超过离线单笔限额。", "请收现金并保存补结算单,或等线路恢复。",
                                             "the sale is above the off-line limit of one sale.",
                                             "Take cash and keep the re-settlement paper, or wait for the line."};
inline constexpr TroubleText over_person_day_limit{"G4508", "超过该参保人当日离线限额。",
                                                   "请收现金并保存补结算单,或等线路恢复。",
                                                   "this person's off-line limit of the day is used up.",
                                                   "Take cash and keep the re-settlement paper, or wait for the line."};
inline constexpr TroubleText over_total_limit{
    "G4509", "本终端离线总额度已用完。", "请收现金并保存补结算单;尽快恢复线路补传。",
    "this till's off-line total is used up.", "Take cash and keep the re-settlement paper; bring the line back."};
inline constexpr TroubleText over_count_limit{"G4510", "本终端离线笔数已用完。",
                                              "请收现金并保存补结算单;尽快恢复线路补传。",
                                              "this till's number of off-line sales is used up.",
                                              "Take cash and keep the re-settlement paper; bring the line back."};

inline constexpr TroubleText family_without_grant{
    "G4511", "离线时没有可动用该家庭共济账户的额度。", "请改用本人账户或收现金;线路恢复后可用家庭账户结算。",
    "off line, nothing was granted of this family account.",
    "Use the patient's own account or take cash; with the line up the family account can pay."};

inline constexpr TroubleText card_stopped{
    "G4512", "这张社会保障卡已挂失或停用。",
    "请勿用此卡结算;请参保人改用本人其他有效凭证。卡已找回的,请到经办机构解除挂失。",
    "this card was reported lost or taken back.",
    "Do not settle with it; the patient may show another credential of their own, or have it released at the bureau."};
inline constexpr TroubleText voucher_stopped{"G4513", "这张离线凭证已作废,或已在别处用过。",
                                             "请参保人换一张离线凭证,或刷本人社会保障卡。",
                                             "this offline voucher was taken back, or was used elsewhere.",
                                             "Ask for another voucher, or read the patient's social security card."};
inline constexpr TroubleText voucher_used{"G4514", "这张离线凭证已在本机用过,一张只能用一次。",
                                          "请参保人换一张离线凭证,或刷本人社会保障卡。",
                                          "this offline voucher was used at this till; one is good for one sale.",
                                          "Ask for another voucher, or read the patient's social security card."};
inline constexpr TroubleText person_stopped{
    "G4515", "该参保人的医保待遇已暂停。", "请收现金并保存补结算单;请参保人到经办机构核实参保状态。",
    "this person's insurance is suspended.",
    "Take cash and keep the re-settlement paper; the patient should ask the bureau."};
inline constexpr TroubleText card_pin_missing{
    "G4516", "离线时这笔金额需要核对社会保障卡密码。",
    "请参保人输入卡密码,用同一报文标识重发;不便输入的,请收现金或等线路恢复。",
    "without the line a sale of this amount needs the card's PIN.",
    "Let the patient enter the PIN and send the same message again; otherwise take cash or wait for the line."};

inline constexpr TroubleText journal_in_doubt{
    "G4530", "本机日志可能是旧备份，与中心核对前不能垫付。",
    "请收现金并保存补结算单;恢复线路，与中心连通一次后自动继续。",
    "this till's journal may be an old backup; nothing is promised until the centre has looked at it.",
    "Take cash and keep the re-settlement paper; bring the line up once, and the till goes on by itself."};

inline constexpr TroubleText lowest_share_unknown{
    "G4517", "离线时无法确定本次统筹基金的最低支付额。", "请收现金并保存补结算单;线路恢复后可联网结算。",
    "off line, the least that the fund pays for this sale cannot be told.",
    "Take cash and keep the re-settlement paper; with the line up the fund's share can be settled."};
inline constexpr TroubleText split_sale{
    "G4518", "与该参保人刚才的购药合并后超过离线单笔限额。", "请收现金并保存补结算单,或等线路恢复;不要拆分成多笔。",
    "together with what this person bought just before, the sale is above the off-line limit of one sale.",
    "Take cash and keep the re-settlement paper, or wait for the line; do not split the sale."};

inline constexpr const TroubleText* all[] = {
    &journal_in_doubt,         &card_stopped,          &voucher_stopped,      &voucher_used,
    &person_stopped,           &card_pin_missing,      &clock_untrusted,      &served_ahead,
    &snapshot_absent,          &terms_absent,          &terms_expired,        &contact_too_old,
    &presence_without_reserve, &family_without_grant,  &lowest_share_unknown, &split_sale,
    &over_sale_limit,          &over_person_day_limit, &over_total_limit,     &over_count_limit};

}  // namespace gongji::authority::troubles
