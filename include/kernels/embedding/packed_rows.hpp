// packed_rows: embeddings as the tile loops want them: float32, rows padded with zeros to a
// multiple of sixteen and aligned to 64 bytes, to unit length or as they are, with the state of
// each row.
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/cpu/normalize.hpp>
#include <kernels/cpu/parallel.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI {

/// Rows of a matrix of float, half or bfloat16, copied. A row that is not finite is stored as
/// zeros; its state says so.
class packed_rows {
 public:
  packed_rows() = default;

  /// rows: (N, D). unit: to unit length (math/normalize.hpp), otherwise as they are.
  template <class T>
  packed_rows(on_cpu exec, const view<const T, 2>& rows, bool unit) {
    assign(exec, rows, unit);
  }
  template <class T>
  void assign(on_cpu exec, const view<const T, 2>& rows, bool unit) {
    check_array("packed_rows", "rows", rows);
    count_ = rows.extent[0];
    dimension_ = rows.extent[1];
    stride_ = (dimension_ + math::kDotLanes - 1) / math::kDotLanes * math::kDotLanes;
    data_.resize(count_ * stride_);
    states_.resize(count_);
    const instruction_set isa = cpu::choose(exec.isa);
    const auto row_of = unit ? cpu::normalize_row_for<T, float>(isa) : cpu::widen_row_for<T>(isa);
    constexpr std::int64_t kChunk = 256;
    cpu::parallel_for(exec, (count_ + kChunk - 1) / kChunk, [&](std::int64_t c) {
      buffer<T> adjacent;
      if (rows.stride[1] != 1) adjacent.resize(dimension_);
      const std::int64_t end = std::min(count_, (c + 1) * kChunk);
      for (std::int64_t r = c * kChunk; r < end; ++r) {
        const T* in = rows.data + r * rows.stride[0];
        if (rows.stride[1] != 1) {
          for (std::int64_t i = 0; i < dimension_; ++i) {
            adjacent.data()[i] = in[i * rows.stride[1]];
          }
          in = adjacent.data();
        }
        float* out = data_.data() + r * stride_;
        const row_state state = row_of(in, out, dimension_);
        states_.data()[r] = state;
        std::fill(out + (state == row_state::not_finite ? 0 : dimension_), out + stride_, 0.0F);
      }
    });
  }

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t dimension() const { return dimension_; }
  /// Floats from one row to the next: the padded dimension.
  [[nodiscard]] std::int64_t stride() const { return stride_; }
  [[nodiscard]] const float* row(std::int64_t r) const { return data_.data() + r * stride_; }
  [[nodiscard]] const row_state* states() const { return states_.data(); }
  [[nodiscard]] row_state state(std::int64_t r) const { return states_.data()[r]; }

 private:
  std::int64_t count_ = 0, dimension_ = 0, stride_ = 0;
  buffer<float> data_;
  buffer<row_state> states_;
};

}  // namespace kernels::inline KERNELS_ABI
