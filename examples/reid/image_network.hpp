// A network that turns pictures into embeddings, run by OpenCV's dnn.
#pragma once

#include <kernels/math/preprocess.hpp>

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace kernels::examples {

struct network_options {
  std::filesystem::path model;
  int width = 224, height = 224;  ///< pixels that the network sees
  preprocess_options pixels;
  int threads = 1;
};

class image_network {
 public:
  virtual ~image_network() = default;

  [[nodiscard]] virtual std::int64_t dimension() const = 0;

  /// Reads pictures and makes them what the network wants to see. Any thread.
  /// Errors: usage_error naming the picture.
  [[nodiscard]] virtual cv::Mat prepare(std::span<const std::filesystem::path> pictures) const = 0;

  /// Embeddings of prepared pictures: a row of dimension() numbers each. One thread.
  virtual void embed(const cv::Mat& prepared, float* rows) = 0;
};

/// Errors: usage_error if the file is no network, or gives no (N, D) for N pictures.
std::unique_ptr<image_network> make_image_network(const network_options& o);

}  // namespace kernels::examples
