#include <common/text.hpp>

#include <opencv2/imgproc.hpp>

#include <algorithm>

namespace kernels::examples {
namespace {

constexpr int kOversampling = 8;
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kCapAtScaleOne = 21;      // of the font, in pixels
constexpr double kDegree = 0.55;           // room for "°" over cap height
const std::string kDegreeSign = "\u00b0";  // two bytes

/// Draws (or, without a canvas, only measures) from x on; returns where the text ends.
double lay_out(const std::string& text, double cap, double x, double baseline, int stroke,
               cv::Mat* canvas) {
  const double scale = cap / kCapAtScaleOne;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto sign = std::min(text.find(kDegreeSign, from), text.size());
    const std::string plain = text.substr(from, sign - from);
    if (!plain.empty()) {
      if (canvas != nullptr) {
        cv::putText(*canvas, plain, cv::Point2d(x, baseline), kFont, scale, 255, stroke,
                    cv::LINE_AA);
      }
      x += cv::getTextSize(plain, kFont, scale, 1, nullptr).width;
    }
    if (sign < text.size()) {
      const cv::Point2d centre(x + 0.22 * cap, baseline - 0.82 * cap);
      if (canvas != nullptr) {
        cv::circle(*canvas, centre, static_cast<int>(0.17 * cap), 255, std::max(1, stroke * 4 / 5),
                   cv::LINE_AA);
      }
      x += kDegree * cap;
    }
    from = sign + (sign < text.size() ? kDegreeSign.size() : 0);
  }
  return x;
}

}  // namespace

int text_width(const std::string& text, int cap) {
  const double large = static_cast<double>(cap) * kOversampling;
  return cvRound(lay_out(text, large, 0, 0, 1, nullptr) / kOversampling);
}

cv::Mat text_mask(const std::string& text, int cap, double weight) {
  const int margin = cap / 2;
  const cv::Size size(text_width(text, cap) + 2 * margin, cap + 2 * margin);
  cv::Mat large(size * kOversampling, CV_8U, cv::Scalar(0));
  const double tall = static_cast<double>(cap) * kOversampling;
  lay_out(text, tall, margin * kOversampling, (margin + cap) * kOversampling,
          std::max(1, cvRound(tall * weight)), &large);
  cv::Mat mask;
  cv::resize(large, mask, size, 0, 0, cv::INTER_AREA);
  return mask;
}

void draw_text(cv::Mat& canvas, const std::string& text, cv::Point at, int cap,
               const cv::Vec3b& colour, double weight) {
  const cv::Mat mask = text_mask(text, cap, weight);
  const cv::Point corner = at - cv::Point(cap / 2, cap / 2);
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      const cv::Point p = corner + cv::Point(x, y);
      if (p.x < 0 || p.y < 0 || p.x >= canvas.cols || p.y >= canvas.rows) continue;
      auto& pixel = canvas.at<cv::Vec3b>(p);
      const int cover = mask.at<std::uint8_t>(y, x);
      for (int c = 0; c < 3; ++c) {
        pixel[c] =
            static_cast<std::uint8_t>((pixel[c] * (255 - cover) + colour[c] * cover + 127) / 255);
      }
    }
  }
}

}  // namespace kernels::examples
