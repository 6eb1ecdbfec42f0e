// The scan of search: a block takes a slice of the gallery and a few queries, and keeps the k best
// rows of each. With a compact copy, each thread sums up two rows of a panel; a row whose upper
// bound reaches what the block has is scored exactly at once, so no candidate is ever lost and the
// answer is that of the float32 scan.
#pragma once

#include <kernels/search_problem.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

struct search_tuning {
  static constexpr int kWarps = 8;
  static constexpr int kRound = 64 * kWarps;  ///< rows between two looks at what was found
  static constexpr int kQueries = 4;          ///< of one block, where there are many
  static constexpr int kMostBlocks = 528;     ///< four for each multiprocessor of a large GPU
};
/// Queries of one launch, so that scratch does not grow with their number.
inline constexpr std::int64_t kSearchBatch = 1024;

/// Room for keys: k and one round more, a power of two.
inline std::int32_t search_capacity(std::int64_t k) {
  std::int32_t capacity = 1024;
  while (capacity < k + search_tuning::kRound) capacity *= 2;
  return capacity;
}

/// Of a compact type: the elements that one word of a panel holds of one row (half: of two rows).
template <first_pass Type>
inline constexpr int kSearchElements = Type == first_pass::int8       ? 4
                                       : Type == first_pass::bfloat16 ? 2
                                                                      : 1;

/// ⟨q, ĉ⟩ of two rows of a panel for each query, in units of the stored values. Queries are
/// `stride` floats apart.
template <first_pass Type, int Queries>
__device__ __forceinline__ void search_products(const std::byte* panel, const float* q,
                                                std::int64_t stride, float (&sums)[Queries][2]) {
  constexpr int kElements = kSearchElements<Type>;
  const unsigned lane = threadIdx.x % 32;
  KERNELS_UNROLL
  for (int j = 0; j < Queries; ++j) sums[j][0] = sums[j][1] = 0;
  const auto steps = static_cast<std::int32_t>(stride / kElements);
  KERNELS_UNROLL_BY(4)
  for (std::int32_t s = 0; s < steps; ++s) {
    float values[2][kElements];
    if constexpr (Type == first_pass::float16) {
      const std::uint32_t word = load_word(panel + (s * 64 + 2 * lane) * 2);
      values[0][0] = half_to_float(static_cast<std::uint16_t>(word));
      values[1][0] = half_to_float(static_cast<std::uint16_t>(word >> 16));
    } else {
      KERNELS_UNROLL
      for (int r = 0; r < 2; ++r) {
        const std::uint32_t word = load_word(panel + (s * 64 + 32 * r + lane) * 4);
        KERNELS_UNROLL
        for (int e = 0; e < kElements; ++e) {
          if constexpr (Type == first_pass::bfloat16) {
            values[r][e] = math::float_of_bits(e == 0 ? word << 16 : word & 0xffff0000U);
          } else {
            // 2^23 + byte as a float, less 2^23 + 128
            const std::uint32_t bits = 0x4b000000U | ((word >> (8 * e)) & 255U);
            values[r][e] = exact::add(math::float_of_bits(bits), -8388736.0F);
          }
        }
      }
    }
    KERNELS_UNROLL
    for (int j = 0; j < Queries; ++j) {
      KERNELS_UNROLL
      for (int e = 0; e < kElements; ++e) {
        const float x = q[j * stride + s * kElements + e];
        sums[j][0] = exact::fma(x, values[0][e], sums[j][0]);
        sums[j][1] = exact::fma(x, values[1][e], sums[j][1]);
      }
    }
  }
}

/// The row of a panel that a lane's r-th sum belongs to.
template <first_pass Type>
__device__ __forceinline__ std::int32_t search_panel_row(int r) {
  const auto lane = static_cast<std::int32_t>(threadIdx.x % 32);
  return Type == first_pass::float16 ? 2 * lane + r : 32 * r + lane;
}

/// Scores the rows that `hit` names (one bit a lane, `row` the lane's own) for one query, two at a
/// time. The whole warp must call it.
__device__ __forceinline__ void search_score_hits(const search_arrays& gallery,
                                                  const search_job& job, const float* q,
                                                  std::int64_t query, const search_found& found,
                                                  sort_key tau, unsigned hit, std::int64_t row) {
  const unsigned half = threadIdx.x % 32 / 16;
  while (hit != 0) {
    const int first = __ffs(static_cast<int>(hit)) - 1;
    hit &= hit - 1;
    const bool both = hit != 0;
    const int second = both ? __ffs(static_cast<int>(hit)) - 1 : first;
    hit &= hit - 1;
    const std::int64_t rows[2] = {__shfl_sync(0xffffffffU, row, first),
                                  __shfl_sync(0xffffffffU, row, second)};
    const std::int64_t mine = half == 0 ? rows[0] : rows[1];
    float score[1];
    search_exact<1>(job.what, q, gallery.rows + mine * gallery.stride, gallery.stride, score);
    if (threadIdx.x % 16 == 0 && (half == 0 || both) && search_allows(job, query, mine)) {
      search_offer(job, found, tau, score[0], mine);
    }
  }
}

