// compact_queries: queries in the form that a gallery's compact copy is scanned with, and their
// part of the error bound (compact_rows.hpp).
#pragma once

#include <kernels/embedding/compact_rows.hpp>

namespace kernels::inline KERNELS_ABI {

/// One query: the key of a row is base + v, within norm·residual + lost·size + slack + constant.
/// For similarities the key is the dot product, for distances (‖x‖² − distance²) / 2.
struct compact_query {
  double base = 0;      ///< ⟨q,μ⟩
  double norm = 0;      ///< at least ‖q̂‖ and ‖q‖ (distances: ‖x‖)
  double lost = 0;      ///< ‖q−q̂‖
  double constant = 0;  ///< what no row changes
  double squares = 0;   ///< ‖x‖², for distances
  float scale = 1;      ///< of the integers

  /// What the key of a row may be off by.
  [[nodiscard]] double error(const compact_rows::bounds& row) const {
    return (norm * static_cast<double>(row.residual) + lost * static_cast<double>(row.size) +
            static_cast<double>(row.slack) + constant) *
           (1 + 0x1p-40);
  }
};

/// Queries made ready for a gallery, `bytes` apart: bfloat16; float · 2^−exponent of the gallery
/// for half; for integers the levels of both terms, `dimension` bytes each, then twice an int32:
/// 128 times the sum of each term's levels.
class compact_queries {
 public:
  void resize(const compact_rows& gallery, std::int64_t count) {
    const std::int64_t d = gallery.dimension();
    bytes_ = gallery.type() == first_pass::int8      ? 2 * d + 64
             : gallery.type() == first_pass::float16 ? 4 * d
                                                     : 2 * d;
    data_.resize(count * bytes_);
    queries_.resize(static_cast<std::size_t>(count));
  }

  /// False where q is outside of what the first pass can bound: score it in float32.
  bool set(const compact_rows& gallery, std::int64_t index, const float* q) {
    const std::int64_t d = gallery.dimension();
    const bool distance = gallery.what() == metric::euclidean;
    compact_query& out = queries_[static_cast<std::size_t>(index)];
    out = {};
    std::byte* to = data_.data() + index * bytes_;
    const std::vector<float>& mean = gallery.mean();
    double most = 0, size = 0, mean_squares = 0, raw = 0;
    for (std::int64_t k = 0; k < d; ++k) {
      const auto m = static_cast<double>(mean[static_cast<std::size_t>(k)]);
      const auto given = static_cast<double>(q[k]);
      const double x = distance ? given - m : given;
      most = std::max(most, std::abs(x));
      size += x * x;
      raw += given * given;
      mean_squares += m * m;
      if (!distance) out.base += given * m;
    }
    size = std::sqrt(size);
    if (!(size >= kSmallestNorm && size <= kLargestNorm && raw <= kLargestNorm * kLargestNorm)) {
      return false;
    }
    // levels of the first term are 254 times those of the second
    out.scale = gallery.type() == first_pass::int8 ? static_cast<float>(most / (127.0 * 254)) : 1;
    const double down = std::ldexp(1.0, -gallery.exponent()),
                 up = std::ldexp(1.0, gallery.exponent());
    const auto step = static_cast<double>(out.scale);
    std::int32_t sums[2] = {};
    double kept = 0, lost = 0;
    for (std::int64_t k = 0; k < d; ++k) {
      const auto given = static_cast<double>(q[k]);
      const double x =
          distance ? given - static_cast<double>(mean[static_cast<std::size_t>(k)]) : given;
      double stored = 0;
      if (gallery.type() == first_pass::int8) {
        const int first = compact_rows::to_level(x / (254 * step));
        const int second = compact_rows::to_level((x - 254 * step * first) / step);
        to[k] = static_cast<std::byte>(first);
        to[d + k] = static_cast<std::byte>(second);
        sums[0] += 128 * first;
        sums[1] += 128 * second;
        stored = step * (254 * first + second);
      } else if (gallery.type() == first_pass::bfloat16) {
        const bfloat16 b = compact_rows::to_compact(static_cast<float>(x));
        std::memcpy(to + 2 * k, &b, 2);
        stored = static_cast<double>(math::from_bfloat16(b));
      } else {
        const auto scaled = static_cast<float>(x * down);
        std::memcpy(to + 4 * k, &scaled, 4);
        stored = static_cast<double>(scaled) * up;
      }
      kept += stored * stored;
      lost += (x - stored) * (x - stored);
    }
    if (gallery.type() == first_pass::int8) std::memcpy(to + 2 * d, sums, sizeof sums);
    const auto n = static_cast<double>(d);
    out.squares = size * size;
    out.norm = std::max(std::sqrt(kept), size) * (1 + 1e-6);
    out.lost = (std::sqrt(lost) + 0x1p-50 * size) * (1 + 1e-6);
    out.constant = n * 0x1p-50 * std::sqrt(raw) * std::sqrt(mean_squares) + n * 0x1p-124;
    if (distance) {
      out.constant += (gallery.rounding().exact + n * 0x1p-50) * out.squares;
    }
    return true;
  }

  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  [[nodiscard]] const std::byte* data(std::int64_t index) const {
    return data_.data() + index * bytes_;
  }
  [[nodiscard]] const compact_query& operator[](std::int64_t index) const {
    return queries_[static_cast<std::size_t>(index)];
  }

 private:
  std::int64_t bytes_ = 0;
  buffer<std::byte> data_;
  std::vector<compact_query> queries_;
};

}  // namespace kernels::inline KERNELS_ABI
