#include "tests/allocations/counting_new.h"

#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t counted = 0;

void* counted_memory(std::size_t size) {
  ++counted;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

namespace gongji::testing {

std::uint64_t allocations() {
  return counted;
}

}  // namespace gongji::testing

void* operator new(std::size_t size) {
  return counted_memory(size);
}
void* operator new[](std::size_t size) {
  return counted_memory(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
