// decode_yolo on the CPU: pictures in parallel; in each, tiles of anchors whose best scores stay
// in the cache while the rows of the classes go by.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/isa.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/decode_yolo.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::cpu {

/// Anchors whose best classes are found together.
inline constexpr std::int64_t kYoloTile = 512;
struct yolo_tile {
  alignas(64) float score[kYoloTile];
  alignas(64) std::int32_t label[kYoloTile];

  void clear() {
    for (std::int64_t k = 0; k < kYoloTile; ++k) {
      score[k] = math::kYoloNoScore;
      label[k] = 0;
    }
  }
};

/// Takes one row of scores, neighbouring in memory, into a tile.
namespace portable {
inline void yolo_row(yolo_tile& tile, const float* row, std::int64_t count, std::int32_t label) {
  for (std::int64_t k = 0; k < count; ++k) {
    const bool better = row[k] > tile.score[k];
    tile.score[k] = better ? row[k] : tile.score[k];
    tile.label[k] = better ? label : tile.label[k];
  }
}
}  // namespace portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86

KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx2 {
inline void yolo_row(yolo_tile& tile, const float* row, std::int64_t count, std::int32_t label) {
  const __m256 name = _mm256_castsi256_ps(_mm256_set1_epi32(label));
  std::int64_t k = 0;
  for (; k + 8 <= count; k += 8) {
    const __m256 score = _mm256_loadu_ps(row + k);
    const __m256 best = _mm256_load_ps(tile.score + k);
    auto* labels = reinterpret_cast<__m256i*>(tile.label + k);
    const __m256 better = _mm256_cmp_ps(score, best, _CMP_GT_OQ);
    _mm256_store_ps(tile.score + k, _mm256_blendv_ps(best, score, better));
    _mm256_store_si256(labels, _mm256_castps_si256(_mm256_blendv_ps(
                                   _mm256_castsi256_ps(_mm256_load_si256(labels)), name, better)));
  }
  for (; k < count; ++k) {
    if (row[k] > tile.score[k]) {
      tile.score[k] = row[k];
      tile.label[k] = label;
    }
  }
}
}  // namespace kernels::inline KERNELS_ABI::cpu::avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx512 {
inline void yolo_row(yolo_tile& tile, const float* row, std::int64_t count, std::int32_t label) {
  const __m512i name = _mm512_set1_epi32(label);
  for (std::int64_t k = 0; k < count; k += 16) {
    const auto lanes = static_cast<__mmask16>(count - k >= 16 ? 0xffff : (1 << (count - k)) - 1);
    const __m512 score = _mm512_maskz_loadu_ps(lanes, row + k);
    const __mmask16 better =
        _mm512_mask_cmp_ps_mask(lanes, score, _mm512_load_ps(tile.score + k), _CMP_GT_OQ);
    _mm512_mask_store_ps(tile.score + k, better, score);
    _mm512_mask_store_epi32(tile.label + k, better, name);
  }
}
}  // namespace kernels::inline KERNELS_ABI::cpu::avx512
KERNELS_TARGET_END

#endif

namespace kernels::inline KERNELS_ABI::cpu {

inline auto choose_yolo_row(instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return &avx512::yolo_row;
  if (isa == instruction_set::avx2) return &avx2::yolo_row;
#endif
  static_cast<void>(isa);
  return &portable::yolo_row;
}

/// Best classes of anchors first … first+count−1 of a picture, whatever the strides.
template <class Row>
void yolo_scores(yolo_tile& tile, const view<const float, 2>& head, std::int64_t first,
                 std::int64_t count, Row row) {
  const std::int64_t classes = head.extent[0] - 4;
  const float* scores = head.data + 4 * head.stride[0] + first * head.stride[1];
  tile.clear();
  if (head.stride[1] == 1) {
    for (std::int64_t c = 0; c < classes; ++c) {
      row(tile, scores + c * head.stride[0], count, static_cast<std::int32_t>(c));
    }
    return;
  }
  for (std::int64_t k = 0; k < count; ++k) {
    math::yolo_best<float> best{tile.score[k], 0};
    for (std::int64_t c = 0; c < classes; ++c) {
      math::yolo_take(best, scores[k * head.stride[1] + c * head.stride[0]],
                      static_cast<std::int32_t>(c));
    }
    tile.score[k] = best.score;
    tile.label[k] = best.label;
  }
}

/// The arguments of decode_yolo, checked.
template <class Arguments>
void decode_yolo(on_cpu exec, const Arguments& a, const decode_yolo_options& options) {
  const auto row = choose_yolo_row(choose(exec.isa));
  const auto threshold = static_cast<float>(options.score_threshold);
  parallel_for(exec, a.head.extent[0], [&](std::int64_t b) {
    const view<const float, 2> head = a.head[b];
    const letterbox* l = nullptr;
    if (a.letterboxes.extent[0] > 0) {
      l = a.letterboxes.data + (a.letterboxes.extent[0] == 1 ? 0 : b * a.letterboxes.stride[0]);
    }
    const auto boxes = a.boxes[b];
    const auto scores = a.scores[b];
    const auto classes = a.classes[b];
    const auto at = [&](std::int64_t r, std::int64_t anchor) {
      return head.data[r * head.stride[0] + anchor * head.stride[1]];
    };
    yolo_tile tile;
    std::int64_t found = 0;
    for (std::int64_t first = 0; first < head.extent[1]; first += kYoloTile) {
      const std::int64_t count = std::min(kYoloTile, head.extent[1] - first);
      yolo_scores(tile, head, first, count, row);
      for (std::int64_t k = 0; k < count; ++k) {
        if (!(tile.score[k] > threshold)) continue;
        const std::int64_t n = found++;
        if (n >= boxes.extent[0]) continue;
        const std::int64_t anchor = first + k;
        boxes.data[n * boxes.stride[0]] = math::yolo_box(
            at(0, anchor), at(1, anchor), at(2, anchor), at(3, anchor), l, options.clip);
        scores.data[n * scores.stride[0]] = tile.score[k];
        classes.data[n * classes.stride[0]] = tile.label[k];
        if (a.anchors.data != nullptr) {
          a.anchors.data[b * a.anchors.stride[0] + n * a.anchors.stride[1]] =
              static_cast<std::int32_t>(anchor);
        }
      }
    }
    a.counts.data[b * a.counts.stride[0]] = static_cast<std::int32_t>(found);
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
