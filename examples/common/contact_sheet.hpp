// One picture that shows many: a panorama and the views cut out of it, or groups of pictures.
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

struct picture_row {
  std::string name;     ///< "cluster 0"
  std::string details;  ///< "57 pictures"
  std::vector<cv::Mat> pictures;
};

/// A row of pictures under each label. columns: as many cells as a row has, 1 to 64.
cv::Mat contact_sheet(const std::vector<picture_row>& rows, int columns);

}  // namespace kernels::examples
