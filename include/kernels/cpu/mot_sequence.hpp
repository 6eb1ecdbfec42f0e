// A sequence as the scores of tracks want it: frame by frame, ids numbered from 0, overlapping
// pairs with their IoU, after the preprocessing of the benchmark.
#pragma once

#include <kernels/core/error.hpp>
#include <kernels/cpu/mot_index.hpp>
#include <kernels/cpu/mot_matching.hpp>
#include <kernels/math/iou.hpp>
#include <kernels/math/mot_metrics.hpp>
#include <kernels/math/track_box.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace kernels::inline KERNELS_ABI {

namespace cpu {

/// Two boxes of one frame that overlap: row and column count the frame's true boxes and tracks.
struct mot_pair {
  std::int32_t row, column;
  std::int32_t ids;  ///< number of the pair of ids
  double similarity;
};

/// Ranges of mot_sequence's lists.
struct mot_frame {
  std::int64_t truth, truth_end, boxes, boxes_end, pairs, pairs_end;
};

struct mot_sequence {
  std::vector<mot_frame> frames;            ///< those that have a box
  std::vector<std::int32_t> truth, boxes;   ///< ids by number
  std::vector<mot_pair> pairs;              ///< of each frame by ascending row, column
  std::vector<std::int64_t> true_boxes_of;  ///< boxes of each true id; 0 if none counts
  std::vector<std::int64_t> boxes_of;
  struct id_pair {
    std::int32_t truth, track;
  };
  std::vector<id_pair> id_pairs;  ///< by their number
  std::int64_t length = 0;        ///< frames, empty ones too
};

/// One side of a sequence, sorted by frame.
struct mot_side {
  const char* name;
  std::vector<std::int64_t> frame;
  std::vector<std::int32_t> id, class_id;
  std::vector<double> left, top, right, bottom, area;
  std::vector<std::uint8_t> counts;  ///< truth: not marked as to be ignored
  std::int32_t ids = 0;

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(frame.size()); }
  [[nodiscard]] box<double> at(std::int64_t k) const {
    const auto i = static_cast<std::size_t>(k);
    return {left[i], top[i], right[i], bottom[i]};
  }
  [[nodiscard]] std::int64_t frame_end(std::int64_t begin) const {
    std::int64_t end = begin;
    const std::int64_t f = frame[static_cast<std::size_t>(begin)];
    while (end < size() && frame[static_cast<std::size_t>(end)] == f) ++end;
    return end;
  }
};

inline mot_side mot_side_of(const char* name, std::span<const track_box> rows,
                            std::int64_t frames) {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  if (rows.size() > kMost) {
    refuse("mot_metrics", name, "at most 2^30 boxes", std::to_string(rows.size()));
  }
  const auto before = [](const track_box& a, const track_box& b) { return a.frame < b.frame; };
  std::vector<std::uint32_t> order;
  if (!std::is_sorted(rows.begin(), rows.end(), before)) {
    order.resize(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return rows[a].frame < rows[b].frame;
    });
  }
  mot_side side{};
  side.name = name;
  for (auto* list : {&side.left, &side.top, &side.right, &side.bottom, &side.area}) {
    list->reserve(rows.size());
  }
  mot_index ids;
  std::vector<std::int64_t> last;  // frame in which each id was seen last
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const track_box& row = rows[order.empty() ? k : order[k]];
    if (row.frame < 1 || (frames > 0 && row.frame > frames)) {
      const std::string most = frames > 0 ? " to " + std::to_string(frames) : " on";
      refuse("mot_metrics", name, "frames from 1" + most, "frame " + std::to_string(row.frame));
    }
    const auto [id, fresh] = ids.number(static_cast<std::uint64_t>(row.id));
    if (fresh) last.push_back(0);
    auto& seen = last[static_cast<std::size_t>(id)];
    if (seen == row.frame) {
      refuse("mot_metrics", name, "an id once in a frame",
             "id " + std::to_string(row.id) + " twice in frame " + std::to_string(row.frame));
    }
    seen = row.frame;
    side.frame.push_back(row.frame);
    side.id.push_back(id);
    side.class_id.push_back(row.class_id);
    side.left.push_back(row.box.left);
    side.top.push_back(row.box.top);
    side.right.push_back(row.box.right);
    side.bottom.push_back(row.box.bottom);
    side.area.push_back(math::box_area(row.box));
    side.counts.push_back(std::abs(row.score) < 1 ? 0 : 1);
  }
  side.ids = ids.size();
  return side;
}

/// Builds a mot_sequence.
class mot_preparation {
 public:
  mot_preparation(const mot_side& truth, const mot_side& tracks, mot_benchmark benchmark)
      : truth_(truth), tracks_(tracks), benchmark_(benchmark) {
    out_.true_boxes_of.assign(static_cast<std::size_t>(truth.ids), 0);
    out_.boxes_of.assign(static_cast<std::size_t>(tracks.ids), 0);
    if (benchmark != mot_benchmark::mot15) check_classes();
  }

