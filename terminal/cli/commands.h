// commands.h — every subcommand of `gongji`.
#pragma once

#include <memory>

#include "terminal/cli/command.h"

namespace gongji::terminal {

std::unique_ptr<Command> quote_command();
std::unique_ptr<Command> enrol_command();
std::unique_ptr<Command> doctor_command();
std::unique_ptr<Command> queue_command();
std::unique_ptr<Command> reconcile_command();
std::unique_ptr<Command> paper_command();
std::unique_ptr<Command> order_command();
std::unique_ptr<Command> packs_command();
std::unique_ptr<Command> audit_command();
std::unique_ptr<Command> journal_command();
std::unique_ptr<Command> keys_command();
std::unique_ptr<Command> sync_command();
std::unique_ptr<Command> retire_command();

}  // namespace gongji::terminal
