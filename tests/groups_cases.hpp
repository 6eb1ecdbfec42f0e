// Point sets and plain references for DBSCAN, threshold components, linkage and whispers.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/isa.hpp>
#include <kernels/math/metric.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace groups_cases {

using kernels::instruction_set;
using kernels::metric;
using labels = std::vector<std::int32_t>;

struct points {
  std::int64_t count = 0, dimension = 0;
  std::vector<float> values;

  [[nodiscard]] kernels::view<const float, 2> rows() const {
    return kernels::packed(values.data(), {count, dimension});
  }
  [[nodiscard]] float& at(std::int64_t row, std::int64_t column) {
    return values[static_cast<std::size_t>(row * dimension + column)];
  }
  /// These rows, in this order.
  [[nodiscard]] points permuted(const std::vector<std::int64_t>& order) const {
    points p{static_cast<std::int64_t>(order.size()), dimension, {}};
    for (const std::int64_t r : order) {
      const float* row = values.data() + r * dimension;
      p.values.insert(p.values.end(), row, row + dimension);
    }
    return p;
  }
};

/// Points around `clusters` centres, and some around none.
inline points scattered(std::int64_t count, std::int64_t dimension, int clusters, float spread,
                        unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> centres(static_cast<std::size_t>(clusters * dimension));
  for (float& v : centres) v = normal(random);
  points p{count, dimension, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    const auto c = static_cast<std::size_t>(random() % static_cast<unsigned>(clusters));
    const bool stray = random() % 5 == 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(dimension); ++k) {
      const float centre = stray ? 0 : centres[c * static_cast<std::size_t>(dimension) + k];
      p.values.push_back(centre + (stray ? 1 : spread) * normal(random));
    }
  }
  return p;
}

/// All distances in double; infinite where a row is not finite.
class distances {
 public:
  distances(const points& p, metric compared)
      : count_(p.count), values_(static_cast<std::size_t>(p.count * p.count)) {
    for (std::int64_t i = 0; i < count_; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) {
        values_[static_cast<std::size_t>(i * count_ + j)] =
            values_[static_cast<std::size_t>(j * count_ + i)] = distance(p, i, j, compared);
      }
    }
  }
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] double at(std::int64_t i, std::int64_t j) const {
    return values_[static_cast<std::size_t>(i * count_ + j)];
  }
  [[nodiscard]] bool finite(std::int64_t i) const { return std::isfinite(at(i, i)); }

  /// The middle of the widest gap between distances around `near`.
  [[nodiscard]] float in_a_gap(double near) const {
    std::vector<double> sorted(values_);
    std::sort(sorted.begin(), sorted.end());
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), near) - sorted.begin();
    const auto size = static_cast<std::ptrdiff_t>(sorted.size());
    double widest = 0, middle = near;
    for (auto k = std::max<std::ptrdiff_t>(place - 40, 1); k < std::min(place + 40, size); ++k) {
      const double low = sorted[static_cast<std::size_t>(k - 1)];
      const double high = sorted[static_cast<std::size_t>(k)];
      if (!std::isfinite(high) || high - low <= widest) continue;
      widest = high - low;
      middle = (low + high) / 2;
    }
    return static_cast<float>(middle);
  }

 private:
  static double distance(const points& p, std::int64_t i, std::int64_t j, metric compared) {
    double dot = 0, squares = 0, mine = 0, theirs = 0;
    for (std::int64_t k = 0; k < p.dimension; ++k) {
      const double x = p.values[static_cast<std::size_t>(i * p.dimension + k)];
      const double y = p.values[static_cast<std::size_t>(j * p.dimension + k)];
      if (!std::isfinite(x) || !std::isfinite(y)) return std::numeric_limits<double>::infinity();
      dot += x * y;
      squares += (x - y) * (x - y);
      mine += x * x;
      theirs += y * y;
    }
    if (compared == metric::euclidean) return std::sqrt(squares);
    return mine == 0 || theirs == 0 ? 1 : 1 - dot / std::sqrt(mine * theirs);
  }

  std::int64_t count_;
  std::vector<double> values_;
};

/// As the textbook has it, walking from core point to core point in ascending order.
inline labels plain_dbscan(const distances& d, double eps, std::int64_t min_samples,
                           std::vector<std::uint8_t>& core) {
  const std::int64_t n = d.count();
  labels found(static_cast<std::size_t>(n), -1);
  core.assign(static_cast<std::size_t>(n), 0);
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t near = d.finite(i) ? 1 : 0;
    for (std::int64_t j = 0; j < n; ++j) near += j != i && d.at(i, j) <= eps ? 1 : 0;
    core[static_cast<std::size_t>(i)] = d.finite(i) && near >= min_samples ? 1 : 0;
  }
  std::int32_t next = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    if (core[static_cast<std::size_t>(i)] == 0 || found[static_cast<std::size_t>(i)] >= 0) continue;
    std::vector<std::int64_t> stack{i};
    found[static_cast<std::size_t>(i)] = next;
    while (!stack.empty()) {
      const std::int64_t here = stack.back();
      stack.pop_back();
      if (core[static_cast<std::size_t>(here)] == 0) continue;
      for (std::int64_t j = 0; j < n; ++j) {
        if (found[static_cast<std::size_t>(j)] >= 0 || d.at(here, j) > eps) continue;
        found[static_cast<std::size_t>(j)] = next;
        stack.push_back(j);
      }
    }
    ++next;
  }
  return found;
}

/// The same groups, and the same points in none, under any numbers.
inline bool same_groups(const labels& a, const labels& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if ((a[i] < 0) != (b[i] < 0)) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (a[i] >= 0 && a[j] >= 0 && (a[i] == a[j]) != (b[i] == b[j])) return false;
    }
  }
  return true;
}

inline std::vector<std::int64_t> shuffled(std::int64_t n, unsigned seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::mt19937 random(seed);
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

/// Every instruction set of this processor with one thread, and the best with two and seven.
template <class Body>
void each_way(const Body& body) {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (kernels::cpu::supported(isa)) body(kernels::on_cpu{1, isa});
  }
  body(kernels::on_cpu{2});
  body(kernels::on_cpu{7});
}

}  // namespace groups_cases
