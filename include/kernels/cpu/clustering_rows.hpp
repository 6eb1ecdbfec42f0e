// The rows of a matrix that take part in a clustering: those that are finite.
#pragma once

#include <kernels/cpu/cluster_tile.hpp>
#include <kernels/embedding/packed_rows.hpp>
#include <kernels/math/metric.hpp>

#include <cmath>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Packed copies of the finite rows, unit rows for cosine, with the numbers they have in the
/// matrix.
class clustering_rows {
 public:
  template <class T>
  clustering_rows(on_cpu exec, const view<const T, 2>& rows, metric compared)
      : all_(exec, rows, compared == metric::cosine), cosine_(compared == metric::cosine) {
    for (std::int64_t r = 0; r < all_.count(); ++r) {
      const bool finite = all_.state(r) != row_state::not_finite;
      (finite ? finite_ : rest_).push_back(static_cast<std::int32_t>(r));
    }
    if (rest_.empty()) return;
    compact_.resize(count() * all_.stride());
    for (std::int64_t k = 0; k < count(); ++k) {
      std::copy_n(all_.row(number(k)), all_.stride(), compact_.data() + k * all_.stride());
    }
  }

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(finite_.size()); }
  [[nodiscard]] std::int64_t dimension() const { return all_.dimension(); }
  /// Of the k-th finite row.
  [[nodiscard]] std::int32_t number(std::int64_t k) const {
    return finite_[static_cast<std::size_t>(k)];
  }
  [[nodiscard]] const std::vector<std::int32_t>& not_finite() const { return rest_; }
  [[nodiscard]] point_rows points() const {
    const float* data = rest_.empty() && all_.count() > 0 ? all_.row(0) : compact_.data();
    return {data, count(), all_.stride(), cosine_};
  }

 private:
  packed_rows all_;
  bool cosine_;
  std::vector<std::int32_t> finite_, rest_;
  buffer<float> compact_;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
