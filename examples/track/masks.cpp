#include "masks.hpp"

#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/file.hpp>

#include <charconv>
#include <optional>
#include <system_error>

namespace kernels::examples {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostLabels = 255;

std::optional<std::int64_t> last_number(const std::string& text) {
  const auto last = text.find_last_of("0123456789");
  if (last == std::string::npos) return std::nullopt;
  const auto before = text.find_last_not_of("0123456789", last);
  const auto first = before == std::string::npos ? 0 : before + 1;
  std::int64_t value{};
  const auto [end, code] = std::from_chars(text.data() + first, text.data() + last + 1, value);
  return code == std::errc{} ? std::optional(value) : std::nullopt;
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

void mask_folder::renumber(const cv::Mat& wide, const fs::path& path) {
  labels_.create(wide.size(), CV_8U);
  for (int y = 0; y < wide.rows; ++y) {
    const auto* from = wide.ptr<std::uint16_t>(y);
    auto* to = labels_.ptr<std::uint8_t>(y);
    for (int x = 0; x < wide.cols; ++x) {
      if (from[x] == 0) {
        to[x] = 0;
      } else if (x > 0 && from[x] == from[x - 1]) {
        to[x] = to[x - 1];
      } else {
        const auto next = static_cast<std::uint8_t>(numbers_.size() + 1);
        const auto [number, is_new] = numbers_.emplace(from[x], next);
        if (is_new && numbers_.size() > kMostLabels) {
          throw usage_error("--masks: " + path.string() +
                            " has the 256th different label; at most 255 objects are known, "
                            "leave the smallest out");
        }
        to[x] = number->second;
      }
    }
  }
}

view<const std::uint8_t, 2> mask_folder::at(std::int64_t frame, cv::Size size) {
  const auto& path = path_of(frame);
  const cv::Mat labels = read_labels(path);
  if (size_.empty()) size_ = size.empty() ? labels.size() : size;
  if (labels.size() != size_) {
    throw usage_error("--masks: " + path.string() + " has " + size_text(labels.size()) +
                      " pixels, the " + (size.empty() ? "label maps before" : "frames") + " have " +
                      size_text(size_) + "; give label maps of the frames' size");
  }
  if (labels.depth() == CV_8U) {
    labels_ = labels;
  } else {
    renumber(labels, path);
  }
  return {
      labels_.data, {labels_.rows, labels_.cols}, {static_cast<std::int64_t>(labels_.step[0]), 1}};
}

}  // namespace kernels::examples
