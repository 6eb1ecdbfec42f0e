// mask_logits' row loops, compiled once an instruction set: included inside a namespace that has
// `logit_lanes`, a vector of kWidth floats.

/// math::logit_position of pixels 0 … count − 1.
inline void locate_logits(const math::logit_axis& axis, std::int64_t count, math::logit_tap* taps) {
  for (std::int64_t k = 0; k < count; ++k) taps[k] = math::logit_position(axis, k);
}

/// out[k] = math::logit_blend(top[k], bottom[k], weight).
inline void blend_row(const float* top, const float* bottom, float weight, std::int64_t size,
                      float* out) {
  constexpr std::int64_t kWidth = logit_lanes::kWidth;
  const auto w = logit_lanes::set(weight);
  std::int64_t k = 0;
  for (; k + kWidth <= size; k += kWidth) {
    const auto a = logit_lanes::load(top + k);
    const auto b = logit_lanes::load(bottom + k);
    logit_lanes::store(out + k, logit_lanes::fma(w, logit_lanes::sub(b, a), a));
  }
  for (; k < size; ++k) out[k] = math::logit_blend(top[k], bottom[k], weight);
}

/// Words of one row of the mask, from a row of blended logits; with Count also how many pixels are
/// above the two other thresholds. The tables and the row are padded as mask_logits_columns says.
template <bool Count>
void threshold_row(const float* row, const std::int32_t* low, const float* weight,
                   std::int64_t words, const mask_thresholds& thresholds,
                   const std::uint64_t* inside, std::uint64_t* out, mask_levels* levels) {
  constexpr std::int64_t kWidth = logit_lanes::kWidth;
  const auto middle = logit_lanes::set(thresholds.middle);
  const auto upper = logit_lanes::set(thresholds.upper);
  const auto lower = logit_lanes::set(thresholds.lower);
  for (std::int64_t k = 0; k < words; ++k) {
    std::uint64_t word = 0;
    std::uint64_t above = 0;
    std::uint64_t below = 0;
    for (std::int64_t lane = 0; lane < kMaskBits; lane += kWidth) {
      const std::int64_t x = k * kMaskBits + lane;
      const auto [a, b] = logit_lanes::neighbours(row, low + x);
      const auto value = logit_lanes::fma(logit_lanes::load(weight + x), logit_lanes::sub(b, a), a);
      word |= logit_lanes::above(value, middle) << lane;
      if constexpr (Count) {
        above |= logit_lanes::above(value, upper) << lane;
        below |= logit_lanes::above(value, lower) << lane;
      }
    }
    if (out != nullptr) out[k] = word & inside[k];
    if constexpr (Count) {
      levels->above += math::count_bits(above & inside[k]);
      levels->below += math::count_bits(below & inside[k]);
    }
  }
}

inline constexpr mask_logits_loops kMaskLogitsLoops = {&locate_logits, &blend_row,
                                                       &threshold_row<false>, &threshold_row<true>};
