// mot_metrics on the CPU: one pass over a prepared sequence for each family of scores.
#pragma once

#include <kernels/cpu/mot_sequence.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

inline std::int64_t mot_count(const std::vector<std::int64_t>& counts) {
  return std::count_if(counts.begin(), counts.end(), [](std::int64_t n) { return n > 0; });
}

/// CLEAR. In each frame the heaviest matching, where a pair weighs its IoU, and 1000 more if it
/// continues a match of the frame before (the last frame in which both sides had boxes).
class clear_pass {
 public:
  explicit clear_pass(const mot_sequence& s) : s_(s) {}

  clear_metrics run() {
    const auto truth_ids = s_.true_boxes_of.size();
    matched_.assign(truth_ids, 0);
    breaks_.assign(truth_ids, 0);
    last_track_.assign(truth_ids, -1);
    last_step_.assign(truth_ids, -1);
    for (const mot_frame& f : s_.frames) add(f);
    for (std::size_t id = 0; id < truth_ids; ++id) {
      if (s_.true_boxes_of[id] == 0) continue;
      const double share =
          exact::div(static_cast<double>(matched_[id]), static_cast<double>(s_.true_boxes_of[id]));
      ++(share > 0.8 ? out_.mt : share >= 0.2 ? out_.pt : out_.ml);
      out_.frag += std::max<std::int64_t>(breaks_[id] - 1, 0);
    }
    out_.frames = s_.length;
    math::finish(out_);
    return out_;
  }

 private:
  void add(const mot_frame& f) {
    const std::int64_t truth = f.truth_end - f.truth, boxes = f.boxes_end - f.boxes;
    out_.fn += truth;
    out_.fp += boxes;
    if (truth == 0 || boxes == 0) return;
    candidates_.clear();
    for (std::int64_t k = f.pairs; k < f.pairs_end; ++k) {
      const mot_pair& p = s_.pairs[static_cast<std::size_t>(k)];
      if (p.similarity < 0.5 - math::kMotEpsilon) continue;
      const auto ids = s_.id_pairs[static_cast<std::size_t>(p.ids)];
      const auto id = static_cast<std::size_t>(ids.truth);
      const bool goes_on = last_step_[id] == step_ && last_track_[id] == ids.track;
      candidates_.push_back({p.row, p.column, static_cast<std::int32_t>(k),
                             goes_on ? exact::add(1000.0, p.similarity) : p.similarity});
    }
    taken_.clear();
    matcher_.match(static_cast<std::int32_t>(truth), static_cast<std::int32_t>(boxes), candidates_,
                   [&](std::int32_t k) { taken_.push_back(k); });
    std::sort(taken_.begin(), taken_.end());  // the order of a sum is fixed
    for (const auto k : taken_) {
      const mot_pair& p = s_.pairs[static_cast<std::size_t>(k)];
      const auto ids = s_.id_pairs[static_cast<std::size_t>(p.ids)];
      const auto id = static_cast<std::size_t>(ids.truth);
      if (last_track_[id] >= 0 && last_track_[id] != ids.track) ++out_.idsw;
      if (last_step_[id] != step_) ++breaks_[id];
      last_track_[id] = ids.track;
      last_step_[id] = step_ + 1;
      ++matched_[id];
      out_.motp_sum = exact::add(out_.motp_sum, p.similarity);
    }
    ++step_;
    const auto found = static_cast<std::int64_t>(taken_.size());
    out_.tp += found;
    out_.fn -= found;
    out_.fp -= found;
  }

  const mot_sequence& s_;
  clear_metrics out_;
  std::int64_t step_ = 0;                 // frames so far in which both sides had boxes
  std::vector<std::int64_t> matched_;     // frames in which each true id was matched
  std::vector<std::int64_t> breaks_;      // times that it was taken up
  std::vector<std::int32_t> last_track_;  // id it was matched to last, −1: never
  std::vector<std::int64_t> last_step_;   // and at which step, from 1
  mot_matcher matcher_;
  std::vector<mot_matcher::pair> candidates_;
  std::vector<std::int32_t> taken_;
};

