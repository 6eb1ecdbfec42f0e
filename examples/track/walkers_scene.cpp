#include "walkers_scene.hpp"

#include <common/colour.hpp>

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace kernels::examples {
namespace {

constexpr double kEye = 3.4;   // metres above the ground
constexpr double kNear = 8.5;  // metres
constexpr double kFar = 24;    // metres
constexpr int kFine = 2;       // pixels drawn a pixel, each way
constexpr int kShift = 4;
constexpr double kHalfCrossing = 18;  // seconds before and after the middle that a person exists

/// splitmix64: the same numbers everywhere.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  double between(double least, double most) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    z ^= z >> 31;
    return least + (most - least) * static_cast<double>(z >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

cv::Scalar scalar(const cv::Vec3b& c) { return {double(c[0]), double(c[1]), double(c[2])}; }

cv::Point fine(cv::Point2d p) {
  const double steps = kFine * (1 << kShift);
  return {cvRound(p.x * steps), cvRound(p.y * steps)};
}

/// A thick line with round ends.
void limb(cv::Mat& canvas, cv::Point2d from, cv::Point2d to, double thick, const cv::Scalar& c) {
  cv::line(canvas, fine(from), fine(to), c, std::max(1, cvRound(thick * kFine)), cv::LINE_8,
           kShift);
}

void disc(cv::Mat& canvas, cv::Point2d centre, double rx, double ry, const cv::Scalar& c) {
  cv::ellipse(canvas, fine(centre), fine({rx, ry}), 0, 0, 360, c, cv::FILLED, cv::LINE_8, kShift);
}

void polygon(cv::Mat& canvas, std::initializer_list<cv::Point2d> corners, const cv::Scalar& c) {
  std::vector<cv::Point> points;
  for (const auto& corner : corners) points.push_back(fine(corner));
  cv::fillPoly(canvas, std::vector{points}, c, cv::LINE_8, kShift);
}

}  // namespace

walkers_scene::walkers_scene(const scene_options& o)
    : options_(o),
      focal_(0.72 * o.width),
      horizon_(0.24 * o.height),
      every_(9.0 / std::max(1, o.people)),
      background_(background()) {}

walkers_scene::walker walkers_scene::person(std::int64_t id) const {
  dice d(options_.seed * 1'000'003 + static_cast<std::uint64_t>(id));
  walker w{};
  w.meets = (static_cast<double>(id) + d.between(-0.4, 0.4)) * every_ - kHalfCrossing;
  w.z = kNear + (kFar - kNear) * std::pow(d.between(0, 1), 1.4);
  w.x = d.between(-0.2, 0.2) * w.z;
  const double speed = d.between(1.0, 1.7);
  const double side = d.between(0, 1) < 0.5 ? -1 : 1;
  const double slant = d.between(-0.14, 0.14);
  w.vx = side * speed * std::cos(slant);
  w.vz = speed * std::sin(slant);
  w.tall = d.between(1.58, 1.88);
  w.stride = speed * 0.62;
  w.coat = colour_of(d.between(0.35, 0.75), d.between(0.02, 0.13), d.between(0, 1));
  w.trousers = colour_of(d.between(0.25, 0.45), d.between(0, 0.06), d.between(0, 1));
  w.hair = colour_of(d.between(0.2, 0.5), d.between(0.01, 0.06), d.between(0.08, 0.2));
  w.skin = colour_of(d.between(0.55, 0.85), 0.06, d.between(0.12, 0.17));
  return w;
}

std::vector<walkers_scene::placed> walkers_scene::place(double second) const {
  std::vector<placed> people;
  static thread_local std::vector<walker> crowd;  // those that exist now
  const auto first = static_cast<std::int64_t>(std::floor(second / every_)) - 1;
  const auto last = static_cast<std::int64_t>(std::ceil((second + 2 * kHalfCrossing) / every_)) + 1;
  crowd.clear();
  crowd.reserve(static_cast<std::size_t>(last - std::max<std::int64_t>(first, 1) + 2));
  for (auto id = std::max<std::int64_t>(first, 1); id <= last; ++id) {
    crowd.push_back(person(id));
    const auto& w = crowd.back();
    const double t = second - w.meets;
    if (std::abs(t) > kHalfCrossing) continue;
    const double z = w.z + w.vz * t;
    if (z < kNear / 2) continue;
    const double scale = focal_ / z;
    const cv::Point2d foot(options_.width / 2.0 + (w.x + w.vx * t) * scale,
                           horizon_ + kEye * scale);
    people.push_back({id, &w, foot, scale, t * w.stride, z});
  }
  std::ranges::stable_sort(people, {}, [](const placed& p) { return -p.z; });  // far ones first
  return people;
}

/// In one colour: for the label map.
void walkers_scene::draw_figure(cv::Mat& canvas, const placed& p,
                                const cv::Scalar* one_colour) const {
  const auto& w = *p.who;
  const double m = p.scale * w.tall / 1.75;  // a metre of this person
  const double side = w.vx < 0 ? -1 : 1;
  const auto paint = [&](const cv::Vec3b& c, double light = 1) {
    return one_colour != nullptr ? *one_colour : scalar(c) * light;
  };
  const auto at = [&](double forward, double up) {
    return cv::Point2d(p.foot.x + side * forward * m, p.foot.y - up * m);
  };
  const double swing = std::sin(2 * std::numbers::pi * p.phase);
  const double lift = 0.02 * std::abs(std::cos(2 * std::numbers::pi * p.phase));
  const double hip = 0.86 + lift;
  const auto leg = [&](double s, double light) {
    const double bend = 0.05 + 0.06 * std::max(0.0, -s);
    const auto knee = at(0.16 * s + bend, 0.46);
    const auto heel = at(0.34 * s - (s < 0 ? 0.04 : 0), 0.05 + 0.06 * std::max(0.0, -s));
    limb(canvas, at(0, hip), knee, 0.15 * m, paint(w.trousers, light));
    limb(canvas, knee, heel, 0.12 * m, paint(w.trousers, light));
    limb(canvas, heel, heel + cv::Point2d(side * 0.13 * m, 0.01 * m), 0.08 * m,
         paint({30, 28, 26}));
  };
  const auto arm = [&](double s, double light) {
    const auto elbow = at(-0.15 * s, 1.12 + lift);
    limb(canvas, at(0, 1.38 + lift), elbow, 0.11 * m, paint(w.coat, light));
    limb(canvas, elbow, at(-0.28 * s + 0.08, 0.92 + lift), 0.09 * m, paint(w.coat, light));
    disc(canvas, at(-0.29 * s + 0.09, 0.88 + lift), 0.045 * m, 0.05 * m, paint(w.skin, light));
  };
  arm(-swing, 0.7);
  leg(-swing, 0.75);
  leg(swing, 1);
  limb(canvas, at(0, hip + 0.06), at(0.02, 1.34 + lift), 0.32 * m, paint(w.coat));
  arm(swing, 0.86);
  limb(canvas, at(0.02, 1.45 + lift), at(0.03, 1.55 + lift), 0.1 * m, paint(w.skin, 0.9));
  disc(canvas, at(0.04, 1.64 + lift), 0.1 * m, 0.125 * m, paint(w.skin));
  disc(canvas, at(0.01, 1.68 + lift), 0.1 * m, 0.1 * m, paint(w.hair));
}

cv::Mat walkers_scene::background() const {
  const int width = options_.width;
  const int height = options_.height;
  cv::Mat canvas(height * kFine, width * kFine, CV_8UC3);
  for (int y = 0; y < canvas.rows; ++y) {
    const double v = static_cast<double>(y) / kFine;
    const double t = v < horizon_ ? v / horizon_ : (v - horizon_) / (height - horizon_);
    const auto c = v < horizon_ ? colour_of(0.80 + 0.14 * t, 0.05 - 0.03 * t, 0.68)
                                : colour_of(0.80 - 0.08 * t, 0.014, 0.22);
    canvas.row(y).setTo(scalar(c));
  }
  // joints between the slabs of the square
  const auto ground = [&](double x, double z) {
    return cv::Point2d(width / 2.0 + x * focal_ / z, horizon_ + kEye * focal_ / z);
  };
  const auto joint = scalar(colour_of(0.70, 0.014, 0.22));
  for (double z = 4; z < 44; z += 2.5) {
    limb(canvas, ground(-60, z), ground(60, z), std::max(0.5, 9 / z), joint);
  }
  for (double x = -60; x <= 60; x += 2.5) limb(canvas, ground(x, 4), ground(x, 44), 0.6, joint);
  // houses along the far side
  dice d(options_.seed + 77);
  const double foot = horizon_ + kEye * focal_ / 40;
  for (double x = -0.04 * width; x < width;) {
    const double w = d.between(0.07, 0.15) * width;
    const double top = foot - d.between(0.14, 0.24) * height;
    const auto wall = colour_of(d.between(0.66, 0.8), 0.035, d.between(0.05, 0.3));
    polygon(canvas, {{x, top}, {x + w, top}, {x + w, foot}, {x, foot}}, scalar(wall));
    polygon(canvas, {{x, top}, {x + w, top}, {x + w, top - 5}, {x, top - 5}}, scalar(wall) * 0.72);
    const double step = 0.019 * width;
    for (double wx = x + step; wx < x + w - step; wx += 1.5 * step) {
      for (double wy = top + step; wy < foot - 2 * step; wy += 1.9 * step) {
        polygon(canvas,
                {{wx, wy}, {wx + 0.6 * step, wy}, {wx + 0.6 * step, wy + step}, {wx, wy + step}},
                scalar(colour_of(0.5, 0.03, 0.68)));
      }
    }
    x += w + 1;
  }
  return canvas;
}

scene_frame walkers_scene::frame(std::int64_t number) const {
  const auto people = place(static_cast<double>(number - 1) / options_.fps);
  cv::Mat canvas = background_.clone();
  cv::Mat labels(canvas.size(), CV_8U, cv::Scalar(0));
  cv::Mat shade = canvas.clone();
  for (const auto& p : people) {
    disc(shade, p.foot + cv::Point2d(0.12 * p.scale, 0), 0.42 * p.scale, 0.09 * p.scale,
         scalar(colour_of(0.45, 0.01, 0.22)));
  }
  cv::addWeighted(canvas, 0.55, shade, 0.45, 0, canvas);
  std::vector<std::int64_t> sizes;
  scene_frame result;
  const cv::Rect all(0, 0, canvas.cols, canvas.rows);
  for (const auto& p : people) {
    const double m = p.scale * p.who->tall / 1.75;
    const cv::Rect near = cv::Rect(fine(p.foot + cv::Point2d(-m, -2 * m)) / (1 << kShift),
                                   fine(p.foot + cv::Point2d(m, 0.3 * m)) / (1 << kShift)) &
                          all;
    if (near.empty()) continue;
    const cv::Scalar white(255);
    cv::Mat shape(canvas.rows, canvas.cols, CV_8U, cv::Scalar(0));
    draw_figure(shape, p, &white);
    const auto pixels = cv::countNonZero(shape(near));
    if (pixels == 0) continue;
    labels.setTo(cv::Scalar(static_cast<double>((p.id - 1) % 255 + 1)), shape);
    draw_figure(canvas, p, nullptr);
    const cv::Rect around = cv::boundingRect(shape);
    seen_person seen{p.id, {}, static_cast<double>(pixels)};
    seen.box = cv::Rect2d(around.x, around.y, around.width, around.height);
    seen.box = {seen.box.x / kFine, seen.box.y / kFine, seen.box.width / kFine,
                seen.box.height / kFine};
    result.people.push_back(seen);
  }
  for (auto& one : result.people) {
    const auto label = static_cast<double>((one.id - 1) % 255 + 1);
    one.visibility = cv::countNonZero(labels == label) / one.visibility;
  }
  cv::resize(canvas, result.picture, {options_.width, options_.height}, 0, 0, cv::INTER_AREA);
  cv::resize(labels, result.labels, {options_.width, options_.height}, 0, 0, cv::INTER_NEAREST);
  return result;
}

}  // namespace kernels::examples
