// panorama: renders an equirectangular test picture, to try e2p on. Nothing of it comes from a
// file: its colour is a function of direction (scene.hpp, sky.hpp, graticule.hpp).
#include "graticule.hpp"
#include "scene.hpp"

#include <common/encode.hpp>
#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/machine.hpp>
#include <common/parallel.hpp>
#include <common/run_main.hpp>
#include <common/stop.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <numbers>

namespace kernels::examples {
namespace {

/// Light to display, with highlights that bend instead of clipping: curve by K. Narkowicz, ACES
/// Filmic Tone Mapping Curve, 2016.
float displayed(float x) {
  x *= 0.72F;
  const float bent = x * (2.51F * x + 0.03F) / (x * (2.43F * x + 0.59F) + 0.14F);
  return std::pow(std::clamp(bent, 0.0F, 1.0F), 1 / 2.2F);
}

class painter {
 public:
  explicit painter(int width) : picture_(width / 2, width, CV_8UC3), graticule_(kTurn / width) {}

  cv::Mat paint() {
    parallel_for(cores(), picture_.rows, [&](std::int64_t j) { first_look(static_cast<int>(j)); });
    const cv::Mat coarse = picture_.clone();
    parallel_for(cores(), picture_.rows,
                 [&](std::int64_t j) { refine(coarse, static_cast<int>(j)); });
    return picture_;
  }

 private:
  static constexpr double kTurn = 2 * std::numbers::pi;
  static constexpr int kFine = 4;  // samples a side of a pixel where there is detail

  /// Displayed colour at a position in pixels, 0 being the left and upper edge.
  [[nodiscard]] vec at(double x, double y) const {
    const double longitude = (x / picture_.cols - 0.5) * kTurn;
    const double latitude = (0.5 - y / picture_.rows) * kTurn / 2;
    const double level = std::cos(latitude);
    const vec d = {static_cast<float>(level * std::sin(longitude)),
                   static_cast<float>(std::sin(latitude)),
                   static_cast<float>(level * std::cos(longitude))};
    const vec light = scene(d);
    return graticule_.over({displayed(light.x), displayed(light.y), displayed(light.z)}, d);
  }

  static cv::Vec3b bytes(vec c) {
    const auto byte = [](float x) { return static_cast<std::uint8_t>(std::lround(x * 255)); };
    return {byte(c.z), byte(c.y), byte(c.x)};
  }

  void first_look(int j) {
    throw_if_stopped();
    for (int i = 0; i < picture_.cols; ++i) {
      picture_.at<cv::Vec3b>(j, i) = bytes(at(i + 0.5, j + 0.5));
    }
  }

  /// Many samples where a pixel differs from a neighbour.
  void refine(const cv::Mat& coarse, int j) {
    throw_if_stopped();
    for (int i = 0; i < picture_.cols; ++i) {
      if (!has_detail(coarse, i, j)) continue;
      vec sum;
      for (int k = 0; k < kFine * kFine; ++k) {
        const int across = k % kFine;
        const int down = k / kFine;
        sum = sum + at(i + (across + 0.5) / kFine, j + (down + 0.5) / kFine);
      }
      picture_.at<cv::Vec3b>(j, i) = bytes(1.0F / (kFine * kFine) * sum);
    }
  }

  static bool has_detail(const cv::Mat& coarse, int i, int j) {
    constexpr int kLevels = 10;
    const auto& here = coarse.at<cv::Vec3b>(j, i);
    for (const auto& [di, dj] :
         std::array<std::pair<int, int>, 4>{{{-1, 0}, {1, 0}, {0, -1}, {0, 1}}}) {
      const int column = (i + di + coarse.cols) % coarse.cols;
      const int row = std::clamp(j + dj, 0, coarse.rows - 1);
      const auto& there = coarse.at<cv::Vec3b>(row, column);
      for (int c = 0; c < 3; ++c) {
        if (std::abs(here[c] - there[c]) > kLevels) return true;
      }
    }
    return false;
  }

  cv::Mat picture_;
  graticule graticule_;
};

image_format format_of(const std::filesystem::path& path) {
  const auto ending = ending_of(path);
  if (ending == ".jpg" || ending == ".jpeg") return image_format::jpg;
  if (ending == ".png") return image_format::png;
  if (ending == ".webp") return image_format::webp;
  throw usage_error("--output: wanted a name that ends in .jpg, .png or .webp, given '" +
                    path.string() + "'");
}

int run(int argc, char** argv) {
  CLI::App app("Renders an equirectangular test panorama, twice as wide as high.", "panorama");
  std::string output;
  int width = 4096;
  app.add_option("-o,--output", output, "file to write: .jpg, .png or .webp")
      ->required()
      ->type_name("FILE");
  app.add_option("--width", width, "pixels, even, 64 to 16384 (default 4096)")->type_name("W");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& e) {
    throw usage_error(std::string(e.what()) + "; panorama --help shows what there is");
  }
  if (width < 64 || width > 16384 || width % 2 != 0) {
    throw usage_error("--width: wanted an even number from 64 to 16384, given " +
                      std::to_string(width));
  }
  const auto format = format_of(output);
  const output_folder folder(std::filesystem::absolute(output).parent_path());
  write_file(output, encode(painter(width).paint(), format, default_quality(format)));
  return 0;
}

}  // namespace
}  // namespace kernels::examples

int main(int argc, char** argv) {
  return kernels::examples::run_main("panorama",
                                     [&] { return kernels::examples::run(argc, argv); });
}
