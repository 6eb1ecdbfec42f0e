// Samples the views of a rig out of one panorama after the other, on the CPU or on the GPU.
#pragma once

#include "rig.hpp"

#include <opencv2/core.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kernels::examples {

class sampler {
 public:
  virtual ~sampler() = default;

  /// One picture a view, in memory that the next call uses again. All samplers give the same
  /// bytes. Errors: usage_error for a panorama that the rig cannot be sampled from.
  virtual const std::vector<cv::Mat>& sample(const cv::Mat& panorama) = 0;

  /// "cpu, avx512, 2 threads"
  [[nodiscard]] virtual std::string description() const = 0;
};

/// The sampler that the options ask for. note is told when the GPU's memory is too small and the
/// CPU takes over. Errors: usage_error if the GPU is asked for and there is none.
std::unique_ptr<sampler> make_sampler(const options& o, const rig& views,
                                      std::function<void(const std::string&)> note);

/// Refuses --backend cuda where it cannot be. Errors: usage_error.
void check_backend(backend wanted);

}  // namespace kernels::examples
