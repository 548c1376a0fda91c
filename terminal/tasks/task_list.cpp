#include "terminal/tasks/task_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "terminal/json_text.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace {

std::string shares_json(const record::PayerShares& shares) {
  return JsonText()
      .money_text("fund", shares.fund)
      .money_text("account", shares.account)
      .money_text("family", shares.family)
      .money_text("cash", shares.cash)
      .done();
}

std::string sale_json(const TaskSale& sale) {
  return JsonText()
      .text("sale_id", sale.sale_id)
      .text("msgid", sale.msgid)
      .integer("epoch", sale.epoch)
      .integer("seq", static_cast<std::int64_t>(sale.seq))
      .text("day", to_string(sale.day))
      .text("person", sale.person)
      .money_text("medfee", sale.medfee)
      .raw("told", shares_json(sale.told))
      .raw("stands", shares_json(sale.stands))
      .done();
}

std::string shares_text(const record::PayerShares& shares, bool zh) {
  return fmt::format(
      fmt::runtime(zh ? "统筹 {}  个人账户 {}  家庭共济 {}  现金 {}" : "fund {}  account {}  family {}  cash {}"),
      to_string(shares.fund), to_string(shares.account), to_string(shares.family), to_string(shares.cash));
}

}  // namespace

std::filesystem::path done_file(const Config& config) {
  return config.data / "tasks.db";
}

Result<std::vector<ListedTask>> list_tasks(const Config& config, const TerminalIdentity& identity,
                                           const seal::KeyStore* keys, bool all, WallTime now) {
  const auto facts = read_task_facts(config, identity, keys, now);
  if (!facts) return facts.error();
  const auto done = read_done(done_file(config));
  if (!done) return done.error();
  std::vector<ListedTask> out;
  for (Task& task : find_tasks(*facts)) {
    const auto mark = done->find(task.id);
    if (mark != done->end() && !all) continue;
    out.push_back({std::move(task), mark != done->end() ? std::optional(mark->second) : std::nullopt});
  }
  return out;
}

Result<ListedTask> finish_task(const Config& config, const TerminalIdentity& identity, const seal::KeyStore* keys,
                               const std::string& id, const DoneMark& mark, WallTime now) {
  auto tasks = list_tasks(config, identity, keys, true, now);
  if (!tasks) return tasks.error();
  const auto found =
      std::find_if(tasks->begin(), tasks->end(), [&](const ListedTask& one) { return one.task.id == id; });
  if (found == tasks->end()) return trouble(troubles::task_unknown, "id");
  auto stands = mark_done(done_file(config), id, mark);
  if (!stands) return stands.error();
  found->done = std::move(*stands);
  return std::move(*found);
}

std::string to_json(const ListedTask& listed) {
  const Task& task = listed.task;
  const TaskWords zh = words_of(task, Language::zh), en = words_of(task, Language::en);
  JsonText out;
  out.text("id", task.id)
      .text("code", text_of(task.kind).code)
      .text("happened", zh.happened)
      .text("money", zh.money)
      .text("next", zh.next)
      .text("happened_en", en.happened)
      .text("money_en", en.money)
      .text("next_en", en.next)
      .text("reason", task.reason)
      .text("article", task.article)
      .text("detail", task.detail)
      .money_text("amount", task.amount)
      .integer("count", task.count)
      .text("since", to_string(civil_time_at(task.since)));
  if (task.by) {
    out.text("by", to_string(*task.by));
  } else {
    out.null("by");
  }
  out.raw("sale", task.sale ? sale_json(*task.sale) : "null");
  if (listed.done) {
    out.raw("done", JsonText()
                        .text("who", listed.done->who)
                        .text("at", to_string(civil_time_at(listed.done->at)))
                        .text("note", listed.done->note)
                        .done());
  } else {
    out.null("done");
  }
  return out.done();
}

std::string to_json(const std::vector<ListedTask>& tasks) {
  std::string rows;
  for (const ListedTask& task : tasks) rows += (rows.empty() ? "" : ",") + to_json(task);
  return JsonText().raw("tasks", "[" + rows + "]").done();
}

void print(std::ostream& out, const std::vector<ListedTask>& tasks, Language language) {
  const bool zh = language == Language::zh;
  if (tasks.empty()) out << (zh ? "没有待办。\n" : "nothing to do.\n");
  for (const auto& [task, done] : tasks) {
    const TaskWords words = words_of(task, language);
    out << fmt::format("{}  {}{}\n", task.id, words.happened,
                       task.by ? fmt::format(fmt::runtime(zh ? "  期限 {}" : "  by {}"), to_string(*task.by)) : "");
    if (task.sale) {
      const TaskSale& sale = *task.sale;
      out << fmt::format(fmt::runtime(zh ? "    结算ID {}  报文ID {}  服务日 {}  序号 {}/{}  参保人 {}  总额 {}\n"
                                         : "    sale {}  msgid {}  day {}  entry {}/{}  person {}  total {}\n"),
                         sale.sale_id, sale.msgid, to_string(sale.day), sale.epoch, sale.seq,
                         sale.person.empty() ? "-" : sale.person, to_string(sale.medfee));
      out << (zh ? "    原结果: " : "    told:   ") << shares_text(sale.told, zh) << '\n';
      if (sale.stands != sale.told)
        out << (zh ? "    中心:   " : "    stands: ") << shares_text(sale.stands, zh) << '\n';
    }
    out << (zh ? "    钱款: " : "    money: ") << words.money << '\n';
    out << (zh ? "    处理: " : "    next:  ") << words.next << '\n';
    if (done) {
      out << fmt::format(fmt::runtime(zh ? "    已完成: {} {} {}\n" : "    done: {} {} {}\n"), done->who,
                         to_string(civil_time_at(done->at)), done->note);
    }
  }
}

}  // namespace gongji::terminal
