// Videos, frame by frame.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace kernels::examples {

/// Does the name end like a video's (any case)?
bool has_video_name(const std::filesystem::path& path);

class video_reader {
 public:
  /// Errors: failure if it cannot be read or has no picture.
  explicit video_reader(std::filesystem::path path);
  ~video_reader();
  video_reader(const video_reader&) = delete;
  video_reader& operator=(const video_reader&) = delete;

  /// Frames as the container has it; 0 if unknown, and not to be relied on.
  [[nodiscard]] std::int64_t expected_frames() const;

  /// The next frame, 8-bit BGR; false at the end.
  /// Errors: failure if not one frame can be decoded, or if it ends well before it should.
  bool read(cv::Mat& frame);

 private:
  struct capture;
  std::filesystem::path path_;
  std::unique_ptr<capture> capture_;
  std::int64_t frames_ = 0;
};

}  // namespace kernels::examples
