// mot_metrics: how good are tracks, beside the ground truth? HOTA, CLEAR-MOT and identity scores of
// a sequence, with the preprocessing of MOT15, 16, 17 and 20: the figures of TrackEval.
//
//   const auto scores = kernels::mot_metrics(kernels::on_cpu(), truth, tracks,
//                                            {.benchmark = kernels::mot_benchmark::mot17});
//   kernels::mean_of(scores.hota.hota), scores.clear.mota, scores.identity.idf1
//
// Class: exact. CPU only, one thread: sequences are independent of each other.
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/cpu/mot_metrics.hpp>

namespace kernels::inline KERNELS_ABI {

struct mot_metrics_parameters {
  mot_benchmark benchmark = mot_benchmark::mot15;
  std::int64_t frames = 0;  ///< length of the sequence; 0: up to the last frame that has a box
};

/// All figures of one sequence. Rows may come in any order; their order within a frame only decides
/// ties between equally good matchings.
///
/// Overlap is IoU without +1; boxes without area and NaN overlap with nothing. Counted are the rows
/// of the truth whose score is not 0 after truncation. From MOT16 on, the truth's class_id (1 to
/// 13) matters too: a track whose best matching (IoU ≥ 0.5) gives it to a distractor (classes 2, 7,
/// 8 and 12; in MOT20 also 6) does not count, and of the truth only class 1 does.
///
/// CLEAR: in each frame the matching that continues most matches of the frame before, then has the
/// largest sum of IoU, all ≥ 0.5. Switches are counted against the last id ever.
/// Identity: one matching of ids for the whole sequence, on the frames with IoU ≥ 0.5.
/// HOTA: 19 thresholds; in each frame the matching with the largest sum of IoU · alignment, where
/// alignment of two ids is C / (boxes of both − C) and C sums IoU / (row + column − IoU).
/// Thresholds are lowered by 2^-52, but not identity's. If one side has no boxes at all, ratios are
/// 0 but for mlr, loca and loca_0, which are 1, and clear.frames is 0.
///
/// Cost: pairs of boxes within each frame, then near to linear in those that overlap.
/// Memory: boxes and overlapping pairs, at most 2^25 of those; frame numbers do not matter.
/// Errors: kernels::error for a frame below 1 or beyond `frames`, an id twice in one frame of one
/// side, and from MOT16 on a true class outside 1 to 13 or a track's class above 1.
inline mot_scores mot_metrics(on_cpu /*exec*/, std::span<const track_box> truth,
                              std::span<const track_box> tracks,
                              const mot_metrics_parameters& parameters = {}) {
  if (parameters.frames < 0) {
    refuse("mot_metrics", "frames", "at least 0", std::to_string(parameters.frames));
  }
  return cpu::mot_metrics(truth, tracks, parameters.benchmark, parameters.frames);
}

/// Figures of several sequences: counts are summed, ratios computed anew from the sums; HOTA's
/// assa, assre, asspr and loca are averages weighted by tp.
inline mot_scores combined_mot_scores(std::span<const mot_scores> sequences) {
  mot_scores sum;
  for (const mot_scores& one : sequences) math::add(sum, one);
  math::average(sum.hota);
  math::finish(sum.hota);
  math::finish(sum.clear);
  math::finish(sum.identity);
  return sum;
}

}  // namespace kernels::inline KERNELS_ABI
