// cosine on the CPU: rows to unit length once, then tiles of dots whose values are clamped and
// stored while they are in the cache.
#pragma once

#include <kernels/cpu/cosine_bfloat16.hpp>
#include <kernels/cpu/dot_blocks.hpp>
#include <kernels/embedding/packed_rows.hpp>
#include <kernels/math/cosine.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Values of n similarities that are not NaN, to adjacent floats.
inline void cosine_values(const float* similarities, std::int64_t n, cosine_kind kind, float* out) {
  for (std::int64_t j = 0; j < n; ++j) out[j] = math::cosine_value(similarities[j], kind);
}

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
inline void cosine_values_avx2(const float* similarities, std::int64_t n, cosine_kind kind,
                               float* out) {
  const __m256 one = _mm256_set1_ps(1.0F);
  const __m256 least = _mm256_set1_ps(-1.0F);
  std::int64_t j = 0;
  for (; j + 8 <= n; j += 8) {
    const __m256 x = _mm256_loadu_ps(similarities + j);
    const __m256 within = _mm256_max_ps(_mm256_min_ps(x, one), least);
    _mm256_storeu_ps(out + j, kind == cosine_kind::distance ? _mm256_sub_ps(one, within) : within);
  }
  for (; j < n; ++j) out[j] = math::cosine_value(similarities[j], kind);
}
KERNELS_TARGET_END
#endif

/// Stores the values of blocks into a matrix.
class cosine_writer {
 public:
  cosine_writer(on_cpu exec, const packed_rows& a, const packed_rows& b, cosine_kind kind)
      : a_(a), b_(b), kind_(kind) {
#if KERNELS_X86
    if (choose(exec.isa) != instruction_set::portable) values_ = &cosine_values_avx2;
#else
    static_cast<void>(exec);
#endif
  }

  /// Block of rows from first_a, first_b on; its element (0, 0) goes to out.
  void store(const dot_block& block, std::int64_t first_a, std::int64_t first_b, float* out,
             std::int64_t row_stride, std::int64_t column_stride) const {
    const float nothing = math::no_direction(row_state::not_finite);
    for (std::int64_t i = 0; i < block.rows; ++i) {
      float* to = out + i * row_stride;
      const float* similarities = block.values + i * block.stride;
      const bool matches = a_.state(first_a + i) != row_state::not_finite;
      if (matches && column_stride == 1) {
        values_(similarities, block.columns, kind_, to);
        continue;
      }
      for (std::int64_t j = 0; j < block.columns; ++j) {
        to[j * column_stride] = matches ? math::cosine_value(similarities[j], kind_) : nothing;
      }
    }
    for (std::int64_t j = 0; j < block.columns; ++j) {
      if (b_.state(first_b + j) != row_state::not_finite) continue;
      for (std::int64_t i = 0; i < block.rows; ++i) {
        out[i * row_stride + j * column_stride] = nothing;
      }
    }
  }

 private:
  const packed_rows& a_;
  const packed_rows& b_;
  cosine_kind kind_;
  void (*values_)(const float*, std::int64_t, cosine_kind, float*) = &cosine_values;
};

template <class T>
void cosine(on_cpu exec, const view<const T, 2>& a, const view<const T, 2>& b,
            const view<float, 2>& out, const cosine_options& options) {
  if (out.size() == 0) return;
  const packed_rows left(exec, a, true);
  packed_rows other;
  const bool itself = a.data == b.data && a.extent == b.extent && a.stride == b.stride;
  if (!itself) other.assign(exec, b, true);
  const packed_rows& right = itself ? left : other;
  const cosine_writer writer(exec, left, right, options.kind);
  const auto store = [&](const dot_block& block) {
    writer.store(block, block.row, block.column,
                 out.data + block.row * out.stride[0] + block.column * out.stride[1], out.stride[0],
                 out.stride[1]);
  };
#if KERNELS_X86
  if (options.precision == cosine_precision::bfloat16 && bfloat16_blocks_wanted(exec, left)) {
    for_each_bfloat16_block(exec, left, right, store);
    return;
  }
#endif
  for_each_dot_block(exec, {left.row(0), left.stride(), left.count()},
                     {right.row(0), right.stride(), right.count()}, store);
}

/// A group of a ragged batch: its rows, and the place and room of its values.
struct cosine_group {
  std::int64_t a_first, a_rows, b_first, b_rows, out_first, room;
};

inline cosine_group cosine_group_of(const cosine_groups<>& groups, std::int64_t g) {
  const auto at = [](const auto& offsets, std::int64_t k) -> std::int64_t {
    return offsets.data[k * offsets.stride[0]];
  };
  const std::int64_t a = at(groups.a_offsets, g);
  const std::int64_t b = at(groups.b_offsets, g);
  const std::int64_t out = at(groups.out_offsets, g);
  return {a,   at(groups.a_offsets, g + 1) - a,    b, at(groups.b_offsets, g + 1) - b,
          out, at(groups.out_offsets, g + 1) - out};
}

template <class T>
void cosine(on_cpu exec, const view<const T, 2>& a, const view<const T, 2>& b,
            const cosine_groups<>& groups, std::int64_t count, const view<float, 1>& out,
            const cosine_options& options) {
  const packed_rows left(exec, a, true);
  const packed_rows right(exec, b, true);
  const cosine_writer writer(exec, left, right, options.kind);
  struct task {
    std::int64_t group, first, rows;  // of a's rows in the group
  };
  std::vector<task> tasks;
  const std::int64_t block_rows = dot_block_rows(left.stride());
  for (std::int64_t g = 0; g < count; ++g) {
    const cosine_group group = cosine_group_of(groups, g);
    if (group.b_rows == 0) continue;
    for (std::int64_t i = 0; i < group.a_rows; i += block_rows) {
      tasks.push_back({g, i, std::min(block_rows, group.a_rows - i)});
    }
  }
  const on_cpu one{.threads = 1, .isa = exec.isa};
  parallel_for(exec, static_cast<std::int64_t>(tasks.size()), [&](std::int64_t k) {
    const task& t = tasks[static_cast<std::size_t>(k)];
    const cosine_group group = cosine_group_of(groups, t.group);
    const std::int64_t first = group.a_first + t.first;
    for_each_dot_block(one, {left.row(first), left.stride(), t.rows},
                       {right.row(group.b_first), right.stride(), group.b_rows},
                       [&](const dot_block& block) {
                         const std::int64_t place =
                             group.out_first + (t.first + block.row) * group.b_rows + block.column;
                         writer.store(block, first + block.row, group.b_first + block.column,
                                      out.data + place * out.stride[0],
                                      group.b_rows * out.stride[0], out.stride[0]);
                       });
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
