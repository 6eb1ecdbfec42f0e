// search on the GPU: a gallery in device memory, the checks, and the front door, the same in C++
// (compiled kernels from kernels::cuda) and in CUDA code (search.cuh, which brings the kernels).
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/embedding/first_pass.hpp>
#include <kernels/math/bfloat16.hpp>
#include <kernels/math/limits.hpp>
#include <kernels/math/metric.hpp>
#include <kernels/math/normalize.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace kernels::inline KERNELS_ABI {

/// A gallery as kernels see it.
struct search_arrays {
  const float* rows = nullptr;  ///< count × stride: of unit length for cosine
  const row_state* states = nullptr;
  std::int64_t stride = 0, count = 0, dimension = 0;
  metric what = metric::cosine;
  /// float32: the rest is not there.
  first_pass type = first_pass::float32;
  const std::byte* panels = nullptr;  ///< as compact_rows lays them out
  std::int64_t panel_bytes = 0;
  const float* slack = nullptr;  ///< a row's part of the error bound, NaN for rows never found
  const float* scale = nullptr;  ///< of int8, a row
  float unit = 1;                ///< of the others
  const float* mean = nullptr;   ///< `stride` numbers
};

/// What a row's score may differ from the kernel's first pass by, for a query of norm 1: the row's
/// own terms (compact_rows.hpp), and the float sums of the kernel, of which each of `dimension`
/// steps rounds once (Higham, Accuracy and Stability, 3.1). The last term is underflow: at most
/// 2^-148 an element of the query, whose norm is at least kSmallestNorm.
template <class Bounds>
float search_slack_of(const Bounds& row, double mean_norm, std::int64_t dimension) {
  const double steps = (static_cast<double>(dimension) + 16) * 0x1p-24;
  const double sums = 1.01 * steps / (1 - steps);
  const double residual = static_cast<double>(row.residual), size = static_cast<double>(row.size);
  const double bound = residual + sums * (size + residual) + sums * mean_norm;
  return static_cast<float>(bound * (1 + 1e-5) + static_cast<double>(dimension) * 0x1p-104);
}

/// search_slack_of() each row of the panels of a search_gallery.
template <class Gallery>
std::vector<float> search_slack(const Gallery& gallery) {
  const auto& compact = gallery.compact();
  double squares = 0;
  for (const float m : compact.mean()) squares += static_cast<double>(m) * static_cast<double>(m);
  std::vector<float> slack(static_cast<std::size_t>(compact.panels() * 64));
  for (std::size_t r = 0; r < slack.size(); ++r) {
    const auto row = static_cast<std::int64_t>(r);
    const bool found = row < gallery.count() && gallery.rows().state(row) != row_state::not_finite;
    slack[r] = found ? search_slack_of(compact.of_row(row), std::sqrt(squares), compact.dimension())
                     : std::numeric_limits<float>::quiet_NaN();
  }
  return slack;
}

/// The arrays of a search_gallery where they are, in host memory; slack is search_slack().
template <class Gallery>
search_arrays search_arrays_of(const Gallery& gallery, const std::vector<float>& slack) {
  const auto& rows = gallery.rows();
  search_arrays a;
  a.rows = rows.row(0);
  a.states = rows.states();
  a.stride = rows.stride();
  a.count = rows.count();
  a.dimension = rows.dimension();
  a.what = gallery.options().metric;
  const auto& compact = gallery.compact();
  if (!compact.usable() || a.what == metric::euclidean) return a;
  a.type = compact.type();
  a.panels = compact.panel(0);
  a.panel_bytes = compact.panel_bytes();
  a.slack = slack.data();
  a.scale = compact.scale(0);
  a.unit = std::ldexp(1.0F, -compact.exponent());
  a.mean = compact.mean().data();
  return a;
}

/// A search_gallery copied to device memory. The first pass of euclidean is float32 here.
class device_search_gallery {
 public:
  device_search_gallery() = default;

  /// Copies, and waits for it. Errors: out_of_memory, cuda_error; kernels::error without CUDA; 2^32
  /// rows or more.
  template <class Gallery>
  device_search_gallery(on_gpu exec, const Gallery& gallery) {
    const std::vector<float> slack = search_slack(gallery);
    arrays_ = search_arrays_of(gallery, slack);
    if (arrays_.count >= std::int64_t{1} << 32) {
      refuse("device_search_gallery", "gallery", "fewer than 2^32 rows",
             std::to_string(arrays_.count));
    }
    const std::int64_t panels = arrays_.panels == nullptr ? 0 : gallery.compact().panels();
    move(exec, arrays_.rows, arrays_.count * arrays_.stride, rows_);
    move(exec, arrays_.states, arrays_.count, states_);
    move(exec, arrays_.panels, panels * arrays_.panel_bytes, panels_);
    move(exec, arrays_.slack, panels * 64, slack_);
    move(exec, arrays_.scale, panels * 64, scale_);
    move(exec, arrays_.mean, arrays_.stride, mean_);
#if KERNELS_HAS_CUDA
    check_cuda(cudaStreamSynchronize(exec.stream), "device_search_gallery");
#endif
  }

  [[nodiscard]] const search_arrays& arrays() const { return arrays_; }
  [[nodiscard]] std::int64_t count() const { return arrays_.count; }
  [[nodiscard]] std::int64_t dimension() const { return arrays_.dimension; }

 private:
  template <class T>
  static void move(on_gpu exec, const T*& data, std::int64_t size, buffer<T, memory::device>& to) {
    if (data == nullptr || size == 0) {
      data = nullptr;
      return;
    }
    to.resize(size);
    copy(packed(data, {size}), to.as({size}), exec);
    data = to.data();
  }

