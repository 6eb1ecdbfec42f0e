#include <common/colour.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kernels::examples {
namespace {

std::uint8_t srgb(double linear) {
  const double v = std::clamp(linear, 0.0, 1.0);
  const double curved = v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(255 * curved));
}

double cube(double x) { return x * x * x; }

}  // namespace

cv::Vec3b colour_of(double lightness, double chroma, double hue) {
  const double a = chroma * std::cos(2 * std::numbers::pi * hue);
  const double b = chroma * std::sin(2 * std::numbers::pi * hue);
  const double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
  return {srgb(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s),
          srgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          srgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)};
}

cv::Vec3b colour_of_id(std::int64_t id) {
  constexpr double kGolden = 0.61803398874989485;
  const double hue = kGolden * static_cast<double>(id % 1'000'003);
  const double lightness = 0.76 + 0.05 * static_cast<double>(id % 3);
  return colour_of(lightness, 0.16, hue - std::floor(hue));
}

}  // namespace kernels::examples
