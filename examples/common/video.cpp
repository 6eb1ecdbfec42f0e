#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/video.hpp>

#include <opencv2/videoio.hpp>
#include <opencv2/videoio/registry.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <string_view>
#include <system_error>

namespace kernels::examples {

struct video_reader::capture {
  cv::VideoCapture video;
};

bool has_video_name(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 6> kKnown = {".mp4", ".avi",  ".mov",
                                                      ".mkv", ".webm", ".m4v"};
  return std::ranges::find(kKnown, ending_of(path)) != kKnown.end();
}

video_reader::video_reader(std::filesystem::path path)
    : path_(std::move(path)), capture_(std::make_unique<capture>()) {
  if (::access(path_.c_str(), R_OK) != 0) {
    throw failure("cannot read " + path_.string() + ": " + std::generic_category().message(errno));
  }
  bool opened = false;
  try {
    // FFmpeg where there is one: other backends print what they cannot do
    const auto backends = cv::videoio_registry::getStreamBackends();
    const bool has_ffmpeg = std::ranges::find(backends, cv::CAP_FFMPEG) != backends.end();
    opened = capture_->video.open(path_.string(), has_ffmpeg ? cv::CAP_FFMPEG : cv::CAP_ANY);
  } catch (const cv::Exception&) {
    opened = false;
  }
  if (!opened) {
    throw failure("cannot decode " + path_.string() +
                  ": not a video, damaged, or in a format that this OpenCV does not have; "
                  "replace or convert it, or leave it out");
  }
}

video_reader::~video_reader() = default;

std::int64_t video_reader::expected_frames() const {
  const double frames = capture_->video.get(cv::CAP_PROP_FRAME_COUNT);
  return frames > 0 && frames < 1e12 ? std::llround(frames) : 0;
}

double video_reader::fps() const {
  const double fps = capture_->video.get(cv::CAP_PROP_FPS);
  return fps > 0 && fps < 1e6 ? fps : 0;
}

bool video_reader::read(cv::Mat& frame) {
  if (capture_->video.read(frame) && !frame.empty()) {
    if (frame.type() != CV_8UC3) {
      throw failure("cannot decode " + path_.string() + ": frames are not 8-bit colour");
    }
    ++frames_;
    return true;
  }
  if (frames_ == 0) throw failure("cannot decode " + path_.string() + ": it has no frames");
  const auto expected = expected_frames();
  const auto slack = std::max<std::int64_t>(2, expected / 100);  // some containers only estimate
  if (frames_ < expected - slack) {
    throw video_cut_off(path_.string() + " is damaged or cut off: it ends after frame " +
                        std::to_string(frames_) + " of " + std::to_string(expected));
  }
  return false;
}

}  // namespace kernels::examples
