// cv::Mat as a view of the library.
#pragma once

#include <kernels/core/view.hpp>

#include <opencv2/core.hpp>

namespace kernels::examples {

/// An 8-bit image as a batch of one: (1, height, width, channels), rows as padded as they are.
inline view<std::uint8_t, 4> as_view(cv::Mat& mat) {
  CV_Assert(mat.depth() == CV_8U && mat.dims == 2);
  return image(mat.data, mat.rows, mat.cols, mat.channels(),
               static_cast<std::int64_t>(mat.step[0]));
}

inline view<const std::uint8_t, 4> as_view(const cv::Mat& mat) {
  CV_Assert(mat.depth() == CV_8U && mat.dims == 2);
  return image(static_cast<const std::uint8_t*>(mat.data), mat.rows, mat.cols, mat.channels(),
               static_cast<std::int64_t>(mat.step[0]));
}

}  // namespace kernels::examples
