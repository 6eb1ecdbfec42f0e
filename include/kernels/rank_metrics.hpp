// rank_metrics: how well do embeddings tell who is who? CMC and mAP of rankings, ROC and thresholds
// of pairs, with the protocols of re-identification.
//
//   const auto ranks = kernels::rank_metrics(kernels::on_cpu(), scores, query_labels,
//                                            gallery_labels, {.query_cameras = …, …});
//   ranks.cmc[0], ranks.map
//
// Class: exact, in double. CPU only.
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/cpu/verification.hpp>

namespace kernels::inline KERNELS_ABI {

struct rank_metrics_params {
  score_order order = score_order::similarity;
  rank_ties ties = rank_ties::index;  ///< of equal scores; lists are taken as they are
  std::int64_t max_rank = 50;         ///< length of cmc
  bool same_set = false;              ///< queries are the gallery: no row is compared with itself
  std::span<const std::int64_t> query_cameras = {};  ///< both or none
  std::span<const std::int64_t> gallery_cameras = {};
};

namespace rank_metrics_detail {

inline cpu::rank_subjects checked_subjects(std::span<const std::int64_t> query_labels,
                                           std::span<const std::int64_t> gallery_labels,
                                           const rank_metrics_params& params) {
  const auto wants = [](const char* what, std::size_t given, std::size_t wanted) {
    if (given == wanted) return;
    refuse("rank_metrics", what, std::to_string(wanted) + " entries", std::to_string(given));
  };
  if (!params.query_cameras.empty() || !params.gallery_cameras.empty()) {
    wants("query_cameras", params.query_cameras.size(), query_labels.size());
    wants("gallery_cameras", params.gallery_cameras.size(), gallery_labels.size());
  }
  if (params.same_set) wants("gallery_labels", gallery_labels.size(), query_labels.size());
  if (params.max_rank < 1 || params.max_rank > (std::int64_t{1} << 30)) {
    refuse("rank_metrics", "max_rank", "1 to 2^30", std::to_string(params.max_rank));
  }
  return {query_labels, gallery_labels, params.query_cameras, params.gallery_cameras,
          params.same_set};
}

template <class T>
cpu::rank_subjects checked_scores(const view<T, 2>& scores,
                                  std::span<const std::int64_t> query_labels,
                                  std::span<const std::int64_t> gallery_labels,
                                  const rank_metrics_params& params) {
  check_array("rank_metrics", "scores", scores,
              {static_cast<std::int64_t>(query_labels.size()),
               static_cast<std::int64_t>(gallery_labels.size())});
  return checked_subjects(query_labels, gallery_labels, params);
}

}  // namespace rank_metrics_detail

/// From scores (Q, G), float or double, of every query with every row of the gallery.
///
/// Left out of a query's ranking (junk): rows whose label is below 0; rows of the query's own label
/// and camera, where cameras are given (leave one camera out, as Market-1501); the query itself, if
/// same_set. Other rows of the query's label are right answers, all others are wrong. A query whose
/// label is below 0, or that has no right answer, is skipped and does not count.
///
/// Average precision: the mean over the query's right answers of the precision at their ranks (not
/// interpolated: torchreid's eval_market1501, sklearn's average_precision_score; the trapezoids of
/// Market-1501's own MATLAB code give other figures). cmc[k − 1]: the share of queries with a right
/// answer among the first k.
///
/// Ties: params.ties. A NaN score is never found: a right answer with one gives precision 0, a
/// wrong one is ahead of none. Cost: Q · G comparisons, no sort of the gallery. Errors:
/// kernels::error for another number of labels or cameras, max_rank below 1.
template <class T>
rank_scores rank_metrics(on_cpu exec, const view<T, 2>& scores,
                         std::span<const std::int64_t> query_labels,
                         std::span<const std::int64_t> gallery_labels,
                         const rank_metrics_params& params = {}) {
  using element = std::remove_const_t<T>;
  static_assert(std::is_same_v<element, float> || std::is_same_v<element, double>);
  const auto of = rank_metrics_detail::checked_scores(scores, query_labels, gallery_labels, params);
  return cpu::rank_metrics(exec, of, params.max_rank, [&](std::size_t q, cpu::right_ranks& found) {
    cpu::rank_right_answers<element>(scores, of, params.order == score_order::distance,
                                     params.ties == rank_ties::pessimistic, q, found);
  });
}

/// From ranked lists (Q, K) of gallery rows, best first, as a search returns them; −1: nothing
/// there. Right answers that are not in the list give precision 0, so with K below the gallery's
/// size map is a lower bound, and cmc is right up to K less the number of rows left out. Errors
/// also: a row outside −1 to G − 1; a row twice in one list.
inline rank_scores rank_metrics_of_lists(on_cpu exec, const view<const std::int64_t, 2>& lists,
                                         std::span<const std::int64_t> query_labels,
                                         std::span<const std::int64_t> gallery_labels,
                                         const rank_metrics_params& params = {}) {
  check_array("rank_metrics", "lists", lists);
  const auto of = rank_metrics_detail::checked_subjects(query_labels, gallery_labels, params);
  const auto rows = static_cast<std::int64_t>(gallery_labels.size());
  if (lists.extent[0] != static_cast<std::int64_t>(query_labels.size())) {
    refuse("rank_metrics", "lists", std::to_string(query_labels.size()) + " rows",
           std::to_string(lists.extent[0]));
  }
  std::vector<std::int64_t> seen(gallery_labels.size(), -1);
  for (std::int64_t q = 0; q < lists.extent[0]; ++q) {
    for (std::int64_t k = 0; k < lists.extent[1]; ++k) {
      const std::int64_t g = lists.data[q * lists.stride[0] + k * lists.stride[1]];
      if (g < -1 || g >= rows) {
        refuse("rank_metrics", "lists", "-1 to " + std::to_string(rows - 1), std::to_string(g));
      }
      if (g < 0) continue;
      if (seen[static_cast<std::size_t>(g)] == q) {
        refuse("rank_metrics", "lists", "every row once",
               std::to_string(g) + " twice for query " + std::to_string(q));
      }
      seen[static_cast<std::size_t>(g)] = q;
    }
  }
  return cpu::rank_metrics(exec, of, params.max_rank, [&](std::size_t q, cpu::right_ranks& found) {
    cpu::rank_right_answers(lists, of, q, found);
  });
}

/// Scores of pairs of one label, and of pairs of two.
template <class T>
struct verification_pairs {
  std::vector<T> genuine, impostor;
};

/// All pairs of a score matrix but those that rank_metrics() leaves out or skips; with same_set
/// each pair once (gallery row > query row). Errors: as rank_metrics().
template <class T>
verification_pairs<std::remove_const_t<T>> pairs_of(const view<T, 2>& scores,
                                                    std::span<const std::int64_t> query_labels,
                                                    std::span<const std::int64_t> gallery_labels,
                                                    const rank_metrics_params& params = {}) {
  const auto of = rank_metrics_detail::checked_scores(scores, query_labels, gallery_labels, params);
  verification_pairs<std::remove_const_t<T>> pairs;
  for (std::size_t q = 0; q < query_labels.size(); ++q) {
    if (query_labels[q] < 0) continue;
    const T* row = scores.data + static_cast<std::int64_t>(q) * scores.stride[0];
    for (std::size_t g = params.same_set ? q + 1 : 0; g < gallery_labels.size(); ++g) {
      if (of.left_out(q, g)) continue;
      const T score = row[static_cast<std::int64_t>(g) * scores.stride[1]];
      (of.right(q, g) ? pairs.genuine : pairs.impostor).push_back(score);
    }
  }
  return pairs;
}

struct verification_params {
  score_order order = score_order::similarity;
  threshold_criterion criterion = threshold_criterion::accuracy;
  std::span<const double> thresholds = {};          ///< what is accepted at these?
  std::span<const double> false_accept_rates = {};  ///< the most true accepts at these, in [0, 1]
};

/// A pair is accepted if its score is at least the threshold (a distance: at most). NaN never is,
/// but counts as a pair.
///
/// roc: from the threshold +∞ (distances: −∞), which accepts nothing, over the scores that occur;
/// points within a horizontal or vertical line are left out. auc: the area below, which is the
/// share of (genuine, impostor) with the genuine score better, ties counting half (sklearn's
/// roc_auc_score). equal_error_rate: where false accepts and false rejects are equally frequent on
/// the line between neighbouring points. Both are NaN if there is no pair of one kind.
/// best: of the thresholds of the roc, before points were left out, the one that makes the
/// criterion largest; ties: the strictest. at_false_accept_rates: the loosest threshold whose rate
/// is at most the one asked for. Cost: a sort of each kind. Errors: kernels::error for a threshold
/// that is NaN, a rate outside [0, 1], 2^61 or more pairs of pairs (genuine × impostor).
template <class T>
verification_scores verification(std::span<const T> genuine, std::span<const T> impostor,
                                 const verification_params& params = {}) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  for (const double t : params.thresholds) {
    if (std::isnan(t)) refuse("verification", "thresholds", "numbers", "nan");
  }
  for (const double r : params.false_accept_rates) {
    if (!(r >= 0 && r <= 1)) {
      refuse("verification", "false_accept_rates", "0 to 1", number_text(r));
    }
  }
  if (!genuine.empty() && impostor.size() >= (std::size_t{1} << 61) / genuine.size()) {
    refuse("verification", "pairs", "genuine × impostor below 2^61", "more");
  }
  return cpu::verification(genuine, impostor, params.order == score_order::distance,
                           params.criterion, params.thresholds, params.false_accept_rates);
}
template <class T>
verification_scores verification(const verification_pairs<T>& pairs,
                                 const verification_params& params = {}) {
  return verification(std::span<const T>(pairs.genuine), std::span<const T>(pairs.impostor),
                      params);
}

}  // namespace kernels::inline KERNELS_ABI
