// Appearance of tracks: running means of their detections' embeddings, of length 1.
#pragma once

#include <kernels/core/exact.hpp>
#include <kernels/core/view.hpp>

#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

/// One feature a slot, in double; sums run over the components in order.
class feature_table {
 public:
  /// Takes in a frame's embeddings, one row a detection. Errors: another length than before.
  void read(const view<const float, 2>& embeddings, std::span<const std::int32_t> rows) {
    const auto length = static_cast<std::size_t>(embeddings.extent[1]);
    if (length_ == 0) length_ = length;
    now_.resize(rows.size() * length_);
    now_known_.assign(rows.size(), 0);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      double* to = now_.data() + k * length_;
      const auto from = embeddings[rows[k]];
      for (std::size_t c = 0; c < length_; ++c) {
        to[c] = static_cast<double>(from.data[static_cast<std::int64_t>(c) * from.stride[0]]);
      }
      now_known_[k] = normalise(to) ? 1 : 0;
    }
  }
  void read_none(std::size_t detections) { now_known_.assign(detections, 0); }

  /// May embeddings of this length be read?
  [[nodiscard]] bool fits(std::int64_t length) const {
    return length > 0 && (length_ == 0 || length == static_cast<std::int64_t>(length_));
  }
  [[nodiscard]] std::int64_t length() const { return static_cast<std::int64_t>(length_); }

  /// A slot begins with the embedding of a detection.
  void start(std::int32_t slot, std::size_t detection) {
    const auto s = static_cast<std::size_t>(slot);
    if (known_.size() <= s) known_.resize(s + 1, 0);
    known_[s] = 0;
    learn(slot, detection, 0.0);
  }

  /// old·momentum + new·(1 − momentum), brought to length 1.
  void learn(std::int32_t slot, std::size_t detection, double momentum) {
    if (now_known_[detection] == 0) return;
    const auto s = static_cast<std::size_t>(slot);
    if (mean_.size() < (s + 1) * length_) mean_.resize((s + 1) * length_);
    double* mean = mean_.data() + s * length_;
    const double* now = now_.data() + detection * length_;
    const double share = known_[s] != 0 ? momentum : 0.0;
    const double rest = 1.0 - share;
    for (std::size_t c = 0; c < length_; ++c) {
      mean[c] = known_[s] != 0 ? exact::fma(share, mean[c], exact::mul(rest, now[c])) : now[c];
    }
    known_[s] = normalise(mean) ? 1 : 0;
  }

  /// 1 − cosine, at least 0; NaN if either is not known.
  [[nodiscard]] double distance(std::int32_t slot, std::size_t detection) const {
    const auto s = static_cast<std::size_t>(slot);
    if (known_[s] == 0 || now_known_[detection] == 0) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    const double* a = mean_.data() + s * length_;
    const double* b = now_.data() + detection * length_;
    double cosine = 0;
    for (std::size_t c = 0; c < length_; ++c) cosine = exact::fma(a[c], b[c], cosine);
    return exact::max(1.0 - cosine, 0.0);
  }

 private:
  bool normalise(double* v) const {
    double square = 0;
    for (std::size_t c = 0; c < length_; ++c) square = exact::fma(v[c], v[c], square);
    if (!(square > 0) || !(square < std::numeric_limits<double>::infinity())) return false;
    const double norm = exact::sqrt(square);
    for (std::size_t c = 0; c < length_; ++c) v[c] = exact::div(v[c], norm);
    return true;
  }

  std::size_t length_ = 0;
  std::vector<double> mean_, now_;
  std::vector<std::uint8_t> known_, now_known_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
