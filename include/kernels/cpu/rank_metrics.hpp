// The ranking metrics of one query: where its right answers stand, without sorting the gallery.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/rank_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Who is compared with whom.
struct rank_subjects {
  std::span<const std::int64_t> query_labels, gallery_labels, query_cameras, gallery_cameras;
  bool same_set = false;

  [[nodiscard]] bool left_out(std::size_t q, std::size_t g) const {
    if (gallery_labels[g] < 0 || (same_set && q == g)) return true;
    return !query_cameras.empty() && query_labels[q] == gallery_labels[g] &&
           query_cameras[q] == gallery_cameras[g];
  }
  [[nodiscard]] bool right(std::size_t q, std::size_t g) const {
    return query_labels[q] == gallery_labels[g];
  }
};

/// Ranks from 1, ascending, of the right answers that are found, and how many there are in all.
struct right_ranks {
  std::vector<std::int64_t> ranks;
  std::int64_t total = 0;
};

/// From one row of scores: the right answers are sorted, and every wrong one is counted where it
/// stands among them.
template <class T>
void rank_right_answers(const view<const T, 2>& scores, const rank_subjects& of, bool distance,
                        bool pessimistic, std::size_t q, right_ranks& out) {
  struct answer {
    T key;
    std::int64_t g;
  };
  const auto ahead = [](const answer& a, const answer& b) {
    return a.key > b.key || (a.key == b.key && a.g < b.g);
  };
  const T* row = scores.data + static_cast<std::int64_t>(q) * scores.stride[0];
  const auto key = [&](std::size_t g) {
    const T s = row[static_cast<std::int64_t>(g) * scores.stride[1]];
    return distance ? -s : s;
  };
  out.ranks.clear();
  out.total = 0;
  std::vector<answer> right;
  const std::size_t count = of.gallery_labels.size();
  for (std::size_t g = 0; g < count; ++g) {
    if (!of.right(q, g) || of.left_out(q, g)) continue;
    ++out.total;
    if (!std::isnan(key(g))) right.push_back({key(g), static_cast<std::int64_t>(g)});
  }
  if (right.empty()) return;
  std::sort(right.begin(), right.end(), ahead);
  std::vector<std::int64_t> wrong(right.size(), 0);  // ahead of answer k, but of no earlier one
  for (std::size_t g = 0; g < count; ++g) {
    const answer here{key(g), static_cast<std::int64_t>(g)};
    if (!(here.key >= right.back().key)) continue;  // the usual case; NaN too
    if (of.right(q, g) || of.left_out(q, g)) continue;
    const auto behind = std::partition_point(right.begin(), right.end(), [&](const answer& r) {
      return pessimistic ? r.key > here.key : ahead(r, here);
    });
    if (behind != right.end()) ++wrong[static_cast<std::size_t>(behind - right.begin())];
  }
  std::int64_t before = 0;
  for (std::size_t k = 0; k < right.size(); ++k) {
    before += wrong[k];
    out.ranks.push_back(static_cast<std::int64_t>(k) + 1 + before);
  }
}

/// From a list of gallery rows, best first; −1: nothing there.
inline void rank_right_answers(const view<const std::int64_t, 2>& lists, const rank_subjects& of,
                               std::size_t q, right_ranks& out) {
  out.ranks.clear();
  out.total = 0;
  for (std::size_t g = 0; g < of.gallery_labels.size(); ++g) {
    out.total += of.right(q, g) && !of.left_out(q, g);
  }
  std::int64_t rank = 0;
  for (std::int64_t k = 0; k < lists.extent[1]; ++k) {
    const std::int64_t g =
        lists.data[static_cast<std::int64_t>(q) * lists.stride[0] + k * lists.stride[1]];
    if (g < 0 || of.left_out(q, static_cast<std::size_t>(g))) continue;
    ++rank;
    if (of.right(q, static_cast<std::size_t>(g))) out.ranks.push_back(rank);
  }
}

/// All queries, of which rank(q, out) ranks one.
template <class Rank>
rank_scores rank_metrics(on_cpu exec, const rank_subjects& of, std::int64_t max_rank,
                         const Rank& rank) {
  rank_scores all;
  const std::size_t count = of.query_labels.size();
  all.average_precision.assign(count, 0);
  all.first_match.assign(count, -1);
  constexpr std::size_t kChunk = 16;
  parallel_for(exec, static_cast<std::int64_t>((count + kChunk - 1) / kChunk), [&](std::int64_t c) {
    right_ranks found;
    const std::size_t begin = static_cast<std::size_t>(c) * kChunk;
    for (std::size_t q = begin; q < std::min(count, begin + kChunk); ++q) {
      if (of.query_labels[q] < 0) continue;
      rank(q, found);
      if (found.total == 0) continue;
      all.average_precision[q] = math::average_precision(found.ranks, found.total);
      all.first_match[q] = found.ranks.empty() ? 0 : found.ranks.front();
    }
  });
  math::summarise(all, max_rank);
  return all;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
