// Answers one association on the CPU.
#pragma once

#include <kernels/assignment.hpp>
#include <kernels/conditioned_assignment.hpp>
#include <kernels/tracking/frame.hpp>
#include <kernels/tracking/overlaps.hpp>
#include <kernels/tracking/work.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

/// Holds nothing but scratch, which copies do not share. One a thread.
class associator {
 public:
  associator() = default;
  associator(const associator&) : associator() {}
  associator& operator=(const associator&) { return *this; }
  ~associator() = default;

  /// Matrices of all pairs are used up to this size. Beyond, an association with infinite limit
  /// looks only at pairs that overlap, and masks are not looked at.
  static constexpr std::size_t kMostPairs = overlap_finder::kMostPairs;

  /// Fills a.match; a.row_boxes are known. Errors: kernels::error for more than kMostPairs pairs
  /// that overlap.
  void solve(association& a, const frame_detections& detections) {
    a.match.assign(a.rows.size(), -1);
    if (a.rows.empty() || a.columns.empty()) return;
    boxes_.clear();
    for (const auto c : a.columns) boxes_.push_back(detections.boxes[static_cast<std::size_t>(c)]);
    list_overlaps(a, detections);
    if (a.rules.needs_one && !any_enough(a)) return;
    if (a.rules.one_to_one && match_one_to_one(a)) return;
    column_match_.resize(a.columns.size());
    if (a.masks != nullptr && a.rows.size() * a.columns.size() <= kMostPairs) {
      solve_with_masks(a, detections);
    } else if (a.rules.limit == std::numeric_limits<double>::infinity() &&
               a.rows.size() * a.columns.size() <= kMostPairs) {
      solve_full(a, detections);
    } else {
      solve_listed(a, detections);
    }
    if (a.rules.least_iou > 0 || a.rules.apart) take_apart(a, detections);
  }

 private:
  using scratch = cpu::assignment_scratch<double>;

  [[nodiscard]] static bool separate(const association& a, const frame_detections& detections,
                                     std::size_t i, std::size_t j) {
    return a.rules.apart &&
           a.row_classes[i] != detections.classes[static_cast<std::size_t>(a.columns[j])];
  }

  /// All pairs with IoU > 0, row after row.
  void list_overlaps(const association& a, const frame_detections& detections) {
    starts_.assign(1, 0);
    columns_.clear();
    values_.clear();
    std::size_t row = 0;
    const auto close_rows = [&](std::size_t until) {
      for (; row < until; ++row) starts_.push_back(static_cast<std::int32_t>(columns_.size()));
    };
    overlaps_.each(a.row_boxes, boxes_, a.rules.convention,
                   [&](std::size_t i, std::size_t j, double iou) {
                     if (separate(a, detections, i, j)) return;
                     close_rows(i);
                     columns_.push_back(static_cast<std::int32_t>(j));
                     values_.push_back(iou);
                   });
    close_rows(a.rows.size());
  }

  [[nodiscard]] bool any_enough(const association& a) const {
    return std::any_of(values_.begin(), values_.end(),
                       [&](double iou) { return iou > a.rules.least_iou; });
  }

