// gongji-vcard — a virtual social security card for vsmartcard's virtual reader, and its remote control.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "card/pcsc/pcsc_transport.h"
#include "card/vcard/performance.h"

namespace {

using gongji::card::vcard::PerformanceOptions;

constexpr char usage[] =
    "gongji-vcard [--host ADDRESS] [--port N] [--control PATH] [--persons FILE] [--insert NAME]\n"
    "    plays a social security card before vsmartcard's virtual reader (default 127.0.0.1:35963)\n"
    "gongji-vcard ctl PATH COMMAND...\n"
    "    tells the one that listens at PATH: insert NAME | remove | swap NAME | persons | status | quit |\n"
    "    tear-after N | fail-after N SW | swap-after N NAME | delay MS | strict-t0 on|off | read-all on|off |\n"
    "    mute on|off\n"
    "gongji-vcard readers [--wait MS]\n"
    "    lists the readers of the PC/SC service; waits for the first one\n";

int misused(const std::string& why) {
  std::fprintf(stderr, "gongji-vcard: %s\n%s", why.c_str(), usage);
  return 2;
}

int failed(const std::string& why) {
  std::fprintf(stderr, "gongji-vcard: %s\n", why.c_str());
  return 1;
}

// Whole numbers 0..highest; -1 for anything else.
long number(const std::string& text, long highest) {
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return -1;
  const long out = std::stol(text);
  return out <= highest ? out : -1;
}

int control(const std::vector<std::string>& words) {
  if (words.size() < 3) return misused("ctl needs a path and a command");
  std::string line;
  for (std::size_t i = 2; i < words.size(); ++i) line += (i == 2 ? "" : " ") + words[i];
  const std::string answer = gongji::card::vcard::conduct(words[1], line);
  std::puts(answer.c_str());
  return answer.starts_with("ok") ? 0 : 1;
}

int list_readers(const std::vector<std::string>& words) {
  long wait_ms = 0;
  if (words.size() == 3 && words[1] == "--wait") {
    wait_ms = number(words[2], 600'000);
  } else if (words.size() != 1) {
    return misused("readers takes only --wait MS");
  }
  if (wait_ms < 0) return misused("--wait takes milliseconds");
  const gongji::Clock& clock = gongji::system_clock();
  const auto transport = gongji::card::make_pcsc_transport({}, clock);
  const gongji::SteadyTime until = clock.steady().plus(std::chrono::milliseconds(wait_ms));
  while (true) {
    const auto left = std::max(std::chrono::milliseconds(0), until - clock.steady());
    const auto readers = transport->wait_for_change(left);
    if (readers && !readers->empty()) {
      for (const auto& reader : *readers) std::printf("%s%s\n", reader.name.c_str(), reader.present ? " (card)" : "");
      return 0;
    }
    if (left.count() == 0) {
      return failed(readers ? "no reader" : gongji::to_string(readers.error(), gongji::Language::en));
    }
  }
}

int play(const std::vector<std::string>& words) {
  PerformanceOptions options;
  std::error_code ignored;
  std::string persons_file =
      std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "gongji-vcard.persons.json";
  std::string insert;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    if (i + 1 == words.size()) return misused(words[i] + " needs a value");
    const std::string& value = words[i + 1];
    if (words[i] == "--host") {
      options.host = value;
    } else if (words[i] == "--port") {
      const long port = number(value, 65'535);
      if (port < 1) return misused("--port takes 1..65535");
      options.port = static_cast<std::uint16_t>(port);
    } else if (words[i] == "--control") {
      options.control = value;
    } else if (words[i] == "--persons") {
      persons_file = value;
    } else if (words[i] == "--insert") {
      insert = value;
    } else {
      return misused("does not know " + words[i]);
    }
  }
  auto persons = gongji::card::vcard::load_persons(persons_file);
  if (!persons) return failed(gongji::to_string(persons.error(), gongji::Language::en));
  gongji::card::vcard::Stage stage(std::move(*persons));
  if (!insert.empty()) {
    const std::string answer = stage.obey("insert " + insert);
    if (!answer.starts_with("ok")) return failed(answer);
  }
  const std::string wrong = gongji::card::vcard::perform(stage, options);
  return wrong.empty() ? 0 : failed(wrong);
}

}  // namespace

int main(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
    std::fputs(usage, stdout);
    return 0;
  }
  if (!words.empty() && words[0] == "ctl") return control(words);
  if (!words.empty() && words[0] == "readers") return list_readers(words);
  return play(words);
}
