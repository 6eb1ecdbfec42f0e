// mot_metrics, the figures: what is counted, and what is computed from the counts.
#pragma once

#include <kernels/core/exact.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace kernels::inline KERNELS_ABI {

/// Whose rules say which boxes count.
enum class mot_benchmark : std::uint8_t { mot15, mot16, mot17, mot20 };

/// CLEAR-MOT. Bernardin, Stiefelhagen, "Evaluating multiple object tracking performance", 2008.
struct clear_metrics {
  std::int64_t tp = 0, fn = 0, fp = 0;  ///< boxes matched, missed, invented
  std::int64_t idsw = 0;                ///< a true track continued under another id
  std::int64_t mt = 0, pt = 0, ml = 0;  ///< true tracks: matched in > 80 %, ≥ 20 %, less of frames
  std::int64_t frag = 0;                ///< a true track taken up again after a break
  std::int64_t frames = 0;
  double motp_sum = 0;  ///< sum of the matches' IoU
  double mota = 0, motp = 0, moda = 0, recall = 0, precision = 0;
  double mtr = 0, ptr = 0, mlr = 0;  ///< mt, pt, ml as shares of the true tracks
  double smota = 0, f1 = 0, fp_per_frame = 0, motal = 0;
  friend bool operator==(const clear_metrics&, const clear_metrics&) = default;
};

/// Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking",
/// 2016.
struct identity_metrics {
  std::int64_t idtp = 0, idfn = 0, idfp = 0;
  double idf1 = 0, idr = 0, idp = 0;
  friend bool operator==(const identity_metrics&, const identity_metrics&) = default;
};

inline constexpr std::size_t kHotaThresholds = 19;
using hota_array = std::array<double, kHotaThresholds>;  ///< at α = 0.05, 0.10 … 0.95

/// Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", 2020.
/// The single number of each is the mean over α: mean_of(hota.hota).
struct hota_metrics {
  hota_array hota{}, deta{}, assa{}, detre{}, detpr{}, assre{}, asspr{}, loca{}, owta{};
  std::array<std::int64_t, kHotaThresholds> tp{}, fn{}, fp{};
  double hota_0 = 0, loca_0 = 0, hota_loca_0 = 0;  ///< at the lowest α
  friend bool operator==(const hota_metrics&, const hota_metrics&) = default;
};

/// All figures of one sequence, or of several combined.
struct mot_scores {
  hota_metrics hota;
  clear_metrics clear;
  identity_metrics identity;
  /// What was scored, after preprocessing.
  std::int64_t true_boxes = 0, true_ids = 0, boxes = 0, ids = 0, frames = 0;
  friend bool operator==(const mot_scores&, const mot_scores&) = default;
};

inline double mean_of(const hota_array& values) {
  double sum = 0;
  for (const double v : values) sum = exact::add(sum, v);
  return exact::div(sum, static_cast<double>(kHotaThresholds));
}

