// `gongji packs vectors SCHEME@VERSION`: claims, answers and explanations to check another engine against.
#include <algorithm>
#include <fstream>
#include <iostream>

#include "offline/packs/troubles.h"
#include "offline/vectors/vectors.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

// 1 where there is no such pack, or the file cannot be written.
class PacksVectorsCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("vectors", "claims with their answers, to check another engine against");
    command->add_option("pack", name_, "SCHEME@VERSION, as `gongji packs list` prints it; or all")->required();
    command->add_option("--out", out_, "folder for SCHEME@VERSION.jsonl; - (default) writes to standard output");
    packs_.declare(*command);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto loaded = packs_.load();
    if (!loaded) return fail(loaded.error(), language_.language());
    bool any = false;
    for (const packs::PackInfo& info : loaded->packs()) {
      if (name_ != "all" && name_ != info.name) continue;
      any = true;
      std::string text;
      for (const vectors::Vector& each : vectors::make_vectors(*loaded, info)) {
        text += vectors::to_json_line(each) + "\n";
      }
      if (out_ == "-") {
        std::cout << text;
        continue;
      }
      const auto file = std::filesystem::path(out_) / (info.name + ".jsonl");
      std::ofstream out(file, std::ios::binary | std::ios::trunc);
      out << text;
      out.close();
      if (!out) return fail(trouble(packs::troubles::not_written, file.string()), language_.language());
    }
    if (!any) return fail(trouble(packs::troubles::nothing_there, name_), language_.language());
    return done_status;
  }

 private:
  std::string name_, out_ = "-";
  PackOptions packs_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_vectors_command() {
  return std::make_unique<PacksVectorsCommand>();
}

}  // namespace gongji::terminal
