// memory_pool.h — memory for a world: an eighth of its time went into malloc and free.
//
// memory_pool.cpp defines operator new and delete anew for the program that it is linked into, and gives SQLite the
// same memory.  Pieces of one size come from one block and go back to the list of that size; nothing is returned to the
// machine, because a world is a process that ends.  What is large is malloc's, as everything is under sanitizers.
//
// Of one thread, the first that asks.  Others (the centre's, while it follows a long chain) have malloc's.
#pragma once

namespace gongji::sim {

// Before SQLite is used for the first time.
void give_sqlite_the_pool();

}  // namespace gongji::sim
