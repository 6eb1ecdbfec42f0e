// Which boxes of a tile a box can share area with: those between two places of a sorted tile.
#pragma once

#include <kernels/cpu/iou_tile.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::cpu {

/// The boxes of a tile in the order of where their left sides are on 64 steps of the tile's width.
/// Steps are monotonous in x, so a box outside of near() shares nothing; one inside may share
/// nothing either. Only for kinds of overlap without a distance.
template <class T>
class sorted_tile {
 public:
  static constexpr std::int64_t kMoreBoxes = 64 / sizeof(T);  ///< a vector

  box_tile<T> boxes;                         ///< after the last one, a vector of boxes far from all
  alignas(64) T place[box_tile<T>::kBoxes];  ///< of each box in the tile it is from

  /// `tile` has `count` boxes.
  void sort(const box_tile<T>& tile, std::int64_t count, const iou_options& options) {
    one_ = options.convention == pixel_convention::inclusive ? T(1) : T(0);
    measure_width(tile, count);
    std::uint8_t left[box_tile<T>::kBoxes];
    std::int32_t next[kSteps] = {};
    for (std::int64_t k = 0; k < count; ++k) {
      left[k] = static_cast<std::uint8_t>(step(tile.left[k]));
      ++next[left[k]];
    }
    std::int32_t start = 0;
    for (int s = 0; s < kSteps; ++s) {
      const std::int32_t size = next[s];
      next[s] = start;
      start += size;
      last_[s] = start;
      first_[s] = static_cast<std::int32_t>(count);
    }
    for (std::int64_t k = 0; k < count; ++k) {
      const std::int32_t to = next[left[k]]++;
      boxes.set(to, tile.get(k));
      place[to] = static_cast<T>(k);
      std::int32_t& first = first_[step(exact::add(tile.right[k], one_))];
      first = std::min(first, to);
    }
    for (int s = kSteps - 2; s >= 0; --s) first_[s] = std::min(first_[s], first_[s + 1]);
    for (std::int64_t k = count; k < std::min(count + kMoreBoxes, box_tile<T>::kBoxes); ++k) {
      boxes.set(k, {math::kInfinity<T>, math::kInfinity<T>, -math::kInfinity<T>,
                    -math::kInfinity<T>, T(1), T(0)});
      place[k] = static_cast<T>(k);
    }
  }

  /// a shares nothing with the boxes before `first` and from `last` on.
  struct range {
    std::int64_t first, last;
  };
  [[nodiscard]] [[gnu::always_inline]] inline range near(const math::measured_box<T>& a) const {
    return {first_[step(a.left)], last_[step(exact::add(a.right, one_))]};
  }

 private:
  static constexpr int kSteps = 64;

  [[nodiscard]] [[gnu::always_inline]] inline int step(T x) const {
    return static_cast<int>(
        exact::min(exact::max(exact::mul(x - origin_, scale_), T(0)), T(kSteps - 1)));
  }
  void measure_width(const box_tile<T>& tile, std::int64_t count) {
    T start = math::kInfinity<T>;  // of what is finite; steps need not cover the rest
    T end = -math::kInfinity<T>;
    for (std::int64_t k = 0; k < count; ++k) {
      const T left = tile.left[k];
      start = exact::min(left > -math::kInfinity<T> ? left : start, start);
      end = exact::max(left < math::kInfinity<T> ? left : end, end);
    }
    const T extent = end - start;  // without a finite one nothing is passed over
    const bool known = start < math::kInfinity<T> && extent > T(0) && extent < math::kInfinity<T>;
    origin_ = known ? start : T(0);
    scale_ = known ? exact::div(T(kSteps - 1), extent) : T(0);
  }

  T origin_, scale_, one_;      ///< step = (x − origin)·scale
  std::int32_t last_[kSteps];   ///< boxes whose left side is not beyond step s
  std::int32_t first_[kSteps];  ///< first box whose right side is not before step s
};

}  // namespace kernels::inline KERNELS_ABI::cpu
