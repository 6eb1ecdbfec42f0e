#include "graticule.hpp"

#include <common/text.hpp>

#include <opencv2/imgproc.hpp>

#include <numbers>

namespace kernels::examples {
namespace {

constexpr double kRadian = std::numbers::pi / 180;
constexpr int kCap = 64;                                      // capital letters, in mask pixels
constexpr float kScale = static_cast<float>(kCap / 0.0245F);  // mask pixels per unit of tangent
constexpr float kOffset = 0.011F;                             // label from its crossing, tangent

/// How much a line at a distance (radians) covers, with a soft edge of one pixel.
float line_cover(float distance, float half_width, float pixel) {
  return std::clamp((half_width - distance) / pixel + 0.5F, 0.0F, 1.0F);
}

float to_multiple(float x, float step) { return std::abs(std::remainder(x, step)); }

}  // namespace

graticule::graticule(double pixel) : line_(static_cast<float>(pixel)) {
  for (int longitude = -180; longitude < 180; longitude += 45) {
    add_label(longitude, 0, std::to_string((longitude + 360) % 360) + "\u00b0");
    for (const int latitude : {-60, -30, 30, 60}) {
      add_label(longitude, latitude,
                (latitude > 0 ? "+" : "") + std::to_string(latitude) + "\u00b0");
    }
  }
  add_label(0, 90, "UP");
  add_label(0, -90, "DOWN");
}

void graticule::add_label(double longitude, double latitude, const std::string& text) {
  decal label;
  label.ink = text_mask(text, kCap, 0.12);
  cv::Mat fat = text_mask(text, kCap, 0.3);
  cv::GaussianBlur(fat, label.shadow, {}, 5);
  labels_[{static_cast<int>(longitude), static_cast<int>(latitude)}] =
      place(label, longitude * kRadian, latitude * kRadian);
}

graticule::decal& graticule::place(decal& label, double longitude, double latitude) {
  const auto single = [](double value) { return static_cast<float>(value); };
  const double s = std::sin(longitude);
  const double c = std::cos(longitude);
  const double up = std::sin(latitude);
  const double level = std::cos(latitude);
  label.centre = {single(level * s), single(up), single(level * c)};
  label.right = {single(c), 0, single(-s)};
  label.up = {single(-up * s), single(level), single(-up * c)};
  return label;
}

/// The label stands to the right of and above its crossing.
float graticule::cover(const decal& label, const cv::Mat& mask, vec d) {
  const float ahead = dot(d, label.centre);
  if (ahead < 0.9F) return 0;
  const float margin = kCap / 2.0F;
  const float x = (dot(d, label.right) / ahead - kOffset) * kScale + margin - 0.5F;
  const float y =
      static_cast<float>(mask.rows) - margin - (dot(d, label.up) / ahead - kOffset) * kScale - 0.5F;
  const int i = static_cast<int>(std::floor(x));
  const int j = static_cast<int>(std::floor(y));
  if (i < 0 || j < 0 || i + 1 >= mask.cols || j + 1 >= mask.rows) return 0;
  const float u = x - static_cast<float>(i);
  const float v = y - static_cast<float>(j);
  const auto row = [&](int k) {
    return mix(static_cast<float>(mask.at<std::uint8_t>(k, i)),
               static_cast<float>(mask.at<std::uint8_t>(k, i + 1)), u);
  };
  return mix(row(j), row(j + 1), v) / 255;
}

vec graticule::over(vec colour, vec d) const {
  constexpr auto kDegrees = static_cast<float>(1 / kRadian);
  const float longitude = std::atan2(d.x, d.z);
  const float level = std::sqrt(d.x * d.x + d.z * d.z);
  const float latitude = std::atan2(d.y, level);
  const auto lines = [&](float step, float half_width) {
    const float angle = step / kDegrees;
    const float meridian = level * to_multiple(longitude, angle);
    return std::max(line_cover(to_multiple(latitude, angle), half_width, line_),
                    line_cover(meridian, half_width, line_));
  };
  constexpr vec kWhite{1, 1, 1};
  const float half = std::max(0.5F * line_, 0.0007F);
  colour = mix(colour, kWhite, 0.16F * lines(15, 0.7F * half));
  colour = mix(colour, kWhite,
               0.42F * std::max(line_cover(std::abs(latitude), half, line_), lines(45, half)));
  // labels reach to the right of and above their crossing, never to the next one
  int column = static_cast<int>(std::floor((longitude * kDegrees + 5) / 45)) * 45;
  if (column >= 180) column -= 360;
  const int row = static_cast<int>(std::floor((latitude * kDegrees + 8) / 30)) * 30;
  const bool pole = std::abs(latitude * kDegrees) > 75;
  const auto label =
      labels_.find(pole ? std::pair(0, latitude > 0 ? 90 : -90) : std::pair(column, row));
  if (label == labels_.end()) return colour;
  colour = mix(colour, {}, 0.45F * cover(label->second, label->second.shadow, d));
  return mix(colour, kWhite, 0.95F * cover(label->second, label->second.ink, d));
}

}  // namespace kernels::examples
