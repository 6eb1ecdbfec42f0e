// The peer of e2p on the CPU: OpenCV's remap with cached fixed-point maps (CV_16SC2 and CV_16UC1),
// columns wrapped. Compiled where OpenCV is found (KERNELS_BENCH_OPENCV).
#pragma once

#include <kernels/camera.hpp>
#include <kernels/e2p_plan.hpp>

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include <cmath>
#include <numbers>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace bench {

/// "4.6.0, threads by TBB, …"
inline std::string opencv_version() {
  std::string framework;
  std::istringstream lines(cv::getBuildInformation());
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find("Parallel framework:");
    if (at == std::string::npos) continue;
    const auto value = line.find_first_not_of(' ', at + 19);
    if (value != std::string::npos) framework = ", threads by " + line.substr(value);
  }
  return std::string(CV_VERSION) + framework;
}

/// Maps of a rig, made once, by the formula in double precision.
class opencv_remap {
 public:
  opencv_remap(std::span<const kernels::pinhole> rig, kernels::image_size source) {
    for (const auto& camera : rig) {
      cv::Mat map_x(static_cast<int>(camera.height), static_cast<int>(camera.width), CV_32F);
      cv::Mat map_y(map_x.size(), CV_32F);
      cv::parallel_for_({0, map_x.rows}, [&](const cv::Range& rows) {
        for (int j = rows.start; j < rows.end; ++j) {
          for (int i = 0; i < map_x.cols; ++i) {
            const auto [u, v] = locate(camera, source, i, j);
            map_x.at<float>(j, i) = static_cast<float>(u);
            map_y.at<float>(j, i) = static_cast<float>(v);
          }
        }
      });
      auto& maps = maps_.emplace_back();
      cv::convertMaps(map_x, map_y, maps.pixel, maps.fraction, CV_16SC2, false);
      cv::convertMaps(map_x, map_y, maps.nearest, cv::noArray(), CV_16SC2, true);
    }
  }

  /// Samples view `k` out of `frame` into `out`; both wrap the caller's memory.
  void sample(const cv::Mat& frame, std::size_t k, kernels::interpolation filter,
              cv::Mat& out) const {
    const auto& maps = maps_[k];
    if (filter == kernels::interpolation::bilinear) {
      cv::remap(frame, out, maps.pixel, maps.fraction, cv::INTER_LINEAR, cv::BORDER_WRAP);
    } else {
      cv::remap(frame, out, maps.nearest, cv::noArray(), cv::INTER_NEAREST, cv::BORDER_WRAP);
    }
  }

 private:
  struct view_maps {
    cv::Mat pixel, fraction, nearest;
  };

  static std::pair<double, double> locate(const kernels::pinhole& camera,
                                          kernels::image_size source, int i, int j) {
    const double x = (i + 0.5 - camera.cx) / camera.fx;
    const double y = (j + 0.5 - camera.cy) / camera.fy;
    const auto& r = camera.rotation;
    const double X = r[0] * x + r[1] * y + r[2];
    const double Y = r[3] * x + r[4] * y + r[5];
    const double Z = r[6] * x + r[7] * y + r[8];
    constexpr double kPi = std::numbers::pi;
    return {
        (std::atan2(X, Z) / (2 * kPi) + 0.5) * static_cast<double>(source.width) - 0.5,
        (std::atan2(Y, std::hypot(X, Z)) / kPi + 0.5) * static_cast<double>(source.height) - 0.5};
  }

  std::vector<view_maps> maps_;
};

}  // namespace bench
