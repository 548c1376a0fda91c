// troubles.h — what can go wrong with a file of SQLite, and what a person does next.
#pragma once

#include "offline/base/result.h"

namespace gongji::sqlite::troubles {

inline constexpr TroubleText disk_full{
    "G4201", "磁盘已满，这一笔没有写入。", "请清理磁盘空间后重试；已写入的记录不受影响。",
    "The disk is full; nothing of this was written.", "Free some space and try again; earlier records are safe."};
inline constexpr TroubleText disk_error{
    "G4202", "磁盘读写出错。", "请检查磁盘和连线并备份数据目录；重启程序后再试，仍出错请更换磁盘。",
    "The disk reported an error.",
    "Check the disk and back up the data directory; restart, and replace the disk if it happens again."};
inline constexpr TroubleText busy{"G4203", "数据文件正被另一个程序占用。",
                                  "请确认没有第二个程序或备份工具打开它，然后重试。",
                                  "The data file is in use by another program.",
                                  "Make sure no second program or backup tool has it open, then try again."};
inline constexpr TroubleText damaged{
    "G4204", "数据文件已损坏。", "请停止使用本机结算，保留该文件，并联系运维用备份恢复。", "The data file is damaged.",
    "Stop settling on this machine, keep the file, and have it restored from a backup."};
inline constexpr TroubleText read_only{"G4205", "数据文件只读，不能写入。", "请检查文件权限和磁盘是否以只读方式挂载。",
                                       "The data file can only be read.",
                                       "Check its permissions, and whether the disk is mounted read-only."};
inline constexpr TroubleText cannot_open{
    "G4206", "打不开数据文件。", "请检查目录是否存在、路径是否正确、程序是否有权限。",
    "The data file cannot be opened.",
    "Check that the directory exists, the path is right and the program may use it."};
inline constexpr TroubleText not_a_database{"G4207", "这个文件不是数据库文件。", "请检查配置里的路径；不要覆盖该文件。",
                                            "The file is not a database.",
                                            "Check the path in the configuration; do not overwrite the file."};
inline constexpr TroubleText foreign_file{
    "G4208", "这个数据库文件属于别的程序。", "请检查配置里的路径；本程序没有改动它。",
    "The database file belongs to another program.", "Check the path in the configuration; it was not changed."};
inline constexpr TroubleText newer_file{"G4209", "数据文件由更新版本的程序写成。",
                                        "请升级本程序后再打开；文件没有被改动。",
                                        "The data file was written by a newer version of this program.",
                                        "Upgrade this program and open it again; the file was not changed."};
inline constexpr TroubleText out_of_memory{"G4210", "内存不足。", "请关闭其他程序或增加内存后重试。",
                                           "There is not enough memory.",
                                           "Close other programs or add memory, then try again."};
inline constexpr TroubleText unexpected{"G4211", "数据库操作失败。", "请重试；若再次出现，请把括号内的代码告诉运维。",
                                        "A database operation failed.",
                                        "Try again; if it happens again, report the code in brackets."};

inline constexpr const TroubleText* all[] = {&disk_full,  &disk_error,    &busy,           &damaged,
                                             &read_only,  &cannot_open,   &not_a_database, &foreign_file,
                                             &newer_file, &out_of_memory, &unexpected};

}  // namespace gongji::sqlite::troubles
