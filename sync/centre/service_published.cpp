// service_published.cpp — rules, terms and roots: how they are handed out, and how this centre itself takes them up.
//
// What was published lies in the ledger, so that every process on it hands out the same: each looks at the start of a
// request whether something came since it looked last.
#include <algorithm>

#include "offline/packs/signed_file.h"
#include "offline/seal/sm3.h"
#include "sync/centre/service_detail.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

constexpr std::size_t rules_a_sync_max = 100;
constexpr std::uint32_t rules_since = 2;  // version of the protocol

bool known_in(std::uint32_t version, const record::FeedItem& item) {
  const bool later = std::holds_alternative<record::RulesNotice>(item) ||
                     std::holds_alternative<record::RootsNotice>(item) ||
                     std::holds_alternative<record::GrantRecall>(item);
  return !later || version >= rules_since;
}

std::string digest_text(std::string_view text) {
  return to_hex(seal::sm3(as_bytes(text)));
}

}  // namespace

std::string digest_of_terms(record::Terms terms) {
  terms.issued = {};
  terms.expires = {};
  return digest_text(record::encode(terms));
}

std::string roots_text(const CentreParts& parts) {
  if (parts.roots_pem.empty()) return parts.ca.certificate_pem;
  std::string out;
  for (const std::string& root : parts.roots_pem) out += root;
  return out;
}

// The set of all that is published, with one more text, without one digest.
Result<packs::PackSet> CentreService::packs_with(const std::string& more, const std::string& but) {
  std::vector<std::string> texts;
  for (const RuleFile& file : ledger().rule_files(0, packs::signed_files_max + 1)) {
    if (file.withdrawn || file.digest == but) continue;
    if (auto body = ledger().rule_body(file.digest)) texts.push_back(*std::move(body));
  }
  if (!more.empty()) texts.push_back(more);
  return parts_.load_packs(texts, parts_.plan.activate_reported_packs);
}

// Inside a transaction.  What does not load was published by another version of this program: the old rules go on.
void CentreService::refresh_published() {
  const Ledger::Published now = ledger().published();
  if (now.terms != parts_.loaded.terms) {
    const auto text = ledger().terms_plan();
    auto plan = text ? read_terms_plan(*text) : Result<TermsPlan>(parts_.plan);
    if (plan) {
      parts_.plan = *std::move(plan);
      booking_.set_reserve(parts_.plan.reserve);
      booking_.set_registered_prescriptions(parts_.plan.registered_prescriptions);
    } else {
      spdlog::error("published terms: {}", to_string(plan.error(), Language::en));
    }
  }
  if (now.rules != parts_.loaded.rules && parts_.load_packs) {
    auto packs = packs_with({}, {});
    if (packs) {
      parts_.packs = *std::move(packs);
    } else {
      spdlog::error("published rules: {}", to_string(packs.error(), Language::en));
    }
  }
  parts_.loaded = now;
}

Result<RuleFile> CentreService::publish_rules(std::string_view text, WallTime now) {
  const auto file = packs::read_signed(text, "FILE");
  if (!file) return file.error();
  if (auto known = packs::check_authority(*file, {parts_.authority->public_key()}, "FILE"); !known)
    return known.error();
  RuleFile row;
  row.digest = digest_text(text);
  row.kind = packs::name_of(file->kind);
  row.bytes = text.size();
  row.published = now;
  std::optional<Trouble> unfit;
  const auto outcome = ledger().transaction([&] {
    unfit.reset();
    if (auto set = packs_with(std::string(text), row.digest); !set) {
      unfit = set.error();
      return;
    }
    ledger().put_rule_file(row, text);
  });
  if (outcome.has_error()) return outcome.error();
  if (unfit) return *unfit;
  return row;
}

Result<void> CentreService::withdraw_rules(const std::string& digest, WallTime now) {
  std::optional<Trouble> wrong;
  const auto outcome = ledger().transaction([&] {
    wrong.reset();
    const auto files = ledger().rule_files(0, packs::signed_files_max + 1);
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const RuleFile& each) { return each.digest == digest && !each.withdrawn; });
    if (found == files.end()) {
      wrong = trouble(troubles::rules_unknown, digest);
      return;
    }
    if (auto set = packs_with({}, digest); !set) {
      wrong = set.error();
      return;
    }
    RuleFile row = *found;
    row.withdrawn = true;
    row.published = now;
    ledger().put_rule_file(row, ledger().rule_body(digest).value_or(""));
  });
  if (outcome.has_error()) return outcome;
  if (wrong) return *wrong;
  return {};
}

Result<std::vector<RuleFile>> CentreService::rule_files() {
  std::vector<RuleFile> files;
  const auto outcome = ledger().transaction([&] { files = ledger().rule_files(0, packs::signed_files_max + 1); });
  if (outcome.has_error()) return outcome.error();
  return files;
}

Result<void> CentreService::publish_terms(std::string_view text, WallTime now) {
  const auto plan = read_terms_plan(text);
  if (!plan) return plan.error();
  return ledger().transaction([&] { ledger().add_terms_plan(text, now); });
}

// Where they say something else than those that the terminal has, or where half of their life is over.
void CentreService::tell_terms(Terminal& terminal, const Site& site, WallTime now) {
  const auto told = ledger().terms_told(terminal.terminal);
  const auto half_life = std::chrono::hours(12) * parts_.plan.valid_days;
  if (told && told->digest == digest_of_terms(terms_of(terminal, site, now)) && now < told->issued.plus(half_life))
    return;
  ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, record::TermsNotice{sign_terms(terminal, site, now)});
}

void CentreService::tell_rules(Terminal& terminal) {
  const std::uint64_t told = ledger().rules_told(terminal.terminal);
  if (told == parts_.loaded.rules) return;
  for (const RuleFile& file : ledger().rule_files(told, rules_a_sync_max)) {
    ledger().set_rules_told(terminal.terminal, file.change);
    if (file.withdrawn && told == 0) continue;  // it never had it
    record::RulesNotice notice;
    notice.digest = digest_from_hex(file.digest).value_or(Digest{});
    notice.bytes = file.withdrawn ? 0 : file.bytes;
    notice.withdrawn = file.withdrawn;
    ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, notice);
  }
}

void CentreService::tell_roots(Terminal& terminal) {
  if (parts_.roots_pem.empty()) return;
  const std::string digest = digest_text(roots_text(parts_));
  if (ledger().roots_told(terminal.terminal) == digest) return;
  ledger().set_roots_told(terminal.terminal, digest);
  ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, record::RootsNotice{parts_.roots_pem});
}

void CentreService::fit_to(std::uint32_t version, const Terminal& terminal, const Site& site, WallTime now,
                           std::vector<record::FeedItem>& items) {
  for (record::FeedItem& item : items) {
    if (known_in(version, item)) continue;
    item = record::TermsNotice{sign_terms(terminal, site, now)};
    // It will hear of them again when it speaks a later version.
    ledger().forget_told(terminal.terminal);
  }
}

CentreService::Reply CentreService::rules(const std::string& body) {
  const auto request = protocol::decode_rules_request(body);
  if (request.has_error()) return malformed(request.error());
  const auto text = ledger().rule_body(to_hex(request->digest));
  if (!text || request->from > text->size()) {
    return refuse(404, "unknown_rules", "中心没有这个规则文件。", "The centre has no such file of rules.");
  }
  protocol::RulesAnswer answer;
  answer.total = text->size();
  const auto part = std::string_view(*text).substr(request->from, protocol::rules_part_bytes_max);
  answer.part.assign(part.begin(), part.end());
  return protocol::encode(answer);
}

}  // namespace gongji::centre
