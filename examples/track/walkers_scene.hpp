// A drawn square with people walking over it, of whom everything is known.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <vector>

namespace kernels::examples {

struct scene_options {
  int width = 1280, height = 720;
  int people = 14;  ///< about as many at a time
  double fps = 25;
  std::uint64_t seed = 1;
};

/// One person in one frame.
struct seen_person {
  std::int64_t id = 0;    ///< from 1; also the label in the label map (ids beyond 255 begin again)
  cv::Rect2d box;         ///< all of the person, also what is hidden
  double visibility = 1;  ///< share of the person that nobody hides
};

struct scene_frame {
  cv::Mat picture;  ///< 8-bit BGR
  cv::Mat labels;   ///< 8 bits: 0, or whose pixel it is
  std::vector<seen_person> people;
};

class walkers_scene {
 public:
  explicit walkers_scene(const scene_options& o);

  /// Frames counted from 1, in any order.
  [[nodiscard]] scene_frame frame(std::int64_t number) const;

 private:
  struct walker {
    double meets;   // second at which he is in the middle
    double x, z;    // metres to the right and away, then
    double vx, vz;  // metres a second
    double tall;    // metres
    double stride;  // steps a second
    cv::Vec3b coat, trousers, hair, skin;
  };
  struct placed {
    std::int64_t id;
    const walker* who;
    cv::Point2d foot;  // pixels
    double scale;      // pixels a metre
    double phase;      // of the stride, in turns
    double z;
  };

  [[nodiscard]] walker person(std::int64_t id) const;
  [[nodiscard]] std::vector<placed> place(double second) const;
  [[nodiscard]] cv::Mat background() const;
  void draw_figure(cv::Mat& canvas, const placed& p, const cv::Scalar* one_colour) const;

  scene_options options_;
  double focal_, horizon_, every_;  // pixels, pixels, seconds between two people
  cv::Mat background_;
};

}  // namespace kernels::examples
