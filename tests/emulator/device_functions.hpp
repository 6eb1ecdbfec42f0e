// Part of the CUDA emulator: the device functions which involve other threads (barriers, warp
// operations, atomics, fences), the loads and stores with cache hints, and the built-in indices.
#pragma once

#include <emulator/keywords.hpp>
#include <emulator/warp.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>

#define threadIdx (::kernels::emulator::this_block().thread().index)
#define blockIdx (::kernels::emulator::this_block().index())
#define blockDim (::kernels::emulator::this_block().size())
#define gridDim (::kernels::emulator::this_block().grid())

// Barriers of the block --------------------------------------------------------------------------

inline void __syncthreads(kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::this_block().wait_at_barrier("__syncthreads()", site, false);
}
inline int __syncthreads_count(int predicate,
                               kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::this_block()
      .wait_at_barrier("__syncthreads_count()", site, predicate != 0)
      .count;
}
inline int __syncthreads_and(int predicate, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::this_block()
      .wait_at_barrier("__syncthreads_and()", site, predicate != 0)
      .all;
}
inline int __syncthreads_or(int predicate, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::this_block()
      .wait_at_barrier("__syncthreads_or()", site, predicate != 0)
      .any;
}

// Warp operations --------------------------------------------------------------------------------

inline void __syncwarp(unsigned mask = 0xffffffffu,
                       kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::warp_vote<unsigned>("__syncwarp()", site, mask, false,
                                         [](unsigned, unsigned) { return 0u; });
}

template <class T>
auto __shfl_sync(unsigned mask, T value, int source_lane, int width = 32,
                 kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  using namespace kernels::emulator;
  return warp_shuffle(shuffle::index, "__shfl_sync()", site, mask, value,
                      static_cast<unsigned>(source_lane), width);
}
template <class T>
auto __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32,
                    kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  using namespace kernels::emulator;
  return warp_shuffle(shuffle::up, "__shfl_up_sync()", site, mask, value, delta, width);
}
template <class T>
auto __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32,
                      kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  using namespace kernels::emulator;
  return warp_shuffle(shuffle::down, "__shfl_down_sync()", site, mask, value, delta, width);
}
template <class T>
auto __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32,
                     kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  using namespace kernels::emulator;
  return warp_shuffle(shuffle::exclusive_or, "__shfl_xor_sync()", site, mask, value,
                      static_cast<unsigned>(lane_mask), width);
}

inline unsigned __ballot_sync(unsigned mask, int predicate,
                              kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::warp_vote<unsigned>("__ballot_sync()", site, mask, predicate != 0,
                                                [](unsigned votes, unsigned) { return votes; });
}
inline int __any_sync(unsigned mask, int predicate,
                      kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::warp_vote<int>("__any_sync()", site, mask, predicate != 0,
                                           [](unsigned votes, unsigned) { return votes != 0; });
}
inline int __all_sync(unsigned mask, int predicate,
                      kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::warp_vote<int>(
      "__all_sync()", site, mask, predicate != 0,
      [](unsigned votes, unsigned lanes) { return votes == lanes; });
}

// The lanes of the mask whose value has the same bits.
template <class T>
unsigned __match_any_sync(unsigned mask, T value,
                          kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  using namespace kernels::emulator;
  static_assert(std::is_arithmetic_v<T> && (sizeof(T) == 4 || sizeof(T) == 8),
                "CUDA matches 32- and 64-bit numbers");
  return warp_operation<unsigned>(
      "__match_any_sync()", site, mask, value, [](const warp_values& values, unsigned own_lane) {
        unsigned same = 0;
        for (unsigned lane = 0; lane < kWarpSize; ++lane)
          if (values.has(lane) && values.value[lane] == values.value[own_lane]) same |= 1u << lane;
        return same;
      });
}

namespace kernels::emulator {

// Addition as the hardware does it: modulo 2^n.
template <class T>
constexpr T wrapping_add(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
}

template <class T>
constexpr void require_reducible() {
  static_assert(std::is_same_v<T, int> || std::is_same_v<T, unsigned>,
                "CUDA reduces int and unsigned");
}

}  // namespace kernels::emulator

template <class T>
T __reduce_add_sync(unsigned mask, T value, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::require_reducible<T>();
  return kernels::emulator::warp_reduce("__reduce_add_sync()", site, mask, value,
                                        kernels::emulator::wrapping_add<T>);
}
template <class T>
T __reduce_min_sync(unsigned mask, T value, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::require_reducible<T>();
  return kernels::emulator::warp_reduce("__reduce_min_sync()", site, mask, value,
                                        [](T a, T b) { return std::min(a, b); });
}
template <class T>
T __reduce_max_sync(unsigned mask, T value, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::require_reducible<T>();
  return kernels::emulator::warp_reduce("__reduce_max_sync()", site, mask, value,
                                        [](T a, T b) { return std::max(a, b); });
}

