#include <common/encode.hpp>
#include <common/errors.hpp>

#include <opencv2/imgcodecs.hpp>

namespace kernels::examples {

const char* name(image_format format) {
  switch (format) {
    case image_format::png:
      return "png";
    case image_format::webp:
      return "webp";
    default:
      return "jpg";
  }
}

std::int64_t most_pixels_a_side(image_format format) {
  switch (format) {
    case image_format::png:
      return 65535;
    case image_format::webp:
      return 16383;
    default:
      return 65500;
  }
}

int default_quality(image_format format) {
  switch (format) {
    case image_format::png:
      return 0;
    case image_format::webp:
      return 90;
    default:
      return 95;
  }
}

std::vector<std::uint8_t> encode(const cv::Mat& bgr, image_format format, int quality) {
  std::vector<int> parameters;
  if (format == image_format::jpg) parameters = {cv::IMWRITE_JPEG_QUALITY, quality};
  if (format == image_format::webp) parameters = {cv::IMWRITE_WEBP_QUALITY, quality};
  std::vector<std::uint8_t> file;
  const std::string what =
      std::to_string(bgr.cols) + "x" + std::to_string(bgr.rows) + " pixels as " + name(format);
  try {
    if (cv::imencode(std::string(".") + name(format), bgr, file, parameters)) return file;
  } catch (const cv::Exception& e) {
    throw failure("cannot encode " + what + ": " + e.err);
  }
  throw failure("cannot encode " + what);
}

}  // namespace kernels::examples
