// packed_rows: embeddings as the tile loops want them: float32, rows padded with zeros to a
// multiple of sixteen and aligned to 64 bytes, to unit length or as they are, with the state of
// each row.
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/normalize.hpp>

#include <algorithm>
#include <cstring>

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
    constexpr std::int64_t kChunk = 256;
    cpu::parallel_for(exec, (count_ + kChunk - 1) / kChunk, [&](std::int64_t c) {
      const std::int64_t end = std::min(count_, (c + 1) * kChunk);
      for (std::int64_t r = c * kChunk; r < end; ++r) pack(rows, r, unit);
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
  template <class T>
  void pack(const view<const T, 2>& rows, std::int64_t r, bool unit) {
    const T* in = rows.data + r * rows.stride[0];
    float* out = data_.data() + r * stride_;
    double squares[math::kDotLanes] = {};
    for (std::int64_t i = 0; i < dimension_; ++i) {
      out[i] = math::to_float32(in[i * rows.stride[1]]);
      double& s = squares[i % math::kDotLanes];
      s = math::add_square(s, out[i]);
    }
    std::fill(out + dimension_, out + stride_, 0.0F);
    const double sum = math::join_lanes(squares);
    const row_state state = math::state_of(sum);
    states_.data()[r] = state;
    if (state == row_state::not_finite) std::fill_n(out, stride_, 0.0F);
    if (state != row_state::ok || !unit) return;
    const double inverse = math::inverse_norm(sum);
    for (std::int64_t i = 0; i < dimension_; ++i) out[i] = math::scaled(out[i], inverse);
  }

  std::int64_t count_ = 0, dimension_ = 0, stride_ = 0;
  buffer<float> data_;
  buffer<row_state> states_;
};

}  // namespace kernels::inline KERNELS_ABI
