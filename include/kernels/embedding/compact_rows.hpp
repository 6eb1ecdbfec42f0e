// compact_rows: a small copy of a gallery for a first pass, and what is needed to bound the error
// of every score that comes from it.
//
// With μ the mean of the rows, c = g − μ is stored as ĉ: bfloat16, half (times a power of two of
// the gallery) or 8-bit integers (times a scale of the row). A query becomes q̂ in the same form,
// for integers the sum of two terms. In real numbers
//   ⟨q,g⟩ = ⟨q,μ⟩ + ⟨q̂,ĉ⟩ + ⟨q̂, c−ĉ⟩ + ⟨q−q̂, c⟩
// and for distances, with x = q − μ, ‖q−g‖² = ‖x‖² − 2·(⟨x,c⟩ − ‖c‖²/2). So the first pass computes
// v ≈ ⟨q̂,ĉ⟩ (− ‖c‖²/2), and the exact sum differs from it, besides what the query alone decides, by
// at most
//   ‖q̂‖·‖c−ĉ‖ + ‖q−q̂‖·‖c‖ + κ₁‖q̂‖‖ĉ‖ + κ₂‖q‖‖g‖ (distances: κ₂(‖x‖+‖c‖)²/2) + underflow
// where κ₁ bounds the rounding of the first pass whatever instructions it uses (bfloat16: two
// roundings to one ulp a pair; float: one of ½ ulp an element; integers: exact but for the last
// steps) and κ₂ that of the fixed-order float32 sum (D/16 roundings a partial sum, four to join
// them). All of it is computed in double and rounded up; the parts of a row are kept as
//   residual = ‖c−ĉ‖ + κ₁‖ĉ‖ + κ₂‖·‖,  size = ‖c‖,  slack = what distances add.
#pragma once

#include <kernels/embedding/first_pass.hpp>
#include <kernels/embedding/packed_rows.hpp>
#include <kernels/math/metric.hpp>
#include <kernels/math/search.hpp>

#include <cmath>
#include <vector>

namespace kernels::inline KERNELS_ABI {

/// A number that is at least x ≥ 0, as a float.
inline float rounded_up(double x) { return static_cast<float>(x * (1 + 1e-6) + 0x1p-126); }

/// What so many roundings, of at most `unit` each, do to a sum, relative to the sum of the sizes of
/// its terms (Higham, Accuracy and Stability, lemma 3.1), with a little more. steps · unit < 1.
inline double rounding_of(double steps, double unit) {
  return 1.01 * steps * unit / (1 - steps * unit);
}

/// Bounds on what roundings do to a sum of `dimension` products, relative to Σ|aᵢ||bᵢ|; dimension
/// at most kMostElements.
struct rounding_bounds {
  double first_pass = 0, exact = 0;
  rounding_bounds() = default;
  rounding_bounds(kernels::first_pass type, metric what, std::int64_t dimension) {
    const auto n = static_cast<double>(dimension);
    first_pass = type == kernels::first_pass::bfloat16  ? rounding_of(n, 0x1p-23)
                 : type == kernels::first_pass::float16 ? rounding_of(n + 4, 0x1p-24)
                                                        : rounding_of(32, 0x1p-24);
    // euclidean: differences and square roots too
    exact = rounding_of(n / 16 + (what == metric::euclidean ? 22 : 6), 0x1p-24);
  }
};

/// Elements whose roundings a first pass can bound.
inline constexpr std::int64_t kMostElements = std::int64_t{1} << 21;

/// Integer elements whose products fit 32 bits when summed: 255 · 127 · 65536 < 2^31.
inline constexpr std::int64_t kMostIntegers = 65536;

/// The compact copy, in panels of 64 rows, [panel][k / e][64][e]: e is 2 for bfloat16, 1 for half,
/// 4 for integers (stored + 128). Rows that are not finite, and the rest of the last panel, are
/// zeros.
class compact_rows {
 public:
  static constexpr int kPanelRows = 64;

  /// What bounds the rows of one panel: the largest of each part.
  struct bounds {
    float residual = 0, size = 0, slack = 0;
  };

  compact_rows() = default;

