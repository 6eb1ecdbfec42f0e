// Pictures out of files, strictly: a file that is cut off or damaged is refused, where OpenCV
// would hand over a picture whose lower part is grey.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace kernels::examples {

/// Reads a JPEG, PNG or WebP file: 8 bits, 3 channels (BGR), upright as its EXIF data say. Grey
/// is repeated, alpha dropped, 16 bits rounded to 8.
/// Errors: failure naming the file and what is wrong with it.
cv::Mat read_image(const std::filesystem::path& path);

/// Reads a PNG of labels: one channel of 1 to 16 bits, values as they are (of a palette, the
/// indices). One channel of 8 or 16 bits.
/// Errors: failure naming the file and what is wrong with it.
cv::Mat read_labels(const std::filesystem::path& path);

/// Does the name end like one of these (any case)?
bool has_image_name(const std::filesystem::path& path);

namespace detail {
/// Throw failure with the reason only.
cv::Mat decode_jpeg(std::span<const std::uint8_t> file);
cv::Mat decode_png(std::span<const std::uint8_t> file);
cv::Mat decode_png_labels(std::span<const std::uint8_t> file);
/// A picture to decode into. Errors: failure if it would take more than half of the memory.
cv::Mat make_picture(std::int64_t width, std::int64_t height);
}  // namespace detail

}  // namespace kernels::examples
