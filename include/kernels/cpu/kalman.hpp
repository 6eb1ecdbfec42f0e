// kalman on the CPU: chooses an instruction set, and cuts large calls into pieces.
#pragma once

#include <kernels/cpu/kalman_avx2.hpp>
#include <kernels/cpu/kalman_avx512.hpp>
#include <kernels/cpu/kalman_portable.hpp>
#include <kernels/cpu/parallel.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

template <class Model, class T>
const kalman_loops<Model, T>& kalman_loops_for(instruction_set isa) {
  switch (choose(isa)) {
#if KERNELS_X86
    case instruction_set::avx512:
      return avx512::kalman::kKalmanLoops<Model, T>;
    case instruction_set::avx2:
      return avx2::kalman::kKalmanLoops<Model, T>;
#endif
    default:
      return portable::kalman::kKalmanLoops<Model, T>;
  }
}

/// Calls body(range) for pieces of all entries of the call; no thread is started for a few.
template <class Body>
void kalman_pieces(on_cpu exec, const kalman_slots<>& slots, std::int64_t count, const Body& body) {
  constexpr std::int64_t kPiece = 8192;
  kalman_range all{slots.all ? nullptr : slots.list.data, slots.list.stride[0], 0, count};
  if (count == 0) return;
  if (count <= kPiece || exec.threads == 1) return body(all);
  parallel_for(exec, (count + kPiece - 1) / kPiece, [&](std::int64_t k) {
    kalman_range piece = all;
    piece.first = k * kPiece;
    piece.end = std::min(count, piece.first + kPiece);
    body(piece);
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