  /// Of rows that are of unit length for cosine, raw otherwise.
  void assign(on_cpu exec, const packed_rows& rows, metric what, first_pass type) {
    type_ = type;
    metric_ = what;
    rows_ = rows.count();
    dimension_ = rows.stride();
    rounding_ = rounding_bounds(type, what, std::min(dimension_, kMostElements));
    usable_ = type != first_pass::float32 && dimension_ <= kMostElements &&
              (type != first_pass::int8 || dimension_ <= kMostIntegers) && centre(exec, rows);
    if (!usable_) return;
    panels_ = (rows_ + kPanelRows - 1) / kPanelRows;
    data_.resize(panels_ * panel_bytes());
    bounds_.resize(panels_ * kPanelRows);
    panel_bounds_.resize(panels_);
    if (type == first_pass::int8) scale_.resize(panels_ * kPanelRows);
    if (what == metric::euclidean) bias_.resize(panels_ * kPanelRows);
    cpu::parallel_for(exec, panels_, [&](std::int64_t p) { pack(rows, p); });
  }

  /// False where the first pass has to be float32: it was asked for, values are huge, or rows have
  /// too many elements.
  [[nodiscard]] bool usable() const { return usable_; }
  [[nodiscard]] first_pass type() const { return type_; }
  [[nodiscard]] metric what() const { return metric_; }
  [[nodiscard]] std::int64_t panels() const { return panels_; }
  [[nodiscard]] std::int64_t dimension() const { return dimension_; }
  [[nodiscard]] std::int64_t panel_bytes() const {
    return dimension_ * kPanelRows * (type_ == first_pass::int8 ? 1 : 2);
  }
  [[nodiscard]] const std::byte* panel(std::int64_t p) const {
    return data_.data() + p * panel_bytes();
  }
  /// Of the rows of a panel; scale and bias are null where there is none.
  [[nodiscard]] const float* scale(std::int64_t p) const {
    return scale_.size() == 0 ? nullptr : scale_.data() + p * kPanelRows;
  }
  [[nodiscard]] const float* bias(std::int64_t p) const {
    return bias_.size() == 0 ? nullptr : bias_.data() + p * kPanelRows;
  }
  [[nodiscard]] const bounds& of_panel(std::int64_t p) const { return panel_bounds_.data()[p]; }
  [[nodiscard]] const bounds& of_row(std::int64_t r) const { return bounds_.data()[r]; }
  [[nodiscard]] const std::vector<float>& mean() const { return mean_; }
  [[nodiscard]] const rounding_bounds& rounding() const { return rounding_; }
  /// Halves hold c · 2^exponent.
  [[nodiscard]] int exponent() const { return exponent_; }
  [[nodiscard]] std::int64_t bytes() const {
    return data_.bytes() + bounds_.bytes() + panel_bounds_.bytes() + scale_.bytes() + bias_.bytes();
  }

 private:
  /// The mean, in pieces and an order that depend on the number of rows only. False where values
  /// are too large.
  bool centre(on_cpu exec, const packed_rows& rows) {
    const std::int64_t chunk = std::max<std::int64_t>(256, (rows_ + 255) / 256);
    const std::int64_t chunks = (rows_ + chunk - 1) / chunk;
    std::vector<double> sums(static_cast<std::size_t>(chunks * dimension_));
    std::vector<float> most(static_cast<std::size_t>(chunks));
    std::vector<std::int64_t> counts(static_cast<std::size_t>(chunks));
    cpu::parallel_for(exec, chunks, [&](std::int64_t c) {
      double* sum = sums.data() + c * dimension_;
      float largest = 0;
      for (std::int64_t r = c * chunk; r < std::min(rows_, (c + 1) * chunk); ++r) {
        if (rows.state(r) == row_state::not_finite) continue;
        ++counts[static_cast<std::size_t>(c)];
        const float* row = rows.row(r);
        for (std::int64_t k = 0; k < dimension_; ++k) {
          sum[k] += static_cast<double>(row[k]);
          largest = std::max(largest, std::abs(row[k]));
        }
      }
      most[static_cast<std::size_t>(c)] = largest;
    });
    float largest = 0;
    std::int64_t count = 0;
    std::vector<double> all(static_cast<std::size_t>(dimension_));
    for (std::int64_t c = 0; c < chunks; ++c) {
      largest = std::max(largest, most[static_cast<std::size_t>(c)]);
      count += counts[static_cast<std::size_t>(c)];
      for (std::int64_t k = 0; k < dimension_; ++k) {
        all[static_cast<std::size_t>(k)] += sums[static_cast<std::size_t>(c * dimension_ + k)];
      }
    }
    if (!(static_cast<double>(largest) * std::sqrt(static_cast<double>(dimension_)) <=
          kLargestNorm / 2)) {
      return false;
    }
    mean_.resize(all.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
      mean_[k] = count == 0 ? 0.0F : static_cast<float>(all[k] / static_cast<double>(count));
    }
    exponent_ = 0;
    if (type_ == first_pass::float16 && largest > 0) {
      exponent_ = std::clamp(13 - std::ilogb(largest), -80, 80);  // |c| < 2^15 / 2^exponent
    }
    return true;
  }

