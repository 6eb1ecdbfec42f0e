// search on the GPU. Queries are made ready (search_query_kernel), slices of the gallery are
// scanned by blocks that keep their k best rows (search_scan.cuh), and the slices' lists are joined
// (search_join_kernel). Limit with few queries: memory, each byte of the compact copy is read once
// for every four queries.
#pragma once

#include <kernels/core/workspace.hpp>
#include <kernels/search_scan.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

/// A query as packed_rows makes it, with what the bound needs. Block: 32 threads; grid: queries;
/// those from `count` on, which fill the last block of the scan, repeat the last one.
template <class T>
__global__ void __launch_bounds__(32)
    search_query_kernel(const T* data, std::int64_t row_stride, std::int64_t element_stride,
                        std::int64_t count, search_arrays gallery, search_queries queries) {
  const std::int64_t query = blockIdx.x;
  const T* in = data + (query < count ? query : count - 1) * row_stride;
  float* out = queries.rows + query * gallery.stride;
  const std::int64_t lane = threadIdx.x % 16;
  const auto value = [&](std::int64_t i) {
    return i < gallery.dimension ? math::to_float32(in[i * element_stride]) : 0.0F;
  };
  const auto join = [](double sum) {  // as math::join_lanes
    KERNELS_UNROLL
    for (unsigned step = 8; step > 0; step /= 2) {
      sum = exact::add(sum, __shfl_down_sync(0xffffffffU, sum, step, 16));
    }
    return __shfl_sync(0xffffffffU, exact::add(sum, 0.0), 0, 16);
  };
  double squares = 0;
  for (std::int64_t i = lane; i < gallery.stride; i += 16) {
    squares = math::add_square(squares, value(i));
  }
  squares = join(squares);
  const row_state state = math::state_of(squares);
  const bool scaled = gallery.what == metric::cosine && state == row_state::ok;
  const double inverse = scaled ? math::inverse_norm(squares) : 1.0;
  double kept = 0;
  float base = 0;
  for (std::int64_t i = lane; i < gallery.stride; i += 16) {
    const float x = state == row_state::not_finite ? 0.0F
                    : scaled                       ? math::scaled(value(i), inverse)
                                                   : value(i);
    if (threadIdx.x < 16) out[i] = x;
    kept = math::add_square(kept, x);
    if (gallery.mean != nullptr) base = exact::fma(x, gallery.mean[i], base);
  }
  kept = join(kept);
  base = search_join(base);
  if (threadIdx.x == 0) {
    queries.base[query] = base;
    const double size = exact::sqrt(kept);
    const bool bounded = size >= kSmallestNorm && size <= kLargestNorm;
    queries.norm[query] = state == row_state::not_finite ? math::no_direction(state)
                          : !bounded                     ? math::kInfinity<float>
                                     : static_cast<float>(exact::mul(size, 1 + 1e-6));
  }
}

/// The k best of the slices' lists, as ids and scores. Block: 32·kWarps threads; grid: queries;
/// dynamic shared memory: capacity keys.
template <int = 0>
__global__ void __launch_bounds__(32 * search_tuning::kWarps)
    search_join_kernel(const sort_key* partial, search_job job, std::int64_t* ids, float* scores,
                       std::int64_t id_row, std::int64_t id_column, std::int64_t score_row,
                       std::int64_t score_column) {
  KERNELS_DYNAMIC_SHARED(sort_key, keys);
  const std::int64_t query = blockIdx.x;
  const auto thread = static_cast<std::int32_t>(threadIdx.x);
  constexpr std::int32_t kThreads = 32 * search_tuning::kWarps;
  const std::int64_t size = std::int64_t{job.slices} * job.k;
  const sort_key* in = partial + query * size;
  std::int32_t kept = 0;
  for (std::int64_t from = 0; from < size;) {
    const std::int64_t room = job.capacity - kept;
    const auto count = static_cast<std::int32_t>(size - from < room ? size - from : room);
    for (std::int32_t i = thread; i < count; i += kThreads) keys[kept + i] = in[from + i];
    kept = block_keep_largest(keys, kept + count, job.capacity, job.k);
    from += count;
    __syncthreads();
  }
  for (std::int32_t i = thread; i < job.k; i += kThreads) {
    const bool found = i < kept && keys[i] != 0;
    const float key = found ? search_key_of(keys[i]) : 0.0F;
    ids[query * id_row + i * id_column] = found ? search_row_of(keys[i]) : -1;
    scores[query * score_row + i * score_column] =
        !found ? math::search_nothing(job.what)
               : exact::add(job.what == metric::euclidean ? -key : key, 0.0F);
  }
}

