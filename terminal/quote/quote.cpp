#include "terminal/quote/quote.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

#include "offline/packs/packs.h"
#include "terminal/quote/extra_packs.h"
#include "terminal/quote/quoter.h"

namespace gongji::terminal {

namespace {

constexpr std::size_t line_bytes_max = settlement::claim_text_bytes_max;
constexpr std::size_t read_bytes = 256u << 10;
constexpr std::size_t answers_bytes_kept = 256u << 10;

// Lines of a file descriptor in a buffer of fixed size, each with readable bytes behind it.
class LineSource {
 public:
  explicit LineSource(int fd) : fd_(fd), buffer_(line_bytes_max + read_bytes + settlement::claim_padding_bytes, ' ') {}

  enum class Next : std::uint8_t { line, too_long, wait, end };

  // `wait`: no whole line is here; call `fill`.  The view lives until the next call.
  Next next(std::string_view& line) {
    const char* start = buffer_.data() + begin_;
    const void* newline = std::memchr(start + searched_, '\n', end_ - begin_ - searched_);
    if (newline == nullptr) {
      searched_ = end_ - begin_;
      if (searched_ > line_bytes_max) {
        skipping_ = true;
        begin_ = end_ = searched_ = 0;
      }
      if (!ended_) return Next::wait;
      if (searched_ == 0 && !skipping_) return Next::end;
    }
    const std::size_t size =
        newline == nullptr ? end_ - begin_ : static_cast<std::size_t>(static_cast<const char*>(newline) - start);
    begin_ += newline == nullptr ? size : size + 1;
    searched_ = 0;
    const bool long_line = skipping_ || size > line_bytes_max;
    skipping_ = false;
    line = {start, size};
    return long_line ? Next::too_long : Next::line;
  }

  // Reads what is there, waiting for at least one byte; false after an error.
  bool fill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    ssize_t got = 0;
    do {
      got = ::read(fd_, buffer_.data() + end_, read_bytes);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return false;
    ended_ = got == 0;
    end_ += static_cast<std::size_t>(got);
    return true;
  }

 private:
  int fd_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0, searched_ = 0;
  bool skipping_ = false, ended_ = false;
};

bool write_all(int fd, std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  text.clear();
  return true;
}

}  // namespace

int run_quote(const QuoteOptions& options, int in_fd, int out_fd, std::ostream& err) {
  const Language language = options.explain.value_or(Language::en);
  const auto packs =
      load_extra_packs({options.packs, options.supplements, options.authorities}, options.activate_reported);
  if (packs.has_error()) {
    err << "gongji quote: " << to_string(packs.error(), language) << '\n';
    return 2;
  }
  note_unproven(err, *packs, !options.authorities.empty(), language);

  Quoter quoter(*packs, {options.trace, options.explain});
  LineSource source(in_fd);
  std::string answers;
  answers.reserve(answers_bytes_kept * 2);
  bool all_usable = true;
  for (;;) {
    std::string_view line;
    switch (source.next(line)) {
      case LineSource::Next::line:
        all_usable &= quoter.answer_padded(line, answers) != Quoter::Kind::unusable;
        answers += '\n';
        break;
      case LineSource::Next::too_long:
        all_usable &= quoter.answer_too_long(answers) != Quoter::Kind::unusable;
        answers += '\n';
        break;
      case LineSource::Next::wait:
        if (!write_all(out_fd, answers)) {
          err << "gongji quote: the answers cannot be written: " << std::strerror(errno) << '\n';
          return 1;
        }
        if (!source.fill()) {
          err << "gongji quote: the claims cannot be read: " << std::strerror(errno) << '\n';
          return 1;
        }
        continue;
      case LineSource::Next::end:
        if (!write_all(out_fd, answers)) {
          err << "gongji quote: the answers cannot be written: " << std::strerror(errno) << '\n';
          return 1;
        }
        return all_usable ? 0 : 1;
    }
    if (answers.size() >= answers_bytes_kept && !write_all(out_fd, answers)) {
      err << "gongji quote: the answers cannot be written: " << std::strerror(errno) << '\n';
      return 1;
    }
  }
}

}  // namespace gongji::terminal
