// box on the CPU.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/isa.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/box.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

template <class T>
struct box_loops {
  void (*from_numbers)(const view<const T, 2>& in, box_format from, const view<box<T>, 1>& out,
                       std::int64_t first, std::int64_t last);
  void (*to_numbers)(const view<const box<T>, 1>& in, box_format to, const view<T, 2>& out,
                     std::int64_t first, std::int64_t last);
  void (*move)(const view<const box<T>, 1>& in, const view<box<T>, 1>& out, const box_move& options,
               std::int64_t first, std::int64_t last);
};

/// run(format) with the format as a constant.
template <class Run>
void with_format(box_format format, const Run& run) {
  switch (format) {
    case box_format::xyxy:
      return run(std::integral_constant<box_format, box_format::xyxy>());
    case box_format::tlwh:
      return run(std::integral_constant<box_format, box_format::tlwh>());
    case box_format::cxcywh:
      return run(std::integral_constant<box_format, box_format::cxcywh>());
    case box_format::xyah:
      return run(std::integral_constant<box_format, box_format::xyah>());
  }
}

namespace box_portable {
#include <kernels/cpu/box_loops.inl>
}  // namespace box_portable

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace box_fma {
#include <kernels/cpu/box_loops.inl>
}  // namespace box_fma
KERNELS_TARGET_END
#endif

/// run(loops, first, last) for pieces of `count` boxes.
template <class T, class Run>
void for_boxes(on_cpu exec, std::int64_t count, const Run& run) {
  const box_loops<T>* loops = &box_portable::kLoops<T>;
#if KERNELS_X86
  if (choose(exec.isa) != instruction_set::portable) loops = &box_fma::kLoops<T>;
#else
  static_cast<void>(choose(exec.isa));
#endif
  constexpr std::int64_t kPiece = 32768;
  parallel_for(exec, (count + kPiece - 1) / kPiece,
               [&](std::int64_t p) { run(*loops, p * kPiece, std::min(count, (p + 1) * kPiece)); });
}

template <class T>
void convert_boxes(on_cpu exec, const view<const T, 2>& in, box_format from,
                   const view<box<T>, 1>& out) {
  for_boxes<T>(exec, out.extent[0], [&](const auto& loops, std::int64_t first, std::int64_t last) {
    loops.from_numbers(in, from, out, first, last);
  });
}

template <class T>
void convert_boxes(on_cpu exec, const view<const box<T>, 1>& in, box_format to,
                   const view<T, 2>& out) {
  for_boxes<T>(exec, in.extent[0], [&](const auto& loops, std::int64_t first, std::int64_t last) {
    loops.to_numbers(in, to, out, first, last);
  });
}

template <class T>
void move_boxes(on_cpu exec, const view<const box<T>, 1>& in, const view<box<T>, 1>& out,
                const box_move& options) {
  for_boxes<T>(exec, in.extent[0], [&](const auto& loops, std::int64_t first, std::int64_t last) {
    loops.move(in, out, options, first, last);
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