/// Identity: one matching of true ids and ids for the whole sequence, on the number of frames in
/// which they overlap by half.
inline identity_metrics identity_of(const mot_sequence& s) {
  std::vector<std::int64_t> together(s.id_pairs.size(), 0);
  for (const mot_pair& p : s.pairs) {
    if (p.similarity >= 0.5) ++together[static_cast<std::size_t>(p.ids)];
  }
  std::vector<mot_matcher::pair> candidates;
  for (std::size_t k = 0; k < together.size(); ++k) {
    if (together[k] == 0) continue;
    candidates.push_back({s.id_pairs[k].truth, s.id_pairs[k].track, static_cast<std::int32_t>(k),
                          static_cast<double>(together[k])});
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.row != b.row ? a.row < b.row : a.column < b.column;
  });
  identity_metrics out;
  mot_matcher().match(static_cast<std::int32_t>(s.true_boxes_of.size()),
                      static_cast<std::int32_t>(s.boxes_of.size()), candidates,
                      [&](std::int32_t k) { out.idtp += together[static_cast<std::size_t>(k)]; });
  out.idfn = static_cast<std::int64_t>(s.truth.size()) - out.idtp;
  out.idfp = static_cast<std::int64_t>(s.boxes.size()) - out.idtp;
  math::finish(out);
  return out;
}

/// HOTA. In each frame the heaviest matching, where a pair weighs its IoU times how well its two
/// ids go together over the whole sequence; α then says which of its matches count.
class hota_pass {
 public:
  explicit hota_pass(const mot_sequence& s) : s_(s) {
    for (std::size_t a = 0; a < kHotaThresholds; ++a) {
      thresholds_[a] = exact::add(math::hota_threshold(a), -math::kMotEpsilon);
    }
  }

  hota_metrics run() {
    align();
    // of the matches that count for exactly the first n thresholds
    reached_.assign(s_.id_pairs.size(), {});
    for (const mot_frame& f : s_.frames) match(f);
    std::int64_t tp = 0;
    double overlap = 0;
    for (std::size_t a = kHotaThresholds; a-- > 0;) {
      tp += tp_[a];
      overlap = exact::add(overlap, overlap_[a]);
      out_.tp[a] = tp;
      out_.fn[a] = static_cast<std::int64_t>(s_.truth.size()) - tp;
      out_.fp[a] = static_cast<std::int64_t>(s_.boxes.size()) - tp;
      out_.loca[a] = overlap;
    }
    associate();
    math::average(out_);
    math::finish(out_);
    return out_;
  }

 private:
  [[nodiscard]] double true_boxes(std::size_t pair) const {
    return static_cast<double>(s_.true_boxes_of[static_cast<std::size_t>(s_.id_pairs[pair].truth)]);
  }
  [[nodiscard]] double boxes(std::size_t pair) const {
    return static_cast<double>(s_.boxes_of[static_cast<std::size_t>(s_.id_pairs[pair].track)]);
  }

  /// How well each pair of ids goes together: C / (boxes of both − C), where C sums the IoU over
  /// what of its row and column there is.
  void align() {
    alignment_.assign(s_.id_pairs.size(), 0.0);
    for (const mot_frame& f : s_.frames) {
      rows_.assign(static_cast<std::size_t>(f.truth_end - f.truth), 0.0);
      columns_.assign(static_cast<std::size_t>(f.boxes_end - f.boxes), 0.0);
      for_pairs(f, [&](const mot_pair& p) {
        double& row = rows_[static_cast<std::size_t>(p.row)];
        double& column = columns_[static_cast<std::size_t>(p.column)];
        row = exact::add(row, p.similarity);
        column = exact::add(column, p.similarity);
      });
      for_pairs(f, [&](const mot_pair& p) {
        const double all = exact::add(exact::add(columns_[static_cast<std::size_t>(p.column)],
                                                 rows_[static_cast<std::size_t>(p.row)]),
                                      -p.similarity);
        double& sum = alignment_[static_cast<std::size_t>(p.ids)];
        if (all > math::kMotEpsilon) sum = exact::add(sum, exact::div(p.similarity, all));
      });
    }
    for (std::size_t k = 0; k < alignment_.size(); ++k) {
      const double c = alignment_[k];
      alignment_[k] = exact::div(c, exact::add(exact::add(true_boxes(k), boxes(k)), -c));
    }
  }

