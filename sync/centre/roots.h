// roots.h — how a region moves from one root to the next while its terminals stay on line.
//
//   new     a next root (root-next.pem, root-next.key); terminals are told to believe both
//   switch  from now on the next root signs: the server, and each certificate that is renewed; the old one is still
//           believed, on both sides
//   drop    terminals and server believe the new root alone.  After every terminal has renewed its certificate.
//
// roots.pem holds what is believed, the root that signs first; without it that is ca.pem alone.  A server that runs
// takes each step up when it is started again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"

namespace gongji::centre {

// Certificates of a PEM text, one by one.
std::vector<std::string> split_certificates(const std::string& text);

// Errors: root_step_wrong (not the step that is due), of files and certificates.
Result<void> make_next_root(const std::filesystem::path& directory, WallTime now, Random& random);
Result<void> switch_to_next_root(const std::filesystem::path& directory, WallTime now, Random& random);
Result<void> drop_old_root(const std::filesystem::path& directory);

// What terminals and server believe; empty where there never was a second root.
Result<std::vector<std::string>> roots_of(const std::filesystem::path& directory);
// The file of the roots that the server believes.
std::filesystem::path believed_file(const std::filesystem::path& directory);

}  // namespace gongji::centre
