#include "terminal/orders/order_shelf.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sync/http/private_file.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace fs = std::filesystem;

namespace {

Result<std::string> read_text(const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  if (failed) return trouble(troubles::order_unreadable, file.string(), failed.message());
  if (size > order_file_bytes_max) return trouble(troubles::order_unreadable, file.string(), "too large");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || !text) return trouble(troubles::order_unreadable, file.string());
  return std::move(text).str();
}

Result<record::EmergencyOrder> checked(const record::Signed& order, ByteView key, const std::string& from) {
  if (!record::verify(key, record::order_tag, order)) return trouble(troubles::order_not_signed, from);
  auto read = record::decode_order(order.bytes);
  if (!read) return trouble(troubles::order_unreadable, from, read.error().path);
  return read;
}

// In order; none where there is no folder.  nullopt: it cannot be listed.
std::optional<std::vector<std::string>> files_in(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code failed;
  fs::directory_iterator each(folder, failed);
  for (; !failed && each != fs::directory_iterator(); each.increment(failed)) {
    if (each->path().extension() == ".json" && out.size() < order_files_max) out.push_back(each->path().filename());
  }
  if (failed && failed != std::errc::no_such_file_or_directory) return std::nullopt;
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<record::EmergencyOrder> read_order_file(const fs::path& file, ByteView authority_public_key) {
  const auto text = read_text(file);
  if (!text) return text.error();
  // An editor or a shell may have put a line's end behind it.
  const auto end = text->find_last_not_of("\r\n");
  const auto signed_bytes = record::decode_signed(std::string_view(*text).substr(0, end + 1));
  if (!signed_bytes) return trouble(troubles::order_unreadable, file.string(), signed_bytes.error().path);
  return checked(*signed_bytes, authority_public_key, file.string());
}

Result<record::EmergencyOrder> import_order(const fs::path& file, const fs::path& folder,
                                            ByteView authority_public_key) {
  auto order = read_order_file(file, authority_public_key);
  if (!order) return order;
  const auto text = read_text(file);
  if (!text) return text.error();
  std::error_code failed;
  fs::create_directory(folder, failed);
  if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) return trouble(troubles::order_not_stored, folder.string(), failed.message());
  // Each word has a file of its own: an older one that is imported later replaces nothing.
  const std::string name = to_string(order->id) + "-" + std::to_string(order->issued.ms) + ".json";
  const fs::path part = folder / ("." + name + ".part");
  if (auto done = http::write_private_file(part.string(), *text); !done) {
    return trouble(troubles::order_not_stored, part.string(), done.error().detail);
  }
  fs::rename(part, folder / name, failed);
  if (failed) return trouble(troubles::order_not_stored, folder.string(), failed.message());
  return order;
}

bool OrderShelf::refresh(const std::vector<record::Signed>& from_feed) {
  const std::scoped_lock lock(lock_);
  // A file's name says which word it is, so a file that is here is never another one later.
  auto files = files_in(folder_);
  if (!files) files = files_;  // an order does not end because a disk does
  if (read_ && from_feed == from_feed_ && *files == files_) return false;
  read_ = true;
  from_feed_ = from_feed;
  files_ = *std::move(files);

  std::vector<record::EmergencyOrder> all;
  const auto add = [&](const Result<record::EmergencyOrder>& order) {
    if (order) {
      all.push_back(*order);
    } else {
      spdlog::warn("an order is passed over: {}", to_string(order.error(), Language::en));
    }
  };
  for (const auto& order : from_feed) add(checked(order, key_, "feed"));
  for (const auto& file : files_) add(read_order_file(folder_ / file, key_));
  auto newest = record::newest_of(std::move(all));
  const bool others = newest != orders_;
  orders_ = std::move(newest);
  return others;
}

std::vector<record::EmergencyOrder> OrderShelf::orders() const {
  const std::scoped_lock lock(lock_);
  return orders_;
}

}  // namespace gongji::terminal
