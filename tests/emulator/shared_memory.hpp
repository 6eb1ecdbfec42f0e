// Part of the CUDA emulator: how a kernel gets at its shared memory.
#pragma once

#include <emulator/block.hpp>

#include <cstddef>

namespace kernels::emulator {

// CUDA aligns `extern __shared__` arrays as they are declared; kernels here rely on 16 bytes.
inline constexpr std::size_t kSharedAlignment = 16;
static_assert(kSharedAlignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

// The dynamic shared memory of the block, as large as the launch said.
template <class T>
T* dynamic_shared() {
  static_assert(alignof(T) <= kSharedAlignment);
  return static_cast<T*>(this_block().shared().dynamic());
}

// Any two closures have different types, also those of one lambda in two instances of a template.
template <class Closure>
inline constexpr char key_of = 0;

// `T name[n]` in shared memory, to be written shared_array<T>(n, [] {}). The lambda stands for the
// place: all threads of the block that come by get the same array, and another place, or the same
// place in another instance of the template, has another array, as with `__shared__ T name[n]`.
template <class T, class Closure>
T* shared_array(std::size_t n, Closure) {
  static_assert(alignof(T) <= kSharedAlignment);
  return static_cast<T*>(this_block().shared().array(&key_of<Closure>, n * sizeof(T)));
}

}  // namespace kernels::emulator
