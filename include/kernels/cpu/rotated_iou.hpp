// rotated_iou on the CPU.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/isa.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/rotated_iou.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

template <class T>
struct rotated_iou_loops {
  void (*row)(const math::measured_rotated_box& a, const math::measured_rotated_box* b,
              std::int64_t count, T* out, std::int64_t step);
  void (*measure)(const rotated_box<T>* boxes, std::int64_t step, std::int64_t count,
                  math::measured_rotated_box* measured);
};

namespace rotated_iou_portable {
#include <kernels/cpu/rotated_iou_loops.inl>
}  // namespace rotated_iou_portable

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace rotated_iou_fma {
#include <kernels/cpu/rotated_iou_loops.inl>
}  // namespace rotated_iou_fma
KERNELS_TARGET_END
#endif

template <class T>
const rotated_iou_loops<T>& choose_rotated_iou_loops(on_cpu exec) {
#if KERNELS_X86
  if (choose(exec.isa) != instruction_set::portable) return rotated_iou_fma::kLoops<T>;
#else
  static_cast<void>(choose(exec.isa));
#endif
  return rotated_iou_portable::kLoops<T>;
}

/// Boxes measured at a time, on the stack.
inline constexpr std::int64_t kRotatedTile = 64;
/// Pairs that are worth a thread.
inline constexpr std::int64_t kRotatedPairsOfPiece = 4096;

template <class T>
void rotated_pairwise_iou(on_cpu exec, const view<const rotated_box<T>, 1>& a,
                          const view<const rotated_box<T>, 1>& b, const view<T, 2>& out) {
  const auto& loops = choose_rotated_iou_loops<T>(exec);
  const std::int64_t rows = a.extent[0];
  const std::int64_t piece = std::clamp<std::int64_t>(
      kRotatedPairsOfPiece / std::max<std::int64_t>(b.extent[0], 1), 1, kRotatedTile);
  parallel_for(exec, (rows + piece - 1) / piece, [&](std::int64_t p) {
    math::measured_rotated_box some_a[kRotatedTile];
    math::measured_rotated_box some_b[kRotatedTile];
    const std::int64_t first = p * piece;
    const std::int64_t count_a = std::min(piece, rows - first);
    loops.measure(a.data + first * a.stride[0], a.stride[0], count_a, some_a);
    for (std::int64_t j = 0; j < b.extent[0]; j += kRotatedTile) {
      const std::int64_t count_b = std::min(kRotatedTile, b.extent[0] - j);
      loops.measure(b.data + j * b.stride[0], b.stride[0], count_b, some_b);
      for (std::int64_t i = 0; i < count_a; ++i) {
        loops.row(some_a[i], some_b, count_b,
                  out.data + (first + i) * out.stride[0] + j * out.stride[1], out.stride[1]);
      }
    }
  });
}

template <class T>
void rotated_elementwise_iou(on_cpu exec, const view<const rotated_box<T>, 1>& a,
                             const view<const rotated_box<T>, 1>& b, const view<T, 1>& out) {
  const auto& loops = choose_rotated_iou_loops<T>(exec);
  const std::int64_t size = a.extent[0];
  constexpr std::int64_t kPiece = 2048;
  parallel_for(exec, (size + kPiece - 1) / kPiece, [&](std::int64_t p) {
    for (std::int64_t k = p * kPiece; k < std::min(size, (p + 1) * kPiece); ++k) {
      math::measured_rotated_box pair[2];
      loops.measure(a.data + k * a.stride[0], 1, 1, pair);
      loops.measure(b.data + k * b.stride[0], 1, 1, pair + 1);
      loops.row(pair[0], pair + 1, 1, out.data + k * out.stride[0], 1);
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
