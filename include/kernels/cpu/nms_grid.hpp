// Where kept boxes are looked up: a grid of cells, each with the kept boxes that overlap it, in
// chunks that a vector loop tests at once.
//
// A box whose IoU with another is above t shares more than a t-th of its own width and height with
// it. So the part they share meets the box's core, [left + t·w, right − t·w] by [top + t·h, bottom
// − t·h], or contains its centre if t >= ½. A kept box is entered in every cell that it overlaps,
// and a new one looks only into the cells of its core. Margins make up for rounding; the grid only
// decides which pairs are tested, never how a test ends.
#pragma once

#include <kernels/math/nms.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Sixteen kept boxes. Free places hold a box that overlaps nothing.
template <class T>
struct nms_chunk {
  static constexpr int kBoxes = 16;
  alignas(64) T left[kBoxes];
  T top[kBoxes], right[kBoxes], bottom[kBoxes], area[kBoxes];
  std::int32_t count, next;

  void clear(std::int32_t following) {
    constexpr T kFar = std::numeric_limits<T>::max();
    for (int k = 0; k < kBoxes; ++k) {
      left[k] = top[k] = kFar;
      right[k] = bottom[k] = -kFar;
      area[k] = T(1);
    }
    count = 0;
    next = following;
  }
};

/// Cells in both directions, first and last.
struct nms_cells {
  std::int32_t left, top, right, bottom;
};

