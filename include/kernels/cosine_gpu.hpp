// cosine's checks and its front door to the GPU, the same in C++ (cosine.hpp, compiled kernels from
// kernels::cuda) and in CUDA code (cosine.cuh, which brings the kernels).
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/exec.hpp>
#include <kernels/math/cosine.hpp>

#include <cstddef>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// The launchers for rows of T, defined in cuda/kernels/cosine.cuh. kernels::cuda holds those of
/// float, half and bfloat16.
template <class T>
struct cosine_launchers {
  using rows = view<const T, 2, space::device>;

  static std::int64_t workspace_bytes(std::int64_t a_rows, std::int64_t b_rows,
                                      std::int64_t dimension);
  static void pairwise(CUstream_st* stream, const rows& a, const rows& b,
                       const view<float, 2, space::device>& out, const cosine_options& options,
                       const view<std::byte, 1, space::device>& workspace);
  static void ragged(CUstream_st* stream, const rows& a, const rows& b,
                     const cosine_groups<space::device>& groups,
                     const view<float, 1, space::device>& out, const cosine_options& options,
                     const view<std::byte, 1, space::device>& workspace);
};

/// The launcher for rows of integers; no workspace but a double a row.
template <int = 0>
struct cosine_int8_launchers {
  static std::int64_t workspace_bytes(std::int64_t a_rows, std::int64_t b_rows);
  static void pairwise(CUstream_st* stream, const int8_rows<space::device>& a,
                       const int8_rows<space::device>& b, const view<float, 2, space::device>& out,
                       const cosine_options& options,
                       const view<std::byte, 1, space::device>& workspace);
};
}  // namespace gpu

inline void check_cosine_options(const cosine_options& options) {
  if (options.kind > cosine_kind::distance) {
    refuse("cosine", "kind", "a cosine_kind", std::to_string(static_cast<int>(options.kind)));
  }
  if (options.precision > cosine_precision::bfloat16) {
    refuse("cosine", "precision", "a cosine_precision",
           std::to_string(static_cast<int>(options.precision)));
  }
}

/// Refuses arrays that check_array() refuses and rows of another dimension than a's.
template <class T, space Space>
void check_cosine_rows(const view<const T, 2, Space>& a, const view<const T, 2, Space>& b,
                       const cosine_options& options) {
  check_array("cosine", "a", a);
  check_array("cosine", "b", b);
  if (a.extent[1] != b.extent[1]) {
    refuse("cosine", "b", "rows of " + std::to_string(a.extent[1]) + " elements, as a's",
           std::to_string(b.extent[1]));
  }
  check_cosine_options(options);
}

template <class T, space Space>
void check_cosine(const view<const T, 2, Space>& a, const view<const T, 2, Space>& b,
                  const view<float, 2, Space>& out, const cosine_options& options) {
  check_cosine_rows(a, b, options);
  check_array("cosine", "out", out, {a.extent[0], b.extent[0]});
}

template <space Space>
void check_cosine(const int8_rows<Space>& a, const int8_rows<Space>& b,
                  const view<float, 2, Space>& out, const cosine_options& options) {
  check_cosine(a.values, b.values, out, options);
  check_array("cosine", "the scales of a", a.scales, {a.values.extent[0]});
  check_array("cosine", "the scales of b", b.scales, {b.values.extent[0]});
  if (a.values.extent[1] > kInt8MostDimension) {
    refuse("cosine", "a", "at most 131071 integers a row", std::to_string(a.values.extent[1]));
  }
}

