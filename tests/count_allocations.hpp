// Counts what this program asks of operator new. Include it in one file of a test program.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

inline std::atomic<std::int64_t> allocations{0};
inline std::atomic<std::size_t> allocated_bytes{0};  // of all allocations, freed ones too

inline void* counted_allocation(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  allocated_bytes += bytes;
  void* p = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

// NOLINTBEGIN(misc-definitions-in-headers): one file of a program includes this
// not inlined: g++ would take new and free() in one function for a mistake
[[gnu::noinline]] void* operator new(std::size_t bytes) { return counted_allocation(bytes, 16); }
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t a) {
  return counted_allocation(bytes, static_cast<std::size_t>(a));
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
// NOLINTEND(misc-definitions-in-headers)
