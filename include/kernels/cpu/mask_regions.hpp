// mask_regions on the CPU: connected regions of runs, row by row, by union and find.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/mask_regions.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Regions of one mask, as runs in the order of rows and columns. The root of a region is its first
/// run.
class mask_run_regions {
 public:
  /// Changes all regions of ones (or, with `holes`, of zeros) that have fewer than `limit` pixels.
  /// Returns the number of pixels changed.
  std::int64_t change_small(const view<std::uint64_t, 2>& mask, std::int64_t width, bool holes,
                            std::int64_t limit, connectivity neighbours, bool keep_largest) {
    find_runs(mask, width, holes);
    join_rows(mask.extent[0], neighbours == connectivity::eight ? 1 : 0);
    areas_.assign(runs_.size(), 0);
    for (std::size_t k = 0; k < runs_.size(); ++k) {
      const auto root = static_cast<std::size_t>(find(static_cast<std::int32_t>(k)));
      areas_[root] += runs_[k].end - runs_[k].start;
    }
    std::int32_t largest = -1;
    if (keep_largest) {
      for (std::size_t k = 0; k < runs_.size(); ++k) {
        if (largest < 0 || areas_[k] > areas_[static_cast<std::size_t>(largest)]) {
          largest = static_cast<std::int32_t>(k);
        }
      }
    }
    std::int64_t changed = 0;
    for (std::int64_t y = 0; y < mask.extent[0]; ++y) {
      for (std::int32_t k = rows_[static_cast<std::size_t>(y)];
           k < rows_[static_cast<std::size_t>(y + 1)]; ++k) {
        const std::int32_t root = find(k);
        if (root == largest || areas_[static_cast<std::size_t>(root)] >= limit) continue;
        const auto& run = runs_[static_cast<std::size_t>(k)];
        flip(mask.data + y * mask.stride[0], run);
        changed += run.end - run.start;
      }
    }
    return changed;
  }

 private:
  void find_runs(const view<std::uint64_t, 2>& mask, std::int64_t width, bool holes) {
    runs_.clear();
    rows_.assign(1, 0);
    for (std::int64_t y = 0; y < mask.extent[0]; ++y) {
      std::uint64_t before = 0;  // the bit to the left
      std::int32_t start = 0;
      for (std::int64_t k = 0; k < mask.extent[1]; ++k) {
        std::uint64_t word = mask.data[y * mask.stride[0] + k];
        if (holes) {
          word = ~word & math::low_bits(std::min<std::int64_t>(64, width - 64 * k));
        }
        for (std::uint64_t edges = word ^ (word << 1 | before); edges != 0; edges &= edges - 1) {
          const auto x = static_cast<std::int32_t>(64 * k + math::lowest_bit(edges));
          if ((word >> (x % 64) & 1) != 0) {
            start = x;
          } else {
            runs_.push_back({start, x});
          }
        }
        before = word >> 63;
      }
      if (before != 0) runs_.push_back({start, static_cast<std::int32_t>(64 * mask.extent[1])});
      rows_.push_back(static_cast<std::int32_t>(runs_.size()));
    }
  }

  /// Joins runs of neighbouring rows that overlap, or, with reach 1, touch at a corner.
  void join_rows(std::int64_t height, std::int32_t reach) {
    parents_.resize(runs_.size());
    for (std::size_t k = 0; k < parents_.size(); ++k) parents_[k] = static_cast<std::int32_t>(k);
    for (std::int64_t y = 1; y < height; ++y) {
      std::int32_t above = rows_[static_cast<std::size_t>(y - 1)];
      const std::int32_t first = rows_[static_cast<std::size_t>(y)];
      for (std::int32_t k = first; k < rows_[static_cast<std::size_t>(y + 1)]; ++k) {
        const auto& run = runs_[static_cast<std::size_t>(k)];
        while (above < first && runs_[static_cast<std::size_t>(above)].end + reach <= run.start) {
          ++above;
        }
        for (std::int32_t a = above;
             a < first && runs_[static_cast<std::size_t>(a)].start < run.end + reach; ++a) {
          join(a, k);
        }
      }
    }
  }

  std::int32_t find(std::int32_t k) {
    auto& p = parents_;
    while (p[static_cast<std::size_t>(k)] != k) {
      auto& up = p[static_cast<std::size_t>(k)];
      up = p[static_cast<std::size_t>(up)];
      k = up;
    }
    return k;
  }
  void join(std::int32_t a, std::int32_t b) {
    a = find(a);
    b = find(b);
    parents_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }

  static void flip(std::uint64_t* row, const math::bit_run& run) {
    for (std::int32_t k = run.start / 64; k * 64 < run.end; ++k) {
      row[k] ^= math::run_bits({std::max(run.start - 64 * k, 0), std::min(run.end - 64 * k, 64)});
    }
  }

  std::vector<math::bit_run> runs_;
  std::vector<std::int32_t> rows_, parents_;
  std::vector<std::int64_t> areas_;
};

inline void mask_regions(on_cpu exec, const view<std::uint64_t, 3>& masks, std::int64_t width,
                         const mask_regions_options& options,
                         const view<std::int64_t, 1>& changed) {
  parallel_for(exec, masks.extent[0], [&](std::int64_t n) {
    mask_run_regions regions;
    std::int64_t pixels = 0;
    if (options.holes_below > 0) {
      pixels += regions.change_small(masks[n], width, true, options.holes_below, options.neighbours,
                                     false);
    }
    if (options.islands_below > 0) {
      pixels += regions.change_small(masks[n], width, false, options.islands_below,
                                     options.neighbours, options.keep_largest);
    }
    if (changed.extent[0] > 0) changed.data[n * changed.stride[0]] = pixels;
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
