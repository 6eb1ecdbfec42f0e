// Videos, frame by frame.
#pragma once

#include <common/errors.hpp>

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace kernels::examples {

/// Does the name end like a video's (any case)?
bool has_video_name(const std::filesystem::path& path);

/// A video that ends before it should.
class video_cut_off : public failure {
 public:
  using failure::failure;
};

class video_reader {
 public:
  /// Errors: failure if it cannot be read or has no picture.
  explicit video_reader(std::filesystem::path path);
  ~video_reader();
  video_reader(const video_reader&) = delete;
  video_reader& operator=(const video_reader&) = delete;

  /// Frames as the container has it; 0 if unknown, and not to be relied on.
  [[nodiscard]] std::int64_t expected_frames() const;

  /// Frames a second as the container has it; 0 if unknown.
  [[nodiscard]] double fps() const;

  /// The next frame, 8-bit BGR; false at the end.
  /// Errors: failure if not one frame can be decoded, video_cut_off if it ends well before it
  /// should.
  bool read(cv::Mat& frame);

 private:
  struct capture;
  std::filesystem::path path_;
  std::unique_ptr<capture> capture_;
  std::int64_t frames_ = 0;
};

/// Writes an H.264 video (or MPEG-4 where this OpenCV lacks the encoder) under a temporary name in
/// the same folder; what is not committed is removed.
class video_writer {
 public:
  /// Errors: usage_error for a name that does not end in .mp4, .mkv or .mov, output_failure.
  video_writer(std::filesystem::path path, cv::Size size, double fps);
  ~video_writer();
  video_writer(const video_writer&) = delete;
  video_writer& operator=(const video_writer&) = delete;

  /// 8-bit BGR, of the size given. (An odd last row or column is lost in the format.)
  void write(const cv::Mat& frame);
  /// Errors: output_failure, also if not every frame has arrived in the file.
  void commit();

  static bool has_known_name(const std::filesystem::path& path);

 private:
  struct encoder;
  std::filesystem::path path_, temporary_;
  std::unique_ptr<encoder> encoder_;
  std::int64_t frames_ = 0;
};

}  // namespace kernels::examples
