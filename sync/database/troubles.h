// troubles.h — what can go wrong with a database server, and what a person does next (codes G547x).
#pragma once

#include "offline/base/result.h"

namespace gongji::database::troubles {

inline constexpr TroubleText unreachable{
    "G5471", "连不上数据库服务器。", "请检查数据库是否在运行、地址和账号是否正确；恢复后程序会自动继续。",
    "The database server cannot be reached.",
    "Check that it runs, and the address and the account; this program goes on by itself when it is back."};
inline constexpr TroubleText connection_lost{
    "G5472", "与数据库的连接中断，这一步没有记账。", "程序会自动重连并重试；若反复出现，请检查数据库服务器。",
    "The connection to the database was lost; nothing of this was written.",
    "It is tried again by itself; if it happens again and again, look at the database server."};
inline constexpr TroubleText conflict{
    "G5473", "与另一进程同时改动同一人的账，这一步没有记账。", "程序会自动重试；若反复出现，请联系技术支持。",
    "Another process changed the same rows at the same time; nothing of this was written.",
    "It is tried again by itself; if it happens again and again, call support."};
inline constexpr TroubleText outcome_unknown{
    "G5474", "提交时数据库连接中断，暂时无法确认是否已记账。", "请在数据库恢复后重试同一请求；同一请求不会重复记账。",
    "The connection was lost while committing; it is not known yet whether this was written.",
    "Send the same request again when the database is back; the same request is not booked twice."};
inline constexpr TroubleText full{"G5475", "数据库服务器的磁盘、内存或连接已用尽。", "请释放空间或增加连接数后重试。",
                                  "The database server is out of disk, memory or connections.",
                                  "Free some, or allow more connections, then try again."};
inline constexpr TroubleText read_only{"G5476", "数据库只读，不能记账。", "请确认连接的是主库，而不是只读副本。",
                                       "The database can only be read.",
                                       "Make sure the address is the primary's, not a replica's."};
inline constexpr TroubleText too_old{"G5477", "数据库服务器的版本过低。", "请使用 PostgreSQL 15 或更高版本。",
                                     "The database server is too old.", "Use PostgreSQL 15 or newer."};
inline constexpr TroubleText unexpected{"G5478", "数据库操作失败。", "请重试；若再次出现，请把括号内的代码告诉运维。",
                                        "A database operation failed.",
                                        "Try again; if it happens again, report the code in brackets."};

inline constexpr const TroubleText* all[] = {&unreachable, &connection_lost, &conflict, &outcome_unknown,
                                             &full,        &read_only,       &too_old,  &unexpected};

}  // namespace gongji::database::troubles
