// What the user asked for.
#pragma once

#include <kernels/math/metric.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace kernels::examples {

enum class method { hdbscan, dbscan, threshold, single, average, complete, whispers };

const char* name(method m);

struct options {
  std::filesystem::path embeddings, output, report, sheet, images;
  method how = method::hdbscan;
  kernels::metric metric = kernels::metric::cosine;

  std::optional<int> min_cluster_size;  ///< hdbscan: 5; others: smaller clusters become noise
  std::optional<int> min_samples;
  std::optional<double> eps;        ///< dbscan: largest distance of neighbours
  std::optional<double> threshold;  ///< least similarity; Euclidean: largest distance
  std::optional<int> clusters;      ///< linkage: cut into so many

  double alpha = 1, epsilon = 0;  ///< hdbscan
  int max_cluster_size = 0;
  bool allow_single_cluster = false, leaf = false;

  int iterations = 20;  ///< whispers
  std::uint64_t seed = 0;

  int sheet_rows = 40, sheet_columns = 12;
  bool skip_bad_rows = false, quiet = false;
  int threads = 0;

  [[nodiscard]] bool euclidean() const { return metric == kernels::metric::euclidean; }
};

/// Nothing if help or version were wanted. Errors: usage_error.
std::optional<options> parse_options(int argc, char** argv);

}  // namespace kernels::examples
