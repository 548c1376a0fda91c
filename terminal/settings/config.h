// config.h — the daemon's configuration file (TOML).  Every key is described in terminal/gongjid.toml.
//
// An unknown key is an error: a misspelt key must not be silently ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "offline/journal/second_place.h"
#include "offline/packs/catalogue.h"

namespace gongji::terminal {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};
// "127.0.0.1:8471", "[::1]:8471", "centre.example:443".  port_min 0 allows "any free port".
Result<HostPort> parse_host_port(std::string_view text, std::uint16_t port_min, std::string path);

struct Config {
  std::filesystem::path data;

  HostPort api{"127.0.0.1", 8471};
  std::vector<Secret> tokens;
  bool tokenless = false;

  HostPort centre;

  bool card_enabled = true;
  std::string card_reader;  // prefix of the reader's name, "" = any

  std::string scanner_device;  // "" = none

  std::filesystem::path catalogue_file;
  packs::UnknownGoods unknown_goods = packs::UnknownGoods::refuse;

  std::filesystem::path packs_directory;              // of signed files; "" = the built-in packs only
  std::vector<std::filesystem::path> authority_keys;  // public keys, beside the one that came with the enrolment
  bool activate_reported = false;

  std::filesystem::path anchor_file;  // "" = none
  journal::SecondPlace second_copy;   // directory "" = none

  std::string log_level = "info";

  std::filesystem::path journal_file() const { return data / "journal.db"; }
  std::filesystem::path keys_directory() const { return data / "keys"; }
  std::filesystem::path identity_file() const { return data / "identity.json"; }
  std::filesystem::path tls_directory() const { return data / "tls"; }
  std::filesystem::path orders_directory() const { return data / "orders"; }
  std::filesystem::path rules_directory() const { return data / "rules"; }
  std::filesystem::path retired_file() const { return data / "retired.json"; }
  std::filesystem::path port_file() const { return data / "api.port"; }
};

// Relative paths are taken from the folder of the file.
// Errors, in order: config_unreadable, config_key_unknown, config_value_invalid (path = the key).
Result<Config> load_config(const std::filesystem::path& file);

}  // namespace gongji::terminal
