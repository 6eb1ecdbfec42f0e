// From similarities to identities: the best one and the runner-up under each rule.
#pragma once

#include <kernels/embedding/gallery_scan.hpp>

#include <functional>

namespace kernels::inline KERNELS_ABI::gallery_detail {

struct candidate {
  std::int32_t who = -1;
  float score = -std::numeric_limits<float>::infinity();
  std::int64_t slot = -1;
};

/// The two best identities of those offered. An identity may be offered again; of equals the one
/// offered first is the better.
class two_best {
 public:
  void offer(std::int32_t who, float score, std::int64_t slot) {
    if (!(score > second.score)) return;
    if (who == best.who) {
      if (score > best.score) best = {who, score, slot};
      return;
    }
    if (score > best.score) {
      second = best;
      best = {who, score, slot};
    } else {
      second = {who, score, slot};
    }
  }
  candidate best, second;
};

/// The mean of the `most` largest values of an identity, which are reordered, and summed from the
/// largest on.
inline float mean_of_best(std::vector<float>& values, std::int64_t most) {
  const auto n = std::min<std::int64_t>(most, static_cast<std::int64_t>(values.size()));
  std::partial_sort(values.begin(), values.begin() + n, values.end(), std::greater<>());
  double sum = 0;
  for (std::int64_t k = 0; k < n; ++k) {
    sum = exact::add(sum, static_cast<double>(values[static_cast<std::size_t>(k)]));
  }
  return static_cast<float>(exact::div(sum, static_cast<double>(n)));
}

inline two_best by_best_vector(const store& in, const float* scores) {
  two_best found;
  for (std::int64_t slot = 0; slot < in.slots(); ++slot) {
    if (!(scores[slot] > found.second.score)) continue;
    const std::int32_t who = in.owner(slot);
    if (who >= 0) found.offer(who, scores[slot], slot);
  }
  return found;
}

inline two_best by_best_mean(const store& in, const float* scores, std::int64_t best_of) {
  two_best found;
  std::vector<float> values;
  for (std::size_t g = 0; g < in.identities().size(); ++g) {
    if (in.identities()[g].count == 0) continue;
    values.clear();
    std::int64_t best = in.identities()[g].first;
    for (std::int64_t s = best; s >= 0; s = in.next(s)) {
      values.push_back(scores[s]);
      if (scores[s] > scores[best]) best = s;
    }
    found.offer(static_cast<std::int32_t>(g), mean_of_best(values, best_of), best);
  }
  return found;
}

inline two_best by_profile(const store& in, const float* scores) {
  two_best found;
  for (std::size_t g = 0; g < in.identities().size(); ++g) {
    if (in.identities()[g].count > 0) found.offer(static_cast<std::int32_t>(g), scores[g], -1);
  }
  return found;
}

inline gallery_verdict judge(const two_best& found, const gallery_match_params& params) {
  if (!(found.best.score >= params.threshold)) return gallery_verdict::below_threshold;
  if (found.second.who >= 0 &&
      !(exact::add(found.best.score, -found.second.score) >= params.margin)) {
    return gallery_verdict::within_margin;
  }
  return gallery_verdict::accepted;
}

/// For each query the best two identities; nobody where the query is not finite or there is none.
inline std::vector<two_best> best_identities(on_cpu exec, const store& in,
                                             const packed_rows& queries,
                                             const gallery_match_params& params) {
  std::vector<two_best> all(static_cast<std::size_t>(queries.count()));
  if (in.live() == 0) return all;
  const bool profile = params.rule == gallery_rule::profile;
  const std::int64_t rows =
      profile ? static_cast<std::int64_t>(in.identities().size()) : in.slots();
  scan(exec, queries, profile ? in.profiles() : in.unit(), rows,
       [&](std::int64_t q, const float* scores) {
         two_best& found = all[static_cast<std::size_t>(q)];
         if (profile) {
           found = by_profile(in, scores);
         } else if (params.rule == gallery_rule::best_mean) {
           found = by_best_mean(in, scores, params.best_of);
         } else {
           found = by_best_vector(in, scores);
         }
       });
  return all;
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
