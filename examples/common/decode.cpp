#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/machine.hpp>

#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace kernels::examples {
namespace {

bool begins(std::span<const std::uint8_t> file, std::string_view magic, std::size_t at = 0) {
  return file.size() >= at + magic.size() &&
         std::equal(magic.begin(), magic.end(), file.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

cv::Mat decode_webp(std::span<const std::uint8_t> file) {
  const std::uint64_t promised =
      file[4] | file[5] << 8 | file[6] << 16 | static_cast<std::uint64_t>(file[7]) << 24;
  if (file.size() < promised + 8) throw failure("it ends too early");
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U,
                      const_cast<std::uint8_t*>(file.data()));
  cv::Mat picture = cv::imdecode(bytes, cv::IMREAD_COLOR);
  if (picture.empty()) throw failure("damaged or animated WebP");
  return picture;
}

cv::Mat decode(std::span<const std::uint8_t> file) {
  if (file.empty()) throw failure("it is empty");
  if (begins(file, "\xff\xd8\xff")) return detail::decode_jpeg(file);
  if (begins(file, "\x89PNG\r\n\x1a\n")) return detail::decode_png(file);
  if (begins(file, "RIFF") && begins(file, "WEBP", 8)) return decode_webp(file);
  throw failure("it is not a JPEG, PNG or WebP image");
}

}  // namespace

cv::Mat detail::make_picture(std::int64_t width, std::int64_t height) {
  const auto bytes = 3.0 * static_cast<double>(width) * static_cast<double>(height);
  if (bytes > 0.5 * static_cast<double>(memory_bytes())) {
    throw failure("its " + std::to_string(width) + "x" + std::to_string(height) + " pixels take " +
                  bytes_text(bytes) + ", more than half of this machine's memory");
  }
  return cv::Mat(static_cast<int>(height), static_cast<int>(width), CV_8UC3);
}

cv::Mat read_image(const std::filesystem::path& path) {
  const auto file = read_file(path);
  try {
    return decode(file);
  } catch (const std::exception& e) {
    throw failure("cannot decode " + path.string() + ": " + e.what() +
                  "; replace the file or leave it out");
  }
}

cv::Mat read_labels(const std::filesystem::path& path) {
  const auto file = read_file(path);
  try {
    if (!begins(file, "\x89PNG\r\n\x1a\n")) throw failure("it is not a PNG image");
    return detail::decode_png_labels(file);
  } catch (const std::exception& e) {
    throw failure("cannot decode " + path.string() + ": " + e.what() +
                  "; replace it by a grey PNG of labels");
  }
}

bool has_image_name(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 4> kKnown = {".jpg", ".jpeg", ".png", ".webp"};
  return std::ranges::find(kKnown, ending_of(path)) != kKnown.end();
}

}  // namespace kernels::examples