  mot_sequence run(std::int64_t frames) {
    std::int64_t t = 0, b = 0;
    std::int64_t last = 0;
    while (t < truth_.size() || b < tracks_.size()) {
      const std::int64_t ft = frame_at(truth_, t), fb = frame_at(tracks_, b);
      last = std::min(ft, fb);
      const std::int64_t t_end = ft == last ? truth_.frame_end(t) : t;
      const std::int64_t b_end = fb == last ? tracks_.frame_end(b) : b;
      add_frame(t, t_end, b, b_end);
      t = t_end;
      b = b_end;
    }
    out_.length = frames > 0 ? frames : last;
    return std::move(out_);
  }

 private:
  struct listed {
    kernels::box<double> box;
    std::int32_t index;
  };

  static std::int64_t frame_at(const mot_side& side, std::int64_t k) {
    return k < side.size() ? side.frame[static_cast<std::size_t>(k)]
                           : std::numeric_limits<std::int64_t>::max();
  }

  void check_classes() const {
    for (const auto c : truth_.class_id) {
      if (c < 1 || c > 13)
        refuse("mot_metrics", "class of the truth", "1 to 13", std::to_string(c));
    }
    for (const auto c : tracks_.class_id) {
      if (c > 1) refuse("mot_metrics", "class of a track", "1 (pedestrian)", std::to_string(c));
    }
  }

  [[nodiscard]] bool is_distractor(std::int32_t c) const {
    return c == 2 || c == 7 || c == 8 || c == 12 || (c == 6 && benchmark_ == mot_benchmark::mot20);
  }

  static void refuse_too_many(const std::vector<mot_pair>& pairs) {
    constexpr std::size_t kMost = std::size_t{1} << 25;
    if (pairs.size() < kMost) return;
    refuse("mot_metrics", "tracks", "at most 2^25 pairs of boxes that overlap", "more");
  }

  /// Lists a frame's tracks that have an area; many of them by their left side.
  void list_tracks(std::int64_t b, std::int64_t b_end) {
    listed_.clear();
    for (std::int64_t j = b; j < b_end; ++j) {
      if (!(tracks_.area[static_cast<std::size_t>(j)] > math::kMotEpsilon)) continue;
      listed_.push_back({tracks_.at(j), static_cast<std::int32_t>(j - b)});
    }
    constexpr std::size_t kMany = 48;
    furthest_.clear();
    if (listed_.size() < kMany) return;
    std::sort(listed_.begin(), listed_.end(), [](const listed& x, const listed& y) {
      return x.box.left != y.box.left ? x.box.left < y.box.left : x.index < y.index;
    });
    for (const listed& track : listed_) {
      const double before = furthest_.empty() ? track.box.right : furthest_.back();
      furthest_.push_back(std::max(before, track.box.right));
    }
  }

  /// Columns of the listed tracks that overlap with a box, ascending: near_, the first `found`.
  std::size_t find_near(const box<double>& x) {
    std::size_t first = 0, last = listed_.size();
    if (!furthest_.empty()) {
      first = static_cast<std::size_t>(
          std::upper_bound(furthest_.begin(), furthest_.end(), x.left) - furthest_.begin());
      last = static_cast<std::size_t>(
          std::lower_bound(listed_.begin(), listed_.end(), x.right,
                           [](const listed& y, double right) { return y.box.left < right; }) -
          listed_.begin());
    }
    std::size_t found = 0;
    for (std::size_t k = first; k < last; ++k) {  // without a branch that nobody can predict
      const box<double>& y = listed_[k].box;
      near_[found] = listed_[k].index;
      found += static_cast<std::size_t>((y.left < x.right) & (y.right > x.left) &
                                        (y.top < x.bottom) & (y.bottom > x.top));
    }
    if (!furthest_.empty()) std::sort(near_.data(), near_.data() + found);
    return found;
  }

  /// The overlapping pairs of a frame, by ascending row and column.
  void overlap(std::int64_t t, std::int64_t t_end, std::int64_t b, std::int64_t b_end) {
    overlaps_.clear();
    if (t == t_end || b == b_end) return;
    list_tracks(b, b_end);
    near_.resize(listed_.size() + 1);
    for (std::int64_t i = t; i < t_end; ++i) {
      const box<double> x = truth_.at(i);
      const double area = truth_.area[static_cast<std::size_t>(i)];
      if (!(area > math::kMotEpsilon)) continue;
      const std::size_t found = find_near(x);
      for (std::size_t k = 0; k < found; ++k) {
        const std::int64_t j = b + near_[k];
        const double shared = math::intersection(x, tracks_.at(j), pixel_convention::continuous);
        const double other = tracks_.area[static_cast<std::size_t>(j)];
        const double similarity = math::iou_of_areas(shared, area, other);
        if (!(similarity > 0)) continue;
        refuse_too_many(overlaps_);
        overlaps_.push_back({static_cast<std::int32_t>(i - t), near_[k], 0, similarity});
      }
    }
  }

