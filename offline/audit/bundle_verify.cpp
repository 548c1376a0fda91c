#include <algorithm>

#include "offline/audit/bundle_form.h"
#include "offline/audit/count.h"
#include "offline/audit/frames.h"
#include "offline/audit/recompute.h"
#include "offline/audit/troubles.h"
#include "offline/seal/sm2.h"
#include "offline/seal/sm3.h"

namespace gongji::audit {

namespace {

Trouble broken(std::string where) {
  return trouble(troubles::not_a_bundle, std::move(where));
}
Trouble not_signed(std::uint64_t seq, std::string what) {
  return trouble(troubles::bundle_not_signed, "seq " + std::to_string(seq), std::move(what));
}

struct BundleEntry {
  std::string_view public_bytes;
  Digest personal_digest{};
  std::string_view personal;  // salt | personal bytes; empty: not in it
};

struct Parts {
  BundleHead head;
  std::vector<BundleEntry> entries;
  LawLibrary library;
  std::vector<std::string> laws;
};

Result<void> read_laws(Frames& frames, Parts& parts) {
  for (const auto& law_head : parts.head.laws) {
    Law law;
    law.activate_reported = law_head.activate_reported;
    for (const auto& text_head : law_head.texts) {
      const auto text = frames.next();
      const auto sources = text ? frames.next() : std::nullopt;
      if (!sources) return broken(text_head.origin);
      law.texts.push_back(
          {text_head.kind, text_head.scheme, text_head.origin, std::string(*text), std::string(*sources)});
      parts.laws.push_back(text_head.origin + " sm3:" + to_hex(seal::sm3(as_bytes(*text))));
    }
    if (auto added = parts.library.add(std::move(law)); !added) return added.error();
  }
  return {};
}

Result<void> read_entries(Frames& frames, Parts& parts) {
  for (std::uint64_t seq = parts.head.from; seq <= parts.head.to; ++seq) {
    const std::string where = "seq " + std::to_string(seq);
    BundleEntry entry;
    const auto public_bytes = frames.next();
    const auto digest = public_bytes ? frames.next() : std::nullopt;
    if (!digest || digest->size() != entry.personal_digest.size()) return broken(where);
    entry.public_bytes = *public_bytes;
    const ByteView octets = as_bytes(*digest);
    std::copy(octets.begin(), octets.end(), entry.personal_digest.begin());
    if (parts.head.with_personal) {
      const auto personal = frames.next();
      if (!personal || (!personal->empty() && personal->size() < record::Salt().size())) return broken(where);
      entry.personal = *personal;
    }
    parts.entries.push_back(entry);
  }
  return {};
}

// One entry against the chain, its own words and the terminal's registration.
Result<void> check_entry(const BundleEntry& entry, std::uint64_t seq, const record::Registration& terminal,
                         Digest& previous, VerifiedBundle& verified, const LawLibrary& library) {
  previous = record::chain_hash_from_digest(previous, seq, entry.public_bytes, entry.personal_digest);
  auto decoded = record::decode_public(entry.public_bytes);
  if (!decoded) return not_signed(seq, decoded.error().path);
  if (!entry.personal.empty()) {
    record::Salt salt{};
    const ByteView octets = as_bytes(entry.personal.substr(0, salt.size()));
    std::copy(octets.begin(), octets.end(), salt.begin());
    const std::string_view personal = entry.personal.substr(salt.size());
    if (record::personal_digest(salt, personal) != entry.personal_digest) return not_signed(seq, "personal part");
    if (const auto both = record::decode(entry.public_bytes, personal); !both) {
      return not_signed(seq, both.error().path);
    }
    ++verified.personal;
  }
  const record::Head& head = decoded->head;
  if (head.terminal != terminal.terminal || head.epoch != terminal.epoch || head.seq != seq) {
    return not_signed(seq, "head");
  }
  if (auto held = recompute(*decoded, library); !held) return held;
  count(verified, decoded->body);
  return {};
}

}  // namespace

Result<VerifiedBundle> verify_bundle(std::string_view bytes, ByteView centre_public_key) {
  const auto centre = seal::Sm2PublicKey::from_raw(centre_public_key);
  if (!centre) return trouble(troubles::key_unreadable);
  if (bytes.size() > bundle_bytes_max || !bytes.starts_with(bundle_magic) ||
      bytes.size() < bundle_magic.size() + seal::sm2_signature_size) {
    return broken("head");
  }
  const std::string_view signed_bytes = bytes.substr(0, bytes.size() - seal::sm2_signature_size);
  const std::string_view signature = bytes.substr(signed_bytes.size());
  Frames frames(signed_bytes.substr(bundle_magic.size()));
  const auto head_bytes = frames.next();
  if (!head_bytes) return broken("head");
  auto head = decode_bundle_head(*head_bytes);
  if (!head) return head.error();

  // Who signed, before anything that was signed is believed.
  if (!centre->verify(record::registration_tag, as_bytes(head->registration.bytes), head->registration.signature)) {
    return trouble(troubles::not_registered);
  }
  const auto terminal = record::decode_registration(head->registration.bytes);
  if (!terminal) return trouble(troubles::not_registered, terminal.error().path);
  const auto key = seal::Sm2PublicKey::from_raw(terminal->sign_public_key);
  if (!key) return trouble(troubles::not_registered, "sign_public_key");
  if (!key->verify(bundle_tag, as_bytes(signed_bytes), as_bytes(signature))) {
    return trouble(troubles::bundle_not_signed);
  }

  Parts parts;
  parts.head = std::move(*head);
  if (auto done = read_entries(frames, parts); !done) return done.error();
  if (auto done = read_laws(frames, parts); !done) return done.error();
  if (!frames.at_end()) return broken("end");

  VerifiedBundle verified;
  Digest hash = parts.head.previous;
  for (std::size_t i = 0; i < parts.entries.size(); ++i) {
    if (auto held = check_entry(parts.entries[i], parts.head.from + i, *terminal, hash, verified, parts.library);
        !held) {
      return held.error();
    }
  }
  if (!key->verify(record::head_tag, record::head_statement(terminal->terminal, terminal->epoch, parts.head.to, hash),
                   parts.head.head_signature)) {
    return not_signed(parts.head.to, "head signature");
  }
  verified.terminal = *terminal;
  verified.made = parts.head.made;
  verified.from = parts.head.from;
  verified.to = parts.head.to;
  verified.head = hash;
  verified.laws = std::move(parts.laws);
  return verified;
}

}  // namespace gongji::audit
