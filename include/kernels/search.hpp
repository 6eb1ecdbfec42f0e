// search: the k best rows of a gallery for each query, or all that reach a threshold, without a
// matrix of scores. A compact first pass finds the rows that could be among them, given a rigorous
// bound on its error; those are scored again in float32, in a fixed order.
//
//   const kernels::search_gallery gallery(kernels::on_cpu(), rows);
//   kernels::search(kernels::on_cpu(), gallery, queries, ids, scores, {.k = 10});
//
// Class: exact. Ids and the bits of scores are those of a full scan in float32, whatever the first
// pass reads, in any batch, with any number of threads and every instruction set.
//
// The score: rows of unit length for cosine (math/normalize.hpp), raw otherwise; math::dot in
// float32, clamped to [−1, 1] for cosine; for euclidean the square root of math::squared_distance.
// Better scores come first, ties in ascending order of ids.
#pragma once

#include <kernels/cpu/search.hpp>
#include <kernels/search_gpu.hpp>

#include <cstddef>

namespace kernels::inline KERNELS_ABI {

/// What a search did.
struct search_statistics {
  /// Of each query, rows that the first pass could not exclude and that were scored in float32
  /// (float32 first pass: rows as good as the k-th). The last one may differ between compilers.
  std::vector<std::int64_t> survivors;
};

struct search_params {
  int k = 10;  ///< 1 to 2048
  /// Least score that is returned; euclidean: largest. None: everything is.
  std::optional<float> threshold = {};
  /// Both or none: rows in the query's group (same camera, same clip) are left out, one number a
  /// gallery row and one a query. A query of a negative group leaves nothing out.
  view<const std::int32_t, 1> gallery_groups = {}, query_groups = {};
  /// Gallery rows left out for query q: excluded[excluded_offsets[q] … excluded_offsets[q + 1] −
  /// 1], in any order; numbers that are no row do nothing.
  view<const std::int64_t, 1> excluded = {}, excluded_offsets = {};
  search_statistics* statistics = nullptr;  ///< filled if given
};

/// All matches, query after query: those of query q are at offsets[q] … offsets[q + 1] − 1, best
/// first.
struct threshold_matches {
  std::vector<std::int64_t> offsets, ids;
  std::vector<float> scores;
};

/// The k best rows for each query.
/// queries: (Q, D) of float, half or bfloat16, not normalised by the caller (nor harmed by it).
/// ids, scores: (Q, k). Where fewer than k rows are found: id −1, score −∞ (euclidean +∞). A query
/// with a NaN or an infinity finds nothing; one of zeros has score 0 with every row (cosine).
/// Rows whose inner product overflows to NaN are not found.
/// Cost: one pass over the compact copy for every 1024 queries. In the worst case (all rows alike)
/// every row is scored again, and each thread holds max(1024, 4·k) candidates of 32 bytes for each
/// of the 1024; usually both are a small fraction of that.
/// Errors: kernels::error for shapes that do not fit, k outside 1 to 2048, a threshold that the
/// metric cannot give, groups or lists of the wrong length.
template <class T>
void search(on_cpu exec, const search_gallery& gallery, const view<const T, 2>& queries,
            const view<std::int64_t, 2>& ids, const view<float, 2>& scores,
            const search_params& params = {}) {
  check_search("search", gallery.options().metric, gallery.count(), gallery.dimension(), queries,
               params);
  const std::int64_t count = queries.extent[0];
  check_array("search", "ids", ids, {count, params.k});
  check_array("search", "scores", scores, {count, params.k});
  const metric what = gallery.options().metric;
  const packed_rows packed_queries(exec, queries, what == metric::cosine);
  const cpu::search_request request{
      params.k,        params.threshold,       params.gallery_groups, params.query_groups,
      params.excluded, params.excluded_offsets};
  cpu::search_scan scan(exec, gallery, packed_queries, request);
  if (params.statistics != nullptr) {
    params.statistics->survivors.assign(static_cast<std::size_t>(count), 0);
  }
  scan.run([&](std::int64_t q, const std::vector<cpu::search_hit>& hits, std::int64_t survivors) {
    for (std::int64_t j = 0; j < params.k; ++j) {
      const bool found = j < static_cast<std::int64_t>(hits.size());
      const auto hit = found ? hits[static_cast<std::size_t>(j)]
                             : cpu::search_hit{-1, math::search_nothing(what)};
      ids.data[q * ids.stride[0] + j * ids.stride[1]] = hit.row;
      scores.data[q * scores.stride[0] + j * scores.stride[1]] = hit.score;
    }
    if (params.statistics != nullptr) {
      params.statistics->survivors[static_cast<std::size_t>(q)] = survivors;
    }
  });
}

/// All rows that reach params.threshold, which must be given, for each query (params.k is not
/// looked at). Otherwise as search(). Memory: 12 bytes a match, and several times that while it
/// runs.
template <class T>
threshold_matches search_all(on_cpu exec, const search_gallery& gallery,
                             const view<const T, 2>& queries, const search_params& params) {
  search_params checked = params;
  checked.k = 1;
  check_search("search_all", gallery.options().metric, gallery.count(), gallery.dimension(),
               queries, checked);
  if (!params.threshold) refuse("search_all", "threshold", "a number", "none");
  const std::int64_t count = queries.extent[0];
  const packed_rows packed_queries(exec, queries, gallery.options().metric == metric::cosine);
  const cpu::search_request request{0,
                                    params.threshold,
                                    params.gallery_groups,
                                    params.query_groups,
                                    params.excluded,
                                    params.excluded_offsets};
  std::vector<std::vector<cpu::search_hit>> all(static_cast<std::size_t>(count));
  cpu::search_scan scan(exec, gallery, packed_queries, request);
  if (params.statistics != nullptr) {
    params.statistics->survivors.assign(static_cast<std::size_t>(count), 0);
  }
  scan.run([&](std::int64_t q, std::vector<cpu::search_hit>& hits, std::int64_t survivors) {
    all[static_cast<std::size_t>(q)] = std::move(hits);
    if (params.statistics != nullptr) {
      params.statistics->survivors[static_cast<std::size_t>(q)] = survivors;
    }
  });
  threshold_matches result;
  result.offsets.assign(1, 0);
  for (auto& hits : all) {
    for (const auto& hit : hits) {
      result.ids.push_back(hit.row);
      result.scores.push_back(hit.score);
    }
    hits = {};
    result.offsets.push_back(static_cast<std::int64_t>(result.ids.size()));
  }
  return result;
}

}  // namespace kernels::inline KERNELS_ABI
