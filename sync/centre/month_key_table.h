// month_key_table.h — the month keys of a ledger that several centres share, wrapped, in that ledger.
//
// On a connection of its own: the key must stay, even if the transaction that needed it first is rolled back.
#pragma once

#include <memory>
#include <string>

#include "offline/seal/month_key_register.h"

namespace gongji::centre {

// `database` as for Ledger::open_shared; reached at each question, which are few.
// Errors of both questions: those of database::open_postgres, conflict, connection_lost, outcome_unknown.
std::shared_ptr<seal::MonthKeyRegister> month_keys_in(const std::string& database);

}  // namespace gongji::centre
