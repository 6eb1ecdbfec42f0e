// Scores of tracks as a table and as JSON.
#pragma once

#include <kernels/math/mot_metrics.hpp>

#include <string>
#include <vector>

namespace kernels::examples {

struct named_scores {
  std::string name;
  mot_scores scores;
};

/// One row a sequence, in percent, and one for all of them combined.
std::string scores_table(const std::vector<named_scores>& sequences, const mot_scores& combined);

/// Every figure by sequence, then COMBINED_SEQ, by TrackEval's names.
std::string scores_json(const std::vector<named_scores>& sequences, const mot_scores& combined);

}  // namespace kernels::examples
