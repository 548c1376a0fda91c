#include <fmt/format.h>

#include <iostream>

#include "offline/audit/bundle.h"
#include "offline/audit/troubles.h"
#include "sync/http/private_file.h"
#include "terminal/cli/audit_commands.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

namespace fs = std::filesystem;

namespace {

Result<void> write_new(const fs::path& path, std::string_view bytes) {
  if (fs::exists(path)) return trouble(audit::troubles::cannot_write, path.string(), "exists");
  return http::write_private_file(path.string(), bytes);
}

class AuditExportCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("export", "a stretch of the log that others can check");
    command->add_option("--config", config_file_, "configuration of the till (TOML)")->required();
    command->add_option("--from", wish_.from, "first seq")->required();
    command->add_option("--to", wish_.to, "last seq")->required();
    command->add_option("--out", out_, "file to make (0600)")->required();
    command->add_flag("--with-personal", wish_.with_personal, "with names and numbers of persons");
    law_.declare(*command);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto done = run_export();
    return done ? done_status : fail(done.error(), language_.language());
  }

 private:
  Result<void> run_export() {
    const auto config = load_config(config_file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    const auto library = law_.load(&*config);
    if (!library) return library.error();
    const auto keys = seal::KeyStore::open(config->keys_directory(), system_random());
    if (!keys) return keys.error();
    const auto exported = audit::export_bundle(config->journal_file(), **keys, identity->registration, *library, wish_,
                                               system_clock().wall());
    if (!exported) return exported.error();
    // What others will see is looked at first.
    if (auto held = audit::verify_bundle(exported->bytes, identity->centre_public_key); !held) return held.error();
    if (auto done = write_new(out_, exported->bytes); !done) return done;
    const bool zh = language_.language() == Language::zh;
    std::cout << fmt::format(fmt::runtime(zh ? "已导出 {} 笔（含个人信息 {} 笔），{} 字节：{}\n"
                                             : "exported {} entries ({} with personal part), {} bytes: {}\n"),
                             exported->entries, exported->personal, exported->bytes.size(), out_.string());
    return {};
  }

  std::string config_file_;
  fs::path out_;
  audit::ExportWish wish_;
  AuditLaw law_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> audit_export_command() {
  return std::make_unique<AuditExportCommand>();
}

}  // namespace gongji::terminal
