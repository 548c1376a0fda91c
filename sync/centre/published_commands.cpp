#include "sync/centre/published_commands.h"

#include <fmt/format.h>

#include <iostream>

#include "offline/base/day.h"
#include "offline/packs/signed_file.h"
#include "sync/centre/folder.h"
#include "sync/centre/roots.h"

namespace gongji::centre {

namespace {
constexpr std::size_t terms_bytes_max = 64u << 10;
}

void PublishedCommands::declare(CLI::App& app) {
  const auto group = [&](const char* name, const char* what) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->require_subcommand(1);
    return sub;
  };
  const auto command = [&](CLI::App* parent, const char* name, const char* what) {
    CLI::App* sub = parent->add_subcommand(name, what);
    sub->add_option("DIR", directory_, "the centre's folder")->required();
    return sub;
  };
  pack_ = group("pack", "rules that the authority signed, handed out to every terminal");
  publish_pack_ = command(pack_, "publish", "hands out a signed pack, supplement or activation (gongji packs sign)");
  publish_pack_->add_option("FILE", file_, "the signed file")->required();
  withdraw_pack_ = command(pack_, "withdraw", "takes one back");
  withdraw_pack_->add_option("DIGEST", digest_, "64 hex digits, of pack list")->required();
  list_packs_ = command(pack_, "list", "what was published, and what was withdrawn");
  terms_ = group("terms", "what terminals may promise off line");
  publish_terms_ = command(terms_, "publish", "new terms for every terminal, in the form of terms.json");
  publish_terms_->add_option("FILE", file_, "the terms as JSON")->required();
  root_ = group("root", "from one root to the next; the server is started again after each step");
  new_root_ = command(root_, "new", "makes the next root; terminals are told to believe both");
  switch_root_ = command(root_, "switch", "the next root signs from now on");
  drop_root_ = command(root_, "drop", "the old root is believed no more; when every terminal has renewed");
  show_terms_ = command(terms_, "show", "the terms that hold now, as JSON");
}

int PublishedCommands::run(CentreService& service, WallTime now) const {
  const auto done = work(service, now);
  if (done) return 0;
  std::cerr << to_string(done.error(), Language::zh) << '\n' << to_string(done.error(), Language::en) << '\n';
  return 1;
}

Result<void> PublishedCommands::work(CentreService& service, WallTime now) const {
  if (*publish_pack_) {
    const auto text = read_text_file(file_, packs::signed_text_bytes_max);
    if (!text) return text.error();
    const auto file = service.publish_rules(*text, now);
    if (!file) return file.error();
    std::cout << fmt::format("{}  {}  {} bytes\n", file->digest, file->kind, file->bytes);
  } else if (*withdraw_pack_) {
    return service.withdraw_rules(digest_, now);
  } else if (*list_packs_) {
    const auto files = service.rule_files();
    if (!files) return files.error();
    for (const RuleFile& file : *files) {
      std::cout << fmt::format("{}  {}  {} bytes  {} {}\n", file.digest, file.kind, file.bytes,
                               file.withdrawn ? "withdrawn" : "published", to_string(civil_time_at(file.published)));
    }
  } else if (*publish_terms_) {
    const auto text = read_text_file(file_, terms_bytes_max);
    if (!text) return text.error();
    return service.publish_terms(*text, now);
  } else if (*new_root_) {
    return make_next_root(directory_, now, system_random());
  } else if (*switch_root_) {
    return switch_to_next_root(directory_, now, system_random());
  } else if (*drop_root_) {
    return drop_old_root(directory_);
  } else {
    std::cout << to_json_text(service.plan());
  }
  return {};
}

}  // namespace gongji::centre
