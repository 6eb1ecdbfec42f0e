// Part of the CUDA emulator: what all warp operations have in common, and the lane arithmetic of
// shuffles.
#pragma once

#include <emulator/block.hpp>
#include <emulator/keywords.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

namespace kernels::emulator {

// A shuffle from a lane that takes no part has an undefined result: these bytes.
inline constexpr unsigned char kUndefined = 0xDB;

// The types which CUDA shuffles; the small integers become int, as in a call of CUDA's functions.
template <class T>
using shuffled = std::conditional_t<std::is_integral_v<T> && sizeof(T) < sizeof(int), int, T>;

template <class T>
inline constexpr bool is_shuffled =
    (std::is_integral_v<T> && sizeof(T) >= sizeof(int)) || std::is_same_v<T, float> ||
    std::is_same_v<T, double> || std::is_same_v<T, __half> || std::is_same_v<T, __half2> ||
    std::is_same_v<T, __nv_bfloat16> || std::is_same_v<T, __nv_bfloat162>;

template <class T>
std::uint64_t to_bits(const T& value) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}
template <class T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(static_cast<void*>(&value), &bits, sizeof(T));
  return value;
}

// Waits for all lanes of the mask, then returns answer(values, own lane) as a T.
template <class T, class V, class Answer>
T warp_operation(const char* function, call_site site, unsigned mask, const V& value,
                 const Answer& answer) {
  block& b = this_block();
  const unsigned own_lane = b.thread().lane();
  if ((mask >> own_lane & 1u) == 0)
    b.fail(function, site, [=] {
      return text("lane ", std::to_string(own_lane), " is not in its own mask ", to_hex(mask));
    });
  warp_request request;
  request.mask = mask;
  request.value = to_bits(value);
  request.context = &answer;
  request.answer = [](const void* context, const warp_values& values, unsigned lane) {
    return to_bits(static_cast<T>((*static_cast<const Answer*>(context))(values, lane)));
  };
  return from_bits<T>(b.wait_for_warp(function, site, request));
}

// Combines the values of all lanes of the mask; `combine` must not mind the order.
template <class T, class Combine>
T warp_reduce(const char* function, call_site site, unsigned mask, T value, Combine combine) {
  return warp_operation<T>(function, site, mask, value,
                           [combine](const warp_values& values, unsigned own_lane) {
                             T result = from_bits<T>(values.value[own_lane]);
                             for (unsigned lane = 0; lane < kWarpSize; ++lane)
                               if (values.has(lane) && lane != own_lane)
                                 result = combine(result, from_bits<T>(values.value[lane]));
                             return result;
                           });
}

// The lanes of the mask whose predicate is true.
template <class T, class Finish>
T warp_vote(const char* function, call_site site, unsigned mask, bool predicate, Finish finish) {
  return warp_operation<T>(function, site, mask, predicate,
                           [finish](const warp_values& values, unsigned) {
                             unsigned votes = 0;
                             for (unsigned lane = 0; lane < kWarpSize; ++lane)
                               if (values.has(lane) && values.value[lane] != 0) votes |= 1u << lane;
                             return finish(votes, values.lanes);
                           });
}

// Which lane a shuffle reads, as PTX defines shfl.sync. A warp is cut into segments of `width`
// lanes; a source outside the own segment means the own value.
enum class shuffle { index, up, down, exclusive_or };

constexpr unsigned shuffle_source(shuffle kind, unsigned lane, unsigned argument, unsigned width) {
  const unsigned first = lane & ~(width - 1), last = first | (width - 1);
  const unsigned b = argument % kWarpSize;
  switch (kind) {
    case shuffle::index:
      return first | (b & (width - 1));
    case shuffle::up:
      return lane >= first + b ? lane - b : lane;
    case shuffle::down:
      return lane + b <= last ? lane + b : lane;
    case shuffle::exclusive_or:
      return (lane ^ b) <= last ? lane ^ b : lane;
  }
  return lane;
}

template <class T>
shuffled<T> warp_shuffle(shuffle kind, const char* function, call_site site, unsigned mask, T value,
                         unsigned argument, int width) {
  using S = shuffled<T>;
  static_assert(is_shuffled<S>, "CUDA has no shuffle of this type");
  if (width < 1 || width > static_cast<int>(kWarpSize) ||
      !std::has_single_bit(static_cast<unsigned>(width)))
    this_block().fail(function, site, [=] {
      return text("width ", std::to_string(width), " is not a power of two up to 32");
    });
  return warp_operation<S>(
      function, site, mask, static_cast<S>(value), [=](const warp_values& values, unsigned lane) {
        const unsigned source = shuffle_source(kind, lane, argument, static_cast<unsigned>(width));
        std::uint64_t undefined;
        std::memset(&undefined, kUndefined, sizeof undefined);
        return from_bits<S>(values.has(source) ? values.value[source] : undefined);
      });
}

}  // namespace kernels::emulator
