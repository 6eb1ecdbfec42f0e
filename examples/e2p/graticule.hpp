// Lines of longitude and latitude over the test panorama, with their angles written on them, so
// that every view shows where it looks.
#pragma once

#include "vec.hpp"

#include <opencv2/core.hpp>

#include <map>
#include <string>

namespace kernels::examples {

class graticule {
 public:
  /// pixel: the angle of a pixel of the panorama, in radians; lines are never thinner.
  explicit graticule(double pixel);

  /// Draws over a colour as displayed (gamma-encoded, 0 … 1). d: direction of length 1, Y up.
  [[nodiscard]] vec over(vec colour, vec d) const;

 private:
  /// A written angle: where it is and what it covers.
  struct decal {
    vec centre, right, up;
    cv::Mat ink, shadow;
  };
  void add_label(double longitude, double latitude, const std::string& text);
  static float cover(const decal& label, const cv::Mat& mask, vec d);
  static decal& place(decal& label, double longitude, double latitude);

  float line_;
  std::map<std::pair<int, int>, decal> labels_;  ///< by longitude and latitude in degrees
};

}  // namespace kernels::examples
