#include "terminal/commands/enrol.h"

#include <sys/stat.h>

#include "offline/base/ids.h"
#include "offline/seal/key_store.h"
#include "sync/http/certificates.h"
#include "sync/http/client.h"
#include "sync/http/private_file.h"
#include "sync/protocol/messages.h"
#include "terminal/settings/identity.h"
#include "terminal/settings/link_options.h"
#include "terminal/troubles.h"

namespace gongji::terminal {
namespace {

constexpr std::chrono::milliseconds enrol_deadline{15'000};

// A folder that only we may enter.
Result<void> make_private(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, std::filesystem::perm_options::replace,
                                 error);
  }
  if (error) return trouble(troubles::config_value_invalid, folder.string(), error.message());
  return {};
}

}  // namespace

Result<std::string> enrol(const Config& config, std::string_view code_text) {
  if (std::filesystem::exists(config.retired_file())) {
    return trouble(troubles::retired, config.retired_file().string());
  }
  if (std::filesystem::exists(config.identity_file())) {
    return trouble(troubles::already_enrolled, config.identity_file().string());
  }
  const auto code = protocol::parse_enrolment_code(code_text);
  if (!code) return trouble(troubles::code_invalid);
  for (const auto& folder : {config.data, config.keys_directory(), config.tls_directory()}) {
    if (auto done = make_private(folder); !done) return done.error();
  }
  auto keys = seal::KeyStore::open(config.keys_directory(), system_random());
  if (!keys) return keys.error();
  auto signing = http::make_signing_request("gongji terminal");
  if (!signing) return signing.error();

  protocol::EnrolRequest request;
  request.code = code->secret;
  request.csr_pem = signing->csr_pem;
  request.sign_public_key = (*keys)->public_key();
  request.software = software_name;

  http::ClientOptions options;
  options.host = config.centre.host;
  options.port = config.centre.port;
  options.tls = http::TlsClient{"", "", "", config.centre.host, code->ca_sm3_hex};
  const http::Request wire = centre_request("/v1/enrol", protocol::encode(request));
  auto response = http::call_and_wait(options, wire, enrol_deadline);
  if (!response) return response.error();
  if (response->status != 200) {
    const auto problem = protocol::decode_problem(response->body);
    return trouble(troubles::enrol_refused, {},
                   problem ? problem->code + ": " + problem->zh : std::to_string(response->status));
  }
  auto answer = protocol::decode_enrol_answer(response->body);
  if (!answer) return answer.error();

  const auto tls = config.tls_directory();
  const std::string_view site_key = as_text(answer->site_key);
  for (const auto& [path, text] :
       {std::pair<std::filesystem::path, std::string_view>{tls / "key.pem", signing->key_pem.reveal()},
        {tls / "certificate.pem", answer->certificate_pem},
        {tls / "ca.pem", answer->ca_pem},
        // The look-up key is the site's, not this terminal's: two tills of one shop find the same person.
        {config.keys_directory() / "site.key", site_key}}) {
    if (auto done = http::write_private_file(path.string(), text); !done) return done.error();
  }
  TerminalIdentity identity;
  identity.terminal = answer->terminal;
  identity.epoch = answer->epoch;
  identity.centre_public_key = answer->centre_public_key;
  identity.authority_public_key = answer->authority_public_key;
  identity.terms_bytes = answer->terms.bytes;
  identity.terms_signature = answer->terms.signature;
  identity.registration = answer->registration;
  if (auto done = save_identity(config, identity); !done) return done.error();
  return identity.terminal;
}

}  // namespace gongji::terminal
