// One picture that shows a panorama and the views cut out of it.
#pragma once

#include <opencv2/core.hpp>

#include <string>
#include <vector>

namespace kernels::examples {

struct labelled_picture {
  cv::Mat picture;      ///< 8-bit BGR
  std::string name;     ///< "v00"
  std::string details;  ///< "yaw 45°  pitch 0°"
};

/// The panorama on top, the views in rows below it, each over its label.
cv::Mat contact_sheet(const labelled_picture& panorama, const std::vector<labelled_picture>& views);

}  // namespace kernels::examples
