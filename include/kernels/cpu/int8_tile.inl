// Exact dots of rows of integers, for one instruction set. Included in each target region.

template <int Rows, int Columns>
void int8_pairs(const std::int16_t* a, const std::int16_t* b, std::int64_t stride,
                std::int32_t* out, std::int64_t columns) {
  int8_lanes sums[Rows][Columns];
  KERNELS_UNROLL_BY(4)
  for (int i = 0; i < Rows; ++i) {
    KERNELS_UNROLL_BY(4)
    for (int j = 0; j < Columns; ++j) sums[i][j] = int8_lanes::zero();
  }
  for (std::int64_t k = 0; k < stride; k += int8_lanes::kCount) {
    int8_lanes left[Rows];
    KERNELS_UNROLL_BY(4)
    for (int i = 0; i < Rows; ++i) left[i] = int8_lanes::load(a + i * stride + k);
    KERNELS_UNROLL_BY(4)
    for (int j = 0; j < Columns; ++j) {
      const int8_lanes right = int8_lanes::load(b + j * stride + k);
      KERNELS_UNROLL_BY(4)
      for (int i = 0; i < Rows; ++i) sums[i][j].add_products(left[i], right);
    }
  }
  KERNELS_UNROLL_BY(4)
  for (int i = 0; i < Rows; ++i) {
    KERNELS_UNROLL_BY(4)
    for (int j = 0; j < Columns; ++j) out[i * columns + j] = sums[i][j].sum();
  }
}

inline void int8_tile(const std::int16_t* a, std::int64_t rows, const std::int16_t* b,
                      std::int64_t columns, std::int64_t stride, std::int32_t* out) {
  std::int64_t j = 0;
  for (; j + 4 <= columns; j += 4) {
    std::int64_t i = 0;
    for (; i + 2 <= rows; i += 2) {
      int8_pairs<2, 4>(a + i * stride, b + j * stride, stride, out + i * columns + j, columns);
    }
    if (i < rows) {
      int8_pairs<1, 4>(a + i * stride, b + j * stride, stride, out + i * columns + j, columns);
    }
  }
  for (; j < columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) {
      int8_pairs<1, 1>(a + i * stride, b + j * stride, stride, out + i * columns + j, columns);
    }
  }
}
