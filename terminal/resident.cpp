#include "terminal/resident.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace gongji::terminal {

namespace {

// Segments that are never written hold nothing but the file's own bytes; relocated data lie in writable ones.
int unmap_constants(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    const std::uintptr_t from = begin / page * page;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the loader tells where a segment lies
    static_cast<void>(madvise(reinterpret_cast<void*>(from), begin + segment.p_memsz - from, MADV_DONTNEED));
  }
  return 0;
}

}  // namespace

void use_one_heap() {
  mallopt(M_ARENA_MAX, 1);
}

void give_back_memory() {
  malloc_trim(0);
  dl_iterate_phdr(unmap_constants, nullptr);
}

}  // namespace gongji::terminal
