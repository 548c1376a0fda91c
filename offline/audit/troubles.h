// troubles.h — what can be wrong with evidence, and what a person does next.
#pragma once

#include "offline/base/result.h"

namespace gongji::audit::troubles {

inline constexpr TroubleText settlement_differs{
    "G4661", "这一笔重新计算的结果与记录不符。", "请保留文件，用 gongji quote 复核这一笔，并联系经办机构。",
    "This sale, computed again, does not give what was recorded.",
    "Keep the file, check this sale with gongji quote, and call the authority."};
inline constexpr TroubleText law_absent{
    "G4662", "找不到这一笔所用的规则包，无法重新计算。", "请用 --packs 或 --supplement 加上当时的规则文件后重试。",
    "The rules that decided this sale are not here, so it cannot be computed again.",
    "Add the rule files of that time with --packs or --supplement and try again."};
inline constexpr TroubleText not_a_bundle{"G4663", "文件不是完整的审计包。", "请重新取得该文件；不要编辑。",
                                          "The file is not a whole audit bundle.",
                                          "Fetch the file again; do not edit it."};
inline constexpr TroubleText bundle_not_signed{
    "G4664", "审计包不是由所称终端签名，或签名后被改动。", "请向终端所在机构重新索取；保留此文件备查。",
    "The bundle was not signed by the terminal that it names, or was changed afterwards.",
    "Ask the site for it again, and keep this file."};
inline constexpr TroubleText not_registered{
    "G4665", "中心没有为这个终端的密钥作证，或中心公钥不对。",
    "请核对中心公钥（gongji-centre public-key）；仍不符则不可采信。",
    "The centre does not vouch for this terminal's key, or this is another centre's key.",
    "Check the centre's key (gongji-centre public-key); if it still fails, do not rely on the bundle."};
inline constexpr TroubleText no_registration{
    "G4666", "本机入网时没有取得中心的登记签名，不能导出。", "请向经办机构索取新的入网码，重新入网后再导出。",
    "This terminal was enrolled without the centre's registration, so it cannot export.",
    "Ask the authority for a new code, enrol again, then export."};
inline constexpr TroubleText range_not_there{
    "G4667", "日志里没有所要的这段序号。", "请用 gongji queue 查看最后序号后重试。",
    "The log does not have the entries asked for.", "See the last number with gongji queue and try again."};
inline constexpr TroubleText not_a_receipt{"G4668", "这不是完整的小票码。", "请重新扫描整个二维码；一行一个。",
                                           "This is not a whole receipt code.",
                                           "Scan the whole QR code again; one code a line."};
inline constexpr TroubleText receipt_not_ours{"G4669", "小票不是由本终端签发，或内容被改动。",
                                              "请核对是否为本机的小票；不要用它恢复。",
                                              "The receipt was not signed by this terminal, or was changed.",
                                              "Check that it is this terminal's receipt; do not restore from it."};
inline constexpr TroubleText receipts_conflict{
    "G4670", "同一序号出现两个不同的内容。", "请停止恢复，保留日志和小票，联系经办机构。",
    "One number stands for two different entries.",
    "Stop restoring, keep the journal and the receipts, and call the authority."};
inline constexpr TroubleText key_unreadable{
    "G4671", "公钥文件无法读取或不是 SM2 公钥。", "文件应为 130 位十六进制数（04 开头）。",
    "The public key cannot be read, or is not an SM2 key.", "The file holds 130 hex digits that begin with 04."};
inline constexpr TroubleText too_large{"G4672", "要导出的范围太大。", "请分几次导出较小的范围。",
                                       "The stretch to export is too large.", "Export it in smaller stretches."};
inline constexpr TroubleText cannot_write{
    "G4673", "无法写入文件。", "请检查目录、权限和磁盘空间；已有的文件不会被覆盖。", "The file cannot be written.",
    "Check folder, permissions and space; a file that exists is never replaced."};

inline constexpr TroubleText not_a_paper{"G4674", "这是小票,不是补结算单。", "请扫描补结算单上的二维码。",
                                         "This is the code of a receipt, not of a re-settlement paper.",
                                         "Scan the code on the paper."};

inline constexpr const TroubleText* all[] = {
    &settlement_differs, &law_absent,      &not_a_bundle,  &bundle_not_signed, &not_registered,
    &no_registration,    &range_not_there, &not_a_receipt, &receipt_not_ours,  &receipts_conflict,
    &key_unreadable,     &too_large,       &cannot_write,  &not_a_paper};

}  // namespace gongji::audit::troubles