template <class T>
class nms_grid {
 public:
  /// Starts anew, for `count` boxes, of which a sample tells what cells are good.
  void start(const box<T>* boxes, std::int64_t count, T threshold, pixel_convention convention) {
    plus_ = convention == pixel_convention::inclusive ? 1.0 : 0.0;
    core_ = threshold < T(0x1p-10) ? 0.5 : std::max(0.0, 0.5 - 0.999 * double{threshold});
    smallest_ = plus_ > 0 ? 1e-3 : sizeof(T) == 4 ? 1e-14 : 1e-140;
    columns_ = rows_ = 1;
    used_ = 0;
    if (count > kFewest) choose_cells(boxes, count);
    heads_.assign(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), -1);
    wide_ = -1;
  }

  /// Cells whose boxes must be tested against a box of positive, finite area.
  [[nodiscard]] nms_cells core(const box<T>& b) const {
    if (heads_.size() == 1) return {0, 0, 0, 0};
    const interval x = core(b.left, b.right);
    const interval y = core(b.top, b.bottom);
    return cells(x, y);
  }
  [[nodiscard]] const nms_chunk<T>* first(std::int32_t column, std::int32_t row) const {
    return at(heads_[place(column, row)]);
  }
  /// Boxes too large for the cells.
  [[nodiscard]] const nms_chunk<T>* first_wide() const { return at(wide_); }
  [[nodiscard]] const nms_chunk<T>* next(const nms_chunk<T>* chunk) const {
    return at(chunk->next);
  }

  /// Enters a kept box of positive, finite area.
  void insert(const box<T>& b, T area) {
    if (heads_.size() == 1) return add(heads_[0], b, area);
    const nms_cells c = cells(whole(b.left, b.right), whole(b.top, b.bottom));
    const std::int64_t size =
        std::int64_t{c.right - c.left + 1} * std::int64_t{c.bottom - c.top + 1};
    if (size > kMostCells) return add(wide_, b, area);
    for (std::int32_t row = c.top; row <= c.bottom; ++row) {
      for (std::int32_t column = c.left; column <= c.right; ++column) {
        add(heads_[place(column, row)], b, area);
      }
    }
  }

 private:
  static constexpr std::int64_t kFewest = 256;    ///< boxes that are worth a grid
  static constexpr std::int64_t kMostCells = 64;  ///< that one box is entered in
  struct interval {
    double low, high;
  };

  [[nodiscard]] const nms_chunk<T>* at(std::int32_t chunk) const {
    return chunk < 0 ? nullptr : &pool_[static_cast<std::size_t>(chunk)];
  }
  [[nodiscard]] std::size_t place(std::int32_t column, std::int32_t row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
           static_cast<std::size_t>(column);
  }

  [[nodiscard]] interval whole(T low, T high) const {
    const double l = double{low};
    const double h = double{high} + plus_;
    const double margin = slack(l, h);
    return {l - margin, h + margin};
  }
  [[nodiscard]] interval core(T low, T high) const {
    const double l = double{low};
    const double h = double{high} + plus_;
    const double size = h - l;
    // coordinates that are nearly one number, and areas that underflow, are looked up everywhere
    const bool rough = size < 1e-9 * (std::abs(l) + std::abs(h)) || size < smallest_;
    const double half = (rough ? 0.5 : core_) * size;
    const double centre = l + 0.5 * size;
    const double margin = slack(l, h);
    return {centre - half - margin, centre + half + margin};
  }
  [[nodiscard]] double slack(double l, double h) const {
    return 1e-6 * (h - l + plus_) + 1e-14 * (std::abs(l) + std::abs(h));
  }

  static std::int32_t cell(double x, double origin, double per_cell, std::int32_t count) {
    if (count == 1) return 0;
    const double c = (x - origin) * per_cell;
    return static_cast<std::int32_t>(std::clamp(c, 0.0, static_cast<double>(count - 1)));
  }
  [[nodiscard]] nms_cells cells(const interval& x, const interval& y) const {
    return {cell(x.low, x0_, per_column_, columns_), cell(y.low, y0_, per_row_, rows_),
            cell(x.high, x0_, per_column_, columns_), cell(y.high, y0_, per_row_, rows_)};
  }

  void add(std::int32_t& head, const box<T>& b, T area) {
    if (head < 0 || pool_[static_cast<std::size_t>(head)].count == nms_chunk<T>::kBoxes) {
      if (static_cast<std::size_t>(used_) == pool_.size()) pool_.resize(2 * pool_.size() + 16);
      pool_[static_cast<std::size_t>(used_)].clear(head);
      head = used_++;
    }
    nms_chunk<T>& chunk = pool_[static_cast<std::size_t>(head)];
    const int k = chunk.count++;
    chunk.left[k] = b.left;
    chunk.top[k] = b.top;
    chunk.right[k] = b.right;
    chunk.bottom[k] = b.bottom;
    chunk.area[k] = area;
  }

  /// Cells of about a usual box, over the places where boxes usually are.
  void choose_cells(const box<T>* boxes, std::int64_t count) {
    constexpr std::int64_t kSample = 64;
    const std::int64_t step = std::max<std::int64_t>(1, count / kSample);
    for (auto* v : {&widths_, &heights_, &xs_, &ys_}) v->clear();
    for (std::int64_t k = 0; k < count; k += step) {
      const box<T>& b = boxes[k];
      const double width = double{b.right} - double{b.left} + plus_;
      const double height = double{b.bottom} - double{b.top} + plus_;
      if (!std::isfinite(width) || !std::isfinite(height)) continue;  // so are the corners
      widths_.push_back(width);
      heights_.push_back(height);
      xs_.push_back(double{b.left} + 0.5 * width);
      ys_.push_back(double{b.top} + 0.5 * height);
    }
    if (xs_.empty()) return;
    for (auto* v : {&widths_, &heights_, &xs_, &ys_}) std::sort(v->begin(), v->end());
    choose(xs_, widths_, count, x0_, per_column_, columns_);
    choose(ys_, heights_, count, y0_, per_row_, rows_);
  }
  static void choose(const std::vector<double>& centres, const std::vector<double>& sizes,
                     std::int64_t count, double& origin, double& per_cell, std::int32_t& cells) {
    const std::size_t n = centres.size();
    const double low = centres[n / 32];
    const double range = centres[n - 1 - n / 32] - low;
    const double size = kCellShare * sizes[n / 2];
    origin = low;
    const double most = std::sqrt(static_cast<double>(count));
    const double wanted = range > 0 && size > 0 ? range / size : 0.0;
    cells = static_cast<std::int32_t>(std::clamp(wanted, 0.0, std::min(most, 1024.0))) + 1;
    per_cell = range > 0 && cells > 1 ? static_cast<double>(cells) / range : 0.0;
    if (!(per_cell > 0 && per_cell < 1e300)) cells = 1;
  }
  static constexpr double kCellShare = 1.0;

  std::vector<std::int32_t> heads_;
  std::vector<nms_chunk<T>> pool_;
  std::vector<double> widths_, heights_, xs_, ys_;
  double plus_ = 0, core_ = 0, smallest_ = 0, x0_ = 0, y0_ = 0, per_column_ = 0, per_row_ = 0;
  std::int32_t columns_ = 1, rows_ = 1, used_ = 0, wide_ = -1;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
