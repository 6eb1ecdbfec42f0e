#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/frames.hpp>
#include <common/inputs.hpp>
#include <common/video.hpp>

namespace kernels::examples {
namespace {

std::string size_text(cv::Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

}  // namespace

frame_reader::frame_reader(std::filesystem::path path) : path_(std::move(path)) {
  if (std::filesystem::is_directory(path_)) {
    for (const auto& one : expand_inputs({path_.string()})) images_.push_back(one.path);
    return;
  }
  if (!std::filesystem::exists(path_)) {
    throw usage_error("there is no file or folder " + path_.string() + "; check the name");
  }
  video_ = std::make_unique<video_reader>(path_);
}

frame_reader::~frame_reader() = default;

std::int64_t frame_reader::expected_frames() const {
  return video_ ? video_->expected_frames() : static_cast<std::int64_t>(images_.size());
}

double frame_reader::fps() const { return video_ ? video_->fps() : 0; }

void frame_reader::check_size(const cv::Mat& frame, const std::filesystem::path& path) {
  if (size_.empty()) size_ = frame.size();
  if (frame.size() == size_) return;
  throw usage_error(path.string() + " has a frame of " + size_text(frame.size()) +
                    " pixels, those before have " + size_text(size_) + "; give frames of one size");
}

bool frame_reader::read(cv::Mat& frame) {
  if (video_) {
    cv::Mat decoded;
    if (!video_->read(decoded)) return false;
    check_size(decoded, path_);
    frame = decoded.u != nullptr && decoded.u->refcount == 1 ? decoded : decoded.clone();
    return true;
  }
  if (next_ == images_.size()) return false;
  const auto& path = images_[next_++];
  frame = read_image(path);
  check_size(frame, path);
  return true;
}

}  // namespace kernels::examples