/// Slices of the gallery: enough blocks for the whole chip, at least a round of rows each.
inline std::int32_t search_slices(std::int64_t rows, std::int64_t query_blocks) {
  const std::int64_t rounds = (rows + search_tuning::kRound - 1) / search_tuning::kRound;
  const std::int64_t wanted = search_tuning::kMostBlocks / std::max<std::int64_t>(query_blocks, 1);
  return static_cast<std::int32_t>(
      std::max<std::int64_t>(std::min(rounds, std::max<std::int64_t>(wanted, 1)), 1));
}

/// Queries of one block: several while their keys fit into the shared memory that every GPU gives.
inline int search_block_queries(std::int64_t queries, std::int64_t k) {
  constexpr std::int64_t kSharedKeys = 40 * 1024 / 8;
  const bool several = queries > 1 && search_tuning::kQueries * search_capacity(k) <= kSharedKeys;
  return several ? search_tuning::kQueries : 1;
}

struct search_scratch {
  search_queries queries;
  sort_key* partial;
};
inline search_scratch search_layout(workspace_carver& carver, const search_arrays& gallery,
                                    std::int64_t queries, std::int64_t k) {
  const std::int64_t block = search_block_queries(queries, k);
  const std::int64_t slices = search_slices(gallery.count, (queries + block - 1) / block);
  const std::int64_t padded = (queries + block - 1) / block * block;
  return {{carver.take<float>(padded * gallery.stride), carver.take<float>(padded),
           carver.take<float>(padded)},
          carver.take<sort_key>(queries * slices * k)};
}

template <first_pass Type, int Queries>
void launch_search_scan(CUstream_st* stream, const search_arrays& gallery,
                        const search_queries& queries, const search_job& job, sort_key* partial) {
  const auto blocks = static_cast<unsigned>((job.queries + Queries - 1) / Queries);
  const std::size_t shared = sizeof(sort_key) * static_cast<std::size_t>(Queries * job.capacity);
  launch(stream,
         {dim3(static_cast<unsigned>(job.slices), blocks, 1),
          dim3(32 * search_tuning::kWarps, 1, 1), shared},
         &search_scan_kernel<Type, Queries>, gallery, queries, job, partial);
}
template <first_pass Type>
void launch_search_scan(CUstream_st* stream, const search_arrays& gallery,
                        const search_queries& queries, const search_job& job, sort_key* partial,
                        int block_queries) {
  if (block_queries == 1) {
    launch_search_scan<Type, 1>(stream, gallery, queries, job, partial);
  } else {
    launch_search_scan<Type, search_tuning::kQueries>(stream, gallery, queries, job, partial);
  }
}

template <class T>
std::int64_t search_launchers<T>::workspace_bytes(const search_arrays& gallery,
                                                  std::int64_t queries, int k) {
  const auto bytes = [&](std::int64_t batch) {
    workspace_carver counter;
    static_cast<void>(search_layout(counter, gallery, batch, k));
    return counter.bytes();
  };
  if (queries <= kSearchBatch) return bytes(queries);
  // fewer queries are scanned in more slices, so the last batch may need more
  return std::max(bytes(kSearchBatch), bytes(queries % kSearchBatch));
}

