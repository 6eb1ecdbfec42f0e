// All pairs of two sets of boxes that overlap, in order of rows and then columns.
#pragma once

#include <kernels/cpu/overlap_hits.hpp>
#include <kernels/math/iou.hpp>

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

/// Finds them; keeps its scratch. Few boxes: every pair is looked at. Many: columns are sorted by
/// their left edge, and a row looks only where a column that overlaps can begin.
class overlap_finder {
 public:
  /// More pairs than this are refused: memory and time of a frame are bounded.
  static constexpr std::size_t kMostPairs = std::size_t{1} << 24;

  /// Calls found(i, j, iou) for every pair with IoU > 0. Errors: kernels::error if these are more
  /// than kMostPairs.
  template <class Found>
  void each(std::span<const box<double>> rows, std::span<const box<double>> columns,
            pixel_convention convention, const Found& found) {
    std::size_t left = kMostPairs;
    each_counted(rows, columns, convention, [&](std::size_t i, std::size_t j, double iou) {
      if (left-- == 0) {
        refuse("tracker", "detections",
               "at most " + std::to_string(kMostPairs) +
                   " pairs of a track and a detection that overlap (fewer detections, or nms "
                   "before)",
               "a crowd of more");
      }
      found(i, j, iou);
    });
  }

 private:
  template <class Found>
  void each_counted(std::span<const box<double>> rows, std::span<const box<double>> columns,
                    pixel_convention convention, const Found& found) {
    const double one = convention == pixel_convention::inclusive ? 1.0 : 0.0;
    const std::size_t many = 16384;
    if (rows.size() * columns.size() > many) {
      each_of_many(rows, columns, convention, found);
      return;
    }
    areas_.resize(columns.size());
    corners_.resize(columns.size());
    hits_.resize(columns.size() + 1);
    for (std::size_t j = 0; j < columns.size(); ++j) {
      areas_[j] = math::box_area(columns[j], convention);
      corners_[j] = cpu::overlap_column(columns[j]);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const box<double> r = rows[i];
      const double area = math::box_area(r, convention);
      const auto hits = static_cast<std::size_t>(
          loop_(r, corners_.data(), std::ssize(columns), one, hits_.data()));
      for (std::size_t k = 0; k < hits; ++k) {
        const auto j = static_cast<std::size_t>(hits_[k]);
        give(i, j, r, columns[j], one, area, areas_[j], found);
      }
    }
  }

  template <class Found>
  static void give(std::size_t i, std::size_t j, const box<double>& r, const box<double>& c,
                   double one, double a, double b, const Found& found) {
    const double width = exact::min(r.right, c.right) - exact::max(r.left, c.left) + one;
    const double height = exact::min(r.bottom, c.bottom) - exact::max(r.top, c.top) + one;
    if (!(width > 0) || !(height > 0)) return;
    const double iou = math::iou_of_areas(exact::product(width, height), a, b);
    if (iou > 0) found(i, j, iou);
  }

  template <class Found>
  void each_of_many(std::span<const box<double>> rows, std::span<const box<double>> columns,
                    pixel_convention convention, const Found& found) {
    const double one = convention == pixel_convention::inclusive ? 1.0 : 0.0;
    order_.clear();
    for (std::size_t j = 0; j < columns.size(); ++j) order_.push_back(static_cast<std::int32_t>(j));
    std::sort(order_.begin(), order_.end(), [&](std::int32_t x, std::int32_t y) {
      const double a = columns[static_cast<std::size_t>(x)].left;
      const double b = columns[static_cast<std::size_t>(y)].left;
      return a < b || (a == b && x < y);
    });
    // reach_[k]: the largest right edge among the first k + 1 columns
    reach_.clear();
    double reach = -std::numeric_limits<double>::infinity();
    for (const auto j : order_) {
      reach = exact::max(reach, columns[static_cast<std::size_t>(j)].right);
      reach_.push_back(reach);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const box<double> r = rows[i];
      const double area = math::box_area(r, convention);
      if (!(area > 0)) continue;
      const auto first = std::partition_point(reach_.begin(), reach_.end(),
                                              [&](double x) { return !(x - r.left + one > 0); });
      hits_.clear();
      for (auto k = static_cast<std::size_t>(first - reach_.begin()); k < order_.size(); ++k) {
        const auto j = static_cast<std::size_t>(order_[k]);
        if (!(r.right - columns[j].left + one > 0)) break;
        const box<double>& c = columns[j];
        const double width = exact::min(r.right, c.right) - exact::max(r.left, c.left) + one;
        const double height = exact::min(r.bottom, c.bottom) - exact::max(r.top, c.top) + one;
        if (width > 0 && height > 0) hits_.push_back(order_[k]);
      }
      std::sort(hits_.begin(), hits_.end());
      for (const auto hit : hits_) {
        const auto j = static_cast<std::size_t>(hit);
        const box<double>& c = columns[j];
        give(i, j, r, c, one, area, math::box_area(c, convention), found);
      }
    }
  }

  cpu::overlap_loop loop_ = cpu::overlap_loop_for(instruction_set::best);
  std::vector<double> areas_, reach_;
  std::vector<cpu::overlap_corners> corners_;
  std::vector<std::int32_t> order_, hits_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
