// troubles.h — what can go wrong with keys, and what a person does next.
#pragma once

#include "offline/base/result.h"

namespace gongji::seal::troubles {

inline constexpr TroubleText directory_not_private{
    "G4101", "密钥目录的权限过宽，其他用户可以读取密钥。", "请执行提示中的 chmod 命令，然后重新启动。",
    "The key directory is open to other users.", "Run the chmod command shown, then start again."};
inline constexpr TroubleText file_not_private{
    "G4102", "密钥文件的权限过宽，或不是普通文件。", "请执行提示中的命令，然后重新启动；如怀疑泄露，请更换密钥。",
    "A key file is open to other users, or is not a regular file.",
    "Run the command shown, then start again; if it may have been copied, replace the key."};
inline constexpr TroubleText unreadable{"G4103", "无法读取密钥文件或目录。", "请检查路径、所有者和磁盘，然后重新启动。",
                                        "A key file or directory cannot be read.",
                                        "Check its path, its owner and the disk, then start again."};
inline constexpr TroubleText not_a_key{
    "G4104", "密钥文件的内容不是有效密钥。", "请从备份恢复该文件；不要删除，删除后旧记录将无法打开。",
    "A key file does not hold a valid key.",
    "Restore this file from the backup; do not delete it, old records could not be opened any more."};
inline constexpr TroubleText cannot_write{"G4105", "无法写入密钥文件。", "请检查磁盘空间和目录的所有者，然后重试。",
                                          "A key file cannot be written.",
                                          "Check free space and the owner of the directory, then try again."};
inline constexpr TroubleText bad_month{"G4106", "月份写法不正确。", "请写成“2026-11”这样的年-月。",
                                       "This is not a month.", "Write year and month like 2026-11."};
inline constexpr TroubleText month_key_missing{
    "G4107", "找不到该月的数据密钥，无法打开个人信息。", "请从备份恢复 month 目录下的密钥文件；链条本身仍可核对。",
    "The data key of this month is missing, so its personal data cannot be opened.",
    "Restore the key file in the month folder from the backup; the chain itself can still be verified."};
inline constexpr TroubleText month_key_destroyed{"G4108", "该月的个人信息已按规定删除。",
                                                 "无需处理；金额和链条仍可核对。",
                                                 "The personal data of this month has been erased as intended.",
                                                 "Nothing to do; amounts and chain can still be verified."};
inline constexpr TroubleText does_not_open{"G4109", "加密数据无法打开：内容被改动或密钥不符。",
                                           "请停止使用该数据文件，保留现场并联系技术支持。",
                                           "Sealed data does not open: it was changed, or belongs to another key.",
                                           "Stop using this data file, keep it as it is, and call support."};

inline constexpr TroubleText data_key_lost{
    "G4110", "数据主密钥 data.key 丢失，而各月密钥还在。",
    "请从备份恢复 data.key，或用店主的恢复密钥执行 gongji keys recover；不要新建。",
    "data.key is gone while the month keys that it wraps are there.",
    "Restore data.key from the backup, or run gongji keys recover with the owner's recovery key; do not make a new "
    "one."};
inline constexpr TroubleText recovery_mistyped{"G4111", "恢复密钥输入有误：校验位不符。",
                                               "请核对提示的那一组六位数字后重新输入。",
                                               "The recovery key was mistyped: a check digit does not fit.",
                                               "Compare the group of six digits that is named and type it again."};
inline constexpr TroubleText recovery_key_wrong{
    "G4112", "这不是本密钥目录的恢复密钥。", "请找出最近一次打印的恢复密钥；旧的在换新后即作废。",
    "This is not the recovery key of these keys.",
    "Find the one that was printed last; a newer one makes the older ones void."};
inline constexpr TroubleText recovery_not_made{
    "G4113", "本机没有设置恢复密钥。", "只能从备份恢复 data.key；以后请执行 gongji keys recovery-new。",
    "No recovery key was made for these keys.",
    "Only a backup of data.key helps; make one with gongji keys recovery-new for the next time."};
inline constexpr TroubleText data_key_there{
    "G4114", "data.key 还在，没有做任何改动。", "如确认它不是本机的，请先把它移到别处再恢复。",
    "data.key is there; nothing was changed.", "If it is not the right one, move it elsewhere first."};

inline constexpr TroubleText month_keys_differ{
    "G4115", "本中心某月的数据密钥与共用账本登记的不同。", "请从最先使用该账本的中心复制整个 keys 目录，然后重新启动。",
    "The data key that this centre has of a month is not the one that the shared ledger names.",
    "Copy the whole keys folder from the centre that used this ledger first, then start again."};

inline constexpr const TroubleText* all[] = {
    &directory_not_private, &file_not_private, &unreadable,        &not_a_key,
    &cannot_write,          &bad_month,        &month_key_missing, &month_key_destroyed,
    &does_not_open,         &data_key_lost,    &recovery_mistyped, &recovery_key_wrong,
    &recovery_not_made,     &data_key_there,   &month_keys_differ};

}  // namespace gongji::seal::troubles
