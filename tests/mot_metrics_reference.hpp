// The scores of tracks by their definitions: dense matrices, every matching tried.
#pragma once

#include <kernels/math/mot_metrics.hpp>
#include <kernels/math/track_box.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace mot_reference {

using kernels::track_box;
using matrix = std::vector<std::vector<double>>;

inline double overlap(const track_box& x, const track_box& y) {
  const auto area = [](double l, double t, double r, double b) {
    return std::max(r - l, 0.0) * std::max(b - t, 0.0);
  };
  const auto &a = x.box, &b = y.box;
  const double shared = area(std::max(a.left, b.left), std::max(a.top, b.top),
                             std::min(a.right, b.right), std::min(a.bottom, b.bottom));
  const double all =
      area(a.left, a.top, a.right, a.bottom) + area(b.left, b.top, b.right, b.bottom) - shared;
  return all > 0 ? shared / all : 0;
}

/// The column of each row, −1: none, of the matching with the largest sum. Tries all of them.
inline std::vector<int> heaviest(const matrix& weight, std::size_t columns) {
  std::vector<int> best(weight.size(), -1), now(weight.size(), -1);
  std::vector<bool> taken(columns, false);
  double most = -1;
  const std::function<void(std::size_t, double)> go = [&](std::size_t row, double sum) {
    if (row == weight.size()) {
      if (sum > most) most = sum, best = now;
      return;
    }
    now[row] = -1;
    go(row + 1, sum);
    for (std::size_t c = 0; c < columns; ++c) {
      if (taken[c] || weight[row][c] <= 0) continue;
      taken[c] = true;
      now[row] = static_cast<int>(c);
      go(row + 1, sum + weight[row][c]);
      taken[c] = false;
    }
    now[row] = -1;
  };
  go(0, 0);
  return best;
}

struct frame {
  std::vector<track_box> truth, tracks;
  matrix similarity;

  void measure() {
    similarity.assign(truth.size(), {});
    for (std::size_t i = 0; i < truth.size(); ++i) {
      for (const auto& t : tracks) similarity[i].push_back(overlap(truth[i], t));
    }
  }
};
using frames = std::map<std::int64_t, frame>;

/// Frames as they count: distractors and what they attract removed.
inline frames prepared(const std::vector<track_box>& truth, const std::vector<track_box>& tracks,
                       kernels::mot_benchmark benchmark) {
  frames all;
  for (const auto& b : truth) all[b.frame].truth.push_back(b);
  for (const auto& b : tracks) all[b.frame].tracks.push_back(b);
  const bool plain = benchmark == kernels::mot_benchmark::mot15;
  std::set<int> distractors = {2, 7, 8, 12};
  if (benchmark == kernels::mot_benchmark::mot20) distractors.insert(6);
  for (auto& [number, f] : all) {
    f.measure();
    std::set<std::size_t> gone;
    if (!plain) {
      matrix weight = f.similarity;
      for (auto& row : weight) {
        for (auto& w : row) w = w >= 0.5 ? w : 0;
      }
      const auto match = heaviest(weight, f.tracks.size());
      for (std::size_t i = 0; i < match.size(); ++i) {
        if (match[i] >= 0 && distractors.count(f.truth[i].class_id) != 0) {
          gone.insert(static_cast<std::size_t>(match[i]));
        }
      }
    }
    frame kept;
    for (const auto& b : f.truth) {
      if (b.score != 0 && (plain || b.class_id == 1)) kept.truth.push_back(b);
    }
    for (std::size_t j = 0; j < f.tracks.size(); ++j) {
      if (gone.count(j) == 0) kept.tracks.push_back(f.tracks[j]);
    }
    kept.measure();
    f = kept;
  }
  return all;
}

struct scores {
  std::int64_t tp = 0, fn = 0, fp = 0, idsw = 0, mt = 0, pt = 0, ml = 0, frag = 0, idtp = 0;
  double motp_sum = 0;
  kernels::hota_array hota{}, assa{}, loca{};
};

inline void clear_scores(const frames& all, scores& s) {
  std::map<std::int64_t, std::int64_t> seen, matched, last, runs;
  std::map<std::int64_t, std::int64_t> before;  // matches of the frame before
  for (const auto& [number, f] : all) {
    for (const auto& b : f.truth) ++seen[b.id];
    s.fn += static_cast<std::int64_t>(f.truth.size());
    s.fp += static_cast<std::int64_t>(f.tracks.size());
    if (f.truth.empty() || f.tracks.empty()) continue;
    matrix weight = f.similarity;
    for (std::size_t i = 0; i < f.truth.size(); ++i) {
      for (std::size_t j = 0; j < f.tracks.size(); ++j) {
        const auto found = before.find(f.truth[i].id);
        const bool goes_on = found != before.end() && found->second == f.tracks[j].id;
        double& w = weight[i][j];
        w = w >= 0.5 ? w + (goes_on ? 1000 : 0) : 0;
      }
    }
    const auto match = heaviest(weight, f.tracks.size());
    std::map<std::int64_t, std::int64_t> now;
    for (std::size_t i = 0; i < match.size(); ++i) {
      if (match[i] < 0) continue;
      const auto j = static_cast<std::size_t>(match[i]);
      const auto a = f.truth[i].id, b = f.tracks[j].id;
      ++s.tp, --s.fn, --s.fp, ++matched[a];
      s.motp_sum += f.similarity[i][j];
      if (last.count(a) != 0 && last[a] != b) ++s.idsw;
      if (before.count(a) == 0) ++runs[a];
      last[a] = now[a] = b;
    }
    before = now;
  }
  for (const auto& [id, count] : seen) {
    const double share = static_cast<double>(matched[id]) / static_cast<double>(count);
    ++(share > 0.8 ? s.mt : share >= 0.2 ? s.pt : s.ml);
    s.frag += std::max<std::int64_t>(runs[id] - 1, 0);
  }
}

