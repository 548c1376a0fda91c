#include "terminal/commands/ask_daemon.h"

#include <fstream>

#include "sync/http/client.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

Result<DaemonAnswer> ask_daemon(const Config& config, const std::string& path, const std::string& body,
                                std::chrono::milliseconds deadline) {
  http::ClientOptions options;
  options.host = config.api.host;
  options.port = config.api.port;
  // Port 0 took any: the daemon wrote down which.
  if (unsigned port = 0; options.port == 0 && std::ifstream(config.port_file()) >> port) {
    options.port = static_cast<std::uint16_t>(port);
  }
  if (options.port == 0) return trouble(troubles::daemon_unreachable, config.port_file().string());
  http::Request request;
  request.method = body.empty() ? "GET" : "POST";
  request.target = path;
  request.body = body;
  if (!config.tokens.empty()) {
    request.headers.push_back({"Authorization", "Bearer " + config.tokens.front().reveal()});
  }
  const auto response = http::call_and_wait(std::move(options), std::move(request), deadline);
  if (!response) return trouble(troubles::daemon_unreachable, {}, std::string(response.error().text->code));
  DaemonAnswer answer;
  answer.status = response->status;
  answer.body = nlohmann::json::parse(response->body, nullptr, false);
  if (!answer.body.is_object()) return trouble(troubles::daemon_unreachable, {}, std::to_string(response->status));
  return answer;
}

}  // namespace gongji::terminal
