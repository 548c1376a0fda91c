// Each cause makes its task, with the money it is about; marks that a task is done are kept and change nothing else.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "terminal/tasks/task_list.h"
#include "terminal/troubles.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

using namespace gongji;
using namespace gongji::terminal;
using namespace std::chrono_literals;

namespace {

const WallTime now{1'795'147'200'000};  // 2026-11-20 12:00 in UTC+8
const Day today = *Day::from_civil(2026, 11, 20);

record::PayerShares shares(std::int64_t fund, std::int64_t account, std::int64_t cash) {
  return {Money::fen(fund), Money::fen(account), {}, Money::fen(cash)};
}

TaskFacts quiet() {
  TaskFacts facts;
  facts.now = now;
  record::Terms terms;
  terms.reserve = {{record::Presence::card_read_here, Money::yuan(500), Money::yuan(800), Money::yuan(1'000), 100, 72}};
  terms.expires = now.plus(24h * 90);
  facts.standing.standing.terms = terms;
  facts.standing.queue.last_contact = now;
  facts.standing.report.headroom = {
      {record::Presence::card_read_here, Money::yuan(500), Money::yuan(800), Money::yuan(1'000), 100, 72h}};
  facts.certificate_until = now.plus(24h * 300);
  return facts;
}

SeenEntry sold(const record::PayerShares& told) {
  SeenEntry seen;
  seen.line.seq = 17;
  seen.line.at = now.plus(-24h);
  seen.line.day = today.plus_days(-1);
  seen.line.state = journal::SaleState::adjusted;
  seen.line.shares = told;
  seen.sale.seq = 17;
  seen.sale.sale_id = "01KB0000000000000000000017";
  seen.sale.told = seen.sale.stands = told;
  seen.sale.medfee = told.fund + told.account + told.family + told.cash;
  return seen;
}

void judge(SeenEntry& seen, record::VerdictKind kind, const record::PayerShares& stands, const char* reason) {
  record::Verdict verdict;
  verdict.kind = kind;
  verdict.reason = reason;
  verdict.stands = seen.sale.stands = stands;
  verdict.at = now;
  seen.verdicts.push_back(verdict);
}

Task only(const TaskFacts& facts) {
  const auto tasks = find_tasks(facts);
  REQUIRE(tasks.size() == 1);
  for (const Language language : {Language::zh, Language::en}) {
    const TaskWords words = words_of(tasks.front(), language);
    for (const std::string& sentence : {words.happened, words.money, words.next}) {
      CHECK_FALSE(sentence.empty());
      CHECK(sentence.find('{') == std::string::npos);
    }
  }
  return tasks.front();
}

Task only(const SeenEntry& seen) {
  TaskFacts facts = quiet();
  facts.entries.push_back(seen);
  return only(facts);
}

}  // namespace

TEST_CASE("where nothing asks for anybody the list is empty") {
  CHECK(find_tasks(quiet()).empty());
}

TEST_CASE("every kind of task has a code of its own and words in both languages") {
  std::set<std::string_view> codes;
  std::set<TaskKind> kinds;
  for (const TaskText& text : all_task_texts()) {
    CHECK(codes.insert(text.code).second);
    CHECK(kinds.insert(text.kind).second);
    for (const auto& words :
         {text.happened_zh, text.happened_en, text.money_zh, text.money_en, text.next_zh, text.next_en}) {
      CHECK(words.size() > 10);
    }
  }
  CHECK(kinds.size() == static_cast<std::size_t>(TaskKind::settled_anew) + 1);
}

TEST_CASE("a refused sale tells what was promised; one that promised nothing tells nothing") {
  SeenEntry seen = sold(shares(4'122, 1'301, 0));
  judge(seen, record::VerdictKind::refused, shares(0, 0, 5'423), "voucher_used_twice");
  const Task task = only(seen);
  CHECK(task.kind == TaskKind::sale_refused);
  CHECK(task.amount == Money::fen(5'423));
  CHECK(task.id == "T101-1-17-1");
  CHECK(words_of(task, Language::en).happened.find("used twice") != std::string::npos);
  CHECK(words_of(task, Language::zh).money.find("54.23") != std::string::npos);

  SeenEntry cash = sold(shares(0, 0, 100));
  judge(cash, record::VerdictKind::refused, shares(0, 0, 100), "unknown_person");
  TaskFacts facts = quiet();
  facts.entries = {cash};
  CHECK(find_tasks(facts).empty());
}

TEST_CASE("an adjusted sale tells who is short, and by how much") {
  SeenEntry less = sold(shares(4'000, 1'000, 0));
  judge(less, record::VerdictKind::adjusted, shares(3'000, 1'000, 1'000), "fund_recomputed");
  CHECK(only(less).kind == TaskKind::shortfall);
  CHECK(only(less).amount == Money::yuan(10));
  SeenEntry more = sold(shares(3'000, 1'000, 1'000));
  judge(more, record::VerdictKind::adjusted, shares(3'700, 1'000, 300), "fund_made_up");
  CHECK(only(more).kind == TaskKind::due_to_patient);
  CHECK(only(more).amount == Money::yuan(7));
  SeenEntry other = sold(shares(3'000, 1'000, 1'000));
  judge(other, record::VerdictKind::adjusted, shares(2'500, 1'500, 1'000), "fund_recomputed");
  CHECK(only(other).kind == TaskKind::payers_changed);

  less.line.cancelled_by = 18;  // taken back: nobody is short
  TaskFacts facts = quiet();
  facts.entries = {less};
  CHECK(find_tasks(facts).empty());
}

TEST_CASE("a second verdict is another task than the first, so that a mark on the first does not hide it") {
  SeenEntry seen = sold(shares(4'000, 0, 0));
  judge(seen, record::VerdictKind::adjusted, shares(3'000, 0, 1'000), "fund_recomputed");
  const std::string first = only(seen).id;
  judge(seen, record::VerdictKind::accepted, shares(4'000, 0, 0), "");
  const Task second = only(seen);
  CHECK(second.kind == TaskKind::settled_anew);
  CHECK(second.amount == Money{});
  CHECK(second.id != first);
}

TEST_CASE("a cancellation that the centre did not take is told") {
  SeenEntry seen = sold({});
  seen.line.kind = record::EntryKind::cancel;
  seen.line.refused = true;
  judge(seen, record::VerdictKind::refused, {}, "sale_unknown");
  CHECK(only(seen).kind == TaskKind::cancel_refused);
}

TEST_CASE("a paper is told when its last day comes near, and when it has passed") {
  SeenEntry seen = sold(shares(0, 0, 5'423));
  seen.line.kind = record::EntryKind::paper;
  const auto with_last_day = [&](std::optional<int> days) {
    seen.last_day = days ? std::optional(record::LastDay{today.plus_days(*days), "terms"}) : std::nullopt;
    TaskFacts facts = quiet();
    facts.entries = {seen};
    return find_tasks(facts);
  };
  REQUIRE(with_last_day(0).size() == 1);
  CHECK(with_last_day(0).front().kind == TaskKind::paper_due);
  CHECK(with_last_day(0).front().by == today);
  CHECK(with_last_day(0).front().amount == Money::fen(5'423));
  CHECK(with_last_day(paper_near_days).front().kind == TaskKind::paper_due);
  CHECK(with_last_day(paper_near_days + 1).empty());
  CHECK(with_last_day(-1).front().kind == TaskKind::paper_overdue);
  CHECK(with_last_day(-paper_near_days - 1).empty());
  CHECK(with_last_day(std::nullopt).front().kind == TaskKind::paper_without_day);
  // The centre's word on it changes nothing, and a mark stays.
  const std::string id = with_last_day(0).front().id;
  judge(seen, record::VerdictKind::accepted, seen.sale.told, "");
  REQUIRE(with_last_day(0).size() == 1);
  CHECK(with_last_day(0).front().id == id);
}

TEST_CASE("the same person and amount again within half an hour may be one sale twice") {
  TaskFacts facts = quiet();
  journal::LogLine line;
  line.person = std::string(64, 'a');
  line.shares = shares(4'000, 0, 0);
  line.medfee = Money::yuan(40);
  line.state = journal::SaleState::confirmed;
  line.seq = 3;
  line.at = now.plus(-2h);
  facts.recent = {line, line};
  facts.recent[1].seq = 4;
  facts.recent[1].at = line.at.plus(duplicate_within);
  const Task task = only(facts);
  CHECK(task.kind == TaskKind::possible_duplicate);
  CHECK(task.amount == Money::yuan(40));
  const auto without = [&](auto change) {
    TaskFacts changed = facts;
    change(changed.recent[1]);
    CHECK(find_tasks(changed).empty());
  };
  without([](journal::LogLine& other) { other.at = other.at.plus(1ms); });
  without([](journal::LogLine& other) { other.person[0] = 'b'; });
  without([](journal::LogLine& other) { other.medfee += Money::fen(1); });
  without([](journal::LogLine& other) { other.cancelled_by = 5; });
  without([](journal::LogLine& other) { other.shares = shares(0, 0, 4'000); });
}

TEST_CASE("what of the till itself asks for somebody is told in good time") {
  const auto told = [](auto change) {
    TaskFacts facts = quiet();
    change(facts);
    return only(facts);
  };
  CHECK(told([](TaskFacts& facts) { facts.standing.doubt = journal::Doubt::centre_differs; }).kind ==
        TaskKind::journal_in_doubt);
  const Task earlier = told([](TaskFacts& facts) { facts.earlier = {{1, 3, Money::yuan(70)}}; });
  CHECK(earlier.kind == TaskKind::earlier_epoch_unsent);
  CHECK(earlier.count == 3);
  const Task certificate =
      told([](TaskFacts& facts) { facts.certificate_until = now.plus(24h * certificate_near_days); });
  CHECK(certificate.kind == TaskKind::certificate_ends);
  CHECK(certificate.by == today.plus_days(certificate_near_days));
  CHECK(told([](TaskFacts& facts) { facts.standing.standing.terms->expires = now.plus(24h * terms_near_days); }).kind ==
        TaskKind::terms_end);
  const Task unsent = told([](TaskFacts& facts) {
    facts.standing.queue.oldest_unsent = now.plus(-unsent_max).plus(-1ms);
    facts.standing.queue.unsent_count = 5;
    facts.standing.queue.unsent_fund = Money::yuan(60);
  });
  CHECK(unsent.kind == TaskKind::unsent_too_long);
  CHECK(unsent.amount == Money::yuan(60));
  const Task order = told([](TaskFacts& facts) {
    authority::OrderHeadroom one;
    one.reference = "应急〔2026〕1号";
    one.ends_in = order_near;
    facts.standing.report.orders = {one};
  });
  CHECK(order.kind == TaskKind::order_ends);
  CHECK(order.by == today.plus_days(1));
}

TEST_CASE("limits are told when a fifth is left, and time and grants only without contact") {
  TaskFacts facts = quiet();
  authority::Headroom& left = facts.standing.report.headroom.front();
  left.total_left = Money::yuan(200);
  CHECK(find_tasks(facts).empty());
  left.total_left = Money::fen(19'999);
  CHECK(only(facts).kind == TaskKind::reserve_low);
  CHECK(only(facts).amount == Money::fen(19'999));
  left.total_left = Money::yuan(1'000);
  left.count_left = 19;
  CHECK(only(facts).count == 19);
  left.count_left = 100;

  left.time_left = 1h;
  facts.live_grants = {now.plus(grants_near), now.plus(grants_near).plus(1ms)};
  CHECK(find_tasks(facts).empty());
  facts.standing.queue.last_contact = now.plus(-contact_fresh).plus(-1ms);
  const auto tasks = find_tasks(facts);
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[0].kind == TaskKind::reserve_low);
  CHECK(tasks[1].kind == TaskKind::grants_expire);
  CHECK(tasks[1].count == 1);
}

TEST_CASE("the most pressing task is first, and no more than the limit are listed") {
  TaskFacts facts = quiet();
  for (std::size_t i = 0; i < tasks_max + 5; ++i) {
    SeenEntry seen = sold(shares(0, 0, 100));
    seen.line.kind = record::EntryKind::paper;
    seen.line.seq = i + 1;
    seen.last_day = record::LastDay{today.plus_days(static_cast<int>(i % 20)), "terms"};
    facts.entries.push_back(seen);
  }
  facts.standing.doubt = journal::Doubt::behind_anchor;
  const auto tasks = find_tasks(facts);
  REQUIRE(tasks.size() == tasks_max);
  CHECK(tasks.front().kind == TaskKind::journal_in_doubt);
  CHECK(tasks[1].by == today);
  CHECK(std::is_sorted(tasks.begin() + 1, tasks.end(), [](const Task& a, const Task& b) { return *a.by < *b.by; }));
}

TEST_CASE("a mark stays with who made it first, over a new start, and a bad one is refused") {
  tests::Scratch scratch;
  const auto file = scratch / "tasks.db";
  CHECK(read_done(file)->empty());
  const DoneMark first{"01", "called the patient", now}, second{"02", "", now.plus(1h)};
  REQUIRE(mark_done(file, "T101-1-17-1", first));
  const auto again = mark_done(file, "T101-1-17-1", second);
  REQUIRE(again);
  CHECK(*again == first);
  REQUIRE(mark_done(file, "T104-1-18-1", second));
  const auto marks = read_done(file);
  REQUIRE(marks);
  CHECK(marks->size() == 2);
  CHECK(marks->at("T101-1-17-1") == first);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::group_read) ==
        std::filesystem::perms::none);
  for (const DoneMark& bad : {DoneMark{"", "", now}, DoneMark{std::string(done_who_bytes_max + 1, 'x'), "", now},
                              DoneMark{"01", std::string(done_note_bytes_max + 1, 'x'), now}}) {
    const auto refused = mark_done(file, "T101-1-17-1", bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text == &troubles::task_mark_invalid);
  }
}
