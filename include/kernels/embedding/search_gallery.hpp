// search_gallery: the rows of a gallery made ready for search, once.
#pragma once

#include <kernels/embedding/compact_rows.hpp>

namespace kernels::inline KERNELS_ABI {

struct search_options {
  kernels::metric metric = kernels::metric::cosine;
  /// What the first pass reads. bfloat16 and float16 take half of float32's bytes, int8 a quarter.
  kernels::first_pass first_pass = kernels::first_pass::bfloat16;
};

/// Float32 copies of the rows (of unit length for cosine), and the compact copy with its bounds:
/// 4 + 2 (bfloat16, float16) or 4 + 1 (int8) bytes an element. Does not change once built: any
/// number of threads may search it.
class search_gallery {
 public:
  search_gallery() = default;

  /// rows: (N, D) of float, half or bfloat16, any strides; copied. Rows with a NaN or an infinity
  /// keep their index and are never found. Rows of cosine that are all zeros score 0.
  template <class T>
  search_gallery(on_cpu exec, const view<const T, 2>& rows, const search_options& options = {})
      : options_(options), rows_(exec, rows, options.metric == metric::cosine) {
    for (std::int64_t r = 0; r < rows_.count(); ++r) {
      not_finite_ += rows_.state(r) == row_state::not_finite ? 1 : 0;
    }
    compact_.assign(exec, rows_, options.metric, options.first_pass);
  }

  [[nodiscard]] std::int64_t count() const { return rows_.count(); }
  [[nodiscard]] std::int64_t dimension() const { return rows_.dimension(); }
  /// Rows that can never be found.
  [[nodiscard]] std::int64_t not_finite() const { return not_finite_; }
  [[nodiscard]] const search_options& options() const { return options_; }
  /// Bytes that a first pass reads.
  [[nodiscard]] std::int64_t first_pass_bytes() const {
    return compact_.usable() ? compact_.panels() * compact_.panel_bytes()
                             : rows_.count() * rows_.stride() * 4;
  }

  [[nodiscard]] const packed_rows& rows() const { return rows_; }
  [[nodiscard]] const compact_rows& compact() const { return compact_; }

 private:
  search_options options_;
  packed_rows rows_;
  compact_rows compact_;
  std::int64_t not_finite_ = 0;
};

}  // namespace kernels::inline KERNELS_ABI
