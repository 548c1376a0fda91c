#include "terminal/api/tasks_api.h"

#include <functional>

#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/fsi_troubles.h"
#include "sync/protocol/text_json.h"
#include "terminal/api/trouble_answers.h"
#include "terminal/on_thread.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

constexpr std::string_view tasks_path = "/api/v1/tasks";

http::Response task_trouble(const Trouble& what) {
  const bool asked_wrong = what.text == &troubles::task_mark_invalid || what.text->code.starts_with("G1");
  return error_response(what.text == &troubles::task_unknown ? 404 : asked_wrong ? 400 : 503, what);
}

class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

bool TasksApi::is_path(std::string_view path) {
  return path == tasks_path || path.starts_with(std::string(tasks_path) + "/");
}

void TasksApi::stop() {
  if (thread_) thread_->join();
}

asio::awaitable<http::Response> TasksApi::list(bool all) {
  const WallTime now = clock_.wall();
  using Tasks = Result<std::vector<ListedTask>>;
  const std::function<Tasks()> task = [this, all, now] {
    return list_tasks(config_, identity_, keys_.get(), all, now);
  };
  auto step = on_thread<Tasks>(*thread_, task);
  const auto tasks = co_await std::move(step);
  co_return tasks ? http::Response::json(200, to_json(*tasks)) : task_trouble(tasks.error());
}

asio::awaitable<http::Response> TasksApi::finish(std::string id, std::string body) {
  const auto parsed = protocol::parse_text_json(body);
  if (!parsed) co_return task_trouble(parsed.error());
  if (!parsed->is_object()) {
    co_return task_trouble(trouble(protocol::fsi_troubles::member_invalid, {}, "an object is expected"));
  }
  for (const auto& [name, value] : parsed->items()) {
    if (name != "who" && name != "note") {
      co_return task_trouble(trouble(protocol::fsi_troubles::member_invalid, name, "not known"));
    }
  }
  const WallTime now = clock_.wall();
  const DoneMark mark{protocol::fsi_text(*parsed, "who"), protocol::fsi_text(*parsed, "note"), now};
  using Finished = Result<ListedTask>;
  const std::function<Finished()> task = [this, &id, &mark, now] {
    return finish_task(config_, identity_, keys_.get(), id, mark, now);
  };
  auto step = on_thread<Finished>(*thread_, task);
  const auto finished = co_await std::move(step);
  co_return finished ? http::Response::json(200, to_json(*finished)) : task_trouble(finished.error());
}

asio::awaitable<http::Response> TasksApi::handle(std::string path, http::Request request) {
  constexpr std::string_view done_tail = "/done";
  const bool lists = path == tasks_path && request.method == "GET";
  const bool finishes =
      path.ends_with(done_tail) && request.method == "POST" && path.size() > tasks_path.size() + 1 + done_tail.size();
  if (!lists && !finishes) co_return error_response(405, trouble(troubles::method_wrong, request.method));
  if (running_ >= task_requests_max) co_return task_trouble(trouble(troubles::tasks_busy));
  const Counted counted(running_);
  if (!thread_) thread_.emplace(1);
  if (lists) {
    auto step = list(request.query() == "all=1");
    co_return co_await std::move(step);
  }
  const std::size_t begin = tasks_path.size() + 1;
  auto step = finish(path.substr(begin, path.size() - begin - done_tail.size()), std::move(request.body));
  co_return co_await std::move(step);
}

}  // namespace gongji::terminal
