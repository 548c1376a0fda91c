#include "sync/centre/roots.h"

#include <sstream>

#include "offline/base/day.h"
#include "sync/centre/folder.h"
#include "sync/centre/service_detail.h"
#include "sync/centre/troubles.h"
#include "sync/http/certificates.h"

namespace gongji::centre {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t pem_bytes_max = 64u << 10;
constexpr std::string_view end_of_certificate = "-----END CERTIFICATE-----\n";

Result<http::Identity> read_root(const fs::path& directory, const std::string& name) {
  auto certificate = read_text_file(directory / (name + ".pem"), pem_bytes_max);
  if (!certificate) return certificate.error();
  auto key = read_text_file(directory / (name + ".key"), pem_bytes_max);
  if (!key) return key.error();
  return http::Identity{*std::move(certificate), Secret(*std::move(key))};
}

Result<void> write_root(const fs::path& directory, const std::string& name, const http::Identity& root) {
  if (auto done = write_text_file(directory / (name + ".key"), root.key_pem.reveal()); !done) return done;
  return write_text_file(directory / (name + ".pem"), root.certificate_pem);
}

// One a line.  A centre that was made before there was this file needs it written by hand.
Result<std::vector<std::string>> hosts_of(const fs::path& directory) {
  const auto text = read_text_file(directory / "hosts", pem_bytes_max);
  if (!text) return text.error();
  std::vector<std::string> names;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) names.push_back(line);
  }
  return names;
}

}  // namespace

std::vector<std::string> split_certificates(const std::string& text) {
  std::vector<std::string> out;
  std::size_t from = 0;
  for (auto end = text.find(end_of_certificate); end != std::string::npos; end = text.find(end_of_certificate, from)) {
    out.push_back(text.substr(from, end + end_of_certificate.size() - from));
    from = end + end_of_certificate.size();
  }
  return out;
}

fs::path believed_file(const fs::path& directory) {
  return fs::exists(directory / "roots.pem") ? directory / "roots.pem" : directory / "ca.pem";
}

Result<std::vector<std::string>> roots_of(const fs::path& directory) {
  if (!fs::exists(directory / "roots.pem")) return std::vector<std::string>();
  const auto text = read_text_file(directory / "roots.pem", pem_bytes_max);
  if (!text) return text.error();
  return split_certificates(*text);
}

Result<void> make_next_root(const fs::path& directory, WallTime now, Random& random) {
  const auto believed = roots_of(directory);
  if (!believed) return believed.error();
  if (fs::exists(directory / "root-next.pem") || believed->size() > 1) {
    return trouble(troubles::root_step_wrong, "new", "a next root is there already");
  }
  const auto present = read_root(directory, "ca");
  if (!present) return present.error();
  // A name of its own: by it a till knows of which root its certificate is.
  const std::uint64_t serial = random_serial(random);
  const std::string name =
      "Gongji reference centre " + to_string(civil_time_at(now).day) + " " + std::to_string(serial);
  const auto next = http::make_ca(name, serial, now, ca_valid_days);
  if (!next) return next.error();
  if (auto done = write_root(directory, "root-next", *next); !done) return done;
  return write_text_file(directory / "roots.pem", present->certificate_pem + next->certificate_pem);
}

// The last step is the one that shows: whatever is cut short before it can be done again.
Result<void> switch_to_next_root(const fs::path& directory, WallTime now, Random& random) {
  if (!fs::exists(directory / "root-next.pem")) return trouble(troubles::root_step_wrong, "switch", "no next root");
  const auto present = read_root(directory, "ca"), next = read_root(directory, "root-next");
  if (!present) return present.error();
  if (!next) return next.error();
  const auto names = hosts_of(directory);
  if (!names) return names.error();
  const auto server = http::issue_server(*next, *names, random_serial(random), now, server_valid_days);
  if (!server) return server.error();
  if (auto done = write_text_file(directory / "roots.pem", next->certificate_pem + present->certificate_pem); !done) {
    return done;
  }
  if (auto done = write_root(directory, "ca", *next); !done) return done;
  if (auto done = write_root(directory, "server", *server); !done) return done;
  std::error_code failed;
  fs::remove(directory / "root-next.key", failed);
  if (!failed) fs::remove(directory / "root-next.pem", failed);
  if (failed) return trouble(troubles::file_not_written, "root-next", failed.message());
  return {};
}

Result<void> drop_old_root(const fs::path& directory) {
  const auto believed = roots_of(directory);
  if (!believed) return believed.error();
  if (believed->size() < 2 || fs::exists(directory / "root-next.pem")) {
    return trouble(troubles::root_step_wrong, "drop", "no old root");
  }
  return write_text_file(directory / "roots.pem", believed->front());
}

}  // namespace gongji::centre
