// All dots (squared distances) of the rows of a with the rows of b, for one instruction set.
// A group of dot_lanes::kColumns pairs is joined at once. Included in each target region.

/// Rows × kColumns pairs at once: dots of rows a[0 … Rows) with rows b[0 … kColumns), to
/// out[i·row_step + j·column_step]; `steps` groups of sixteen elements.
template <bool Distance, int Rows>
void dot_pairs(const float* a, std::int64_t a_stride, const float* b, std::int64_t b_stride,
               std::int64_t steps, float* out, std::int64_t row_step, std::int64_t column_step) {
  constexpr int kColumns = dot_lanes::kColumns;
  constexpr int kPasses = math::kDotLanes / dot_lanes::kLanes;  // over parts of the sixteen sums
  dot_lanes sums[kPasses][Rows][kColumns];
  KERNELS_UNROLL_BY(2)
  for (int pass = 0; pass < kPasses; ++pass) {
    dot_lanes part[Rows][kColumns];
    KERNELS_UNROLL_BY(8)
    for (int i = 0; i < Rows; ++i) {
      KERNELS_UNROLL_BY(8)
      for (int j = 0; j < kColumns; ++j) part[i][j] = dot_lanes::zero();
    }
    const float* first = a + pass * dot_lanes::kLanes;
    const float* second = b + pass * dot_lanes::kLanes;
    for (std::int64_t s = 0; s < steps; ++s) {
      dot_lanes left[Rows];
      KERNELS_UNROLL_BY(8)
      for (int i = 0; i < Rows; ++i) left[i] = dot_lanes::load(first + i * a_stride);
      KERNELS_UNROLL_BY(8)
      for (int j = 0; j < kColumns; ++j) {
        dot_lanes right = dot_lanes::load(second + j * b_stride);
        right.stay();
        KERNELS_UNROLL_BY(8)
        for (int i = 0; i < Rows; ++i) {
          if constexpr (Distance) {
            const dot_lanes d = dot_lanes::sub(left[i], right);
            part[i][j] = dot_lanes::fma(d, d, part[i][j]);
          } else {
            part[i][j] = dot_lanes::fma(left[i], right, part[i][j]);
          }
        }
      }
      first += math::kDotLanes;
      second += math::kDotLanes;
    }
    KERNELS_UNROLL_BY(8)
    for (int i = 0; i < Rows; ++i) {
      KERNELS_UNROLL_BY(8)
      for (int j = 0; j < kColumns; ++j) sums[pass][i][j] = part[i][j];
    }
    if constexpr (kPasses > 1) {
      if (pass == 0) asm("" : "+m"(sums[0]));  // in memory: clang keeps some in registers otherwise
    }
  }
  float joined[Rows][kColumns];
  KERNELS_UNROLL_BY(8)
  for (int i = 0; i < Rows; ++i) dot_join<kPasses, Rows>(sums, i, joined[i]);
  for (int i = 0; i < Rows; ++i) {
    float* row = out + i * row_step;
    if (column_step == 1) {
      std::memcpy(row, joined[i], sizeof(joined[i]));
    } else {
      for (int j = 0; j < kColumns; ++j) row[j * column_step] = joined[i][j];
    }
  }
}

/// All rows of a with kColumns rows of b.
template <bool Distance>
void dot_rows(const float* a, std::int64_t a_stride, std::int64_t a_rows, const float* b,
              std::int64_t b_stride, std::int64_t steps, float* out, std::int64_t row_step,
              std::int64_t column_step) {
  constexpr int kRows = Distance ? dot_lanes::kDistanceRows : dot_lanes::kRows;
  std::int64_t i = 0;
  // four rows are better done as two and two than as three and one
  for (; i + kRows <= a_rows && (kRows < 3 || a_rows - i != 4); i += kRows) {
    dot_pairs<Distance, kRows>(a + i * a_stride, a_stride, b, b_stride, steps, out + i * row_step,
                               row_step, column_step);
  }
  if constexpr (kRows > 2) {
    for (; i + 2 <= a_rows; i += 2) {
      dot_pairs<Distance, 2>(a + i * a_stride, a_stride, b, b_stride, steps, out + i * row_step,
                             row_step, column_step);
    }
  }
  for (; i < a_rows; ++i) {
    dot_pairs<Distance, 1>(a + i * a_stride, a_stride, b, b_stride, steps, out + i * row_step,
                           row_step, column_step);
  }
}

/// kColumns rows of b stay in the first-level cache while the rows of a pass by; the rows of b that
/// are left over pass by groups of rows of a.
template <bool Distance>
void dot_tile(const float* a, std::int64_t a_stride, std::int64_t a_rows, const float* b,
              std::int64_t b_stride, std::int64_t b_rows, std::int64_t dimension, float* out,
              std::int64_t out_stride) {
  constexpr std::int64_t kColumns = dot_lanes::kColumns;
  const std::int64_t steps = dimension / math::kDotLanes;
  const std::int64_t grouped = b_rows / kColumns * kColumns;
  for (std::int64_t j = 0; j < grouped; j += kColumns) {
    dot_rows<Distance>(a, a_stride, a_rows, b + j * b_stride, b_stride, steps, out + j, out_stride,
                       1);
  }
  const std::int64_t rest = b_rows - grouped;
  if (rest == 0) return;
  const float* right = b + grouped * b_stride;
  out += grouped;
  std::int64_t i = 0;
  for (; i + kColumns <= a_rows; i += kColumns) {
    dot_rows<Distance>(right, b_stride, rest, a + i * a_stride, a_stride, steps,
                       out + i * out_stride, 1, out_stride);
  }
  for (; i < a_rows; ++i) {
    for (std::int64_t j = 0; j < rest; ++j) {
      out[i * out_stride + j] = dot_one<Distance>(a + i * a_stride, right + j * b_stride, steps);
    }
  }
}
