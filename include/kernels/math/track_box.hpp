// One box of one track in one frame: a row of a finished sequence.
#pragma once

#include <kernels/math/box.hpp>

#include <cstdint>

namespace kernels::inline KERNELS_ABI {

struct track_box {
  std::int64_t frame = 1;  ///< from 1
  std::int64_t id = 0;     ///< any 64-bit number
  kernels::box<double> box{};
  double score = 1;
  std::int32_t class_id = -1;   ///< −1: not known
  std::int32_t detection = -1;  ///< index of the detection it came from, −1: none
  friend bool operator==(const track_box&, const track_box&) = default;
};

}  // namespace kernels::inline KERNELS_ABI
