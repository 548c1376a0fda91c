// service_version.cpp — which version of the protocol one exchange speaks.
#include <fmt/format.h>

#include "sync/centre/service_detail.h"

namespace gongji::centre {

std::variant<std::uint32_t, CentreService::Refused> CentreService::agree(const http::Request& request) const {
  const auto said = request.find(protocol::version_header);
  // Who says nothing is of the time before there was a second version.
  const auto theirs = said ? protocol::parse_versions(*said) : protocol::Versions{};
  if (!theirs) {
    return refuse(400, "malformed", "Gongji-Protocol 请求头无效，应为 1-2 这样的版本范围。",
                  "The header Gongji-Protocol is not a range of versions such as 1-2.");
  }
  const protocol::Versions& ours = parts_.speaks;
  if (const auto version = protocol::common_version(ours, *theirs)) return *version;
  const std::string they = protocol::to_string(*theirs), we = protocol::to_string(ours);
  if (theirs->highest < ours.lowest) {
    return refuse(
        426, "protocol_too_old",
        fmt::format("本终端的协议版本（{}）过旧，中心只支持 {}。请升级终端软件；未上传的记录都保留，升级后自动补传。",
                    they, we),
        fmt::format("This terminal's protocol ({}) is too old for the centre, which speaks {}. Upgrade the terminal's "
                    "software; what is not sent yet is kept and goes up by itself afterwards.",
                    they, we));
  }
  return refuse(
      426, "protocol_too_new",
      fmt::format(
          "中心的协议版本（{}）过旧，本终端需要 {}。请联系经办机构升级中心；未上传的记录都保留，升级后自动补传。", we,
          they),
      fmt::format("The centre's protocol ({}) is too old for this terminal, which needs {}. Ask the authority to "
                  "upgrade the centre; what is not sent yet is kept and goes up by itself afterwards.",
                  we, they));
}

}  // namespace gongji::centre
