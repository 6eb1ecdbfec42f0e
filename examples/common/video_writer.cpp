#include <common/file.hpp>
#include <common/video.hpp>

#include <opencv2/videoio.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace kernels::examples {
namespace {

constexpr std::array<std::string_view, 3> kKnown = {".mp4", ".mkv", ".mov"};

/// The best codec that this OpenCV has.
bool open(cv::VideoWriter& video, const std::string& name, cv::Size size, double fps) {
  for (const char* code : {"avc1", "mp4v"}) {
    try {
      const int fourcc = cv::VideoWriter::fourcc(code[0], code[1], code[2], code[3]);
      if (video.open(name, cv::CAP_FFMPEG, fourcc, fps, size)) return true;
    } catch (const cv::Exception&) {
    }
  }
  return false;
}

}  // namespace

struct video_writer::encoder {
  cv::VideoWriter video;
};

bool video_writer::has_known_name(const std::filesystem::path& path) {
  return std::ranges::find(kKnown, ending_of(path)) != kKnown.end();
}

video_writer::video_writer(std::filesystem::path path, cv::Size size, double fps)
    : path_(std::move(path)),
      temporary_(temporary_name(path_)),
      encoder_(std::make_unique<encoder>()) {
  if (!has_known_name(path_)) {
    throw usage_error("cannot write a video named " + path_.string() +
                      "; end its name in .mp4, .mkv or .mov");
  }
  write_file(temporary_, std::string_view{});  // says why, if it cannot be written
  if (open(encoder_->video, temporary_.string(), size, fps)) return;
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
  throw output_failure("cannot write " + path_.string() + ": no encoder for " +
                       std::to_string(size.width) + "x" + std::to_string(size.height) +
                       " pixels in this OpenCV; choose another ending or an OpenCV with FFmpeg");
}

video_writer::~video_writer() {
  encoder_.reset();
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove(temporary_, ignored);
}

void video_writer::write(const cv::Mat& frame) {
  encoder_->video.write(frame);
  ++frames_;
}

void video_writer::commit() {
  encoder_.reset();
  // the encoder does not say when a disk is full; the file itself does
  std::int64_t arrived = 0;
  try {
    arrived = video_reader(temporary_).expected_frames();
  } catch (const failure&) {
  }
  const auto slack = std::max<std::int64_t>(1, frames_ / 100);  // some containers only estimate
  if (arrived < frames_ - slack) {
    throw output_failure("cannot write " + path_.string() + ": only " + std::to_string(arrived) +
                         " of " + std::to_string(frames_) +
                         " frames arrived in the file; free some space or choose another folder");
  }
  rename_into_place(temporary_, path_);
  temporary_.clear();
}

}  // namespace kernels::examples
