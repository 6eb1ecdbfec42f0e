#include <common/exif.hpp>

namespace kernels::examples {
namespace {

/// Numbers of a TIFF block; 0 beyond its end.
struct tiff_reader {
  std::span<const std::uint8_t> bytes;
  bool big_endian;

  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > bytes.size() || size > bytes.size() - at) return 0;
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < size; ++k) {
      value = value << 8 | bytes[at + (big_endian ? k : size - 1 - k)];
    }
    return value;
  }
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> tiff) {
  constexpr std::uint32_t kOrientation = 0x0112;
  if (tiff.size() < 8) return 1;
  const tiff_reader read{tiff, tiff[0] == 'M'};
  if (read.number(2, 2) != 42) return 1;
  const std::size_t directory = read.number(4, 4);
  const std::size_t entries = read.number(directory, 2);
  for (std::size_t k = 0; k < entries; ++k) {
    const std::size_t entry = directory + 2 + 12 * k;
    if (read.number(entry, 2) != kOrientation) continue;
    const auto value = static_cast<int>(read.number(entry + 8, 2));
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

cv::Mat upright(const cv::Mat& picture, int orientation) {
  constexpr int kMirrorX = 1;
  constexpr int kMirrorY = 0;
  cv::Mat turned = picture;
  if (orientation >= 5) cv::transpose(picture, turned);
  cv::Mat result;
  switch (orientation) {
    case 2:
    case 6:
      cv::flip(turned, result, kMirrorX);
      return result;
    case 3:
    case 7:
      cv::flip(turned, result, -1);
      return result;
    case 4:
    case 8:
      cv::flip(turned, result, kMirrorY);
      return result;
    default:
      return turned;
  }
}

}  // namespace kernels::examples
