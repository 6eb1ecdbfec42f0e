// What the GPU benchmark searches in and must find: a gallery made ready by the host, and the
// answers of search on the CPU; compiled apart by the host compiler.
#pragma once

#include <kernels/embedding/first_pass.hpp>
#include <kernels/search_gpu.hpp>

#include <cstdint>
#include <vector>

namespace bench {

struct search_matches {
  std::vector<std::int64_t> ids;
  std::vector<float> scores;
};

struct search_scene {
  kernels::device_search_gallery gallery;
  std::int64_t compact_bytes = 0;  ///< that a first pass reads
  search_matches expected;         ///< of all queries
};

/// rows and queries of that many elements; by kernels::search(on_cpu()) on all cores.
search_scene search_scene_of(const std::vector<float>& rows, const std::vector<float>& queries,
                             std::int64_t dimension, kernels::first_pass type, int k);

}  // namespace bench
