#include "terminal/settings/config.h"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "terminal/troubles.h"

using namespace gongji;
using namespace gongji::terminal;

namespace {

// A configuration file that lives as long as the test.
class File {
 public:
  explicit File(const std::string& text) {
    path_ = std::filesystem::temp_directory_path() / ("gongji-config-" + std::to_string(::getpid()) + ".toml");
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

const std::string whole = R"([terminal]
data = "till"
[api]
listen = "127.0.0.1:0"
tokens = ["0123456789abcdef"]
[centre]
address = "centre.example:8443"
[catalogue]
file = "catalogue.json"
)";

std::pair<std::string, std::string> fault(const std::string& text) {
  const File file(text);
  auto config = load_config(file.path());
  if (config) return {"well", ""};
  return {std::string(config.error().text->code), config.error().path};
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = whole;
  text.replace(text.find(from), from.size(), to);
  return text;
}

}  // namespace

TEST_CASE("a configuration is read, with paths taken from its folder") {
  const File file(whole);
  const auto config = load_config(file.path());
  REQUIRE(config.has_value());
  CHECK(config->data == file.path().parent_path() / "till");
  CHECK(config->centre == HostPort{"centre.example", 8443});
  CHECK(config->tokens.size() == 1);
  CHECK(config->card_enabled);
  CHECK(config->unknown_goods == packs::UnknownGoods::refuse);
}

TEST_CASE("the commented example is a valid configuration") {
  const auto config = load_config("terminal/gongjid.toml");
  REQUIRE(config.has_value());
  CHECK(config->api == HostPort{"127.0.0.1", 8471});
}

TEST_CASE("a misspelt key, section or value is refused by name") {
  using Fault = std::pair<std::string, std::string>;
  const std::string unknown(troubles::config_key_unknown.code), invalid(troubles::config_value_invalid.code);
  CHECK(fault(whole) == Fault{"well", ""});
  CHECK(fault(with("listen", "lisen")) == Fault{unknown, "api.lisen"});
  CHECK(fault(with("[centre]", "[center]")) == Fault{unknown, "center"});
  CHECK(fault(with("127.0.0.1:0", "0.0.0.0:8471")) == Fault{invalid, "api.listen"});
  CHECK(fault(with("127.0.0.1:0", "127.0.0.1:70000")) == Fault{invalid, "api.listen"});
  CHECK(fault(with("0123456789abcdef", "short")) == Fault{invalid, "api.tokens"});
  CHECK(fault(with("\"0123456789abcdef\"", "")) == Fault{invalid, "api.tokens"});
  CHECK(fault(with("[\"0123456789abcdef\"]", "7")) == Fault{invalid, "api.tokens"});
  CHECK(fault(with("centre.example:8443", "centre.example")) == Fault{invalid, "centre.address"});
  CHECK(fault(with("\"till\"", "7")) == Fault{invalid, "terminal.data"});
  CHECK(fault(whole + "unknown = \"sometimes\"\n") == Fault{invalid, "catalogue.unknown"});
  CHECK(fault(whole + "[packs]\nauthority_keys = \"a.pub\"\n") == Fault{invalid, "packs.authority_keys"});
  CHECK(fault(whole + "[packs]\nauthority_keys = [7]\n") == Fault{invalid, "packs.authority_keys"});
  CHECK(fault(whole + "[log]\nlevel = \"loud\"\n") == Fault{invalid, "log.level"});
  CHECK(fault("not toml").first == troubles::config_unreadable.code);
}
