#include "terminal/settings/link_options.h"

namespace gongji::terminal {

http::TlsClient tls_options(const Config& config) {
  const auto tls = config.tls_directory();
  return {(tls / "ca.pem").string(), (tls / "certificate.pem").string(), (tls / "key.pem").string(), config.centre.host,
          ""};
}

http::ClientOptions client_options(const Config& config) {
  http::ClientOptions options;
  options.host = config.centre.host;
  options.port = config.centre.port;
  options.tls = tls_options(config);
  return options;
}

link::LinkOptions link_options(const Config& config, const TerminalIdentity& identity, const record::Terms& terms) {
  link::LinkOptions options;
  options.host = config.centre.host;
  options.port = config.centre.port;
  options.tls = tls_options(config);
  options.terminal = identity.terminal;
  options.epoch = identity.epoch;
  options.centre_public_key = identity.centre_public_key;
  options.authority_public_key = identity.authority_public_key;
  options.software = software_name;
  options.tuning.drain_window = protocol::drain_window_of(terms);
  options.tuning.poll_idle = protocol::poll_idle_of(terms);
  return options;
}

http::Request centre_request(std::string target, std::string body) {
  http::Request request;
  request.method = "POST";
  request.target = std::move(target);
  request.headers.push_back({std::string(protocol::version_header), protocol::to_string(protocol::spoken)});
  request.body = std::move(body);
  return request;
}

}  // namespace gongji::terminal
