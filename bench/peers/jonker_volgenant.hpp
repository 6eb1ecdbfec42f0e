// Linear assignment as the usual packages do it: Jonker and Volgenant's algorithm (column
// reduction, reduction transfer, augmenting row reduction, augmentation) on a dense square matrix,
// and a limit by padding to rows + columns. Own code after the paper of 1987.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace bench {

class jonker_volgenant {
 public:
  /// Column of each row of the n × n matrix.
  const std::vector<std::int32_t>& solve(const double* cost, std::int32_t n) {
    cost_ = cost;
    n_ = n;
    const auto size = static_cast<std::size_t>(n);
    x_.assign(size, -1);
    y_.assign(size, -1);
    v_.assign(size, 0.0);
    free_.clear();
    reduce_columns();
    for (int round = 0; round < 2; ++round) reduce_rows();
    for (const auto i : std::vector<std::int32_t>(free_)) augment(i);
    return x_;
  }

  /// With a limit: the column of each row or −1, of rows × columns, over the padded matrix.
  template <class T>
  std::vector<std::int32_t> solve_limited(const T* cost, std::int32_t rows, std::int32_t columns,
                                          double limit) {
    const std::int32_t n = rows + columns;
    padded_.assign(static_cast<std::size_t>(n) * static_cast<std::size_t>(n), limit / 2);
    for (std::int32_t i = 0; i < n; ++i) {
      double* row = padded_.data() + static_cast<std::ptrdiff_t>(i) * n;
      if (i < rows) {
        for (std::int32_t j = 0; j < columns; ++j) {
          row[j] = static_cast<double>(cost[static_cast<std::ptrdiff_t>(i) * columns + j]);
        }
      } else {
        for (std::int32_t j = columns; j < n; ++j) row[j] = 0;
      }
    }
    const auto& x = solve(padded_.data(), n);
    std::vector<std::int32_t> out(x.begin(), x.begin() + rows);
    for (auto& j : out) j = j < columns ? j : -1;
    return out;
  }

 private:
  [[nodiscard]] const double* row(std::int32_t i) const {
    return cost_ + static_cast<std::ptrdiff_t>(i) * n_;
  }
  static std::size_t at(std::int32_t k) { return static_cast<std::size_t>(k); }

  void reduce_columns() {
    std::vector<std::int32_t> least(at(n_), 0), times(at(n_), 0);
    for (std::int32_t j = 0; j < n_; ++j) v_[at(j)] = row(0)[j];
    for (std::int32_t i = 1; i < n_; ++i) {
      for (std::int32_t j = 0; j < n_; ++j) {
        if (row(i)[j] < v_[at(j)]) {
          v_[at(j)] = row(i)[j];
          least[at(j)] = i;
        }
      }
    }
    for (std::int32_t j = n_ - 1; j >= 0; --j) {
      const std::int32_t i = least[at(j)];
      if (++times[at(i)] == 1) {
        x_[at(i)] = j;
        y_[at(j)] = i;
      }
    }
    for (std::int32_t i = 0; i < n_; ++i) {
      if (times[at(i)] == 0) free_.push_back(i);
      if (times[at(i)] != 1) continue;
      double second = std::numeric_limits<double>::infinity();
      for (std::int32_t j = 0; j < n_; ++j) {
        const double c = row(i)[j] - v_[at(j)];
        if (j != x_[at(i)] && c < second) second = c;
      }
      v_[at(x_[at(i)])] -= second;
    }
  }

  void reduce_rows() {
    std::size_t k = 0;
    const std::size_t end = free_.size();
    std::size_t left = 0;
    std::int64_t steps = 0;
    while (k < end) {
      const std::int32_t i = free_[k++];
      std::int32_t first = 0;
      std::int32_t second = -1;
      double u1 = row(i)[0] - v_[0];
      double u2 = std::numeric_limits<double>::infinity();
      for (std::int32_t j = 1; j < n_; ++j) {
        const double c = row(i)[j] - v_[at(j)];
        if (c >= u2) continue;
        if (c >= u1) {
          u2 = c;
          second = j;
        } else {
          u2 = u1;
          second = first;
          u1 = c;
          first = j;
        }
      }
      std::int32_t owner = y_[at(first)];
      const double lower = v_[at(first)] - (u2 - u1);
      const bool lowers = lower < v_[at(first)] && ++steps < std::int64_t{4} * n_;
      if (lowers) {
        v_[at(first)] = lower;
      } else if (owner >= 0 && second >= 0) {
        first = second;
        owner = y_[at(first)];
      }
      if (owner >= 0) {
        x_[at(owner)] = -1;
        if (lowers) {
          free_[--k] = owner;
        } else {
          free_[left++] = owner;
        }
      }
      x_[at(i)] = first;
      y_[at(first)] = i;
    }
    free_.resize(left);
  }

  void augment(std::int32_t start) {
    d_.resize(at(n_));
    from_.assign(at(n_), start);
    columns_.resize(at(n_));
    for (std::int32_t j = 0; j < n_; ++j) {
      d_[at(j)] = row(start)[j] - v_[at(j)];
      columns_[at(j)] = j;
    }
    std::size_t scanned = 0;
    std::size_t ready = 0;
    std::size_t done = 0;  // columns whose price changes
    double least = 0;
    std::int32_t end = -1;
    while (end < 0) {
      if (scanned == ready) {
        done = scanned;
        least = d_[at(columns_[ready++])];
        for (std::size_t k = ready; k < at(n_); ++k) {
          const double h = d_[at(columns_[k])];
          if (h > least) continue;
          if (h < least) {
            ready = scanned;
            least = h;
          }
          std::swap(columns_[k], columns_[ready++]);
        }
        for (std::size_t k = scanned; k < ready && end < 0; ++k) {
          if (y_[at(columns_[k])] < 0) end = columns_[k];
        }
      }
      while (end < 0 && scanned < ready) {
        const std::int32_t column = columns_[scanned++];
        const std::int32_t i = y_[at(column)];
        const double h = row(i)[column] - v_[at(column)] - least;
        for (std::size_t k = ready; k < at(n_); ++k) {
          const std::int32_t j = columns_[k];
          const double c = row(i)[j] - v_[at(j)] - h;
          if (c >= d_[at(j)]) continue;
          d_[at(j)] = c;
          from_[at(j)] = i;
          if (c > least) continue;
          if (y_[at(j)] < 0) {
            end = j;
            break;
          }
          std::swap(columns_[k], columns_[ready++]);
        }
      }
    }
    for (std::size_t k = 0; k < done; ++k) {
      const std::int32_t j = columns_[k];
      v_[at(j)] += d_[at(j)] - least;
    }
    for (std::int32_t i = -1; i != start;) {
      i = from_[at(end)];
      y_[at(end)] = i;
      std::swap(end, x_[at(i)]);
    }
  }

  const double* cost_ = nullptr;
  std::int32_t n_ = 0;
  std::vector<std::int32_t> x_, y_, free_, from_, columns_;
  std::vector<double> v_, d_, padded_;
};

}  // namespace bench
