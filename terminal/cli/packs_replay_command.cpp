#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "offline/base/clock.h"
#include "offline/replay/print.h"
#include "offline/replay/run.h"
#include "offline/replay/troubles.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

// A bar on standard error where that is a terminal and the work takes longer than a moment.
class ProgressBar {
 public:
  explicit ProgressBar(const Clock& clock) : clock_(clock), wanted_(::isatty(STDERR_FILENO) == 1) {
    started_ = drawn_ = clock.steady();
  }
  ~ProgressBar() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(replay::ClaimSource::Progress progress) {
    if (!wanted_ || progress.whole == 0) return;
    const SteadyTime now = clock_.steady();
    if (now - started_ < std::chrono::seconds(1) || now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    shown_ = true;
    constexpr std::uint64_t width = 40;
    const std::uint64_t done = std::min(progress.done, progress.whole);
    const auto filled = static_cast<std::size_t>(done * width / progress.whole);
    std::cerr << "\r[" << std::string(filled, '#') << std::string(width - filled, '.') << "] "
              << done * 100 / progress.whole << " %" << std::flush;
  }

 private:
  const Clock& clock_;
  bool wanted_, shown_ = false;
  SteadyTime started_, drawn_;
};

Result<void> write_file(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out ? Result<void>() : trouble(replay::troubles::unwritable, file);
}

// 1 where a version is not loaded, the claims cannot be read, a result cannot be written, or a line was no claim.
class PacksReplayCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("replay", "settle past sales under two versions: who gains, who loses");
    command
        ->add_option("input", input_,
                     "claims (JSON Lines), a till's data directory or journal, or - for standard input")
        ->required();
    command->add_option("--pack", base_, "scheme@version to count from, or in-force")->required();
    command->add_option("--against", other_, "scheme@version to count to, or in-force")->required();
    command->add_option("--csv", csv_, "file for a row a claim");
    command->add_option("--html", html_, "file for a page with charts");
    command->add_option("--json", json_, "file for programs");
    packs_.declare(*command);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto loaded = packs_.load();
    if (!loaded) return fail(loaded.error(), language());
    const auto base = replay::Version::of(*loaded, base_);
    if (!base) return fail(base.error(), language());
    const auto other = replay::Version::of(*loaded, other_);
    if (!other) return fail(other.error(), language());

    const auto report = replayed(*base, *other);
    if (!report) return fail(report.error(), language());
    std::cout << replay::summary_text(*report, language());
    if (!json_.empty()) {
      if (auto written = write_file(json_, replay::report_json(*report)); !written)
        return fail(written.error(), language());
    }
    if (!html_.empty()) {
      if (auto written = write_file(html_, replay::report_html(*report, language())); !written) {
        return fail(written.error(), language());
      }
    }
    return report->unusable == 0 ? done_status : failed_status;
  }

 private:
  Language language() const { return language_.language(); }
  Result<replay::Report> replayed(const replay::Version& base, const replay::Version& other) const {
    ProgressBar bar(system_clock());
    replay::Request request;
    request.input = input_;
    if (!csv_.empty()) request.table = csv_;
    request.progress = [&bar](replay::ClaimSource::Progress progress) { bar.show(progress); };
    return replay::run(base, other, request);
  }

  std::string input_, base_, other_, csv_, html_, json_;
  PackOptions packs_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_replay_command() {
  return std::make_unique<PacksReplayCommand>();
}

}  // namespace gongji::terminal
