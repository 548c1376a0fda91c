// commit_cutter.h — stands between a client and a PostgreSQL server and cuts the line at a COMMIT.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace gongji::database {

enum class Cut { never, before_commit, after_commit };  // the server never hears of it, or has answered it

// Listens on <folder>/.s.PGSQL.5432 and passes everything on to the socket of the same name in `server_folder`.
class CommitCutter {
 public:
  CommitCutter(std::string folder, std::string server_folder);
  ~CommitCutter();
  CommitCutter(const CommitCutter&) = delete;
  CommitCutter& operator=(const CommitCutter&) = delete;

  // The next COMMIT is cut, once.
  void cut(Cut how) { how_ = how; }

 private:
  void serve();
  void pass(int client);

  std::string server_;
  int listening_ = -1;
  std::atomic<bool> ends_{false};
  std::atomic<Cut> how_{Cut::never};
  std::thread thread_;
};

}  // namespace gongji::database
