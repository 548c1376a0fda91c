#include "terminal/commands/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <ostream>
#include <sstream>

#include "card/pcsc/pcsc_transport.h"
#include "offline/authority/trusted_clock.h"
#include "offline/base/day.h"
#include "offline/base/ids.h"
#include "offline/journal/anchor.h"
#include "offline/journal/reader.h"
#include "offline/packs/catalogue.h"
#include "offline/packs/packs.h"
#include "offline/record/snapshot.h"
#include "sync/http/certificates.h"
#include "sync/http/client.h"
#include "sync/protocol/messages.h"
#include "terminal/rules/rule_shelf.h"
#include "terminal/settings/catalogue_file.h"
#include "terminal/settings/config.h"
#include "terminal/settings/identity.h"
#include "terminal/settings/link_options.h"

namespace gongji::terminal {
namespace {

constexpr std::uintmax_t free_bytes_min = 200u << 20;
constexpr std::int64_t certificate_days_min = 14;
constexpr int pack_days_min = 60;
constexpr std::int64_t day_ms = 86'400'000;
// Before this no version of this program existed: a clock that shows it has lost its battery.
constexpr std::int64_t earliest_ms = 1'735'660'800'000;  // 2025-01-01 in China

class Report {
 public:
  void well(std::string_view zh, std::string_view en, std::string text_zh, std::string text_en) {
    findings.push_back({std::string(zh), std::string(en), true, std::move(text_zh), std::move(text_en)});
  }
  void ill(std::string_view zh, std::string_view en, std::string text_zh, std::string text_en) {
    findings.push_back({std::string(zh), std::string(en), false, std::move(text_zh), std::move(text_en)});
  }
  void ill(std::string_view zh, std::string_view en, const Trouble& what) {
    ill(zh, en, to_string(what, Language::zh), to_string(what, Language::en));
  }
  std::vector<Finding> findings;
};

void examine_disk(Report& report, const Config& config) {
  std::error_code error;
  const auto space = std::filesystem::space(config.data, error);
  if (error || ::access(config.data.c_str(), W_OK) != 0) {
    report.ill("磁盘", "disk", fmt::format("数据目录不可写:{}。请检查目录与权限。", config.data.string()),
               fmt::format("the data folder {} cannot be written: check that it exists and who owns it.",
                           config.data.string()));
    return;
  }
  if (space.available < free_bytes_min) {
    report.ill("磁盘", "disk", fmt::format("只剩 {} MB。请清理磁盘。", space.available >> 20),
               fmt::format("only {} MB are free: make room.", space.available >> 20));
    return;
  }
  report.well("磁盘", "disk", fmt::format("可用 {} MB", space.available >> 20),
              fmt::format("{} MB free", space.available >> 20));
}

void examine_journal(Report& report, const Config& config, const Clock& clock) {
  if (!std::filesystem::exists(config.journal_file())) {
    report.well("流水", "journal", "尚无交易", "no sale yet");
    return;
  }
  auto summary = journal::read_summary(config.journal_file());
  if (!summary) {
    report.ill("流水", "journal", summary.error());
    return;
  }
  report.well("流水", "journal", fmt::format("共 {} 条,未上传 {} 条", summary->last_seq, summary->unsent_count),
              fmt::format("{} entries, {} not sent yet", summary->last_seq, summary->unsent_count));
  const WallTime now = clock.wall();
  const bool lost =
      now.ms < earliest_ms || (summary->last_contact && now < summary->last_contact->plus(-authority::clock_lag_max));
  const std::string shown = to_string(civil_time_at(now));
  if (lost) {
    report.ill("时钟", "clock", fmt::format("本机时间 {} 早于上次与中心连通的时间。请校准时钟。", shown),
               fmt::format("this machine shows {}, before the last contact with the centre: set the clock.", shown));
  } else {
    report.well("时钟", "clock", shown, shown);
  }
}

// What is kept on another disk.  Nothing configured is no fault; it is said what that would give.
void examine_second_places(Report& report, const Config& config, const TerminalIdentity& identity) {
  const journal::Identity present{identity.terminal, identity.epoch};
  if (const auto doubt = journal::read_doubt(config.journal_file()); doubt && *doubt != journal::Doubt::none) {
    const auto why = journal::name_of(*doubt);
    report.ill(
        "日志核对", "journal in doubt",
        fmt::format("可能恢复了旧备份({})。只收现金并保存补结算单,与中心连通一次后自动继续。", why),
        fmt::format("it may be a restored backup ({}): cash and papers only, until the centre was reached once.", why));
  }
  if (config.anchor_file.empty()) {
    report.well("锚点", "anchor", "未配置。建议在 [anchor] 指定另一块磁盘上的文件,以便识别误恢复的旧备份。",
                "not configured. A file on another disk ([anchor]) tells a restored backup at once.");
  } else {
    const auto keys = seal::KeyStore::open(config.keys_directory(), system_random());
    if (!keys) {
      report.ill("锚点", "anchor", keys.error());
    } else if (const auto anchor = journal::read_anchor(config.anchor_file, **keys); !anchor) {
      report.ill("锚点", "anchor", anchor.error());
    } else if (!*anchor) {
      report.ill("锚点", "anchor", fmt::format("{} 不存在。请检查该磁盘是否接好。", config.anchor_file.string()),
                 fmt::format("{} is not there: check that its disk is.", config.anchor_file.string()));
    } else {
      report.well("锚点", "anchor", fmt::format("到第 {} 条", (*anchor)->seq),
                  fmt::format("up to entry {}", (*anchor)->seq));
    }
  }
  const auto& place = config.second_copy;
  if (place.directory.empty()) {
    report.well("第二份日志", "second copy", "未配置。建议在 [second_copy] 指定另一块磁盘上的目录,磁盘损坏时不丢账。",
                "not configured. A folder on another disk ([second_copy]) survives the loss of this one.");
    return;
  }
  std::error_code error;
  const auto folder = journal::copy_folder(place.directory, present);
  if (!std::filesystem::exists(folder / "state", error)) {
    report.ill(
        "第二份日志", "second copy",
        fmt::format("{} 里还没有。请检查该磁盘是否接好、结算程序是否在运行。", folder.string()),
        fmt::format("there is none in {} yet: check that the disk is there and the daemon runs.", folder.string()));
  } else if (::access(folder.c_str(), W_OK) != 0) {
    report.ill("第二份日志", "second copy", fmt::format("{} 不可写。", folder.string()),
               fmt::format("{} cannot be written.", folder.string()));
  } else {
    report.well("第二份日志", "second copy", folder.string(), folder.string());
  }
}

void examine_certificate(Report& report, const Config& config, const Clock& clock) {
  std::ifstream file(config.tls_directory() / "certificate.pem");
  std::stringstream text;
  text << file.rdbuf();
  auto facts = http::read_certificate(text.str());
  if (!facts) {
    report.ill("证书", "certificate", facts.error());
    return;
  }
  const std::int64_t days = (facts->valid_until - clock.wall()).count() / day_ms;
  if (days < certificate_days_min) {
    report.ill("证书", "certificate", fmt::format("{} 天后到期。请联系中心换发。", days),
               fmt::format("it expires in {} days: ask the centre for a new one.", days));
  } else {
    report.well("证书", "certificate", fmt::format("{},还有 {} 天", facts->common_name, days),
                fmt::format("{}, {} days left", facts->common_name, days));
  }
}

// Region of this terminal's site, "" before enrolment.
std::string region_of(const TerminalIdentity& identity) {
  auto terms = record::decode_terms(identity.terms_bytes);
  return terms ? terms->admdvs : std::string();
}

bool is_of_region(const packs::PackInfo& pack, std::string_view admdvs) {
  return std::any_of(pack.admdvs_prefixes.begin(), pack.admdvs_prefixes.end(),
                     [&](const std::string& prefix) { return admdvs.starts_with(prefix); });
}

// A pack that ends soon makes this till unfit only where it is the law of this till's own region.
void examine_rules(Report& report, const Config& config, const Clock& clock, const Bytes& authority,
                   std::string_view admdvs) {
  auto catalogue = load_catalogue(config.catalogue_file);
  if (!catalogue) {
    report.ill("目录", "catalogue", catalogue.error());
  } else {
    report.well("目录", "catalogue", config.catalogue_file.filename().string(),
                config.catalogue_file.filename().string());
  }
  const auto shelf = RuleShelf::open(config, authority);
  if (!shelf) {
    report.ill("政策包", "rule packs", shelf.error());
    return;
  }
  const auto set = (*shelf)->now();
  for (const RuleShelf::File& file : (*shelf)->files()) {
    if (file.why.empty()) continue;
    report.ill(
        "政策包", "rule packs", fmt::format("中心下发的规则文件 {} 未采用:{}", file.digest.substr(0, 12), file.why),
        fmt::format("the file of rules {} from the centre does not decide: {}", file.digest.substr(0, 12), file.why));
    return;
  }
  const Day today = civil_time_at(clock.wall()).day;
  for (const packs::PackInfo& pack : set->packs()) {
    if (is_of_region(pack, admdvs) && pack.last_day && *pack.last_day >= today &&
        pack.last_day->number() - today.number() < pack_days_min) {
      report.ill("政策包", "rule packs",
                 fmt::format("{} 于 {} 到期。请安装新版本。", pack.name, to_string(*pack.last_day)),
                 fmt::format("{} ends on {}: install its successor.", pack.name, to_string(*pack.last_day)));
      return;
    }
  }
  report.well("政策包", "rule packs",
              fmt::format("{} 个，另有签名文件 {} 个", set->packs().size(), set->added().size()),
              fmt::format("{} loaded, and {} signed files", set->packs().size(), set->added().size()));
}

void examine_reader(Report& report, const Config& config, const Clock& clock) {
  if (!config.card_enabled) {
    report.well("读卡器", "card reader", "未启用", "not enabled");
    return;
  }
  auto transport = card::make_pcsc_transport({config.card_reader}, clock);
  auto readers = transport->wait_for_change(std::chrono::milliseconds(1'000));
  if (!readers) {
    report.ill("读卡器", "card reader", readers.error());
    return;
  }
  if (readers->empty()) {
    report.ill("读卡器", "card reader", "没有找到读卡器。请检查连线和 [card] reader 的设置。",
               "no reader was found: check the cable and [card] reader.");
    return;
  }
  std::string names;
  for (const auto& reader : *readers) names += (names.empty() ? "" : ", ") + reader.name;
  report.well("读卡器", "card reader", names, names);
}

void examine_centre(Report& report, const Config& config, const Clock& clock) {
  http::ClientOptions options = client_options(config);
  options.connect_deadline = std::chrono::milliseconds(2'000);
  const http::Request request =
      centre_request("/v1/statement", protocol::encode(protocol::StatementRequest{civil_time_at(clock.wall()).day}));
  auto response = http::call_and_wait(options, request, std::chrono::milliseconds(4'000));
  if (!response) {
    report.ill("中心", "centre", response.error());
  } else if (response->status != 200) {
    const auto problem = protocol::decode_problem(response->body);
    report.ill("中心", "centre", problem ? problem->zh : fmt::format("应答 {}", response->status),
               problem ? problem->en : fmt::format("answered {}", response->status));
  } else {
    report.well("中心", "centre", "连通,双向证书有效", "reached, with certificates on both sides");
  }
}

}  // namespace

std::vector<Finding> examine(const std::filesystem::path& config_file, const Clock& clock) {
  Report report;
  auto config = load_config(config_file);
  if (!config) {
    report.ill("配置", "configuration", config.error());
    return report.findings;
  }
  report.well("配置", "configuration", config_file.filename().string(), config_file.filename().string());
  examine_disk(report, *config);
  auto identity = load_identity(*config);
  if (!identity) {
    report.ill("登记", "enrolment", identity.error());
  } else {
    report.well("登记", "enrolment", identity->terminal, identity->terminal);
    examine_journal(report, *config, clock);
    examine_second_places(report, *config, *identity);
    examine_certificate(report, *config, clock);
  }
  examine_rules(report, *config, clock, identity ? identity->authority_public_key : Bytes(),
                identity ? region_of(*identity) : std::string());
  examine_reader(report, *config, clock);
  if (identity) examine_centre(report, *config, clock);
  return report.findings;
}

bool print(std::ostream& out, const std::vector<Finding>& findings, Language language) {
  bool all_well = true;
  for (const Finding& finding : findings) {
    all_well = all_well && finding.well;
    const bool zh = language == Language::zh;
    out << (finding.well ? (zh ? "正常  " : "ok    ") : (zh ? "异常  " : "FAULT "))
        << (zh ? finding.part_zh : finding.part_en) << ": " << (zh ? finding.text_zh : finding.text_en) << '\n';
  }
  return all_well;
}

}  // namespace gongji::terminal
