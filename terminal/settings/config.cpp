#include "terminal/settings/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <map>
#include <set>

#include "terminal/troubles.h"

namespace gongji::terminal {
namespace {

// Every key there is.  A key that is not here is refused.
const std::map<std::string, std::set<std::string>, std::less<>> known_keys = {
    {"terminal", {"data"}},
    {"api", {"listen", "tokens", "tokenless"}},
    {"centre", {"address"}},
    {"card", {"enabled", "reader"}},
    {"scanner", {"device"}},
    {"catalogue", {"file", "unknown"}},
    {"packs", {"directory", "authority_keys", "activate_reported"}},
    {"anchor", {"file"}},
    {"second_copy", {"directory", "before_answer"}},
    {"log", {"level"}},
};

constexpr std::size_t token_bytes_min = 16;

Trouble invalid(std::string path, std::string expected) {
  return trouble(troubles::config_value_invalid, std::move(path), std::move(expected));
}

Result<void> check_keys(const toml::table& root) {
  for (const auto& [section, node] : root) {
    const auto known = known_keys.find(section.str());
    if (known == known_keys.end()) return trouble(troubles::config_key_unknown, std::string(section.str()));
    const toml::table* table = node.as_table();
    if (table == nullptr) return invalid(std::string(section.str()), "a [section] is expected");
    for (const auto& [key, value] : *table) {
      if (!known->second.contains(std::string(key.str()))) {
        return trouble(troubles::config_key_unknown, fmt::format("{}.{}", section.str(), key.str()));
      }
    }
  }
  return {};
}

// Reads an optional value of type T into `out`; a value of another type is an error.
template <class T>
Result<void> read(const toml::table& root, std::string_view section, std::string_view key, T& out) {
  const auto node = root[section][key];
  if (!node) return {};
  const auto value = node.template value_exact<T>();
  if (!value) return invalid(fmt::format("{}.{}", section, key), "another type is expected");
  out = *value;
  return {};
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text, std::uint16_t port_min, std::string path) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return invalid(std::move(path), "host:port is expected");
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || port > 65535 || port < port_min) {
    return invalid(std::move(path), "a port from 1 to 65535 is expected");
  }
  return HostPort{std::string(host), static_cast<std::uint16_t>(port)};
}

Result<Config> load_config(const std::filesystem::path& file) {
  toml::table root;
  try {
    root = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    return trouble(troubles::config_unreadable, file.filename().string(),
                   fmt::format("line {}: {}", error.source().begin.line, error.description()));
  }
  if (auto done = check_keys(root); !done) return done.error();

  Config config;
  const auto folder = std::filesystem::absolute(file).parent_path();
  const auto resolve = [&](const std::string& text) {
    const std::filesystem::path path(text);
    return path.is_absolute() ? path : folder / path;
  };
  std::string data, listen = "127.0.0.1:8471", centre, catalogue, unknown = "refuse", packs_directory, anchor,
                    second_copy;
  for (const auto& done :
       {read(root, "terminal", "data", data), read(root, "api", "listen", listen),
        read(root, "api", "tokenless", config.tokenless), read(root, "centre", "address", centre),
        read(root, "card", "enabled", config.card_enabled), read(root, "card", "reader", config.card_reader),
        read(root, "scanner", "device", config.scanner_device), read(root, "catalogue", "file", catalogue),
        read(root, "catalogue", "unknown", unknown), read(root, "packs", "directory", packs_directory),
        read(root, "packs", "activate_reported", config.activate_reported), read(root, "anchor", "file", anchor),
        read(root, "second_copy", "directory", second_copy),
        read(root, "second_copy", "before_answer", config.second_copy.before_answer),
        read(root, "log", "level", config.log_level)}) {
    if (!done) return done.error();
  }

  if (data.empty()) return invalid("terminal.data", "a folder is expected");
  config.data = resolve(data);
  auto api = parse_host_port(listen, 0, "api.listen");
  if (!api) return api.error();
  if (api->host != "127.0.0.1" && api->host != "::1") {
    return invalid("api.listen", "only 127.0.0.1 and ::1 are allowed: the interface is for this machine");
  }
  config.api = *api;
  if (const auto tokens = root["api"]["tokens"]) {
    if (!tokens.is_array()) return invalid("api.tokens", "a list of texts is expected");
    for (const toml::node& node : *tokens.as_array()) {
      const auto token = node.value_exact<std::string>();
      if (!token || token->size() < token_bytes_min) return invalid("api.tokens", "each has at least 16 characters");
      config.tokens.emplace_back(*token);
    }
  }
  if (config.tokens.empty() && !config.tokenless) {
    return invalid("api.tokens", "give a token for each till program, or set api.tokenless = true");
  }
  auto address = parse_host_port(centre, 1, "centre.address");
  if (!address) return address.error();
  config.centre = *address;
  if (catalogue.empty()) return invalid("catalogue.file", "a file is expected");
  config.catalogue_file = resolve(catalogue);
  if (unknown == "own_cost") {
    config.unknown_goods = packs::UnknownGoods::own_cost;
  } else if (unknown != "refuse") {
    return invalid("catalogue.unknown", "\"refuse\" or \"own_cost\"");
  }
  if (!packs_directory.empty()) config.packs_directory = resolve(packs_directory);
  if (const auto keys = root["packs"]["authority_keys"]) {
    if (!keys.is_array()) return invalid("packs.authority_keys", "a list of files is expected");
    for (const toml::node& node : *keys.as_array()) {
      const auto key = node.value_exact<std::string>();
      if (!key || key->empty()) return invalid("packs.authority_keys", "a list of files is expected");
      config.authority_keys.push_back(resolve(*key));
    }
  }
  if (!anchor.empty()) config.anchor_file = resolve(anchor);
  if (!second_copy.empty()) config.second_copy.directory = resolve(second_copy);
  if (second_copy.empty() && config.second_copy.before_answer) {
    return invalid("second_copy.directory", "a folder is expected where before_answer = true");
  }
  static const std::set<std::string> levels = {"trace", "debug", "info", "warn", "error", "off"};
  if (!levels.contains(config.log_level)) return invalid("log.level", "trace, debug, info, warn, error or off");
  return config;
}

}  // namespace gongji::terminal
