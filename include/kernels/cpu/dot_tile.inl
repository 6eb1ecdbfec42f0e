// All dots (squared distances) of the rows of a with the rows of b, for one instruction set:
// `lanes` holds sixteen partial sums of one pair. Included in each target region.

/// Rows × Columns pairs at once; `steps` groups of sixteen elements.
template <bool Distance, int Rows, int Columns>
void dot_pairs(const float* a, std::int64_t a_stride, const float* b, std::int64_t b_stride,
               std::int64_t steps, float* out, std::int64_t out_stride) {
  dot_lanes sums[Rows][Columns];
  KERNELS_UNROLL_BY(8)
  for (int i = 0; i < Rows; ++i) {
    KERNELS_UNROLL_BY(8)
    for (int j = 0; j < Columns; ++j) sums[i][j] = dot_lanes::zero();
  }
  for (std::int64_t s = 0; s < steps; ++s) {
    dot_lanes right[Columns];
    KERNELS_UNROLL_BY(8)
    for (int j = 0; j < Columns; ++j) {
      right[j] = dot_lanes::load(b + j * b_stride + s * math::kDotLanes);
    }
    KERNELS_UNROLL_BY(8)
    for (int i = 0; i < Rows; ++i) {
      const dot_lanes left = dot_lanes::load(a + i * a_stride + s * math::kDotLanes);
      KERNELS_UNROLL_BY(8)
      for (int j = 0; j < Columns; ++j) {
        if constexpr (Distance) {
          const dot_lanes d = dot_lanes::sub(left, right[j]);
          sums[i][j] = dot_lanes::fma(d, d, sums[i][j]);
        } else {
          sums[i][j] = dot_lanes::fma(left, right[j], sums[i][j]);
        }
      }
    }
  }
  KERNELS_UNROLL_BY(8)
  for (int i = 0; i < Rows; ++i) {
    KERNELS_UNROLL_BY(8)
    for (int j = 0; j < Columns; ++j) out[i * out_stride + j] = sums[i][j].join();
  }
}

template <bool Distance>
void dot_tile(const float* a, std::int64_t a_stride, std::int64_t a_rows, const float* b,
              std::int64_t b_stride, std::int64_t b_rows, std::int64_t dimension, float* out,
              std::int64_t out_stride) {
  constexpr int kRows = dot_lanes::kTileRows;
  constexpr int kColumns = dot_lanes::kTileColumns;
  const std::int64_t steps = dimension / math::kDotLanes;
  std::int64_t i = 0;
  for (; i + kRows <= a_rows; i += kRows) {
    const float* left = a + i * a_stride;
    float* row = out + i * out_stride;
    std::int64_t j = 0;
    for (; j + kColumns <= b_rows; j += kColumns) {
      dot_pairs<Distance, kRows, kColumns>(left, a_stride, b + j * b_stride, b_stride, steps,
                                           row + j, out_stride);
    }
    for (; j < b_rows; ++j) {
      dot_pairs<Distance, kRows, 1>(left, a_stride, b + j * b_stride, b_stride, steps, row + j,
                                    out_stride);
    }
  }
  for (; i < a_rows; ++i) {
    const float* left = a + i * a_stride;
    float* row = out + i * out_stride;
    std::int64_t j = 0;
    for (; j + kColumns <= b_rows; j += kColumns) {
      dot_pairs<Distance, 1, kColumns>(left, a_stride, b + j * b_stride, b_stride, steps, row + j,
                                       out_stride);
    }
    for (; j < b_rows; ++j) {
      dot_pairs<Distance, 1, 1>(left, a_stride, b + j * b_stride, b_stride, steps, row + j,
                                out_stride);
    }
  }
}
