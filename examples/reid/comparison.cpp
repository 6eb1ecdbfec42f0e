#include "comparison.hpp"

#include "similarities.hpp"

#include <kernels/rank_metrics.hpp>

#include <cmath>
#include <numeric>

namespace kernels::examples {
namespace {

/// Adds up what blocks of rows give.
class ranked_rows {
 public:
  ranked_rows(const std::vector<std::int32_t>& labels, int threads)
      : labels_(labels.begin(), labels.end()), itself_(labels.size()), threads_(threads) {
    std::iota(itself_.begin(), itself_.end(), std::int64_t{0});
  }

  void add(const std::vector<float>& scores, std::int64_t first, std::int64_t count) {
    const auto part = [&](const std::vector<std::int64_t>& all) {
      return std::span(all).subspan(static_cast<std::size_t>(first),
                                    static_cast<std::size_t>(count));
    };
    rank_metrics_params params;
    params.max_rank = 1;
    params.query_cameras = part(itself_);  // a camera of its own each: only itself is left out
    params.gallery_cameras = itself_;
    const auto matrix = packed(scores.data(), {count, static_cast<std::int64_t>(labels_.size())});
    const auto found =
        rank_metrics(on_cpu{.threads = threads_}, matrix, part(labels_), labels_, params);
    for (std::size_t q = 0; q < static_cast<std::size_t>(count); ++q) {
      right_.push_back(found.first_match[q] == 1);
      if (found.first_match[q] < 0) continue;
      ++queries_;
      precision_ += found.average_precision[q];
      first_ += found.first_match[q] == 1 ? 1 : 0;
    }
  }

  [[nodiscard]] std::int64_t queries() const { return queries_; }
  [[nodiscard]] ranking result() const {
    const auto n = static_cast<double>(std::max<std::int64_t>(queries_, 1));
    return {static_cast<double>(first_) / n, precision_ / n, right_};
  }

 private:
  std::vector<std::int64_t> labels_, itself_;
  int threads_;
  std::int64_t queries_ = 0, first_ = 0;
  double precision_ = 0;
  std::vector<bool> right_;
};

/// Scores of one row before and after, for later rows.
void count_row(comparison& c, double& sum, const float* before, const float* after,
               std::int64_t row, std::int64_t rows, float threshold) {
  for (std::int64_t k = row + 1; k < rows; ++k) {
    const double change = std::abs(static_cast<double>(after[k]) - before[k]);
    sum += change;
    if (change > c.largest || c.row < 0) {
      c.largest = change;
      c.row = row;
      c.column = k;
      c.before = before[k];
      c.after = after[k];
    }
    const bool was = before[k] >= threshold;
    const bool is = after[k] >= threshold;
    c.accepted += was ? 1 : 0;
    c.gained += is && !was ? 1 : 0;
    c.lost += was && !is ? 1 : 0;
  }
}

}  // namespace

comparison compare_rows(const view<const float, 2>& a, const view<const float, 2>& b,
                        float threshold, const std::vector<std::int32_t>& labels, int threads,
                        const std::function<void()>& step) {
  comparison c;
  c.ranked = !labels.empty();
  const std::int64_t rows = a.extent[0];
  ranked_rows ranked_a(labels, threads);
  ranked_rows ranked_b(labels, threads);
  double sum = 0;
  for (std::int64_t first = 0; first < rows; first += kComparisonBlock) {
    const auto count = std::min(kComparisonBlock, rows - first);
    const auto before = similarities(a, first, count, a, threads);
    const auto after = similarities(b, first, count, b, threads);
    for (std::int64_t r = 0; r < count; ++r) {
      count_row(c, sum, before.data() + r * rows, after.data() + r * rows, first + r, rows,
                threshold);
    }
    if (c.ranked) {
      ranked_a.add(before, first, count);
      ranked_b.add(after, first, count);
    }
    step();
  }
  c.pairs = rows * (rows - 1) / 2;
  c.mean = c.pairs == 0 ? 0 : sum / static_cast<double>(c.pairs);
  c.queries = ranked_a.queries();
  c.a = ranked_a.result();
  c.b = ranked_b.result();
  return c;
}

}  // namespace kernels::examples
