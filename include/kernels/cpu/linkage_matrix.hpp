// Linkage with all distances in memory: complete, and average of euclidean distances.
#pragma once

#include <kernels/cluster/nearest_chain.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/cpu/distance_tile.hpp>
#include <kernels/cpu/parallel.hpp>

#include <memory>

namespace kernels::inline KERNELS_ABI::cpu {

struct linkage_loops {
  float (*least_distance)(const float* row, const float* absent, std::int64_t groups);
  void (*merge_complete)(float* a, const float* b, double share, std::int64_t groups);
  void (*merge_average)(float* a, const float* b, double share, std::int64_t groups);
};

namespace linkage_portable {
#include <kernels/cpu/linkage_matrix.inl>
}  // namespace linkage_portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::linkage_avx2 {
#include <kernels/cpu/linkage_matrix.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::linkage_avx2
KERNELS_TARGET_END
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::linkage_avx512 {
#include <kernels/cpu/linkage_matrix.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::linkage_avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

inline const linkage_loops& linkage_loops_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return linkage_avx512::loops();
  if (isa == instruction_set::avx2) return linkage_avx2::loops();
#endif
  return linkage_portable::loops();
}

/// The clusters that are left, in slots ordered by their lowest members, with all distances between
/// them: a square of which both halves are kept, so that a cluster's distances are one row.
class distance_matrix {
 public:
  distance_matrix(on_cpu exec, const point_rows& points, bool complete)
      : loops_(linkage_loops_for(choose(exec.isa))),
        complete_(complete),
        stride_((points.count + kGroup - 1) / kGroup * kGroup),
        rows_(static_cast<std::int32_t>(points.count)),
        next_(rows_),
        distances_(points.count * stride_),
        absent_(stride_),
        slots_(static_cast<std::size_t>(points.count)),
        slot_of_(static_cast<std::size_t>(2 * points.count), -1) {
    std::fill_n(absent_.data(), stride_, std::numeric_limits<float>::infinity());
    std::fill_n(absent_.data(), points.count, 0.0F);
    for (std::int32_t p = 0; p < rows_; ++p) {
      slots_[static_cast<std::size_t>(p)] = {p, p, 1};
      slot_of_[static_cast<std::size_t>(p)] = p;
    }
    fill(exec, points);
  }

  /// The one with the lowest member of all is always in the first slot.
  [[nodiscard]] std::int32_t first() const { return slots_[0].node; }
  [[nodiscard]] bool alive(std::int32_t node) const {
    return slot_of_[static_cast<std::size_t>(node)] >= 0;
  }
  [[nodiscard]] std::int32_t lowest(std::int32_t node) const { return slots_[slot(node)].lowest; }

  cluster::near_cluster nearest(std::int32_t node, std::int32_t before) const {
    const float* row = at(slot(node));
    const std::int64_t groups = (rows_ + kGroup - 1) / kGroup;
    const float least = loops_.least_distance(row, absent_.data(), groups);
    const auto distance = static_cast<double>(least);
    if (before >= 0 && row[slot(before)] <= least) return {before, distance};
    std::size_t k = 0;
    const std::size_t self = slot(node);
    while (k == self || slots_[k].node < 0 || row[k] != least) ++k;
    return {slots_[k].node, distance};
  }

  void merge(std::int32_t a, std::int32_t b) {
    const std::size_t here = std::min(slot(a), slot(b)), gone = std::max(slot(a), slot(b));
    const double share = exact::div(static_cast<double>(slots_[here].size),
                                    static_cast<double>(slots_[here].size + slots_[gone].size));
    float* row = at(here);
    const std::int64_t groups = (rows_ + kGroup - 1) / kGroup;
    (complete_ ? loops_.merge_complete : loops_.merge_average)(row, at(gone), share, groups);
    row[here] = std::numeric_limits<float>::infinity();
    slots_[here].size += slots_[gone].size;
    slots_[here].node = next_;
    slots_[gone].node = -1;
    absent_.data()[gone] = std::numeric_limits<float>::infinity();
    slot_of_[static_cast<std::size_t>(a)] = slot_of_[static_cast<std::size_t>(b)] = -1;
    slot_of_[static_cast<std::size_t>(next_++)] = static_cast<std::int32_t>(here);
    for (std::size_t k = 0; k < static_cast<std::size_t>(rows_); ++k) {
      if (slots_[k].node >= 0) at(k)[here] = row[k];
    }
    if (++dead_ * 4 > rows_) compact();
  }

 private:
  struct place {
    std::int32_t node, lowest, size;
  };

  [[nodiscard]] std::size_t slot(std::int32_t node) const {
    return static_cast<std::size_t>(slot_of_[static_cast<std::size_t>(node)]);
  }
  [[nodiscard]] float* at(std::size_t slot) {
    return distances_.data() + static_cast<std::int64_t>(slot) * stride_;
  }
  [[nodiscard]] const float* at(std::size_t slot) const {
    return distances_.data() + static_cast<std::int64_t>(slot) * stride_;
  }

  void fill(on_cpu exec, const point_rows& points) {
    const instruction_set isa = choose(exec.isa);
    constexpr std::int64_t kSide = distance_tile::kSide;
    const std::int64_t n = points.count, blocks = (n + kSide - 1) / kSide;
    parallel_for(exec, blocks, [&](std::int64_t block) {
      const auto tile = std::make_unique<distance_tile>(isa);
      const std::int64_t a = block * kSide, a_count = std::min(kSide, n - a);
      for (std::int64_t b = a; b < n; b += kSide) {
        const std::int64_t b_count = std::min(kSide, n - b);
        tile->fill(points, a, a_count, points, b, b_count);
        for (std::int64_t i = 0; i < a_count; ++i) {
          std::copy_n(tile->row(i), b_count, distances_.data() + (a + i) * stride_ + b);
        }
        if (b == a) continue;
        for (std::int64_t j = 0; j < b_count; ++j) {
          float* mirrored = distances_.data() + (b + j) * stride_ + a;
          for (std::int64_t i = 0; i < a_count; ++i) mirrored[i] = tile->row(i)[j];
        }
      }
    });
    for (std::int64_t i = 0; i < n; ++i) {
      float* row = distances_.data() + i * stride_;
      std::fill(row + n, row + stride_, std::numeric_limits<float>::infinity());
      row[i] = std::numeric_limits<float>::infinity();
    }
  }

  /// Moves the rows and columns that are left together.
  void compact() {
    std::vector<std::size_t> left;
    for (std::size_t k = 0; k < static_cast<std::size_t>(rows_); ++k) {
      if (slots_[k].node >= 0) left.push_back(k);
    }
    for (std::size_t to = 0; to < left.size(); ++to) {
      const float* from = at(left[to]);
      float* row = at(to);
      for (std::size_t k = 0; k < left.size(); ++k) row[k] = from[left[k]];
      slots_[to] = slots_[left[to]];
      slot_of_[static_cast<std::size_t>(slots_[to].node)] = static_cast<std::int32_t>(to);
    }
    rows_ = static_cast<std::int32_t>(left.size());
    dead_ = 0;
    std::fill_n(absent_.data(), stride_, std::numeric_limits<float>::infinity());
    std::fill_n(absent_.data(), rows_, 0.0F);
  }

  const linkage_loops& loops_;
  bool complete_;
  std::int64_t stride_;
  std::int32_t rows_, next_, dead_ = 0;
  buffer<float> distances_, absent_;
  std::vector<place> slots_;
  std::vector<std::int32_t> slot_of_;  ///< −1: merged
};

}  // namespace kernels::inline KERNELS_ABI::cpu
