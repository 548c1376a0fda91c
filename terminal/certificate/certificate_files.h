// certificate_files.h — this till's certificate, key and roots on disk, and how they are replaced.
//
// A pair is replaced by two renames, key first; whatever a crash leaves between them, finish_exchange() makes whole at
// the next start.  Roots are one file.
//
// Threads: one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"

namespace gongji::terminal {

class CertificateFiles {
 public:
  // `folder`: with ca.pem, certificate.pem, key.pem.  `terminal` spreads a fleet that was enrolled on one day.
  CertificateFiles(std::filesystem::path folder, std::string terminal)
      : folder_(std::move(folder)), terminal_(std::move(terminal)) {}

  // Before anybody reads the files.  Errors: of files.
  Result<void> finish_exchange() const;

  // A request with a new key, between the half of the certificate's life and its last sixth (by the terminal's name),
  // or where another root signs now; the same one until take() used it.
  std::optional<std::string> renewal_due(WallTime now);
  // False where the certificate is not for the request's key, or the disk does not take it.
  bool take(const std::string& certificate_pem);
  // Roots in place of those that are there.  What shares no root with them, or is none, is passed over (true): nobody
  // could come back from it.  False where the disk does not take them.
  bool take_roots(const std::vector<std::string>& roots_pem) const;

 private:
  std::filesystem::path folder_;
  std::string terminal_;
  std::optional<std::string> csr_pem_;
  Secret key_pem_;
};

// From when on a certificate of this life is renewed.
WallTime renewal_moment(WallTime valid_from, WallTime valid_until, const std::string& terminal);

}  // namespace gongji::terminal
