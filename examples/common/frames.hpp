// The frames of a video file, or of a folder of images, one after the other.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace kernels::examples {

class video_reader;

/// All frames have one size.
class frame_reader {
 public:
  /// A folder's images come in natural order (2 before 10).
  /// Errors: usage_error if there is no such file or no image in the folder, failure.
  explicit frame_reader(std::filesystem::path path);
  ~frame_reader();
  frame_reader(const frame_reader&) = delete;
  frame_reader& operator=(const frame_reader&) = delete;

  [[nodiscard]] std::int64_t expected_frames() const;  ///< 0 if unknown
  [[nodiscard]] double fps() const;                    ///< 0 if unknown, as in a folder
  [[nodiscard]] const std::vector<std::filesystem::path>& images() const { return images_; }

  /// 8-bit BGR, in memory of its own; false at the end.
  bool read(cv::Mat& frame);

 private:
  void check_size(const cv::Mat& frame, const std::filesystem::path& path);

  std::filesystem::path path_;
  std::unique_ptr<video_reader> video_;
  std::vector<std::filesystem::path> images_;
  std::size_t next_ = 0;
  cv::Size size_;
};

}  // namespace kernels::examples
