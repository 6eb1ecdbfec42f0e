#include "overlay.hpp"

#include <common/colour.hpp>
#include <common/text.hpp>

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace kernels::examples {
namespace {

constexpr double kTrailSeconds = 2.5;
constexpr int kShift = 4;  // drawing functions take coordinates in 1/16 pixels
constexpr double kFarAway = 1e5;
const cv::Vec3b kInk(24, 20, 18);
const cv::Vec3b kPaper(250, 248, 246);

cv::Point fine(cv::Point2d p) {
  const double steps = 1 << kShift;
  return {cvRound(std::clamp(p.x, -kFarAway, kFarAway) * steps),
          cvRound(std::clamp(p.y, -kFarAway, kFarAway) * steps)};
}

/// Mixes a colour into the canvas where the mask (one channel, at a corner) covers it.
void mix(cv::Mat& canvas, const cv::Mat& mask, cv::Point corner, const cv::Vec3b& colour,
         double strength = 1) {
  const int most = cvRound(256 * strength);
  for (int y = std::max(0, -corner.y); y < mask.rows && corner.y + y < canvas.rows; ++y) {
    auto* to = canvas.ptr<cv::Vec3b>(corner.y + y);
    const auto* cover = mask.ptr<std::uint8_t>(y);
    for (int x = std::max(0, -corner.x); x < mask.cols && corner.x + x < canvas.cols; ++x) {
      const int share = cover[x] * most / 256;
      if (share == 0) continue;
      auto& pixel = to[corner.x + x];
      for (int c = 0; c < 3; ++c) {
        pixel[c] =
            static_cast<std::uint8_t>((pixel[c] * (255 - share) + colour[c] * share + 127) / 255);
      }
    }
  }
}

/// The pixels of a frame that lie in a rectangle with room around it.
cv::Rect place_of(cv::Point2d least, cv::Point2d most, double room, cv::Size frame) {
  const auto inside = [](cv::Point2d p) {
    return cv::Point(cvRound(std::clamp(p.x, -kFarAway, kFarAway)),
                     cvRound(std::clamp(p.y, -kFarAway, kFarAway)));
  };
  const int more = cvCeil(room) + 2;
  return cv::Rect(inside(least) - cv::Point(more, more), inside(most) + cv::Point(more, more)) &
         cv::Rect({}, frame);
}

/// A box with round corners as a polygon.
std::vector<cv::Point> rounded(const cv::Rect2d& r, double radius) {
  constexpr int kSteps = 6;  // a corner
  const double turn = std::min({radius, r.width / 2, r.height / 2});
  const std::array<cv::Point2d, 4> centres = {
      cv::Point2d(r.x + r.width - turn, r.y + r.height - turn),
      cv::Point2d(r.x + turn, r.y + r.height - turn), cv::Point2d(r.x + turn, r.y + turn),
      cv::Point2d(r.x + r.width - turn, r.y + turn)};
  std::vector<cv::Point> points;
  for (std::size_t corner = 0; corner < 4; ++corner) {
    for (int k = 0; k <= kSteps; ++k) {
      const double angle =
          std::numbers::pi / 2 * (static_cast<double>(corner) + static_cast<double>(k) / kSteps);
      points.push_back(
          fine(centres[corner] + turn * cv::Point2d(std::cos(angle), std::sin(angle))));
    }
  }
  return points;
}

cv::Vec3b darker(const cv::Vec3b& colour) {
  return {static_cast<std::uint8_t>(colour[0] / 4), static_cast<std::uint8_t>(colour[1] / 4),
          static_cast<std::uint8_t>(colour[2] / 4)};
}

}  // namespace

overlay::overlay(cv::Size frame, double fps)
    : unit_(std::clamp(std::min(frame.width, frame.height) / 540.0, 0.75, 6.0)),
      length_(std::max<std::int64_t>(8, std::llround(kTrailSeconds * (fps > 0 ? fps : 30)))) {}

void overlay::remember(std::int64_t number, std::span<const tracked> tracks) {
  for (const auto& t : tracks) {
    trails_[t.id].push_back({number, {(t.box.left + t.box.right) / 2, t.box.bottom}});
  }
  for (auto& [id, way] : trails_) {
    while (!way.empty() && way.front().frame + length_ < number) way.pop_front();
  }
  std::erase_if(trails_, [](const auto& entry) { return entry.second.empty(); });
}

/// The way is drawn from its old end on; what is newer covers what is older.
void overlay::draw_trail(cv::Mat& frame, const trail& way, std::int64_t number,
                         const cv::Vec3b& colour) {
  if (way.size() < 2) return;
  cv::Point2d least = way.front().foot;
  cv::Point2d most = least;
  for (const auto& stop : way) {
    least = {std::min(least.x, stop.foot.x), std::min(least.y, stop.foot.y)};
    most = {std::max(most.x, stop.foot.x), std::max(most.y, stop.foot.y)};
  }
  const cv::Rect place = place_of(least, most, 3 * unit_, frame.size());
  if (place.empty()) return;
  cover_.create(place.size(), CV_8U);
  cover_.setTo(0);
  const cv::Point2d corner = place.tl();
  const auto smooth = [&](std::size_t k) {  // the mean of up to five feet around
    const auto reach = std::min({k, way.size() - 1 - k, std::size_t{2}});
    cv::Point2d sum;
    for (auto i = k - reach; i <= k + reach; ++i) sum += way[i].foot;
    return fine(sum / static_cast<double>(2 * reach + 1) - corner);
  };
  const int thick = std::max(1, cvRound(2 * unit_));
  for (std::size_t k = 1; k < way.size(); ++k) {
    const double age = static_cast<double>(number - way[k].frame) / static_cast<double>(length_);
    cv::line(cover_, smooth(k - 1), smooth(k), cv::Scalar(255 * std::pow(1 - age, 1.3)), thick,
             cv::LINE_AA, kShift);
  }
  mix(frame, cover_, place.tl(), colour);
}

/// A thin line, on a soft dark one that sets it off from whatever is behind.
void overlay::draw_box(cv::Mat& frame, const box<double>& where, const cv::Vec3b& colour) {
  const int thin = std::max(1, cvRound(1.5 * unit_));
  const int wide = thin + 2 * std::max(1, cvRound(0.6 * unit_));
  const cv::Rect place =
      place_of({where.left, where.top}, {where.right, where.bottom}, wide, frame.size());
  if (place.empty()) return;
  cover_.create(place.size(), CV_8U);
  cover_.setTo(0);
  const auto outline = rounded(cv::Rect2d(where.left - place.x, where.top - place.y,
                                          where.right - where.left, where.bottom - where.top),
                               6 * unit_);
  cv::polylines(cover_, outline, true, cv::Scalar(255), wide, cv::LINE_AA, kShift);
  mix(frame, cover_, place.tl(), darker(colour), 0.55);
  cover_.setTo(0);
  cv::polylines(cover_, outline, true, cv::Scalar(255), thin, cv::LINE_AA, kShift);
  mix(frame, cover_, place.tl(), colour);
}

/// The id in a tab on the upper left corner, inside the frame.
void overlay::draw_label(cv::Mat& frame, const tracked& track, const cv::Vec3b& colour) {
  const int cap = std::max(7, cvRound(9 * unit_));
  const int pad = std::max(3, cap / 2);
  const std::string text = std::to_string(track.id);
  const int width = text_width(text, cap) + 2 * pad;
  const int height = cap + 2 * pad;
  const double half_line = 0.8 * unit_;
  const int x = std::clamp(cvRound(std::clamp(track.box.left - half_line, -kFarAway, kFarAway)), 0,
                           std::max(0, frame.cols - width));
  const int y =
      std::clamp(cvRound(std::clamp(track.box.top + half_line, -kFarAway, kFarAway)) - height, 0,
                 std::max(0, frame.rows - height));
  const auto tab = rounded(cv::Rect2d(x, y, width - 1, height - 1), 3 * unit_);
  cv::fillConvexPoly(frame, tab, cv::Scalar(colour[0], colour[1], colour[2]), cv::LINE_AA, kShift);
  draw_text(frame, text, {x + pad, y + pad}, cap, kInk, 0.17);
}

void overlay::draw_caption(cv::Mat& frame, std::int64_t number, std::size_t tracks) const {
  const int cap = std::max(7, cvRound(9 * unit_));
  const std::string text = "frame " + std::to_string(number) + "   " + std::to_string(tracks) +
                           (tracks == 1 ? " track" : " tracks");
  const int width = text_width(text, cap) + 2 * cap;
  const cv::Rect strip =
      cv::Rect(cap, frame.rows - 4 * cap, width, 3 * cap) & cv::Rect(0, 0, frame.cols, frame.rows);
  if (strip.empty()) return;
  cv::Mat area(strip.size(), CV_8U, cv::Scalar(0));
  cv::fillConvexPoly(area, rounded(cv::Rect2d(0, 0, strip.width - 1, strip.height - 1), 5 * unit_),
                     cv::Scalar(255), cv::LINE_AA, kShift);
  mix(frame, area, strip.tl(), kInk, 0.62);
  draw_text(frame, text, {strip.x + cap, strip.y + cap}, cap, kPaper, 0.13);
}

void overlay::draw(cv::Mat& frame, std::int64_t number, std::span<const tracked> tracks) {
  remember(number, tracks);
  for (const auto& [id, way] : trails_) draw_trail(frame, way, number, colour_of_id(id));
  // those farther away first: they are behind
  std::vector<const tracked*> order;
  for (const auto& t : tracks) order.push_back(&t);
  std::ranges::stable_sort(order, {}, [](const tracked* t) { return t->box.bottom; });
  for (const auto* t : order) {
    const auto colour = colour_of_id(t->id);
    draw_box(frame, t->box, colour);
    draw_label(frame, *t, colour);
  }
  draw_caption(frame, number, tracks.size());
}

}  // namespace kernels::examples