template <class T>
void search_launchers<T>::search(CUstream_st* stream, const search_arrays& gallery,
                                 const view<const T, 2, space::device>& queries,
                                 const view<std::int64_t, 2, space::device>& ids,
                                 const view<float, 2, space::device>& scores,
                                 const device_search_params& params,
                                 const view<std::byte, 1, space::device>& workspace) {
  if (queries.extent[0] == 0) return;
  if (queries.extent[1] != 0) check_device_pointer("search", "queries", queries.data);
  check_device_pointer("search", "ids", ids.data);
  check_device_pointer("search", "scores", scores.data);
  check_device_pointer("search", "workspace", workspace.data);
  const std::int64_t needed = workspace_bytes(gallery, queries.extent[0], params.k);
  if (workspace.extent[0] < needed) {  // for any batch, before the first is queued
    refuse("workspace", "size", "at least " + std::to_string(needed) + " bytes",
           std::to_string(workspace.extent[0]));
  }
  for (std::int64_t first = 0; first < queries.extent[0]; first += kSearchBatch) {
    const std::int64_t count = std::min(kSearchBatch, queries.extent[0] - first);
    const int block_queries = search_block_queries(count, params.k);
    workspace_carver carver(workspace);
    const search_scratch scratch = search_layout(carver, gallery, count, params.k);
    search_job job{};
    job.what = gallery.what;
    job.k = params.k;
    job.queries = count;
    job.slices = search_slices(gallery.count, (count + block_queries - 1) / block_queries);
    job.capacity = search_capacity(params.k);
    job.floor = params.threshold ? math::search_key(gallery.what, *params.threshold)
                                 : -math::kInfinity<float>;
    job.gallery_groups = params.gallery_groups.data;
    job.gallery_group_stride = params.gallery_groups.stride[0];
    job.query_group_stride = params.query_groups.stride[0];
    job.excluded_offset_stride = params.excluded_offsets.stride[0];
    if (job.gallery_groups != nullptr) {
      job.query_groups = params.query_groups.data + first * job.query_group_stride;
    }
    if (params.excluded_offsets.data != nullptr) {
      job.excluded_offsets = params.excluded_offsets.data + first * job.excluded_offset_stride;
      job.excluded_ids = params.excluded.data;
      job.excluded_id_stride = params.excluded.stride[0];
    }
    const std::int64_t padded = (count + block_queries - 1) / block_queries * block_queries;
    launch(stream, {dim3(static_cast<unsigned>(padded), 1, 1), dim3(32, 1, 1), 0},
           &search_query_kernel<T>, queries.data + first * queries.stride[0], queries.stride[0],
           queries.stride[1], count, gallery, scratch.queries);
    switch (gallery.type) {
      case first_pass::float32:
        launch_search_scan<first_pass::float32>(stream, gallery, scratch.queries, job,
                                                scratch.partial, block_queries);
        break;
      case first_pass::float16:
        launch_search_scan<first_pass::float16>(stream, gallery, scratch.queries, job,
                                                scratch.partial, block_queries);
        break;
      case first_pass::bfloat16:
        launch_search_scan<first_pass::bfloat16>(stream, gallery, scratch.queries, job,
                                                 scratch.partial, block_queries);
        break;
      case first_pass::int8:
        launch_search_scan<first_pass::int8>(stream, gallery, scratch.queries, job, scratch.partial,
                                             block_queries);
        break;
    }
    launch(stream,
           {dim3(static_cast<unsigned>(count), 1, 1), dim3(32 * search_tuning::kWarps, 1, 1),
            sizeof(sort_key) * static_cast<std::size_t>(job.capacity)},
           &search_join_kernel<0>, static_cast<const sort_key*>(scratch.partial), job,
           ids.data + first * ids.stride[0], scores.data + first * scores.stride[0], ids.stride[0],
           ids.stride[1], scores.stride[0], scores.stride[1]);
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