namespace math {

inline constexpr double kMotEpsilon = 0x1p-52;  ///< thresholds are lowered by it

/// The k-th α: 0.05 + k · 0.05, with the rounding of numpy's arange.
inline double hota_threshold(std::size_t k) {
  return exact::add(0.05, exact::product(static_cast<double>(k), 0.05));
}

/// a / max(1, b)
inline double mot_share(double a, double b) { return exact::div(a, exact::max(b, 1.0)); }

/// log10 of a whole number, 0 for 0. A few ulp; the same bits everywhere.
inline double mot_log10(std::int64_t n) {
  if (n <= 0) return 0.0;
  double m = static_cast<double>(n);
  double exponent = 0;
  for (; m > 1.5; exponent = exact::add(exponent, 1.0)) m = exact::mul(m, 0.5);
  // log m = 2 atanh((m − 1) / (m + 1)), |quotient| ≤ 1/5
  const double q = exact::div(exact::add(m, -1.0), exact::add(m, 1.0));
  const double q2 = exact::mul(q, q);
  double series = 0;
  for (int k = 25; k >= 1; k -= 2) {
    series = exact::fma(series, q2, exact::div(1.0, static_cast<double>(k)));
  }
  constexpr double kLog10Of2 = 0.30102999566398119521;
  constexpr double kTwoLog10OfE = 0.86858896380650365530;
  return exact::fma(exponent, kLog10Of2, exact::mul(kTwoLog10OfE, exact::mul(q, series)));
}

/// The figures that follow from tp, fn, fp, idsw, mt, pt, ml, frames and motp_sum.
inline void finish(clear_metrics& c) {
  const auto tp = static_cast<double>(c.tp), fn = static_cast<double>(c.fn);
  const auto fp = static_cast<double>(c.fp), idsw = static_cast<double>(c.idsw);
  const auto tracks = static_cast<double>(c.mt + c.pt + c.ml);
  const auto truth = static_cast<double>(c.tp + c.fn);
  c.mtr = mot_share(static_cast<double>(c.mt), tracks);
  c.ptr = mot_share(static_cast<double>(c.pt), tracks);
  c.mlr = mot_share(static_cast<double>(c.ml), tracks);
  c.recall = mot_share(tp, truth);
  c.precision = mot_share(tp, exact::add(tp, fp));
  c.moda = mot_share(exact::add(tp, -fp), truth);
  c.mota = mot_share(exact::add(exact::add(tp, -fp), -idsw), truth);
  c.motp = mot_share(c.motp_sum, tp);
  c.smota = mot_share(exact::add(exact::add(c.motp_sum, -fp), -idsw), truth);
  c.f1 = mot_share(tp, exact::fma(0.5, fp, exact::fma(0.5, fn, tp)));
  c.fp_per_frame = mot_share(fp, static_cast<double>(c.frames));
  c.motal = mot_share(exact::add(exact::add(tp, -fp), -mot_log10(c.idsw)), truth);
}

/// The figures that follow from the counts.
inline void finish(identity_metrics& i) {
  const auto tp = static_cast<double>(i.idtp);
  const auto fn = static_cast<double>(i.idfn), fp = static_cast<double>(i.idfp);
  i.idr = mot_share(tp, exact::add(tp, fn));
  i.idp = mot_share(tp, exact::add(tp, fp));
  i.idf1 = mot_share(tp, exact::fma(0.5, fn, exact::fma(0.5, fp, tp)));
}

/// The figures that follow from tp, fn, fp, assa and loca.
inline void finish(hota_metrics& h) {
  for (std::size_t a = 0; a < kHotaThresholds; ++a) {
    const auto tp = static_cast<double>(h.tp[a]);
    h.detre[a] = mot_share(tp, static_cast<double>(h.tp[a] + h.fn[a]));
    h.detpr[a] = mot_share(tp, static_cast<double>(h.tp[a] + h.fp[a]));
    h.deta[a] = mot_share(tp, static_cast<double>(h.tp[a] + h.fn[a] + h.fp[a]));
    h.hota[a] = exact::sqrt(exact::mul(h.deta[a], h.assa[a]));
    h.owta[a] = exact::sqrt(exact::mul(h.detre[a], h.assa[a]));
  }
  h.hota_0 = h.hota[0];
  h.loca_0 = h.loca[0];
  h.hota_loca_0 = exact::mul(h.hota_0, h.loca_0);
}

/// Adds a sequence to the counts of several: sums, and for HOTA sums weighted by tp. finish() is
/// yet to come.
inline void add(mot_scores& sum, const mot_scores& one) {
  clear_metrics& c = sum.clear;
  const clear_metrics& d = one.clear;
  c.tp += d.tp, c.fn += d.fn, c.fp += d.fp, c.idsw += d.idsw, c.mt += d.mt, c.pt += d.pt;
  c.ml += d.ml, c.frag += d.frag, c.frames += d.frames;
  c.motp_sum = exact::add(c.motp_sum, d.motp_sum);
  sum.identity.idtp += one.identity.idtp;
  sum.identity.idfn += one.identity.idfn;
  sum.identity.idfp += one.identity.idfp;
  for (std::size_t a = 0; a < kHotaThresholds; ++a) {
    sum.hota.tp[a] += one.hota.tp[a];
    sum.hota.fn[a] += one.hota.fn[a];
    sum.hota.fp[a] += one.hota.fp[a];
    const auto weight = static_cast<double>(one.hota.tp[a]);
    sum.hota.assa[a] = exact::fma(weight, one.hota.assa[a], sum.hota.assa[a]);
    sum.hota.assre[a] = exact::fma(weight, one.hota.assre[a], sum.hota.assre[a]);
    sum.hota.asspr[a] = exact::fma(weight, one.hota.asspr[a], sum.hota.asspr[a]);
    sum.hota.loca[a] = exact::fma(weight, one.hota.loca[a], sum.hota.loca[a]);
  }
  sum.true_boxes += one.true_boxes, sum.true_ids += one.true_ids;
  sum.boxes += one.boxes, sum.ids += one.ids, sum.frames += one.frames;
}

/// Turns the sums of HOTA into averages over tp: assa, assre, asspr over max(1, tp); loca is 1
/// where nothing was matched.
inline void average(hota_metrics& h) {
  constexpr double kLeast = 1e-10;
  for (std::size_t a = 0; a < kHotaThresholds; ++a) {
    const auto tp = static_cast<double>(h.tp[a]);
    h.assa[a] = mot_share(h.assa[a], tp);
    h.assre[a] = mot_share(h.assre[a], tp);
    h.asspr[a] = mot_share(h.asspr[a], tp);
    h.loca[a] = exact::div(exact::max(h.loca[a], kLeast), exact::max(tp, kLeast));
  }
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
