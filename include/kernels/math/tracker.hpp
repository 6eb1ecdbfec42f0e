// What a pair of a track and a detection costs, for every tracker: host and device.
#pragma once

#include <kernels/math/asin.hpp>
#include <kernels/math/iou.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI::math {

/// The price of a pair that must not be matched.
inline constexpr double kNeverMatched = std::numeric_limits<double>::infinity();

/// Is a corner of it not a number? A filter that is lost says such boxes.
KERNELS_HD bool is_lost(const box<double>& b) {
  return !(b.left == b.left && b.top == b.top && b.right == b.right && b.bottom == b.bottom);
}

/// How an association prices its pairs.
enum class pair_price : std::uint8_t {
  distance,        ///< 1 − IoU
  fused_distance,  ///< 1 − IoU·score
  overlap,         ///< −IoU
  direction        ///< −(IoU + inertia·score·(π/2 − angle between two directions)/π)
};

/// The direction in which a track moved, and the box from which its next one is measured.
struct track_direction {
  double x = 0, y = 0;      ///< of length 1, or 0: not known
  box<double> reference{};  ///< an observed box
  bool known = false;       ///< is there such a box?
};

/// From the centre of one box to that of another, of length just below 1 (OC-SORT's 1e-6).
struct direction {
  double x, y;
};
KERNELS_HD direction direction_between(const box<double>& from, const box<double>& to) {
  const double dx = exact::mul(
      0.5, exact::add(exact::add(to.left, to.right), -exact::add(from.left, from.right)));
  const double dy = exact::mul(
      0.5, exact::add(exact::add(to.top, to.bottom), -exact::add(from.top, from.bottom)));
  const double length = exact::add(exact::sqrt(exact::dot2(dx, dx, dy, dy)), 1e-6);
  return {exact::div(dx, length), exact::div(dy, length)};
}

/// The direction's share of a price, without the score: inertia·(π/2 − Δangle)/π, and (π/2 −
/// Δangle) is the arc sine of cos Δangle.
KERNELS_HD double direction_gain(const track_direction& track, const box<double>& detected,
                                 double inertia) {
  if (!track.known) return 0.0;
  const direction d = direction_between(track.reference, detected);
  double cosine = exact::dot2(track.x, d.x, track.y, d.y);
  cosine = exact::max(-1.0, exact::min(1.0, cosine));
  constexpr double kPi = 0x1.921fb54442d18p+1;
  return exact::mul(exact::div(asin(cosine), kPi), inertia);
}

/// The price of a pair that overlaps by iou; gain is direction_gain's.
KERNELS_HD double price_of(pair_price kind, double iou, double score, double gain) {
  switch (kind) {
    case pair_price::distance:
      return exact::add(1.0, -iou);
    case pair_price::fused_distance:
      return exact::fma(-iou, score, 1.0);
    case pair_price::overlap:
      return -iou;
    default:
      return exact::fma(-gain, score, -iou);
  }
}

/// BoT-SORT: the least of a pair's price and half the cosine distance of its looks, where that is
/// at most `most` and the boxes are near; NaN: not known.
KERNELS_HD double price_with_appearance(double price, double iou, double half_cosine,
                                        double proximity, double most) {
  const bool counts = half_cosine <= most && exact::add(1.0, -iou) <= proximity;
  return exact::min(price, counts ? half_cosine : 1.0);
}

}  // namespace kernels::inline KERNELS_ABI::math