/// What a block knows of its queries, in shared memory.
struct search_state {
  sort_key* keys;        ///< `capacity` a query
  std::int32_t* counts;  ///< of the keys
  sort_key* taus;        ///< the k-th best key, once there are k
  float* limits;         ///< what an upper bound must reach
};

/// A key that k rows have: upper bounds below it are out. Beyond the clamp of cosine keys differ
/// and scores tie.
__device__ __forceinline__ void search_raise(const search_job& job, float& limit, float key) {
  if (job.what == metric::cosine) {
    if (key <= -1.0F) return;
    if (key > 1.0F) key = 1.0F;
  }
  if (key > limit) limit = key;
}

/// Scores every row of the warp's panel.
template <int Queries>
__device__ __forceinline__ void search_scan_rows(const search_arrays& gallery,
                                                 const search_queries& queries,
                                                 const search_job& job, const search_state& state,
                                                 std::int64_t first, std::int64_t start) {
  const std::int64_t half = threadIdx.x % 32 / 16;
  const std::int64_t left = gallery.count - start;
  const std::int64_t rows = left < 64 ? left : 64;
  for (std::int64_t i = 0; i < rows; i += 2) {
    const bool there = i + half < rows;
    const std::int64_t row = start + (there ? i + half : i);
    float scores[Queries];
    search_exact<Queries>(job.what, queries.rows + first * gallery.stride,
                          gallery.rows + row * gallery.stride, gallery.stride, scores);
    const bool mine =
        threadIdx.x % 16 == 0 && there && gallery.states[row] != row_state::not_finite;
    KERNELS_UNROLL
    for (int j = 0; j < Queries; ++j) {
      const bool finite = queries.norm[first + j] == queries.norm[first + j];
      if (mine && finite && first + j < job.queries && search_allows(job, first + j, row)) {
        search_offer(job, {state.keys + j * job.capacity, state.counts + j}, state.taus[j],
                     scores[j], row);
      }
    }
  }
}

/// Sums up the rows of the warp's panel and scores those that may belong to the answer. values: of
/// each thread, Queries × 2 that only it uses. All threads of the block must call it.
template <first_pass Type, int Queries>
__device__ __forceinline__ void search_scan_panel(const search_arrays& gallery,
                                                  const search_queries& queries,
                                                  const search_job& job, const search_state& state,
                                                  float* values, std::int64_t first,
                                                  std::int64_t start, bool opening) {
  constexpr int kThreads = 32 * search_tuning::kWarps;
  const bool there = start < gallery.count;
  float slack[2] = {};
  if (there) {
    float sums[Queries][2];
    search_products<Type, Queries>(gallery.panels + start / 64 * gallery.panel_bytes,
                                   queries.rows + first * gallery.stride, gallery.stride, sums);
    KERNELS_UNROLL
    for (int r = 0; r < 2; ++r) {
      const std::int64_t row = start + search_panel_row<Type>(r);
      slack[r] = gallery.slack[row];
      const float scale = gallery.scale != nullptr ? gallery.scale[row] : gallery.unit;
      KERNELS_UNROLL
      for (int j = 0; j < Queries; ++j) {
        values[(2 * j + r) * kThreads + static_cast<int>(threadIdx.x)] =
            exact::fma(sums[j][r], scale, queries.base[first + j]);
      }
    }
  }
  KERNELS_UNROLL_BY(1)
  for (int j = 0; j < Queries; ++j) {
    const float norm = queries.norm[first + j];
    const std::int64_t query = first + j < job.queries ? first + j : job.queries - 1;
    sort_key* keys = state.keys + j * job.capacity;
    const float* mine = values + 2 * j * kThreads + static_cast<int>(threadIdx.x);
    if (opening) {  // what the first rows reach at least: a limit before any is scored
      KERNELS_UNROLL
      for (int r = 0; r < 2; ++r) {
        const std::int64_t row = start + search_panel_row<Type>(r);
        sort_key key = 0;
        if (there && row < gallery.count) {
          const float lower = exact::add(mine[r * kThreads], -exact::product(norm, slack[r]));
          if (lower == lower && search_allows(job, query, row)) key = search_sort_key(lower, row);
        }
        keys[2 * static_cast<int>(threadIdx.x) + r] = key;
      }
      block_sort(keys, search_tuning::kRound);
      if (threadIdx.x == 0 && job.k <= search_tuning::kRound && keys[job.k - 1] != 0) {
        search_raise(job, state.limits[j], search_key_of(keys[job.k - 1]));
      }
      __syncthreads();
    }
    KERNELS_UNROLL
    for (int r = 0; r < 2; ++r) {
      const std::int64_t row = start + search_panel_row<Type>(r);
      // below the limit for certain: not what is NaN because the bound is infinite
      const float upper = exact::add(mine[r * kThreads], exact::product(norm, slack[r]));
      const bool reaches = there && row < gallery.count && first + j < job.queries &&
                           norm == norm && slack[r] == slack[r] && !(upper < state.limits[j]);
      const unsigned hit = __ballot_sync(0xffffffffU, reaches);
      search_score_hits(gallery, job, queries.rows + (first + j) * gallery.stride, query,
                        {keys, state.counts + j}, state.taus[j], hit, row);
    }
  }
}

