// resident.h — memory that only the start, or a busy hour, needed goes back to the machine.
#pragma once

namespace gongji::terminal {

// One heap for all threads: glibc gives each thread one of its own, which it then maps page by page, a system call
// each. Call before the first thread begins.
void use_one_heap();

// Gives back free heap, and unmaps the program's and the libraries' code and constants: what is used again is mapped
// again from the page cache, some tens of microseconds once, and the rest (readers of packs and configuration,
// enrolment, start-up tables) no longer counts as this daemon's.  Call once the start is over, and when nobody has
// asked anything for a while.  Any thread.
void give_back_memory();

}  // namespace gongji::terminal
