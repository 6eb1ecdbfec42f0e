// cosine of rows of 8-bit integers on the CPU: rows widened to 16 bits once, exact tiles of dots.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/cpu/int8_tile.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/cosine.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// Rows as the tile loops want them, and the reciprocals of their norms.
struct packed_int8 {
  std::int64_t count, stride;
  buffer<std::int16_t> values;
  buffer<double> inverses;

  packed_int8(on_cpu exec, const int8_rows<>& rows)
      : count(rows.values.extent[0]),
        stride((rows.values.extent[1] + kInt8Step - 1) / kInt8Step * kInt8Step),
        values(count * stride),
        inverses(count) {
    constexpr std::int64_t kChunk = 256;
    parallel_for(exec, (count + kChunk - 1) / kChunk, [&](std::int64_t c) {
      for (std::int64_t r = c * kChunk; r < std::min(count, (c + 1) * kChunk); ++r) pack(rows, r);
    });
  }

 private:
  void pack(const int8_rows<>& rows, std::int64_t r) {
    const std::int64_t dimension = rows.values.extent[1];
    const std::int8_t* in = rows.values.data + r * rows.values.stride[0];
    std::int16_t* out = values.data() + r * stride;
    std::int32_t squares = 0;
    for (std::int64_t k = 0; k < dimension; ++k) {
      const int x = in[k * rows.values.stride[1]];
      out[k] = static_cast<std::int16_t>(x);
      squares += x * x;
    }
    std::fill(out + dimension, out + stride, std::int16_t{0});
    inverses.data()[r] =
        math::integer_inverse(squares, rows.scales.data[r * rows.scales.stride[0]]);
  }
};

inline void cosine(on_cpu exec, const int8_rows<>& a, const int8_rows<>& b,
                   const view<float, 2>& out, const cosine_options& options) {
  if (out.size() == 0) return;
  const packed_int8 left(exec, a);
  const packed_int8 right(exec, b);
  constexpr std::int64_t kRows = 64;
  constexpr std::int64_t kColumns = 64;
  const int8_tile_function tile = int8_tile_for(choose(exec.isa));
  const std::int64_t column_blocks = (right.count + kColumns - 1) / kColumns;
  const std::int64_t blocks = (left.count + kRows - 1) / kRows * column_blocks;
  parallel_for(exec, blocks, [&](std::int64_t block) {
    alignas(64) std::int32_t dots[kRows * kColumns];
    const std::int64_t i0 = block / column_blocks * kRows;
    const std::int64_t j0 = block % column_blocks * kColumns;
    const std::int64_t rows = std::min(kRows, left.count - i0);
    const std::int64_t columns = std::min(kColumns, right.count - j0);
    tile(left.values.data() + i0 * left.stride, rows, right.values.data() + j0 * right.stride,
         columns, left.stride, dots);
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        const float similarity = math::integer_similarity(
            dots[i * columns + j], left.inverses.data()[i0 + i], right.inverses.data()[j0 + j]);
        out.data[(i0 + i) * out.stride[0] + (j0 + j) * out.stride[1]] =
            math::cosine_value(similarity, options.kind);
      }
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
