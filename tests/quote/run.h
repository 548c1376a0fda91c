// run.h — runs `gongji quote` inside the test's process.
#pragma once

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "offline/base/money.h"
#include "terminal/quote/quote.h"

namespace gongji::testing {

class File {
 public:
  File() : fd_(::memfd_create("quote-test", 0)) { REQUIRE(fd_ >= 0); }
  explicit File(const std::string& text) : File() {
    REQUIRE(::write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::lseek(fd_, 0, SEEK_SET);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(fd_); }
  int fd() const { return fd_; }
  std::string text() const {
    const auto size = ::lseek(fd_, 0, SEEK_END);
    std::string text(static_cast<std::size_t>(size), '\0');
    REQUIRE(::pread(fd_, text.data(), text.size(), 0) == size);
    return text;
  }

 private:
  int fd_;
};

struct Run {
  int status = 0;
  std::vector<std::string> lines;
  std::string errors;
  nlohmann::json answer(std::size_t index) const {
    REQUIRE(index < lines.size());
    return nlohmann::json::parse(lines[index]);
  }
};

inline Run quote(const std::string& input, const terminal::QuoteOptions& options = {}) {
  const File in(input), out;
  std::ostringstream errors;
  Run run;
  run.status = terminal::run_quote(options, in.fd(), out.fd(), errors);
  run.errors = errors.str();
  std::istringstream text(out.text());
  for (std::string line; std::getline(text, line);) run.lines.push_back(line);
  return run;
}

// The text of a number member, as printed.
inline std::string printed(const std::string& answer, const std::string& member) {
  const auto begin = answer.find("\"" + member + "\":");
  REQUIRE(begin != std::string::npos);
  const auto from = begin + member.size() + 3;
  return answer.substr(from, answer.find_first_of(",}", from) - from);
}

inline std::int64_t fen(const std::string& text) {
  const auto amount = parse_money(text);
  INFO(text);
  REQUIRE(amount.has_value());
  return amount->in_fen();
}

}  // namespace gongji::testing
