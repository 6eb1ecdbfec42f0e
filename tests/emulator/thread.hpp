// Part of the CUDA emulator: one CUDA thread, what it may wait for, and how messages name it.
#pragma once

#include <vector_types.h>
#include <emulator/fibers.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <source_location>
#include <string>

namespace kernels::emulator {

inline constexpr unsigned kWarpSize = 32;

// Where a kernel calls a barrier or a warp operation. The column tells two calls on a line apart.
// (Return addresses would not do: optimisers merge and duplicate calls.)
struct call_site {
  const char* file = "";
  unsigned line = 0;
  unsigned column = 0;

  friend bool operator==(const call_site& a, const call_site& b) {
    return a.line == b.line && a.column == b.column &&
           (a.file == b.file || std::strcmp(a.file, b.file) == 0);
  }
};

// For default arguments: the place of the call. Clang 14 has the pieces but not source_location.
#if defined(__clang__)
#define KERNELS_CALL_SITE \
  ::kernels::emulator::call_site { __builtin_FILE(), __builtin_LINE(), __builtin_COLUMN() }
#else
#define KERNELS_CALL_SITE ::kernels::emulator::to_call_site(std::source_location::current())
constexpr call_site to_call_site(const std::source_location& at) {
  return {at.file_name(), at.line(), at.column()};
}
#endif

// What the lanes of one warp operation brought; a lane not in `lanes` took no part.
struct warp_values {
  unsigned lanes = 0;
  std::array<std::uint64_t, kWarpSize> value{};

  bool has(unsigned lane) const { return lane < kWarpSize && (lanes >> lane & 1u) != 0; }
};

// One lane's part in a warp operation; lives on the stack of the lane while that waits.
// `answer` turns what all lanes brought into the result of this lane. It is asked for every lane
// when the operation completes: later, other lanes may already be in their next operation.
struct warp_request {
  unsigned mask = 0;
  std::uint64_t value = 0;
  const void* context = nullptr;
  std::uint64_t (*answer)(const void* context, const warp_values&, unsigned lane) = nullptr;
  std::uint64_t result = 0;
};

enum class thread_state : std::uint8_t { ready, at_barrier, in_warp_operation, returned };

struct cuda_thread {
  fiber context;
  thread_state state = thread_state::returned;
  uint3 index{};
  unsigned rank = 0;  // in the block: x fastest, then y, then z

  // While the thread waits:
  const char* function = "";
  call_site site;
  bool predicate = false;           // at a barrier
  warp_request* request = nullptr;  // in a warp operation

  unsigned warp() const { return rank / kWarpSize; }
  unsigned lane() const { return rank % kWarpSize; }
};

// The pieces of messages.
template <class... Pieces>
std::string text(const Pieces&... pieces) {
  std::string all;
  (all.append(pieces), ...);
  return all;
}
inline std::string to_string(uint3 v) {
  return text("(", std::to_string(v.x), ",", std::to_string(v.y), ",", std::to_string(v.z), ")");
}
inline std::string to_string(dim3 v) { return to_string(uint3{v.x, v.y, v.z}); }
inline std::string to_string(const call_site& site) {
  return text(site.file, ":", std::to_string(site.line));
}
inline std::string to_hex(unsigned v) {
  char digits[11];
  std::snprintf(digits, sizeof digits, "0x%08x", v);
  return digits;
}
inline std::string count_of(unsigned n, const char* what) {
  return text(std::to_string(n), " ", what, n == 1 ? "" : "s");
}

}  // namespace kernels::emulator
