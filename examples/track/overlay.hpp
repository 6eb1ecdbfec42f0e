// Tracks drawn over the frames of a video.
#pragma once

#include <kernels/tracking/types.hpp>

#include <opencv2/core.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>

namespace kernels::examples {

/// Boxes in a colour that belongs to the id, the id above them, and behind each the way it came,
/// fading over two seconds. Lines and letters grow with the frame.
class overlay {
 public:
  overlay(cv::Size frame, double fps);

  /// Frames in order, number from 1.
  void draw(cv::Mat& frame, std::int64_t number, std::span<const tracked> tracks);

 private:
  struct stop_on_the_way {
    std::int64_t frame;
    cv::Point2d foot;
  };
  using trail = std::deque<stop_on_the_way>;

  void remember(std::int64_t number, std::span<const tracked> tracks);
  void draw_trail(cv::Mat& frame, const trail& way, std::int64_t number, const cv::Vec3b& colour);
  void draw_box(cv::Mat& frame, const box<double>& where, const cv::Vec3b& colour);
  void draw_label(cv::Mat& frame, const tracked& track, const cv::Vec3b& colour);
  void draw_caption(cv::Mat& frame, std::int64_t number, std::size_t tracks) const;

  double unit_;          // pixels that a thin line is wide
  std::int64_t length_;  // of a trail, in frames
  std::map<std::int64_t, trail> trails_;
  cv::Mat cover_;
};

}  // namespace kernels::examples
