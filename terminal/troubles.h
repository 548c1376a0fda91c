// troubles.h — what the daemon and the command line say when something is wrong (G6xxx).
#pragma once

#include "offline/base/result.h"

namespace gongji::terminal::troubles {

inline constexpr TroubleText config_unreadable{
    "G6101", "配置文件打不开或不是合法的 TOML。", "请按提示的行修改配置文件。",
    "the configuration file cannot be read, or is not TOML.", "Correct the line that is named."};
inline constexpr TroubleText config_key_unknown{"G6102", "配置文件里有不认识的项。", "请检查拼写,或删去该项。",
                                                "the configuration has a key that is not known.",
                                                "Check its spelling, or remove it."};
inline constexpr TroubleText config_value_invalid{"G6103", "配置项的值不合要求。", "请按说明更正该项。",
                                                  "a configuration value is not acceptable.",
                                                  "Correct it as described."};
inline constexpr TroubleText not_enrolled{
    "G6104", "本终端尚未登记。", "请运行 gongji enrol,用中心发的一次性登记码登记。", "this terminal is not enrolled.",
    "Run gongji enrol with the one-time code from the centre."};
inline constexpr TroubleText already_enrolled{"G6105", "本终端已经登记过。", "若要换机登记,请使用新的数据目录。",
                                              "this terminal is enrolled already.",
                                              "Use a new data directory to enrol anew."};
inline constexpr TroubleText code_invalid{"G6106", "登记码格式不对。", "请完整复制以 GJ1- 开头的登记码。",
                                          "the enrolment code is malformed.",
                                          "Copy the whole code, which begins with GJ1-."};
inline constexpr TroubleText enrol_refused{"G6107", "中心拒绝了登记。", "请向中心索取新的登记码。",
                                           "the centre refused the enrolment.", "Ask the centre for a new code."};
inline constexpr TroubleText identity_unreadable{
    "G6108", "终端身份文件损坏。", "请从备份恢复 identity.json,或联系实施工程师。",
    "the terminal's identity file is damaged.", "Restore identity.json, or call the field engineer."};
inline constexpr TroubleText person_unknown{
    "G6201", "中心没有该参保人的信息。", "请核对凭证;如确已参保,请到经办机构核实。",
    "the centre does not know this person.", "Check the credential; ask the bureau."};
// 医疗保障基金使用监督管理条例 (State Council decree 735), in force from 2021-05-01.
inline constexpr TroubleText person_differs{
    "G6202", "凭证不是这位参保人本人的。",
    "参保人员应当持本人医疗保障凭证就医、购药,不得出借或冒用(《医疗保障基金使用监督管理条例》第十七条、第四十一条);"
    "请用本人凭证重新获取人员信息。家庭共济只共用账户资金,待遇和凭证不能共用。",
    "this credential is not the patient's own.",
    "Patients show their own credential; it must not be lent or used by others (decree 735 of the State Council, "
    "articles "
    "17 and 41). Ask for the person again with the patient's own; families share account money, not benefits."};
inline constexpr TroubleText credential_missing{"G6203", "没有可用的凭证。", "请插入社会保障卡,或扫医保电子凭证。",
                                                "there is no credential.",
                                                "Insert the social security card or scan the e-voucher."};
inline constexpr TroubleText voucher_online_only{
    "G6204", "医保电子凭证的28位码只能联网使用,现在连不上中心。",
    "请参保人改刷社会保障卡,或出示事先领取的离线凭证码;也可等线路恢复后重新扫码。没有使用这个码。",
    "the 28 digits of an e-voucher work only with the line up.",
    "Read the social security card, or show an offline voucher; or scan again when the line is back. The code was not "
    "used."};
inline constexpr TroubleText reader_disabled{
    "G6205", "本机没有启用读卡器。", "请在配置里启用 [card],或直接传卡号与卡识别码。", "no card reader is configured.",
    "Enable [card], or send card number and card_sn."};
inline constexpr TroubleText sale_unknown{
    "G6206", "本机没有这笔结算。", "请核对结算ID;在别的终端或重新入网之前结算的,请到原终端或经办机构办理。",
    "this till has no such sale.",
    "Check the id; one of another till, or from before this till was enrolled anew, is dealt with there or at the "
    "bureau."};
inline constexpr TroubleText already_cancelled{"G6207", "这笔结算已经撤销。", "无需重复操作。",
                                               "this sale is cancelled already.", "Nothing more is to be done."};
inline constexpr TroubleText not_cancellable{"G6208", "这笔结算不能在本机撤销。", "请在原终端撤销,或到经办机构办理。",
                                             "this sale cannot be cancelled here.",
                                             "Cancel it at its own till, or at the bureau."};
inline constexpr TroubleText settlement_moved{"G6209", "该参保人同时在别处结算,金额一直在变。", "请稍候再试一次。",
                                              "this person's amounts keep changing under another sale.",
                                              "Try once more in a moment."};
inline constexpr TroubleText hold_refused{"G6210", "中心没有为这笔结算预留金额。", "请按提示处理后重试。",
                                          "the centre did not set the shares aside.",
                                          "Follow the message and try again."};
inline constexpr TroubleText law_refuses{"G6212", "按现行政策不能结算。", "请按所引条款处理。",
                                         "the law gives no settlement for this.", "See the article that is cited."};
inline constexpr TroubleText visit_differs{"G6213", "就诊ID与这笔结算不一致。", "请核对 mdtrt_id。",
                                           "mdtrt_id is not that of the sale.", "Check mdtrt_id."};
inline constexpr TroubleText voucher_not_in_period{
    "G6214", "离线凭证不在有效期内。", "请参保人换一张有效的离线凭证,或刷本人社会保障卡。",
    "this offline voucher is not in its period.", "Ask for one that is, or read the patient's social security card."};
inline constexpr TroubleText pin_without_card{"G6215", "只有在本机读卡时才能核对卡密码。",
                                              "请插卡并用 \"read\":\"card\" 发送,或去掉 pin。",
                                              "a PIN can be checked only by the card in this till's reader.",
                                              "Insert the card and send \"read\":\"card\", or leave the PIN out."};
inline constexpr TroubleText refunded_in_part{
    "G6216", "这笔结算已经部分退货。", "请用保留部分的结算ID(见详情)继续退货或撤销。",
    "part of this sale has come back already.", "Go on with the sale of what is kept, whose id is in the details."};
inline constexpr TroubleText refund_lines_wrong{
    "G6217", "退货的行或数量与原结算不符。", "请核对行号与数量:保留的不能多于原来卖出的,至少要退一件。",
    "the lines or quantities are not those of the sale.",
    "Check them: no more can be kept than was sold, and something must come back."};
inline constexpr TroubleText refund_pays_more{"G6218", "只留这些商品时,有一方要比原来多付,本机不能直接部分退货。",
                                              "请整单撤销,再把保留的商品重新结算。",
                                              "for what is kept somebody would have to pay more than for the whole.",
                                              "Cancel the sale, then sell what is kept anew."};
inline constexpr TroubleText refund_law_absent{"G6219", "结算当时所用的政策规则包不在本机。",
                                               "请整单撤销后重新结算,或到经办机构办理。",
                                               "the rules that this sale was settled with are not here any more.",
                                               "Cancel the sale and sell anew, or go to the bureau."};
inline constexpr TroubleText still_settling{"G6220", "要冲正的报文正在本机结算。", "请稍候用同一报文再冲正一次。",
                                            "the message to be reversed is being settled here.",
                                            "Send the same reversal again in a moment."};
inline constexpr TroubleText nothing_to_reverse{
    "G6221", "本机没有用这个报文ID结算过,没有可冲正的。", "请核对 omsgid 和 oinfno;如该报文尚未送达,请不要再发送它。",
    "nothing was settled here under this msgid.",
    "Check omsgid and oinfno; if that message was never delivered, do not send it any more."};
inline constexpr TroubleText not_reversible{
    "G6222", "该交易不能冲正。", "只有 2102 可以冲正;不清楚其他交易的结果时,请用原报文ID重发原报文。",
    "this transaction cannot be reversed.",
    "Only 2102 can; where another's outcome is not known, send the same message again under its own msgid."};
inline constexpr TroubleText reversed_before{"G6223", "这个报文已经冲正,不能再用。", "如仍要结算,请用新的 msgid 发送。",
                                             "this message was reversed and settles nothing any more.",
                                             "To sell all the same, send it with a new msgid."};
inline constexpr TroubleText prescription_unknown{
    "G6224", "没有查到该参保人的这张处方,或处方已作废。", "请核对处方号;处方有误请参保人联系开方机构。",
    "this person has no such prescription, or it was withdrawn.",
    "Check the number; the patient asks the prescriber where it is wrong."};
inline constexpr TroubleText prescription_not_here{
    "G6225", "这张处方不能在本类机构配药。", "请参保人到处方指定类别的机构配药。",
    "this prescription cannot be filled at a site of this kind.", "The patient goes to a site that it names."};
inline constexpr TroubleText prescription_expired{"G6226", "处方不在有效期内。", "请参保人请医师重新开方。",
                                                  "the prescription is not in its period.",
                                                  "The patient asks for a new one."};
inline constexpr TroubleText prescription_other_goods{"G6227", "有商品不在处方内。", "请把处方外的商品另开一单。",
                                                      "some of the goods are not on the prescription.",
                                                      "Ring those up as a sale of their own."};
inline constexpr TroubleText prescription_used_up{
    "G6228", "处方数量已用完或不足。", "请按处方剩余数量销售,或请医师重新开方。",
    "what is left of the prescription is less than this.", "Sell what is left of it, or ask for a new one."};
inline constexpr TroubleText origin_refused{"G6301", "不接受网页跨站请求。", "请由收银软件直接调用本机接口。",
                                            "a web page of another site may not call this.",
                                            "Call from the till's software."};
inline constexpr TroubleText token_wrong{"G6302", "令牌缺失或不正确。", "请检查收银软件里的地址或 Authorization 头。",
                                         "the token is missing or wrong.",
                                         "Check the URL or the Authorization header."};
inline constexpr TroubleText path_unknown{"G6303", "没有这个地址。", "请对照接口说明检查地址。",
                                          "there is no such address.", "Check the address."};
inline constexpr TroubleText method_wrong{"G6304", "该地址不接受这种方法。", "请对照接口说明。",
                                          "this address does not take that method.", "Check the method."};
inline constexpr TroubleText key_missing{"G6305", "缺少 Idempotency-Key。",
                                         "请为每笔交易生成唯一的键,重试时用同一个键。", "Idempotency-Key is missing.",
                                         "Make one key for each sale and repeat it on a retry."};
inline constexpr TroubleText daemon_busy{"G6306", "同时进行的交易太多。", "请稍后用同一个键重试。",
                                         "too many sales at once.", "Try again with the same key."};
inline constexpr TroubleText scanner_disabled{
    "G6308", "本机没有配置扫码枪。", "请在配置里填写 [scanner] device,或直接传凭证号。", "no scanner is configured.",
    "Set [scanner] device, or send the code as text."};
inline constexpr TroubleText credential_not_read{
    "G6307", "凭证类型不支持。", "请使用社会保障卡、医保电子凭证或身份证号。",
    "this kind of credential is not supported.", "Use the card, the e-voucher or the ID number."};

inline constexpr TroubleText earlier_epoch_absent{
    "G6109", "本机没有该世代的日志。", "请核对世代编号；旧日志是数据目录里的 journal-epoch-N.db。",
    "there is no journal of that epoch here.",
    "Check the number; old journals are journal-epoch-N.db in the data folder."};

inline constexpr TroubleText retired{"G6110", "本终端已退役,密钥已销毁。",
                                     "如需继续使用,请换一个新的数据目录,重新入网。",
                                     "this terminal has retired: its keys are destroyed.",
                                     "To use this machine again, take a new data folder and enrol anew."};
inline constexpr TroubleText daemon_unreachable{
    "G6111", "连不上本机的结算程序。", "请确认 gongjid 正在运行,且配置文件是它所用的那一份。",
    "the daemon of this machine does not answer.", "Check that gongjid runs, and with this configuration."};
inline constexpr TroubleText daemon_runs{"G6112", "结算程序仍在运行,退役前须先停止。",
                                         "请停止 gongjid(例如 systemctl stop gongjid),再运行一次。",
                                         "the daemon is still running; it must be stopped first.",
                                         "Stop gongjid (systemctl stop gongjid) and run this again."};
inline constexpr TroubleText unsent_left{
    "G6113", "还有记录没有传到中心,不能退役。", "请恢复线路后重试;确认放弃这些记录时加 --force,损失由本机构承担。",
    "entries are not at the centre yet: this till cannot retire.",
    "Try again with the line up. To give them up add --force: they are the site's loss."};
inline constexpr TroubleText centre_not_told{
    "G6114", "没有能通知中心,不能退役。",
    "请恢复线路后重试;加 --force 可直接销毁密钥,然后请经办机构注销本终端(gongji-centre terminal lost)。",
    "the centre could not be told: this till cannot retire.",
    "Try again with the line up. With --force the keys are destroyed all the same; then ask the authority to "
    "revoke this terminal (gongji-centre terminal lost)."};
inline constexpr TroubleText keys_left{"G6115", "密钥未能全部销毁。", "请再运行一次 gongji retire;若仍失败请销毁磁盘。",
                                       "not all keys could be destroyed.",
                                       "Run gongji retire again; if that fails too, destroy the disk."};
inline constexpr TroubleText rules_unreadable{"G6234", "规则文件无法读取。", "请检查磁盘;中心会重新下发。",
                                              "a file of rules cannot be read.",
                                              "Check the disk; remove the file and the centre's word brings it anew."};

inline constexpr TroubleText order_unreadable{"G6231", "应急令文件无法读取或内容不完整。",
                                              "请重新从经办机构取得该文件;不要编辑。",
                                              "the file of an emergency order cannot be read, or is not whole.",
                                              "Get the file from the bureau again; do not edit it."};
inline constexpr TroubleText order_not_signed{
    "G6232", "应急令不是由本终端所属的医保机构签发。", "不要使用该文件;请向经办机构核实。",
    "the emergency order is not signed by this till's authority.", "Do not use it; ask the bureau."};
inline constexpr TroubleText order_not_stored{"G6233", "应急令未能保存。", "请检查数据目录的权限和磁盘空间。",
                                              "the emergency order could not be stored.",
                                              "Check the data folder's permissions and disk space."};

inline constexpr TroubleText task_unknown{
    "G6241", "没有这项待办。", "请用 gongji queue tasks 核对编号;已不存在的无需处理。", "there is no such task.",
    "Compare with gongji queue tasks; what is gone needs nothing."};
inline constexpr TroubleText task_mark_invalid{
    "G6242", "完成标记不合要求。", "经办人必填,不超过64字节;备注不超过500字节。",
    "a mark of what is done is not acceptable.", "Say who did it (at most 64 bytes); a note has at most 500."};
inline constexpr TroubleText tasks_busy{"G6243", "待办列表正在读取。", "请稍后再试。",
                                        "the list of tasks is being read.", "Try again in a moment."};

inline constexpr const TroubleText* all[] = {&earlier_epoch_absent,
                                             &order_unreadable,
                                             &order_not_signed,
                                             &order_not_stored,
                                             &config_unreadable,
                                             &config_key_unknown,
                                             &config_value_invalid,
                                             &not_enrolled,
                                             &already_enrolled,
                                             &code_invalid,
                                             &enrol_refused,
                                             &identity_unreadable,
                                             &person_unknown,
                                             &person_differs,
                                             &credential_missing,
                                             &voucher_online_only,
                                             &reader_disabled,
                                             &sale_unknown,
                                             &already_cancelled,
                                             &not_cancellable,
                                             &settlement_moved,
                                             &hold_refused,
                                             &law_refuses,
                                             &visit_differs,
                                             &origin_refused,
                                             &token_wrong,
                                             &path_unknown,
                                             &method_wrong,
                                             &key_missing,
                                             &daemon_busy,
                                             &credential_not_read,
                                             &scanner_disabled,
                                             &voucher_not_in_period,
                                             &pin_without_card,
                                             &refunded_in_part,
                                             &refund_lines_wrong,
                                             &still_settling,
                                             &nothing_to_reverse,
                                             &not_reversible,
                                             &reversed_before,
                                             &prescription_unknown,
                                             &prescription_not_here,
                                             &prescription_expired,
                                             &prescription_other_goods,
                                             &prescription_used_up,
                                             &refund_pays_more,
                                             &refund_law_absent,
                                             &task_unknown,
                                             &task_mark_invalid,
                                             &tasks_busy,
                                             &retired,
                                             &daemon_unreachable,
                                             &daemon_runs,
                                             &unsent_left,
                                             &centre_not_told,
                                             &keys_left,
                                             &rules_unreadable};

}  // namespace gongji::terminal::troubles
