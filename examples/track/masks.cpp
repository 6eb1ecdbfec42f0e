#include "masks.hpp"

#include "frames.hpp"

#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/file.hpp>

#include <charconv>
#include <limits>
#include <optional>
#include <system_error>

namespace kernels::examples {
namespace fs = std::filesystem;
namespace {

/// The largest number there is, for one that is larger.
std::optional<std::int64_t> last_number(const std::string& text) {
  const auto last = text.find_last_of("0123456789");
  if (last == std::string::npos) return std::nullopt;
  const auto before = text.find_last_not_of("0123456789", last);
  const auto first = before == std::string::npos ? 0 : before + 1;
  std::int64_t value{};
  const auto [end, code] = std::from_chars(text.data() + first, text.data() + last + 1, value);
  static_cast<void>(end);
  return code == std::errc{} ? value : std::numeric_limits<std::int64_t>::max();
}

template <class Label>
view<const Label, 2> view_of(const cv::Mat& m) {
  return {m.ptr<Label>(), {m.rows, m.cols}, {static_cast<std::int64_t>(m.step1()), 1}};
}

std::string size_text(cv::Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

}  // namespace

mask_folder::mask_folder(fs::path folder) : folder_(std::move(folder)) {
  if (!fs::is_directory(folder_)) {
    throw usage_error("--masks: there is no folder " + folder_.string() + "; check the name");
  }
  std::error_code code;
  for (fs::directory_iterator it(folder_, code), end; !code && it != end; it.increment(code)) {
    const auto& path = it->path();
    if (ending_of(path) != ".png" || path.filename().string().front() == '.') continue;
    const auto number = last_number(path.stem().string());
    if (!number) {
      throw usage_error("--masks: " + path.string() +
                        " has no frame number in its name; name the label maps 000001.png ...");
    }
    if (*number > kMostFrames) {
      throw usage_error("--masks: " + path.string() +
                        ": the last number in its name is its frame, " + "at most " +
                        std::to_string(kMostFrames) + "; name the label maps 000001.png ...");
    }
    const auto [other, is_new] = files_.emplace(*number, path);
    if (!is_new) {
      throw usage_error("--masks: " + other->second.string() + " and " + path.string() +
                        " are of one frame; leave one out");
    }
  }
  if (code) throw usage_error("--masks " + folder_.string() + ": " + code.message());
  if (files_.empty()) {
    throw usage_error("--masks: the folder " + folder_.string() + " holds no PNG");
  }
  if (files_.begin()->first != 0) return;
  std::map<std::int64_t, fs::path> from_one;
  for (auto& [number, path] : files_) from_one.emplace_hint(from_one.end(), number + 1, path);
  files_ = std::move(from_one);
}

const fs::path& mask_folder::path_of(std::int64_t frame) const {
  const auto found = files_.find(frame);
  if (found == files_.end()) {
    throw usage_error("--masks: " + folder_.string() + " has no label map for frame " +
                      std::to_string(frame) + "; add one, all 0 where nothing is to be seen");
  }
  return found->second;
}

void mask_folder::require(std::int64_t last) const {
  for (std::int64_t frame = 1; frame <= last; ++frame) static_cast<void>(path_of(frame));
}

label_map mask_folder::at(std::int64_t frame, cv::Size size) {
  const auto& path = path_of(frame);
  cv::Mat labels = read_labels(path);
  if (size_.empty()) size_ = size.empty() ? labels.size() : size;
  if (labels.size() != size_) {
    throw usage_error("--masks: " + path.string() + " has " + size_text(labels.size()) +
                      " pixels, the " + (size.empty() ? "label maps before" : "frames") + " have " +
                      size_text(size_) + "; give label maps of the frames' size");
  }
  labels_ = std::move(labels);
  if (labels_.depth() == CV_8U) return view_of<std::uint8_t>(labels_);
  return view_of<std::uint16_t>(labels_);
}

}  // namespace kernels::examples
