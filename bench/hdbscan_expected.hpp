// What the GPU benchmark must produce: hdbscan on the CPU, compiled apart by the host compiler.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

struct hdbscan_expected_result {
  std::vector<std::int32_t> labels;
  std::vector<float> weights;  ///< of the spanning tree, in its order
};

/// By kernels::hdbscan(on_cpu()) of people() (people.hpp), cosine, on all cores.
hdbscan_expected_result hdbscan_expected(const std::vector<float>& values);

}  // namespace bench