  search_arrays arrays_;
  buffer<float, memory::device> rows_, slack_, scale_, mean_;
  buffer<row_state, memory::device> states_;
  buffer<std::byte, memory::device> panels_;
};

/// search_params with lists in device memory.
struct device_search_params {
  int k = 10;
  std::optional<float> threshold = {};
  view<const std::int32_t, 1, space::device> gallery_groups = {}, query_groups = {};
  view<const std::int64_t, 1, space::device> excluded = {}, excluded_offsets = {};
};

namespace gpu {
/// Defined in cuda/kernels/search.cuh.
template <class T>
struct search_launchers {
  static std::int64_t workspace_bytes(const search_arrays& gallery, std::int64_t queries, int k);
  static void search(CUstream_st* stream, const search_arrays& gallery,
                     const view<const T, 2, space::device>& queries,
                     const view<std::int64_t, 2, space::device>& ids,
                     const view<float, 2, space::device>& scores,
                     const device_search_params& params,
                     const view<std::byte, 1, space::device>& workspace);
};
}  // namespace gpu

/// Refuses what search() cannot run with. `excluded_offsets` are looked at where the host can.
template <class T, class Params, space Space>
void check_search(std::string_view operation, metric what, std::int64_t count,
                  std::int64_t dimension, const view<const T, 2, Space>& queries,
                  const Params& params) {
  check_array(operation, "queries", queries);
  if (queries.extent[1] != dimension) {
    refuse(operation, "queries", "rows of " + std::to_string(dimension) + " elements",
           std::to_string(queries.extent[1]));
  }
  if (params.k < 1 || params.k > 2048) {
    refuse(operation, "k", "1 to 2048", std::to_string(params.k));
  }
  if (params.threshold) {
    const float t = *params.threshold;
    if (what == metric::cosine && !(t >= -1 && t <= 1)) {
      refuse(operation, "threshold", "a similarity of −1 to 1", number_text(double{t}));
    }
    if (what == metric::euclidean && !(t >= 0)) {
      refuse(operation, "threshold", "a distance of 0 or more", number_text(double{t}));
    }
    if (t != t) refuse(operation, "threshold", "a number", "nan");
  }
  if (params.gallery_groups.data != nullptr || params.query_groups.data != nullptr) {
    check_array(operation, "gallery_groups", params.gallery_groups, {count});
    check_array(operation, "query_groups", params.query_groups, {queries.extent[0]});
  }
  if (params.excluded_offsets.data != nullptr) {
    check_length(operation, "excluded_offsets", params.excluded_offsets, queries.extent[0] + 1);
    check_array(operation, "excluded", params.excluded);
    if constexpr (Space == space::host) {
      check_offsets(operation, "excluded_offsets", params.excluded_offsets,
                    params.excluded.extent[0]);
    }
  } else if (params.excluded.extent[0] != 0) {
    refuse(operation, "excluded_offsets", "one entry more than queries", "null");
  }
}

/// Scratch that search on the GPU needs, in bytes, for that many queries.
template <class T>
std::int64_t search_workspace_bytes([[maybe_unused]] on_gpu exec,
                                    [[maybe_unused]] const device_search_gallery& gallery,
                                    [[maybe_unused]] std::int64_t queries, [[maybe_unused]] int k) {
#if KERNELS_HAS_CUDA
  return gpu::search_launchers<T>::workspace_bytes(gallery.arrays(), queries, k);
#else
  refuse_without_cuda("search");
#endif
}

/// search() on the GPU, queued on exec's stream: the same ids and the same bits as on the CPU.
/// workspace: search_workspace_bytes(), aligned to 256. Offsets of excluded rows must be valid.
/// Errors: as on the CPU; a workspace that is too small; cuda_error; kernels::error without CUDA.
template <class T>
void search([[maybe_unused]] on_gpu exec, const device_search_gallery& gallery,
            const view<const T, 2, space::device>& queries,
            const view<std::int64_t, 2, space::device>& ids,
            const view<float, 2, space::device>& scores, const device_search_params& params,
            [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "search on the GPU from a .cpp takes queries of float, half or bfloat16; for "
                "another type include <kernels/search.cuh> in a .cu");
  check_search("search", gallery.arrays().what, gallery.count(), gallery.dimension(), queries,
               params);
  check_array("search", "ids", ids, {queries.extent[0], params.k});
  check_array("search", "scores", scores, {queries.extent[0], params.k});
#if KERNELS_HAS_CUDA
  gpu::search_launchers<T>::search(exec.stream, gallery.arrays(), queries, ids, scores, params,
                                   workspace);
#else
  refuse_without_cuda("search");
#endif
}

/// The same for occasional use: allocates its scratch and waits for the stream.
template <class T>
void search(on_gpu exec, const device_search_gallery& gallery,
            const view<const T, 2, space::device>& queries,
            const view<std::int64_t, 2, space::device>& ids,
            const view<float, 2, space::device>& scores, const device_search_params& params = {}) {
  check_search("search", gallery.arrays().what, gallery.count(), gallery.dimension(), queries,
               params);
  buffer<std::byte, memory::device> scratch(
      search_workspace_bytes<T>(exec, gallery, queries.extent[0], params.k));
  search<T>(exec, gallery, queries, ids, scores, params, scratch.as({scratch.size()}));
#if KERNELS_HAS_CUDA
  check_cuda(cudaStreamSynchronize(exec.stream), "search");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
