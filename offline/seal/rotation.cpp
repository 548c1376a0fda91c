#include "offline/seal/rotation.h"

#include "offline/seal/key_files.h"
#include "offline/seal/key_store.h"
#include "offline/seal/recovery_file.h"
#include "offline/seal/troubles.h"

namespace gongji::seal {
namespace {

struct Unwrapped {
  std::string month;
  DataKey key;
};

Result<std::vector<Unwrapped>> unwrap_all(const PrivateDirectory& months, const DataKey& data) {
  const auto names = months.names_ending(month_key_suffix);
  if (!names) return names.error();
  std::vector<Unwrapped> out;
  for (const std::string& name : *names) {
    const std::string month = name.substr(0, name.size() - month_key_suffix.size());
    const auto wrapped = months.read(name);
    if (!wrapped) return wrapped.error();
    if (!*wrapped) continue;
    auto key = unwrap_month_key(months, data, month, **wrapped);
    if (!key) return key.error();
    out.push_back({month, *key});
  }
  return out;
}

Result<void> write_next(const PrivateDirectory& keys, const PrivateDirectory& months, const std::vector<Unwrapped>& all,
                        Random& random) {
  DataKey next;
  random.fill(next.bytes);
  const auto put = [](const PrivateDirectory& where, const std::string& name, ByteView content) {
    return where.create(name + std::string(next_suffix), content);
  };
  if (auto done = put(keys, data_key_name, next.bytes); !done) return done;
  for (const Unwrapped& one : all) {
    AeadNonce nonce{};
    random.fill(nonce);
    const Bytes wrapped = wrap_month_key(next, one.month, one.key, nonce);
    if (auto done = put(months, month_key_name(one.month), wrapped); !done) return done;
  }
  const auto recovery = read_recovery_file(keys);
  if (!recovery) return recovery.error();
  if (!*recovery) return {};
  const auto site = read_or_make_key(keys, site_key_name, random);
  if (!site) return site.error();
  return put(keys, recovery_name, make_recovery_file((*recovery)->public_key, {next, *site}, random));
}

}  // namespace

Result<std::size_t> rotate_data_key(const std::filesystem::path& directory, Random& random) {
  const auto keys = PrivateDirectory::open(directory);
  if (!keys) return keys.error();
  const PrivateDirectory::Lock lock(*keys);
  const auto months = PrivateDirectory::open(directory / months_folder);
  if (!months) return months.error();
  if (auto done = finish_rotation(*keys, *months); !done) return done.error();
  const auto data = read_data_key(*keys);
  if (!data) return data.error();
  const auto all = unwrap_all(*months, *data);
  if (!all) return all.error();

  if (auto done = write_next(*keys, *months, *all, random); !done) {
    (void)finish_rotation(*keys, *months);  // takes away what was begun; if it cannot, the next start does
    return done.error();
  }
  if (auto done = keys->take_place(data_key_name + std::string(next_suffix), data_key_name); !done) return done.error();
  if (auto done = finish_rotation(*keys, *months); !done) return done.error();
  return all->size();
}

Result<KeyList> list_keys(const std::filesystem::path& directory) {
  const auto keys = PrivateDirectory::open(directory);
  if (!keys) return keys.error();
  const PrivateDirectory::Lock lock(*keys);
  const auto months = PrivateDirectory::open(directory / months_folder);
  if (!months) return months.error();
  if (auto done = finish_rotation(*keys, *months); !done) return done.error();
  const auto data = read_data_key(*keys);
  if (!data) return data.error();
  const auto all = unwrap_all(*months, *data);
  if (!all) return all.error();
  KeyList out;
  for (const Unwrapped& one : *all)
    if (one.month != lasting) out.months.push_back(one.month);
  const std::string mark = ".destroyed";
  const auto marks = months->names_ending(mark);
  if (!marks) return marks.error();
  for (const std::string& name : *marks) out.destroyed.push_back(name.substr(0, name.size() - mark.size()));
  out.has_recovery_key = keys->contains(recovery_name);
  return out;
}

}  // namespace gongji::seal
