// What a gallery is asked and what it answers.
#pragma once

#include <kernels/math/normalize.hpp>

#include <limits>
#include <string>
#include <vector>

namespace kernels::inline KERNELS_ABI {

/// What the score of an identity is, for one query.
enum class gallery_rule : std::uint8_t {
  best_vector,  ///< its best vector's similarity
  best_mean,    ///< the mean of its best vectors' similarities (gallery_match_params::best_of)
  profile       ///< the similarity of its profile, the direction of the mean of its unit vectors
};

struct gallery_match_params {
  gallery_rule rule = gallery_rule::best_vector;
  int best_of = 3;       ///< best_mean: how many; an identity with fewer gives the mean of all
  float threshold = -1;  ///< the smallest score that is accepted, in [−1, 1]
  float margin = 0;      ///< accepted: score − runner_up_score ≥ margin, in [0, 2]
};

enum class gallery_verdict : std::uint8_t {
  accepted,
  below_threshold,  ///< the best identity's score is under the threshold
  within_margin,    ///< the runner-up is too close
  no_identity,      ///< the gallery is empty
  not_finite        ///< the query has a NaN or an infinity
};

/// Who it is. Label, score and row are those of the best identity whether accepted or not; the
/// runner-up is the second identity.
struct gallery_match {
  gallery_verdict verdict = gallery_verdict::no_identity;
  std::string label;
  float score = -std::numeric_limits<float>::infinity();
  std::int64_t row = -1;  ///< row and id of its best vector; −1 for rule profile
  std::int64_t id = -1;
  std::string runner_up;  ///< empty: there is no second identity
  float runner_up_score = -std::numeric_limits<float>::infinity();

  [[nodiscard]] bool accepted() const { return verdict == gallery_verdict::accepted; }
};

/// One vector of the gallery, as an answer to a query.
struct gallery_hit {
  std::int64_t row = -1;
  std::int64_t id = -1;
  float score = 0;
  std::string label;
};

/// Everything in a gallery, copied: rows in order.
struct gallery_contents {
  std::int64_t dimension = 0;
  std::vector<float> rows;             ///< (N, dimension), as they were given
  std::vector<std::int64_t> ids;       ///< of each row, ascending
  std::vector<std::int32_t> identity;  ///< of each row: an index into labels
  std::vector<std::string> labels;     ///< of each identity, by first enrolment
  std::vector<std::int64_t> vectors;   ///< of each identity: how many rows are its
};

}  // namespace kernels::inline KERNELS_ABI
