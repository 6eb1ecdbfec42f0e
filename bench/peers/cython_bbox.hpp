// The peer of iou on the CPU: the loop of cython_bbox (bbox_overlaps), which SORT, ByteTrack and
// BoT-SORT call, in C++: double, the +1 of inclusive pixels, columns outside, rows inside, into an
// array of zeros.
#pragma once

#include <kernels/math/box.hpp>

#include <algorithm>
#include <vector>

namespace bench {

inline void cython_bbox(const std::vector<kernels::box<double>>& boxes,
                        const std::vector<kernels::box<double>>& queries,
                        std::vector<double>& overlaps) {
  const std::size_t columns = queries.size();
  overlaps.assign(boxes.size() * columns, 0.0);
  for (std::size_t k = 0; k < columns; ++k) {
    const auto& q = queries[k];
    const double area = (q.right - q.left + 1) * (q.bottom - q.top + 1);
    for (std::size_t n = 0; n < boxes.size(); ++n) {
      const auto& b = boxes[n];
      const double w = std::min(b.right, q.right) - std::max(b.left, q.left) + 1;
      if (w > 0) {
        const double h = std::min(b.bottom, q.bottom) - std::max(b.top, q.top) + 1;
        if (h > 0) {
          const double joined = (b.right - b.left + 1) * (b.bottom - b.top + 1) + area - w * h;
          overlaps[n * columns + k] = w * h / joined;
        }
      }
    }
  }
}

}  // namespace bench
