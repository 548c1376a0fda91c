// troubles.h — what can go wrong with the till's log, and what a person does next.
#pragma once

#include "offline/base/result.h"

namespace gongji::journal::troubles {

inline constexpr TroubleText in_use{"G4401", "本机日志已被另一个结算程序打开。", "请先停止那个程序，再启动本程序。",
                                    "Another settlement daemon has this journal open.",
                                    "Stop the other one first, then start this one."};
inline constexpr TroubleText other_terminal{
    "G4402", "这个日志属于另一台终端或另一个周期。", "请检查配置中的终端编号和数据目录；不要删除该文件。",
    "The journal belongs to another terminal or another epoch.",
    "Check the terminal's name and the data directory in the configuration; do not delete the file."};
inline constexpr TroubleText chain_broken{
    "G4403", "日志链在所示记录处不符，可能被改动或损坏。", "请停止本机医保结算，保留文件，并联系运维和经办机构。",
    "The chain of the journal does not hold at the entry shown: it was changed or damaged.",
    "Stop settling on this machine, keep the file, and call support and the authority."};
inline constexpr TroubleText log_behind{
    "G4404", "本机日志比中心已收到的还短，可能恢复了旧备份。", "请只收现金，并与中心联网核对以开启新周期。",
    "This journal ends before what the centre already has: an old backup may have been restored.",
    "Take cash only, and let the centre open a new epoch."};
inline constexpr TroubleText feed_gap{"G4405", "中心下行数据缺号，未作处理。", "无需操作；程序会从缺号处重新请求。",
                                      "The feed of the centre has a gap; nothing of it was applied.",
                                      "Nothing to do: it is asked for again from the gap."};
inline constexpr TroubleText feed_of_other_terminal{
    "G4406", "收到了发给其他终端的下行数据，未作处理。", "请检查终端证书与终端编号是否一致，并告知中心。",
    "A feed for another terminal arrived; nothing of it was applied.",
    "Check that certificate and terminal name belong together, and tell the centre."};
inline constexpr TroubleText feed_item_unusable{
    "G4407", "下行数据中有一项与本机日志对不上，已保留并跳过。", "其余数据已生效；请把括号内的编号告诉中心。",
    "One item of the feed does not fit this journal; it was kept and passed over.",
    "The rest was applied; tell the centre the number in brackets."};
inline constexpr TroubleText commit_uncertain{
    "G4408", "磁盘没有确认写入，这一笔是否保存尚不确定。", "请检查磁盘；用同一编号再次提交即可得知结果。",
    "The disk did not confirm the write; whether this sale was kept is not certain.",
    "Check the disk; ask again with the same number to learn what happened."};
inline constexpr TroubleText writer_busy{"G4409", "待写入的业务过多。", "请稍候几秒再试；若持续出现，请检查磁盘速度。",
                                         "Too many sales wait to be written.",
                                         "Try again in a few seconds; if it goes on, check the speed of the disk."};
inline constexpr TroubleText not_a_journal{"G4410", "数据文件缺少日志内容。",
                                           "请检查路径；如文件来自备份，请重新恢复。", "The file holds no journal.",
                                           "Check the path; if it came from a backup, restore it again."};

inline constexpr TroubleText personal_part_absent{
    "G4411", "这一笔是由小票恢复的，个人信息部分不在本机。", "金额和链条仍可核对；需要个人信息时请向经办机构查询。",
    "This entry was restored from its receipt; its personal part is not here.",
    "Amounts and chain can still be verified; ask the authority where the personal data is needed."};

inline constexpr TroubleText file_of_older_version{
    "G4412", "这个日志文件是旧版本的格式，尚未升级。", "请先启动一次结算程序，它会自动升级文件；升级失败时原文件不变。",
    "The journal is of an older version and was not brought up yet.",
    "Start the settlement daemon once: it brings the file up, or leaves it as it is."};

inline constexpr TroubleText second_copy_unreachable{
    "G4413", "第二份日志的存放位置不可用。", "请检查第二块磁盘是否接好、目录是否存在；恢复后程序自动继续。",
    "The place of the second copy cannot be reached.",
    "Check that the second disk is there and the folder exists; the copy goes on by itself."};
inline constexpr TroubleText second_copy_late{
    "G4414", "第二份日志尚未写好。", "请检查第二块磁盘的速度和连线；稍后用同一编号再次提交即可得知结果。",
    "The second copy is not written yet.",
    "Check the second disk's speed and cable; ask again with the same number to learn what happened."};
inline constexpr TroubleText second_copy_unusable{
    "G4415", "第二份日志的文件无法识别。", "请保留该文件并检查磁盘；确认无用后移走，程序会重新建立。",
    "The files of the second copy are not understood.",
    "Keep them and check the disk; once they are moved away, a new copy is made."};
inline constexpr TroubleText second_copy_knows_more{
    "G4416", "第二份日志比本机日志更完整，本机可能恢复了旧备份。",
    "请停止程序，运行 gongji journal restore 用第二份恢复。",
    "The second copy knows more than this journal: an old backup may have been restored here.",
    "Stop the daemon and run gongji journal restore from the copy."};
inline constexpr TroubleText second_copy_absent{"G4417", "该目录里没有本终端的第二份日志。", "请核对目录和终端编号。",
                                                "There is no copy of this terminal's journal in that folder.",
                                                "Check the folder and the terminal's name."};
inline constexpr TroubleText journal_is_there{
    "G4418", "本机已有日志文件，未作恢复。", "确认要用第二份替换时加 --replace；原文件会改名保留。",
    "There is a journal already; nothing was restored.",
    "Give --replace to put the copy in its place; the file that is there is kept under another name."};

inline constexpr TroubleText anchor_unusable{"G4419", "锚点文件不属于本终端，或已被改动。",
                                             "请核对 [anchor] 的路径；保留该文件，并与中心联网一次。",
                                             "The anchor is another till's, or was changed.",
                                             "Check the path in [anchor]; keep the file, and reach the centre once."};

inline constexpr TroubleText month_still_needed{
    "G4420", "这个月的个人信息还需要，没有删除。", "请等该月结束、全部上传并收到中心的审核结果后再删除。",
    "The personal data of this month is still needed; nothing was erased.",
    "Wait until the month is over, everything is sent and the centre has judged it."};

inline constexpr TroubleText sale_forgotten{
    "G4421", "这一笔的个人信息已按保存期限删除，本机不能再撤销、退费或重打。",
    "请凭小票到经办机构办理；金额和链条仍可核对。",
    "The personal part of this sale was erased at the end of its retention: it cannot be cancelled, refunded or shown "
    "again here.",
    "Go to the authority with the receipt; amounts and chain can still be verified."};

inline constexpr const TroubleText* all[] = {&anchor_unusable,
                                             &in_use,
                                             &other_terminal,
                                             &chain_broken,
                                             &log_behind,
                                             &feed_gap,
                                             &feed_of_other_terminal,
                                             &feed_item_unusable,
                                             &commit_uncertain,
                                             &writer_busy,
                                             &not_a_journal,
                                             &personal_part_absent,
                                             &file_of_older_version,
                                             &second_copy_late,
                                             &second_copy_unreachable,
                                             &second_copy_unusable,
                                             &second_copy_knows_more,
                                             &second_copy_absent,
                                             &journal_is_there,
                                             &month_still_needed,
                                             &sale_forgotten};

}  // namespace gongji::journal::troubles
