// troubles.h — what can be wrong with a centre's folder, its files and its ledger (codes G54xx).
#pragma once

#include "offline/base/result.h"

namespace gongji::centre::troubles {

inline constexpr TroubleText already_made{"G5401", "该目录里已有一个中心。", "请换一个空目录，或继续使用现有的中心。",
                                          "There is a centre in this folder already.",
                                          "Choose an empty folder, or go on with the centre that is there."};
inline constexpr TroubleText not_a_centre{"G5402", "该目录里没有中心。", "请先运行 gongji-centre init 建立中心。",
                                          "There is no centre in this folder.", "Make one with gongji-centre init."};
inline constexpr TroubleText file_unreadable{"G5403", "文件无法读取。", "请检查路径和权限。", "A file cannot be read.",
                                             "Check its path and its rights."};
inline constexpr TroubleText file_not_written{"G5404", "文件未能写入。", "请检查目录权限和磁盘剩余空间。",
                                              "A file was not written.",
                                              "Check the folder's rights and the free space."};
inline constexpr TroubleText people_invalid{"G5405", "人员文件的内容不符合要求。", "请按提示的字段更正后重试。",
                                            "The file of people is not as it must be.",
                                            "Correct the member that is named and try again."};
inline constexpr TroubleText terms_invalid{
    "G5406", "条款文件 terms.json 的内容不符合要求。", "请按提示的字段更正后重启中心。",
    "The file terms.json is not as it must be.", "Correct the member that is named and start the centre again."};
inline constexpr TroubleText site_unknown{"G5407", "没有这个定点机构。", "请核对机构代码。", "There is no such site.",
                                          "Check the site's code."};
inline constexpr TroubleText person_unknown{"G5408", "没有这个参保人。", "请核对人员编号。", "There is no such person.",
                                            "Check the person's number."};
inline constexpr TroubleText terminal_unknown{"G5409", "没有这个终端。", "请核对终端编号。",
                                              "There is no such terminal.", "Check the terminal's name."};
inline constexpr TroubleText ledger_unbalanced{
    "G5410", "账务不平，总和不为零。", "请停止该中心，保留其目录，并联系技术支持。", "The ledger does not sum to zero.",
    "Stop this centre, keep its folder and call support."};

inline constexpr TroubleText terminal_name_invalid{
    "G5411", "终端编号不符合要求。", "请用 1 到 32 个字母、数字或短横线。", "The terminal's name is not allowed.",
    "Use 1 to 32 letters, digits or hyphens."};

inline constexpr TroubleText order_invalid{"G5421", "应急令文件的内容不符合要求。", "请按提示的字段更正后重新签发。",
                                           "The file of the emergency order does not hold what it must.",
                                           "Correct the member that is named and issue it again."};
inline constexpr TroubleText order_unknown{"G5422", "没有这个应急令。", "请用 gongji-centre order list 核对编号。",
                                           "There is no such emergency order.",
                                           "Compare the number with gongji-centre order list."};

inline constexpr TroubleText card_unknown{"G5412", "没有这张社会保障卡。", "请核对卡号。", "There is no such card.",
                                          "Check the card's number."};
inline constexpr TroubleText voucher_unknown{"G5413", "没有签发过这张离线凭证。", "请核对凭证编号(64位)。",
                                             "No such voucher was issued.", "Check the voucher's number (64 digits)."};
inline constexpr TroubleText not_stopped{"G5414", "停用名单里没有这一项,或它不能撤下。",
                                         "用过的离线凭证不能恢复;其他请用 gongji-centre stop list 核对。",
                                         "The stop list has no such line, or it cannot be lifted.",
                                         "A used voucher stays used; for others see gongji-centre stop list."};
inline constexpr TroubleText stop_list_full{"G5415", "停用名单已满。", "请先撤下不再需要的项。",
                                            "The stop list is full.", "Lift what is not needed any more."};
inline constexpr TroubleText voucher_period_invalid{
    "G5416", "离线凭证的有效期或张数不合要求。", "有效期为1小时至366天且尚未结束,张数至少为1。",
    "The vouchers' period or number is not allowed.",
    "A period has 1 hour to 366 days and has not ended; make at least one."};
inline constexpr TroubleText vouchers_too_many{
    "G5417", "该参保人名下未到期的离线凭证过多。", "请等旧凭证到期,或减少张数。",
    "This person has too many vouchers whose period has not ended.", "Wait until earlier ones end, or make fewer."};

inline constexpr TroubleText files_not_of_one_day{
    "G5431", "这些对账明细文件不是同一机构同一天的。", "请按机构和服务日分开核对。",
    "These files of lines are not of one site and one day.", "Reconcile each site and day by itself."};

inline constexpr TroubleText operation_invalid{
    "G5432", "账务操作的编号或经办人不合要求。", "请用 --operation 给一个编号、--officer 写明经办人,各不超过64字节。",
    "The operation's id or officer is not acceptable.",
    "Give an id with --operation and a name with --officer, of at most 64 bytes each."};
inline constexpr TroubleText operation_differs{
    "G5433", "这个编号已用于另一项账务操作。", "请用新的编号;已完成的操作用 gongji-centre ledger operations 查看。",
    "This id has done something else before.", "Use a new one; gongji-centre ledger operations lists what was done."};
inline constexpr TroubleText accruals_invalid{
    "G5434", "入账清单不合要求。", "每行写 人员编号,金额(元),金额大于零,每人一行。",
    "The list of contributions is not as it must be.",
    "One line a person: psn_no,amount in yuan, above zero, each person once."};
inline constexpr TroubleText family_bound{
    "G5435", "这两人已经绑定,或是同一个人。", "请用 gongji-centre person show 核对家庭关系。",
    "These two are bound already, or are one person.", "Compare with gongji-centre person show."};
inline constexpr TroubleText family_not_bound{"G5436", "这两人没有绑定家庭共济。",
                                              "请用 gongji-centre person show 核对家庭关系。",
                                              "These two are not bound.", "Compare with gongji-centre person show."};
inline constexpr TroubleText ledger_faulty{"G5437", "账务核对发现不符。", "请停止该中心,保留其数据,并联系技术支持。",
                                           "The books do not hold.",
                                           "Stop this centre, keep its data and call support."};

inline constexpr TroubleText rules_unknown{"G5423", "没有发布过这个规则文件，或已撤回。",
                                           "请用 gongji-centre pack list 核对摘要。",
                                           "There is no such published file of rules, or it was withdrawn.",
                                           "Compare the digest with gongji-centre pack list."};

inline constexpr TroubleText root_step_wrong{
    "G5424", "根证书轮换的步骤不对。", "顺序为:root new、root switch、root drop。",
    "this is not the next step of moving to another root.", "The order is: root new, root switch, root drop."};

inline constexpr TroubleText grant_unknown{
    "G5438", "没有这样的有效预授额度。", "请用 gongji-centre grant list 核对编号、人员和终端。",
    "There is no such live grant.", "Compare id, person and terminal with gongji-centre grant list."};

inline constexpr TroubleText prescription_invalid{"G5439", "处方文件不合要求。", "请按提示的位置更正后重新登记。",
                                                  "The file of prescriptions is not as it must be.",
                                                  "Correct it where the path says, then add it again."};
inline constexpr TroubleText prescription_known{
    "G5440", "该处方号已登记。", "处方登记后不能更改;请作废后用新的处方号登记。",
    "This number is in the register already.",
    "What is registered does not change: withdraw it, and add a new number."};
inline constexpr TroubleText prescription_absent{"G5441", "没有该处方,或已作废。",
                                                 "请用 gongji-centre prescription list 核对处方号。",
                                                 "There is no such prescription, or it was withdrawn before.",
                                                 "Compare the number with gongji-centre prescription list."};

inline constexpr const TroubleText* all[] = {
    &prescription_invalid, &prescription_known, &prescription_absent, &grant_unknown,          &operation_invalid,
    &operation_differs,    &accruals_invalid,   &family_bound,        &family_not_bound,       &ledger_faulty,
    &files_not_of_one_day, &order_invalid,      &order_unknown,       &already_made,           &not_a_centre,
    &file_unreadable,      &file_not_written,   &people_invalid,      &terms_invalid,          &site_unknown,
    &person_unknown,       &terminal_unknown,   &ledger_unbalanced,   &terminal_name_invalid,  &card_unknown,
    &voucher_unknown,      &not_stopped,        &stop_list_full,      &voucher_period_invalid, &root_step_wrong,
    &rules_unknown,        &vouchers_too_many};

}  // namespace gongji::centre::troubles
