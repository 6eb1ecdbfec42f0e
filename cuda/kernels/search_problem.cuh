// What the kernels of search see of a call: the gallery, the queries and the job; how a key orders
// rows; the exact score of one row.
#pragma once

#include <kernels/block/select.cuh>
#include <kernels/math/bfloat16.hpp>
#include <kernels/math/normalize.hpp>
#include <kernels/math/search.hpp>
#include <kernels/search_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

/// Queries made ready by search_query_kernel: float32 rows like the gallery's.
struct search_queries {
  float* rows;  ///< Q × stride
  float* base;  ///< Q: ⟨q,μ⟩
  float* norm;  ///< Q: at least ‖q‖; infinite: every row is scored; NaN: not finite, none is
};

struct search_job {
  metric what;
  std::int32_t k, slices, capacity;
  std::int64_t queries;
  float floor;                         ///< smallest key that counts
  const std::int32_t* gallery_groups;  ///< or null
  const std::int32_t* query_groups;
  std::int64_t gallery_group_stride, query_group_stride;
  const std::int64_t* excluded_offsets;  ///< or null
  const std::int64_t* excluded_ids;
  std::int64_t excluded_offset_stride, excluded_id_stride;
};

/// Rows in the order of a result are keys in descending order: the better key first, equal ones by
/// the lower row. Never 0.
__device__ __forceinline__ sort_key search_sort_key(float key, std::int64_t row) {
  const std::uint32_t bits = math::float_bits(exact::add(key, 0.0F));  // −0 is 0
  const std::uint32_t ordered = (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
  return (static_cast<sort_key>(ordered) << 32) | (0xffffffffU - static_cast<std::uint32_t>(row));
}
__device__ __forceinline__ float search_key_of(sort_key key) {
  const auto ordered = static_cast<std::uint32_t>(key >> 32);
  return math::float_of_bits((ordered & 0x80000000U) != 0 ? ordered & 0x7fffffffU : ~ordered);
}
__device__ __forceinline__ std::int64_t search_row_of(sort_key key) {
  return static_cast<std::int64_t>(0xffffffffU - static_cast<std::uint32_t>(key));
}

/// May this row be an answer to this query?
__device__ __forceinline__ bool search_allows(const search_job& job, std::int64_t query,
                                              std::int64_t row) {
  if (job.gallery_groups != nullptr) {
    const std::int32_t group = job.query_groups[query * job.query_group_stride];
    if (group >= 0 && job.gallery_groups[row * job.gallery_group_stride] == group) return false;
  }
  if (job.excluded_offsets != nullptr) {
    const std::int64_t end = job.excluded_offsets[(query + 1) * job.excluded_offset_stride];
    for (std::int64_t i = job.excluded_offsets[query * job.excluded_offset_stride]; i < end; ++i) {
      if (job.excluded_ids[i * job.excluded_id_stride] == row) return false;
    }
  }
  return true;
}

/// Sixteen lanes that hold the partial sums of math::dot, joined as math::join_lanes does; the sum
/// is in the first of the sixteen. The whole warp must call it.
__device__ __forceinline__ float search_join(float sum) {
  KERNELS_UNROLL
  for (unsigned step = 8; step > 0; step /= 2) {
    sum = exact::add(sum, __shfl_down_sync(0xffffffffU, sum, step, 16));
  }
  return exact::add(sum, 0.0F);
}

/// The exact scores of a row with some queries, for the sixteen lanes it is given to; in the first
/// of them; NaN for queries that are not finite. The whole warp must call it: each half may have a
/// row of its own.
template <int Queries>
__device__ __forceinline__ void search_exact(metric what, const float* q, const float* g,
                                             std::int64_t stride, float* scores) {
  float sums[Queries] = {};
  for (std::int64_t i = threadIdx.x % 16; i < stride; i += 16) {
    const float x = g[i];
    KERNELS_UNROLL
    for (int j = 0; j < Queries; ++j) {
      const float y = q[j * stride + i];
      const float d = what == metric::euclidean ? exact::add(y, -x) : x;
      sums[j] = exact::fma(what == metric::euclidean ? d : y, d, sums[j]);
    }
  }
  KERNELS_UNROLL
  for (int j = 0; j < Queries; ++j) scores[j] = math::search_score(what, search_join(sums[j]));
}

/// What a block has found for one query, in shared memory.
struct search_found {
  sort_key* keys;
  std::int32_t* count;
};

/// A row with that exact score: kept if it may belong to the k best. tau: the k-th best key so far,
/// or 0.
__device__ __forceinline__ void search_offer(const search_job& job, const search_found& found,
                                             sort_key tau, float score, std::int64_t row) {
  const float key = math::search_key(job.what, score);
  if (!(key >= job.floor)) return;  // NaN too
  const sort_key sort = search_sort_key(key, row);
  if (sort > tau) found.keys[atomicAdd(found.count, 1)] = sort;
}

}  // namespace kernels::inline KERNELS_ABI::gpu
