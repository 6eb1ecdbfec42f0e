// Label maps: one PNG a frame, 0 where nothing is and k where the object labelled k is.
#pragma once

#include <kernels/tracking/types.hpp>

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace kernels::examples {

class mask_folder {
 public:
  /// The number of a frame is the last number in the file's name, from 1; if there is a number 0,
  /// from 0. Errors: usage_error if there is no such folder, no PNG, a frame twice, or one beyond
  /// kMostFrames.
  explicit mask_folder(std::filesystem::path folder);

  /// The labels of a frame counted from 1, of 8 or 16 bits as in the file; valid until the next
  /// call. Errors: usage_error if the frame has none, and for another size than size (or the first
  /// one's if that is empty); failure for a damaged file.
  label_map at(std::int64_t frame, cv::Size size);

  /// Is there a map for each of the frames 1 … last? Errors: usage_error.
  void require(std::int64_t last) const;

 private:
  [[nodiscard]] const std::filesystem::path& path_of(std::int64_t frame) const;

  std::filesystem::path folder_;
  std::map<std::int64_t, std::filesystem::path> files_;  // by frame, from 1
  cv::Size size_;
  cv::Mat labels_;
};

}  // namespace kernels::examples