  void pack(const packed_rows& rows, std::int64_t p) {
    std::byte* panel = data_.data() + p * panel_bytes();
    bounds most;
    for (int r = 0; r < kPanelRows; ++r) {
      const std::int64_t row = p * kPanelRows + r;
      bounds& of_this = bounds_.data()[row];
      of_this = {};
      pack_row(row < rows_ && rows.state(row) != row_state::not_finite ? rows.row(row) : nullptr,
               row, panel, r, of_this);
      most.residual = std::max(most.residual, of_this.residual);
      most.size = std::max(most.size, of_this.size);
      most.slack = std::max(most.slack, of_this.slack);
    }
    panel_bounds_.data()[p] = most;
  }

  void pack_row(const float* g, std::int64_t row, std::byte* panel, int r, bounds& out) {
    double most = 0;
    if (g != nullptr && type_ == first_pass::int8) {
      for (std::int64_t k = 0; k < dimension_; ++k) most = std::max(most, std::abs(centred(g, k)));
    }
    const auto scale = most < kSmallestNorm ? 0.0F : static_cast<float>(most / 127);
    const double inverse = scale > 0 ? 1 / static_cast<double>(scale) : 0;
    const double up = std::ldexp(1.0, exponent_), down = std::ldexp(1.0, -exponent_);
    double lost = 0, kept = 0, size = 0, given = 0;
    for (std::int64_t k = 0; k < dimension_; ++k) {
      const double c = g == nullptr ? 0.0 : centred(g, k);
      double stored = 0;
      if (type_ == first_pass::int8) {
        const int level = to_level(c * inverse);
        panel[((k / 4) * kPanelRows + r) * 4 + k % 4] = static_cast<std::byte>(level + 128);
        stored = level * static_cast<double>(scale);
      } else if (type_ == first_pass::bfloat16) {
        const bfloat16 b = to_compact(static_cast<float>(c));
        std::memcpy(panel + ((k / 2) * kPanelRows + r) * 4 + k % 2 * 2, &b, 2);
        stored = static_cast<double>(math::from_bfloat16(b));
      } else {
        const half h = math::to_half(static_cast<float>(c * up));
        std::memcpy(panel + (k * kPanelRows + r) * 2, &h, 2);
        stored = static_cast<double>(math::from_half(h)) * down;
      }
      lost += (c - stored) * (c - stored);
      kept += stored * stored;
      size += c * c;
      if (g != nullptr) given += static_cast<double>(g[k]) * static_cast<double>(g[k]);
    }
    if (scale_.size() != 0) scale_.data()[row] = scale;
    if (bias_.size() != 0) bias_.data()[row] = static_cast<float>(size * -0.5);
    if (g == nullptr) return;
    const double norm = metric_ == metric::euclidean ? std::sqrt(size) : std::sqrt(given);
    // 2^-50: differences and sums in double, of which the largest is of the size of g and μ
    out.residual =
        rounded_up(std::sqrt(lost) + rounding_.first_pass * std::sqrt(kept) +
                   rounding_.exact * norm + 0x1p-50 * (std::sqrt(given) + std::sqrt(size)));
    out.size = rounded_up(std::sqrt(size));
    if (metric_ == metric::euclidean) {
      out.residual = rounded_up(static_cast<double>(out.residual) + 0x1p-23 * std::sqrt(kept));
      out.slack = rounded_up((rounding_.exact + 0x1p-22) * size);
    }
  }

  [[nodiscard]] double centred(const float* g, std::int64_t k) const {
    return static_cast<double>(g[k]) - static_cast<double>(mean_[static_cast<std::size_t>(k)]);
  }

 public:
  /// The nearest integer of −127 … 127.
  static int to_level(double x) {
    return static_cast<int>(std::clamp(x, -127.0, 127.0) + (x < 0 ? -0.5 : 0.5));
  }

  /// bfloat16 without the values whose products the processor could flush to zero.
  static bfloat16 to_compact(float x) {
    return std::abs(x) < 0x1p-62F ? bfloat16{0} : math::to_bfloat16(x);
  }

 private:
  first_pass type_ = first_pass::float32;
  metric metric_ = metric::cosine;
  bool usable_ = false;
  int exponent_ = 0;
  std::int64_t rows_ = 0, dimension_ = 0, panels_ = 0;
  rounding_bounds rounding_;
  std::vector<float> mean_;
  buffer<std::byte> data_;
  buffer<bounds> bounds_, panel_bounds_;
  buffer<float> scale_, bias_;
};

}  // namespace kernels::inline KERNELS_ABI