// Atomics. A thread is never interrupted between two waits, so a plain update is atomic.
// ------------

namespace kernels::emulator {

template <class T, class... Allowed>
constexpr void require_atomic() {
  static_assert(std::is_integral_v<T>,
                "atomics on floating-point numbers are forbidden in this project: the order of the "
                "operations, and so the result, would differ from run to run");
  static_assert(!std::is_integral_v<T> || (std::is_same_v<T, Allowed> || ...),
                "CUDA has no such atomic on this type");
}

template <class T, class Update>
T fetch_and(T* address, Update update) {
  const T old = *address;
  *address = static_cast<T>(update(old));
  return old;
}

}  // namespace kernels::emulator

template <class T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, unsigned long long>();
  return fetch_and(address, [=](T old) { return wrapping_add(old, value); });
}
template <class T>
T atomicSub(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned>();
  return fetch_and(
      address, [=](T old) { return static_cast<unsigned>(old) - static_cast<unsigned>(value); });
}
template <class T>
T atomicMin(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, long long, unsigned long long>();
  return fetch_and(address, [=](T old) { return std::min(old, value); });
}
template <class T>
T atomicMax(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, long long, unsigned long long>();
  return fetch_and(address, [=](T old) { return std::max(old, value); });
}
template <class T>
T atomicAnd(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, long long, unsigned long long>();
  return fetch_and(address, [=](T old) { return old & value; });
}
template <class T>
T atomicOr(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, long long, unsigned long long>();
  return fetch_and(address, [=](T old) { return old | value; });
}
template <class T>
T atomicXor(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, long long, unsigned long long>();
  return fetch_and(address, [=](T old) { return old ^ value; });
}
template <class T>
T atomicExch(T* address, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, unsigned long long>();
  return fetch_and(address, [=](T) { return value; });
}
template <class T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  using namespace kernels::emulator;
  require_atomic<T, int, unsigned, unsigned long long>();
  return fetch_and(address, [=](T old) { return old == expected ? value : old; });
}

// There is one memory and one OS thread: every write is visible at once.
inline void __threadfence_block() {}
inline void __threadfence() {}
inline void __threadfence_system() {}

// Loads and stores with cache hints --------------------------------------------------------------

namespace kernels::emulator {

template <class T>
constexpr void require_vector_access() {
  static_assert(
      std::is_trivially_copyable_v<T> && sizeof(T) <= 16 && (sizeof(T) & (sizeof(T) - 1)) == 0,
      "CUDA loads and stores 1, 2, 4, 8 or 16 bytes");
}
// A GPU stops at a misaligned vector; sanitizers notice it only with some compilers.
template <class T>
void check_access(const char* function, call_site site, const T* address) {
  require_vector_access<T>();
  const auto misaligned = reinterpret_cast<std::uintptr_t>(address) % alignof(T);
  if (misaligned != 0)
    this_block().fail(function, site, [=] {
      return text("the address is ", std::to_string(misaligned), " bytes past a multiple of ",
                  std::to_string(alignof(T)));
    });
}
template <class T>
T load(const char* function, call_site site, const T* address) {
  check_access(function, site, address);
  return *address;
}
template <class T>
void store(const char* function, call_site site, T* address, const T& value) {
  check_access(function, site, address);
  *address = value;
}

}  // namespace kernels::emulator

template <class T>
T __ldg(const T* address, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::load("__ldg()", site, address);
}
template <class T>
T __ldca(const T* address, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::load("__ldca()", site, address);
}
template <class T>
T __ldcg(const T* address, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::load("__ldcg()", site, address);
}
template <class T>
T __ldcs(const T* address, kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  return kernels::emulator::load("__ldcs()", site, address);
}
template <class T>
void __stcg(T* address, std::type_identity_t<T> value,
            kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::store("__stcg()", site, address, value);
}
template <class T>
void __stcs(T* address, std::type_identity_t<T> value,
            kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::store("__stcs()", site, address, value);
}
template <class T>
void __stwt(T* address, std::type_identity_t<T> value,
            kernels::emulator::call_site site = KERNELS_CALL_SITE) {
  kernels::emulator::store("__stwt()", site, address, value);
}
