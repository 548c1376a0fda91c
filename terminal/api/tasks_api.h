// tasks_api.h — the clerk's tasks over /api/v1.
//
//   GET  /api/v1/tasks[?all=1]        what is to be done, the most pressing first; all: what is done, too
//   POST /api/v1/tasks/{id}/done      {"who", "note"} -> the task; a second mark changes nothing
//
// The journal is read on a thread of its own, made when first needed: no sale waits for it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <string>

#include "offline/authority/trusted_clock.h"
#include "sync/http/message.h"
#include "terminal/tasks/task_list.h"

namespace gongji::terminal {

inline constexpr std::size_t task_requests_max = 4;  // at once; more are told to come again

class TasksApi {
 public:
  TasksApi(const Config& config, const TerminalIdentity& identity, std::shared_ptr<const seal::KeyStore> keys,
           const authority::TrustedClock& clock)
      : config_(config), identity_(identity), keys_(std::move(keys)), clock_(clock) {}

  static bool is_path(std::string_view path);
  boost::asio::awaitable<http::Response> handle(std::string path, http::Request request);
  // Waits until nothing of it is under way on its thread; what comes later is not begun.
  void stop();

 private:
  boost::asio::awaitable<http::Response> list(bool all);
  boost::asio::awaitable<http::Response> finish(std::string id, std::string body);

  const Config& config_;
  const TerminalIdentity& identity_;
  std::shared_ptr<const seal::KeyStore> keys_;
  const authority::TrustedClock& clock_;
  std::size_t running_ = 0;
  std::optional<boost::asio::thread_pool> thread_;
};

}  // namespace gongji::terminal