/// Refuses what can be seen of a ragged batch without reading the offsets.
template <class T, space Space>
void check_cosine(const view<const T, 2, Space>& a, const view<const T, 2, Space>& b,
                  const cosine_groups<Space>& groups, const view<float, 1, Space>& out,
                  const cosine_options& options) {
  check_cosine_rows(a, b, options);
  check_array("cosine", "out", out);
  check_array("cosine", "a_offsets", groups.a_offsets);
  check_array("cosine", "b_offsets", groups.b_offsets);
  check_array("cosine", "out_offsets", groups.out_offsets);
  if (groups.a_offsets.extent[0] < 1) {
    refuse("cosine", "a_offsets", "at least one entry, 0", "none");
  }
  check_length("cosine", "b_offsets", groups.b_offsets, groups.a_offsets.extent[0]);
  check_length("cosine", "out_offsets", groups.out_offsets, groups.a_offsets.extent[0]);
}

/// Scratch that the GPU forms need, in bytes: unit rows in float32.
template <class T>
std::int64_t cosine_workspace_bytes([[maybe_unused]] on_gpu exec, std::int64_t a_rows,
                                    std::int64_t b_rows, std::int64_t dimension) {
  checked_size<float>("cosine", "a", std::array{a_rows, dimension});
  checked_size<float>("cosine", "b", std::array{b_rows, dimension});
#if KERNELS_HAS_CUDA
  return gpu::cosine_launchers<T>::workspace_bytes(a_rows, b_rows, dimension);
#else
  refuse_without_cuda("cosine");
#endif
}
inline std::int64_t cosine_int8_workspace_bytes([[maybe_unused]] on_gpu exec, std::int64_t a_rows,
                                                std::int64_t b_rows) {
  checked_size<double>("cosine", "a", std::array{a_rows});
  checked_size<double>("cosine", "b", std::array{b_rows});
#if KERNELS_HAS_CUDA
  return gpu::cosine_int8_launchers<>::workspace_bytes(a_rows, b_rows);
#else
  refuse_without_cuda("cosine");
#endif
}

/// The same on the GPU, queued on exec's stream; usable in a graph. Exact whatever
/// options.precision allows. workspace: cosine_workspace_bytes() bytes, aligned to 256.
/// Errors: as above; a workspace that is too small; cuda_error; kernels::error without CUDA.
template <class T>
void cosine([[maybe_unused]] on_gpu exec, const view<const T, 2, space::device>& a,
            const view<const T, 2, space::device>& b, const view<float, 2, space::device>& out,
            const cosine_options& options,
            [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "cosine on the GPU from a .cpp takes float, half or bfloat16; for another type "
                "include <kernels/cosine.cuh> in a .cu");
  check_cosine<T>(a, b, out, options);
#if KERNELS_HAS_CUDA
  gpu::cosine_launchers<T>::pairwise(exec.stream, a, b, out, options, workspace);
#else
  refuse_without_cuda("cosine");
#endif
}

/// The ragged form on the GPU: the offsets live in device memory, are read there and are not
/// checked; they are cut to the rows there are, and values that would lie outside out are not
/// written.
template <class T>
void cosine([[maybe_unused]] on_gpu exec, const view<const T, 2, space::device>& a,
            const view<const T, 2, space::device>& b, const cosine_groups<space::device>& groups,
            const view<float, 1, space::device>& out, const cosine_options& options,
            [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "cosine on the GPU from a .cpp takes float, half or bfloat16; for another type "
                "include <kernels/cosine.cuh> in a .cu");
  check_cosine<T>(a, b, groups, out, options);
#if KERNELS_HAS_CUDA
  gpu::cosine_launchers<T>::ragged(exec.stream, a, b, groups, out, options, workspace);
#else
  refuse_without_cuda("cosine");
#endif
}

/// Rows of integers on the GPU. workspace: cosine_int8_workspace_bytes() bytes.
inline void cosine([[maybe_unused]] on_gpu exec, const int8_rows<space::device>& a,
                   const int8_rows<space::device>& b, const view<float, 2, space::device>& out,
                   const cosine_options& options,
                   [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  check_cosine(a, b, out, options);
#if KERNELS_HAS_CUDA
  gpu::cosine_int8_launchers<>::pairwise(exec.stream, a, b, out, options, workspace);
#else
  refuse_without_cuda("cosine");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
