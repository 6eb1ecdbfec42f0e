// e2p on real panoramas (not part of the project: KERNELS_TEST_DATA names their folder), compared
// with the double-precision reference.
#include "../e2p_reference.hpp"
#include "data.hpp"

#include <kernels/e2p.hpp>

#include <doctest/doctest.h>

#include <opencv2/imgcodecs.hpp>

TEST_CASE("e2p: real panoramas within one level of the reference") {
  for (const char* name : {"testRoom1_2kMono.jpg", "kiara_8_sunset.jpg"}) {
    const cv::Mat image = cv::imread((real_data::folder() / "360" / name).string());
    CAPTURE(std::string(name));
    REQUIRE(!image.empty());
    std::vector<kernels::pinhole> rig = kernels::ring(4, {.width = 320, .height = 240});
    for (const double pitch : {90.0, -90.0}) {
      rig.push_back(kernels::make_pinhole({.width = 257, .height = 257, .pitch = pitch}));
    }
    const auto frames = kernels::image(static_cast<const std::uint8_t*>(image.data), image.rows,
                                       image.cols, 3, static_cast<std::int64_t>(image.step[0]));
    std::vector<std::vector<std::uint8_t>> outputs;
    std::vector<kernels::view<std::uint8_t, 4>> views;
    for (const auto& camera : rig) {
      outputs.emplace_back(static_cast<std::size_t>(camera.width * camera.height * 3));
      views.push_back(kernels::packed(outputs.back().data(), {1, camera.height, camera.width, 3}));
    }
    kernels::e2p(kernels::on_cpu(), frames, views,
                 kernels::make_e2p_plan(kernels::on_cpu(), rig, {image.cols, image.rows}));
    const e2p_reference::panorama panorama{image.data, image.cols, image.rows, 3,
                                           static_cast<std::int64_t>(image.step[0])};
    double worst = 0;
    double signed_error = 0;
    std::int64_t compared = 0;
    for (std::size_t v = 0; v < rig.size(); ++v) {
      for (std::int64_t j = 0; j < rig[v].height; ++j) {
        for (std::int64_t i = 0; i < rig[v].width; ++i) {
          // at a pole itself the longitude is undefined
          const auto d =
              kernels::direction(rig[v], {static_cast<double>(i), static_cast<double>(j)});
          if (std::hypot(d[0], d[2]) < 1e-7) continue;
          const auto p = e2p_reference::locate(rig[v], image.cols, image.rows,
                                               static_cast<double>(i), static_cast<double>(j));
          for (int c = 0; c < 3; ++c) {
            const double error =
                outputs[v][static_cast<std::size_t>((j * rig[v].width + i) * 3 + c)] -
                e2p_reference::bilinear(panorama, p, c);
            worst = std::max(worst, std::abs(error));
            signed_error += error;
            ++compared;
          }
        }
      }
    }
    MESSAGE(name, ": largest error ", worst, " level, mean ",
            signed_error / static_cast<double>(compared));
    CHECK(worst <= 1.0);
    CHECK(std::abs(signed_error / static_cast<double>(compared)) < 0.01);
  }
}
