// task.h — something that a person at the shop has to do or to know: what happened, to which sale, what it means for
// the shop's money, what to do next and by when.
//
// A task is not stored: it is found anew in the journal and the till's files each time (find_tasks.h), so it can
// neither be lost nor outlive its cause.  What is stored is that somebody has done it (done_file.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/money.h"
#include "offline/base/result.h"
#include "offline/record/verdict.h"

namespace gongji::terminal {

// In the order in which they are listed.  Their codes are in task_kinds.cpp and never change their meaning.
enum class TaskKind : std::uint8_t {
  journal_in_doubt,
  earlier_epoch_unsent,
  certificate_ends,
  terms_end,
  reserve_low,
  grants_expire,
  order_ends,
  unsent_too_long,
  paper_due,
  paper_overdue,
  paper_without_day,
  sale_refused,
  shortfall,
  cancel_refused,
  possible_duplicate,
  due_to_patient,
  payers_changed,
  settled_anew,
};

struct TaskText {
  TaskKind kind;
  std::string_view code;  // "T101"
  std::string_view happened_zh, happened_en;
  std::string_view money_zh, money_en;
  std::string_view next_zh, next_en;
};
const TaskText& text_of(TaskKind kind);
const std::vector<TaskText>& all_task_texts();

// Why the centre judged otherwise, in words; the code itself where this program does not know it.
std::string_view reason_words(std::string_view reason, Language language);

// The sale, cancellation or paper that a task is about.
struct TaskSale {
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;
  std::string sale_id, msgid;
  Day day;             // of service
  std::string person;  // masked name; "" where it is not known here
  Money medfee;
  record::PayerShares told, stands;  // as answered; as the centre has it (the same where it has not judged)
};

struct Task {
  TaskKind kind = TaskKind::sale_refused;
  std::string id;  // "T101-1-17-2": the same for the same cause for ever
  std::optional<TaskSale> sale;
  std::string reason, article;  // of a verdict
  std::string detail;           // what else it is about: a presence, an epoch, an order; no personal data
  Money amount;                 // what is at stake for the shop or the patient
  std::int64_t count = 0;       // entries, sales, grants; 0 where nothing is counted
  std::optional<Day> by;        // the last day to do it
  WallTime since;
};

// The three sentences with this task's figures in them.
struct TaskWords {
  std::string happened, money, next;
};
TaskWords words_of(const Task& task, Language language);

}  // namespace gongji::terminal