  /// Marks the tracks that match a distractor, in gone_.
  void find_distractors(std::int64_t t, std::int64_t t_end, std::int32_t columns) {
    candidates_.clear();
    for (const mot_pair& p : overlaps_) {
      if (p.similarity < 0.5 - math::kMotEpsilon) continue;
      candidates_.push_back(
          {p.row, p.column, static_cast<std::int32_t>(&p - overlaps_.data()), p.similarity});
    }
    matcher_.match(static_cast<std::int32_t>(t_end - t), columns, candidates_, [&](std::int32_t k) {
      const mot_pair& p = overlaps_[static_cast<std::size_t>(k)];
      const auto i = static_cast<std::size_t>(t + p.row);
      if (is_distractor(truth_.class_id[i])) {
        gone_[static_cast<std::size_t>(p.column)] = 1;
      }
    });
  }

  void add_frame(std::int64_t t, std::int64_t t_end, std::int64_t b, std::int64_t b_end) {
    const bool filtered = benchmark_ != mot_benchmark::mot15;
    overlap(t, t_end, b, b_end);
    gone_.assign(static_cast<std::size_t>(b_end - b), 0);
    if (filtered) find_distractors(t, t_end, static_cast<std::int32_t>(b_end - b));

    mot_frame frame{};
    frame.truth = static_cast<std::int64_t>(out_.truth.size());
    frame.boxes = static_cast<std::int64_t>(out_.boxes.size());
    frame.pairs = static_cast<std::int64_t>(out_.pairs.size());
    row_of_.clear();
    for (std::int64_t i = t; i < t_end; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const bool counts = truth_.counts[k] != 0 && (!filtered || truth_.class_id[k] == 1);
      row_of_.push_back(counts ? size_since(out_.truth, frame.truth) : -1);
      if (!counts) continue;
      out_.truth.push_back(truth_.id[k]);
      ++out_.true_boxes_of[static_cast<std::size_t>(truth_.id[k])];
    }
    column_of_.clear();
    for (std::int64_t j = b; j < b_end; ++j) {
      const auto k = static_cast<std::size_t>(j);
      const bool counts = gone_[static_cast<std::size_t>(j - b)] == 0;
      column_of_.push_back(counts ? size_since(out_.boxes, frame.boxes) : -1);
      if (!counts) continue;
      out_.boxes.push_back(tracks_.id[k]);
      ++out_.boxes_of[static_cast<std::size_t>(tracks_.id[k])];
    }
    frame.truth_end = static_cast<std::int64_t>(out_.truth.size());
    frame.boxes_end = static_cast<std::int64_t>(out_.boxes.size());
    for (const mot_pair& p : overlaps_) {
      const std::int32_t row = row_of_[static_cast<std::size_t>(p.row)];
      const std::int32_t column = column_of_[static_cast<std::size_t>(p.column)];
      if (row >= 0 && column >= 0) add_pair(frame, row, column, p.similarity);
    }
    frame.pairs_end = static_cast<std::int64_t>(out_.pairs.size());
    if (frame.truth != frame.truth_end || frame.boxes != frame.boxes_end) {
      out_.frames.push_back(frame);
    }
  }

  static std::int32_t size_since(const std::vector<std::int32_t>& list, std::int64_t begin) {
    return static_cast<std::int32_t>(static_cast<std::int64_t>(list.size()) - begin);
  }

  void add_pair(const mot_frame& frame, std::int32_t row, std::int32_t column, double similarity) {
    const std::int32_t truth = out_.truth[static_cast<std::size_t>(frame.truth + row)];
    const std::int32_t track = out_.boxes[static_cast<std::size_t>(frame.boxes + column)];
    const auto key = static_cast<std::uint64_t>(truth) << 32 | static_cast<std::uint64_t>(track);
    const auto [ids, fresh] = id_pairs_.number(key);
    if (fresh) out_.id_pairs.push_back({truth, track});
    refuse_too_many(out_.pairs);
    out_.pairs.push_back({row, column, ids, similarity});
  }

  const mot_side& truth_;
  const mot_side& tracks_;
  mot_benchmark benchmark_;
  mot_sequence out_;
  mot_index id_pairs_;
  mot_matcher matcher_;
  std::vector<mot_pair> overlaps_;
  std::vector<mot_matcher::pair> candidates_;
  std::vector<listed> listed_;
  std::vector<double> furthest_;  // right side of the listed tracks up to each; empty: unsorted
  std::vector<std::int32_t> near_, row_of_, column_of_;
  std::vector<std::uint8_t> gone_;
};

}  // namespace cpu
}  // namespace kernels::inline KERNELS_ABI
