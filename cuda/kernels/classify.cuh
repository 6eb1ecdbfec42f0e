// classify on the GPU: the matrix of similarities into the workspace, then half a warp a row: its
// softmax, a lane for each of the sixteen sums, and its best classes one after the other.
#pragma once

#include <kernels/classify_gpu.hpp>
#include <kernels/cosine.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template <class T>
struct classify_matrix {
  T* data;
  std::int64_t row_stride, column_stride;

  __device__ __forceinline__ void put(std::int64_t i, std::int64_t j, T value) const {
    if (data != nullptr) data[i * row_stride + j * column_stride] = value;
  }
};

/// A class and its similarity; −1 where there is none.
struct class_candidate {
  float similarity;
  std::int32_t index;
};

/// The best of half a warp's candidates, in each of its lanes.
__device__ __forceinline__ class_candidate best_of_half_warp(class_candidate mine) {
  KERNELS_UNROLL
  for (int step = math::kDotLanes / 2; step > 0; step /= 2) {
    const float similarity = __shfl_xor_sync(0xffffffffU, mine.similarity, step);
    const std::int32_t index = __shfl_xor_sync(0xffffffffU, mine.index, step);
    const bool other =
        index >= 0 &&
        (mine.index < 0 || math::class_before(similarity, index, mine.similarity, mine.index));
    if (other) mine = {similarity, index};
  }
  return mine;
}

template <int = 0>
__global__ void __launch_bounds__(normalize_tuning::kThreads)
    classify_kernel(const float* similarities, std::int64_t rows, std::int64_t classes,
                    classify_matrix<std::int32_t> best, classify_matrix<float> best_similarities,
                    classify_matrix<float> probabilities, std::int64_t top, float temperature) {
  constexpr int kLanes = math::kDotLanes;
  const auto lane = static_cast<std::int64_t>(threadIdx.x % kLanes);
  for (std::int64_t first = std::int64_t{blockIdx.x} * normalize_tuning::kRows; first < rows;
       first += std::int64_t{gridDim.x} * normalize_tuning::kRows) {
    // rows beyond the end have no classes, so that whole warps come to the shuffles
    const std::int64_t row = first + threadIdx.x / kLanes;
    const std::int64_t count = row < rows ? classes : 0;
    const float* mine = similarities + row * classes;
    class_candidate last{0.0F, -1};
    float largest = 0.0F;
    double sum = 1.0;
    for (std::int64_t k = 0; k < top; ++k) {
      class_candidate next{0.0F, -1};
      if (k == 0 || last.index >= 0) {
        for (std::int64_t c = lane; c < count; c += kLanes) {
          const float s = mine[c];
          if (!(s == s)) continue;
          if (k != 0 && !math::class_before(last.similarity, last.index, s, c)) continue;
          if (next.index < 0 || s > next.similarity) next = {s, static_cast<std::int32_t>(c)};
        }
      }
      last = best_of_half_warp(next);
      if (k == 0) {
        largest = last.similarity;
        double part = 0.0;
        for (std::int64_t c = lane; c < count; c += kLanes) {
          const float weight = math::class_weight(mine[c], largest, temperature);
          part = exact::add(part, static_cast<double>(weight));
        }
        sum = join_half_warp(part);
      }
      if (row >= rows || lane != 0) continue;
      const bool is = last.index >= 0;
      const float weight = is ? math::class_weight(last.similarity, largest, temperature) : 0.0F;
      best.put(row, k, last.index);
      best_similarities.put(row, k, is ? last.similarity : -math::detail::kInfiniteFloat);
      probabilities.put(row, k, is ? math::class_probability(weight, sum) : 0.0F);
    }
  }
}

struct classify_layout {
  float* similarities;
  std::byte* rest;
};
template <class T>
classify_layout lay_out_classify(workspace_carver& carver, std::int64_t rows, std::int64_t classes,
                                 std::int64_t dimension) {
  classify_layout layout{};
  layout.similarities = carver.take<float>(rows * classes);
  layout.rest =
      carver.take<std::byte>(cosine_launchers<T>::workspace_bytes(rows, classes, dimension));
  return layout;
}

template <class T>
std::int64_t classify_launchers<T>::workspace_bytes(std::int64_t rows, std::int64_t classes,
                                                    std::int64_t dimension) {
  workspace_carver counter;
  static_cast<void>(lay_out_classify<T>(counter, rows, classes, dimension));
  return counter.bytes();
}

template <class T>
void classify_launchers<T>::run(CUstream_st* stream, const view<const T, 2, space::device>& rows,
                                const view<const T, 2, space::device>& classes,
                                const classify_outputs<space::device>& out,
                                const classify_params& params,
                                const view<std::byte, 1, space::device>& workspace) {
  const std::int64_t n = rows.extent[0];
  const std::int64_t c = classes.extent[0];
  workspace_carver carver(workspace);
  const classify_layout layout = lay_out_classify<T>(carver, n, c, rows.extent[1]);
  if (out.classes.size() == 0) return;
  check_device_pointer("classify", "out.classes", out.classes.data);
  const std::int64_t rest = cosine_launchers<T>::workspace_bytes(n, c, rows.extent[1]);
  cosine_launchers<T>::pairwise(stream, rows, classes,
                                packed<space::device>(layout.similarities, {n, c}), {},
                                packed<space::device>(layout.rest, {rest}));
  const auto matrix = [](const auto& v) {
    return classify_matrix<std::remove_pointer_t<decltype(v.data)>>{v.data, v.stride[0],
                                                                    v.stride[1]};
  };
  const std::int64_t blocks = std::min((n + normalize_tuning::kRows - 1) / normalize_tuning::kRows,
                                       normalize_tuning::kMostBlocks);
  launch(stream,
         {dim3(static_cast<unsigned>(blocks), 1, 1), dim3(normalize_tuning::kThreads, 1, 1)},
         &classify_kernel<0>, static_cast<const float*>(layout.similarities), n, c,
         matrix(out.classes), matrix(out.similarities), matrix(out.probabilities),
         out.classes.extent[1], params.temperature);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