  /// SORT's shortcut.
  bool match_one_to_one(association& a) {
    column_match_.assign(a.columns.size(), -1);
    bool any = false;
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      for (auto k = static_cast<std::size_t>(starts_[i]);
           k < static_cast<std::size_t>(starts_[i + 1]); ++k) {
        if (!(values_[k] > a.rules.least_iou)) continue;
        auto& taken = column_match_[static_cast<std::size_t>(columns_[k])];
        if (a.match[i] >= 0 || taken >= 0) {
          std::fill(a.match.begin(), a.match.end(), -1);
          return false;
        }
        a.match[i] = columns_[k];
        taken = static_cast<std::int32_t>(i);
        any = true;
      }
    }
    return any;
  }

  /// The price of a pair.
  [[nodiscard]] static double price(const association& a, const frame_detections& detections,
                                    std::size_t i, std::size_t j, double iou) {
    const auto d = static_cast<std::size_t>(a.columns[j]);
    const double gain =
        a.rules.price == math::pair_price::direction
            ? math::direction_gain(a.row_directions[i], detections.boxes[d], a.rules.inertia)
            : 0.0;
    const double own = math::price_of(a.rules.price, iou, detections.weights[d], gain);
    if (a.appearance.empty()) return own;
    return math::price_with_appearance(own, iou, a.appearance[i * a.columns.size() + j],
                                       a.appearance_limits.proximity, a.appearance_limits.most);
  }

  void solve_listed(association& a, const frame_detections& detections) {
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      for (auto k = static_cast<std::size_t>(starts_[i]);
           k < static_cast<std::size_t>(starts_[i + 1]); ++k) {
        values_[k] = price(a, detections, i, static_cast<std::size_t>(columns_[k]), values_[k]);
      }
    }
    // where all pairs would count, those that do not overlap are no loss
    const double limit = exact::min(a.rules.limit, std::numeric_limits<double>::max());
    const scratch::lists pairs{starts_.data(), columns_.data(), values_.data()};
    demand(solver_.solve(pairs, limit < 2.0 ? limit : 0.0, a.match, column_match_));
  }

  /// The prices of all pairs; `otherwise` for those of different classes.
  scratch::dense fill_matrix(const association& a, const frame_detections& detections,
                             double otherwise) {
    const std::size_t columns = a.columns.size();
    matrix_.resize(a.rows.size() * columns);
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      double* row = matrix_.data() + i * columns;
      auto k = static_cast<std::size_t>(starts_[i]);
      if (math::is_lost(a.row_boxes[i])) {  // a filter that is lost matches nothing
        std::fill(row, row + columns, std::numeric_limits<double>::infinity());
        continue;
      }
      for (std::size_t j = 0; j < columns; ++j) {
        const bool listed = k < static_cast<std::size_t>(starts_[i + 1]) &&
                            columns_[k] == static_cast<std::int32_t>(j);
        const double iou = listed ? values_[k++] : 0.0;
        row[j] = separate(a, detections, i, j) ? otherwise : price(a, detections, i, j, iou);
      }
    }
    return packed(static_cast<const double*>(matrix_.data()),
                  {static_cast<std::int64_t>(a.rows.size()), static_cast<std::int64_t>(columns)});
  }

  /// Prices are sums of a few numbers that are bounded: see frame_detections::weights.
  static void demand(bool solved) {
    if (!solved) refuse("tracker", "price of a pair", "above -2^980", "less");
  }

  /// As many pairs as can be had, whether they overlap or not.
  void solve_full(association& a, const frame_detections& detections) {
    demand(solver_.solve(fill_matrix(a, detections, 0.0), a.rules.limit, a.match, column_match_));
  }

  void solve_with_masks(association& a, const frame_detections& detections) {
    constexpr double kNever = std::numeric_limits<double>::infinity();
    const scratch::dense cost = fill_matrix(a, detections, kNever);
    tlwh_.clear();
    for (const auto& b : boxes_) {
      tlwh_.insert(tlwh_.end(), {b.left, b.top, b.right - b.left, b.bottom - b.top});
    }
    confidences_.clear();
    conditioned_assignment_parameters<double> parameters{.limit = a.rules.limit, .labels = 1};
    for (const auto label : a.row_labels) {
      const auto l = static_cast<std::size_t>(label);
      confidences_.push_back(l < a.masks->confidence.size() ? a.masks->confidence[l] : 1.0);
      parameters.labels = std::max(parameters.labels, label + 1);
    }
    const auto rows = static_cast<std::int64_t>(a.rows.size());
    std::visit(
        [&](const auto& map) {
          with_masks_.solve(
              cost, packed(static_cast<const double*>(tlwh_.data()), {cost.extent[1], 4}), map,
              packed(static_cast<const std::int32_t*>(a.row_labels.data()), {rows}),
              packed(static_cast<const double*>(confidences_.data()), {rows}), parameters, a.match,
              column_match_);
        },
        a.masks->labels);
  }

  /// Pairs below the least IoU, and those of classes that are kept apart, are no matches.
  void take_apart(association& a, const frame_detections& detections) const {
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      if (a.match[i] < 0) continue;
      const auto j = static_cast<std::size_t>(a.match[i]);
      if (separate(a, detections, i, j) ||
          math::iou(a.row_boxes[i], boxes_[j], a.rules.convention) < a.rules.least_iou) {
        a.match[i] = -1;
      }
    }
  }

  scratch solver_{instruction_set::best};
  conditioned_assignment_solver<double> with_masks_;
  overlap_finder overlaps_;
  std::vector<box<double>> boxes_;
  std::vector<std::int32_t> starts_, columns_, column_match_;
  std::vector<double> values_, matrix_, tlwh_, confidences_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