/// Block: 32·kWarps threads; grid: slices × ⌈queries / Queries⌉; queries are padded to whole
/// blocks. Dynamic shared memory: Queries · capacity keys. partial: Q × slices × k keys, largest
/// first, 0 where there are none.
template <first_pass Type, int Queries>
__global__ void __launch_bounds__(32 * search_tuning::kWarps, 3)
    search_scan_kernel(search_arrays gallery, search_queries queries, search_job job,
                       sort_key* partial) {
  constexpr int kThreads = 32 * search_tuning::kWarps;
  KERNELS_DYNAMIC_SHARED(sort_key, keys);
  KERNELS_SHARED(std::int32_t, counts, Queries);
  KERNELS_SHARED(sort_key, taus, Queries);
  KERNELS_SHARED(float, limits, Queries);
  KERNELS_SHARED(float, values, (Type == first_pass::float32 ? 1 : 2 * Queries * kThreads));
  const search_state state{keys, counts, taus, limits};
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.y) * Queries;
  if (threadIdx.x < Queries) {
    counts[threadIdx.x] = 0;
    taus[threadIdx.x] = 0;
    limits[threadIdx.x] = -math::kInfinity<float>;
    search_raise(job, limits[threadIdx.x], job.floor);
  }
  __syncthreads();
  const std::int64_t rounds = (gallery.count + search_tuning::kRound - 1) / search_tuning::kRound;
  const std::int64_t begin = rounds * blockIdx.x / job.slices;
  const std::int64_t end = rounds * (blockIdx.x + 1) / job.slices;
  for (std::int64_t round = begin; round < end; ++round) {
    const std::int64_t start = 64 * (round * search_tuning::kWarps + threadIdx.x / 32);
    if constexpr (Type == first_pass::float32) {
      search_scan_rows<Queries>(gallery, queries, job, state, first, start);
    } else {
      search_scan_panel<Type, Queries>(gallery, queries, job, state, values, first, start,
                                       round == begin);
    }
    __syncthreads();
    KERNELS_UNROLL_BY(1)
    for (int j = 0; j < Queries; ++j) {
      const std::int32_t count = counts[j];
      if (count < 2 * job.k + 32 && count <= job.capacity - search_tuning::kRound) continue;
      sort_key* mine = keys + j * job.capacity;
      const std::int32_t kept = block_keep_largest(mine, count, job.capacity, job.k);
      if (threadIdx.x == 0) {
        counts[j] = kept;
        if (kept == job.k) {
          taus[j] = mine[job.k - 1];
          search_raise(job, limits[j], search_key_of(taus[j]));
        }
      }
    }
    __syncthreads();
  }
  KERNELS_UNROLL_BY(1)
  for (int j = 0; j < Queries; ++j) {
    sort_key* mine = keys + j * job.capacity;
    const std::int32_t kept = block_keep_largest(mine, counts[j], job.capacity, job.k);
    if (first + j >= job.queries) continue;
    sort_key* out = partial + ((first + j) * job.slices + blockIdx.x) * job.k;
    for (auto i = static_cast<std::int32_t>(threadIdx.x); i < job.k; i += kThreads) {
      out[i] = i < kept ? mine[i] : 0;
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
