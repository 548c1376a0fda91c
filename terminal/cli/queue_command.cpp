// `gongji queue`: what is not sent yet; and `gongji queue tasks`: what the clerk has to do.
#include <iostream>

#include "offline/seal/key_store.h"
#include "terminal/cli/commands.h"
#include "terminal/commands/queue.h"
#include "terminal/tasks/task_list.h"

namespace gongji::terminal {

namespace {

class QueueCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("queue", "what is not sent yet; tasks: what the clerk has to do");
    command->add_option("--config", file_, "configuration file (TOML)")->required();
    language_.declare(*command);
    command->add_flag("--json", json_, "for programs");
    command->add_option("--days", days_, "how many days of sales to sum up")
        ->check(CLI::Range(1, 31))
        ->capture_default_str();
    tasks_ = command->add_subcommand("tasks", "verdicts, papers, limits and dates that ask for somebody");
    tasks_->fallthrough();
    tasks_->add_flag("--all", all_, "those that are done, too");
    finish_ = tasks_->add_subcommand("done", "marks a task as done");
    finish_->fallthrough();
    finish_->add_option("ID", id_, "the task's number, T101-1-17-1 for instance")->required();
    finish_->add_option("--who", mark_.who, "who did it")->required();
    finish_->add_option("--note", mark_.note, "what was done");
    return command;
  }

  int run() override {
    const auto done = tasks_->parsed() ? run_tasks() : run_queue();
    return done ? done_status : fail(done.error(), language_.language());
  }

 private:
  Result<void> run_queue() {
    auto config = load_config(file_);
    if (!config) return config.error();
    return print_queue(std::cout, *config, json_, days_, language_.language(), system_clock());
  }

  Result<void> run_tasks() {
    auto config = load_config(file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    // Without the keys the list is the same, but for the masked names.
    const auto keys = seal::KeyStore::open(config->keys_directory(), system_random());
    const seal::KeyStore* names = keys ? keys->get() : nullptr;
    const WallTime now = system_clock().wall();
    std::vector<ListedTask> tasks;
    if (finish_->parsed()) {
      mark_.at = now;
      auto finished = finish_task(*config, *identity, names, id_, mark_, now);
      if (!finished) return finished.error();
      tasks.push_back(std::move(*finished));
    } else {
      auto found = list_tasks(*config, *identity, names, all_, now);
      if (!found) return found.error();
      tasks = std::move(*found);
    }
    if (json_) {
      std::cout << to_json(tasks) << '\n';
    } else {
      print(std::cout, tasks, language_.language());
    }
    return {};
  }

  std::string file_, id_;
  LanguageOption language_;
  bool json_ = false, all_ = false;
  int days_ = 7;
  DoneMark mark_;
  CLI::App *tasks_ = nullptr, *finish_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> queue_command() {
  return std::make_unique<QueueCommand>();
}

}  // namespace gongji::terminal