  void match(const mot_frame& f) {
    candidates_.clear();
    for (std::int64_t k = f.pairs; k < f.pairs_end; ++k) {
      const mot_pair& p = s_.pairs[static_cast<std::size_t>(k)];
      const double weight =
          exact::product(alignment_[static_cast<std::size_t>(p.ids)], p.similarity);
      if (weight > 0)
        candidates_.push_back({p.row, p.column, static_cast<std::int32_t>(k), weight});
    }
    taken_.clear();
    matcher_.match(static_cast<std::int32_t>(f.truth_end - f.truth),
                   static_cast<std::int32_t>(f.boxes_end - f.boxes), candidates_,
                   [&](std::int32_t k) { taken_.push_back(k); });
    std::sort(taken_.begin(), taken_.end());
    for (const auto k : taken_) {
      const mot_pair& p = s_.pairs[static_cast<std::size_t>(k)];
      const auto reached = std::upper_bound(thresholds_.begin(), thresholds_.end(), p.similarity) -
                           thresholds_.begin();
      if (reached == 0) continue;
      const auto last = static_cast<std::size_t>(reached - 1);
      ++tp_[last];
      overlap_[last] = exact::add(overlap_[last], p.similarity);
      ++reached_[static_cast<std::size_t>(p.ids)][last];
    }
  }

  /// Sums over the matches of how much of both tracks (of the true one, of the other) is matched
  /// to each other.
  void associate() {
    for (std::size_t k = 0; k < reached_.size(); ++k) {
      std::int64_t together = 0;
      const double truth = true_boxes(k), other = boxes(k);
      for (std::size_t a = kHotaThresholds; a-- > 0;) {
        together += reached_[k][a];
        if (together == 0) continue;
        const auto n = static_cast<double>(together);
        const double either = exact::add(exact::add(truth, other), -n);
        out_.assa[a] = exact::fma(n, math::mot_share(n, either), out_.assa[a]);
        out_.assre[a] = exact::fma(n, math::mot_share(n, truth), out_.assre[a]);
        out_.asspr[a] = exact::fma(n, math::mot_share(n, other), out_.asspr[a]);
      }
    }
  }

  template <class Body>
  void for_pairs(const mot_frame& f, const Body& body) const {
    for (std::int64_t k = f.pairs; k < f.pairs_end; ++k) {
      body(s_.pairs[static_cast<std::size_t>(k)]);
    }
  }

  const mot_sequence& s_;
  hota_metrics out_;
  hota_array thresholds_{}, overlap_{};
  std::array<std::int64_t, kHotaThresholds> tp_{};
  std::vector<double> alignment_;  // of each pair of ids
  std::vector<std::array<std::int32_t, kHotaThresholds>> reached_;
  std::vector<double> rows_, columns_;
  mot_matcher matcher_;
  std::vector<mot_matcher::pair> candidates_;
  std::vector<std::int32_t> taken_;
};

/// Arguments have been checked as far as one can without going through the boxes.
inline mot_scores mot_metrics(std::span<const track_box> truth, std::span<const track_box> tracks,
                              mot_benchmark benchmark, std::int64_t frames) {
  const mot_side true_side = mot_side_of("truth", truth, frames);
  const mot_side side = mot_side_of("tracks", tracks, frames);
  const mot_sequence s = mot_preparation(true_side, side, benchmark).run(frames);
  mot_scores scores;
  scores.true_boxes = static_cast<std::int64_t>(s.truth.size());
  scores.boxes = static_cast<std::int64_t>(s.boxes.size());
  scores.true_ids = mot_count(s.true_boxes_of);
  scores.ids = mot_count(s.boxes_of);
  scores.frames = s.length;
  if (scores.boxes > 0 && scores.true_boxes > 0) {
    scores.clear = clear_pass(s).run();
    scores.identity = identity_of(s);
    scores.hota = hota_pass(s).run();
    return scores;
  }
  // One side is empty: nothing but the boxes of the other is counted, not even frames.
  scores.clear.fn = scores.identity.idfn = scores.true_boxes;
  scores.clear.fp = scores.identity.idfp = scores.boxes;
  scores.clear.ml = scores.boxes == 0 ? scores.true_ids : 0;
  scores.clear.mlr = 1;
  scores.hota.fn.fill(scores.true_boxes);
  scores.hota.fp.fill(scores.boxes);
  scores.hota.loca.fill(1);
  scores.hota.loca_0 = 1;
  return scores;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