/// Ids in the order of their names.
struct numbered {
  std::map<std::int64_t, std::size_t> truth, tracks;
  std::vector<double> true_boxes, boxes;
  explicit numbered(const frames& all) {
    for (const auto& [number, f] : all) {
      for (const auto& b : f.truth) truth[b.id] = 0;
      for (const auto& b : f.tracks) tracks[b.id] = 0;
    }
    for (auto* side : {&truth, &tracks}) {
      std::size_t next = 0;
      for (auto& [id, n] : *side) n = next++;
    }
    true_boxes.assign(truth.size(), 0);
    boxes.assign(tracks.size(), 0);
    for (const auto& [number, f] : all) {
      for (const auto& b : f.truth) ++true_boxes[truth[b.id]];
      for (const auto& b : f.tracks) ++boxes[tracks[b.id]];
    }
  }
  [[nodiscard]] matrix zeros() const {
    return matrix(truth.size(), std::vector<double>(tracks.size(), 0));
  }
};

inline void identity_scores(const frames& all, const numbered& ids, scores& s) {
  matrix together = ids.zeros();
  for (const auto& [number, f] : all) {
    for (std::size_t i = 0; i < f.truth.size(); ++i) {
      for (std::size_t j = 0; j < f.tracks.size(); ++j) {
        if (f.similarity[i][j] < 0.5) continue;
        ++together[ids.truth.at(f.truth[i].id)][ids.tracks.at(f.tracks[j].id)];
      }
    }
  }
  const auto match = heaviest(together, ids.tracks.size());
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (match[i] >= 0) {
      s.idtp += static_cast<std::int64_t>(together[i][static_cast<std::size_t>(match[i])]);
    }
  }
}

inline void hota_scores(const frames& all, const numbered& ids, scores& s) {
  matrix c = ids.zeros();
  double truth = 0, boxes = 0;
  for (const auto& [number, f] : all) {
    truth += static_cast<double>(f.truth.size());
    boxes += static_cast<double>(f.tracks.size());
    for (std::size_t i = 0; i < f.truth.size(); ++i) {
      for (std::size_t j = 0; j < f.tracks.size(); ++j) {
        double row = 0, column = 0;
        for (std::size_t k = 0; k < f.tracks.size(); ++k) row += f.similarity[i][k];
        for (std::size_t k = 0; k < f.truth.size(); ++k) column += f.similarity[k][j];
        const double x = f.similarity[i][j];
        if (x > 0) {
          c[ids.truth.at(f.truth[i].id)][ids.tracks.at(f.tracks[j].id)] += x / (row + column - x);
        }
      }
    }
  }
  for (std::size_t a = 0; a < kernels::kHotaThresholds; ++a) {
    matrix together = ids.zeros();
    double tp = 0, sum = 0;
    for (const auto& [number, f] : all) {
      matrix weight = f.similarity;
      for (std::size_t i = 0; i < f.truth.size(); ++i) {
        for (std::size_t j = 0; j < f.tracks.size(); ++j) {
          const auto g = ids.truth.at(f.truth[i].id), t = ids.tracks.at(f.tracks[j].id);
          weight[i][j] *= c[g][t] / (ids.true_boxes[g] + ids.boxes[t] - c[g][t]);
        }
      }
      const auto match = heaviest(weight, f.tracks.size());
      for (std::size_t i = 0; i < match.size(); ++i) {
        if (match[i] < 0) continue;
        const auto j = static_cast<std::size_t>(match[i]);
        if (f.similarity[i][j] < 0.05 * static_cast<double>(a + 1) - 1e-12) continue;
        ++tp;
        sum += f.similarity[i][j];
        ++together[ids.truth.at(f.truth[i].id)][ids.tracks.at(f.tracks[j].id)];
      }
    }
    double association = 0;
    for (std::size_t g = 0; g < together.size(); ++g) {
      for (std::size_t t = 0; t < together[g].size(); ++t) {
        const double n = together[g][t];
        if (n > 0) association += n * n / (ids.true_boxes[g] + ids.boxes[t] - n);
      }
    }
    s.assa[a] = association / std::max(tp, 1.0);
    s.loca[a] = tp > 0 ? sum / tp : 1;
    s.hota[a] = std::sqrt(tp / std::max(truth + boxes - tp, 1.0) * s.assa[a]);
  }
}

inline scores of(const std::vector<track_box>& truth, const std::vector<track_box>& tracks,
                 kernels::mot_benchmark benchmark) {
  const frames all = prepared(truth, tracks, benchmark);
  const numbered ids(all);
  scores s;
  clear_scores(all, s);
  identity_scores(all, ids, s);
  hota_scores(all, ids, s);
  return s;
}

}  // namespace mot_reference
