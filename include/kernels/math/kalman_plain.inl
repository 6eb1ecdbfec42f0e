// The steps of a track whose coordinates are uncoupled. Included into namespaces, for one track
// (math/kalman.hpp) and for many side by side (cpu/kalman_avx2.hpp …), and so without includes.
//
//   Ops: number, mask, set fma mul add sub div sqrt abs min max less_equal finite both select
//   At:  load(plane), store(plane, number)

template <class Ops>
KERNELS_HD typename Ops::number product(typename Ops::number a, typename Ops::number b) {
  return Ops::fma(a, b, Ops::set(0));
}

/// Weighted Gram-Schmidt (Thornton 1976): N states are `rows` times K independent noises of
/// variances `weights`; their covariance is factor·diag(variance)·factorᵀ, of which the part of
/// `factor` below the diagonal is set. Every variance is a sum of squares times weights. Changes
/// rows.
template <class Ops, int N, int K>
KERNELS_HD void kalman_triangle(typename Ops::number (&rows)[N][K],
                                const typename Ops::number (&weights)[K],
                                typename Ops::number (&variance)[N],
                                typename Ops::number (&factor)[N][N]) {
  using number = typename Ops::number;
  const number zero = Ops::set(0);
  KERNELS_UNROLL
  for (int j = 0; j < N; ++j) {
    number weighted[K];
    variance[j] = zero;
    KERNELS_UNROLL
    for (int k = 0; k < K; ++k) {
      weighted[k] = Ops::mul(rows[j][k], weights[k]);
      variance[j] = Ops::fma(weighted[k], rows[j][k], variance[j]);
    }
    const number inverse =
        Ops::select(Ops::less_equal(variance[j], zero), zero, Ops::div(Ops::set(1), variance[j]));
    KERNELS_UNROLL
    for (int i = 0; i < N; ++i) {
      if (i <= j) continue;
      number together = zero;
      KERNELS_UNROLL
      for (int k = 0; k < K; ++k) together = Ops::fma(weighted[k], rows[i][k], together);
      factor[i][j] = product<Ops>(together, inverse);
      const number minus = Ops::sub(zero, factor[i][j]);
      KERNELS_UNROLL
      for (int k = 0; k < K; ++k) rows[i][k] = Ops::fma(minus, rows[j][k], rows[i][k]);
    }
  }
}

template <class Ops>
KERNELS_HD typename Ops::number kalman_square_of_size(typename Ops::number size) {
  using T = typename Ops::scalar;
  const auto kept = Ops::min(Ops::max(Ops::abs(size), Ops::set(T(math::kKalmanSmallest))),
                             Ops::set(T(math::kKalmanLargest)));
  return product<Ops>(kept, kept);
}

/// Squared sizes that the noise of the four coordinates is multiplied by. Those of sort7 are 1.
template <class Ops, class Model>
struct kalman_sizes {
  typename Ops::number width = Ops::set(1), height = Ops::set(1);

  KERNELS_HD kalman_sizes(typename Ops::number w, typename Ops::number h) {
    if constexpr (std::is_same_v<Model, kalman_xywh>) width = kalman_square_of_size<Ops>(w);
    if constexpr (!std::is_same_v<Model, kalman_sort7>) height = kalman_square_of_size<Ops>(h);
  }
  KERNELS_HD typename Ops::number of(int c) const {
    if constexpr (std::is_same_v<Model, kalman_xywh>) return c % 2 == 0 ? width : height;
    return c == 2 ? width : height;
  }
};

/// A track that starts at measurement z.
template <class Ops, class Model, class At>
KERNELS_HD void kalman_initiate_plain(const math::kalman_noise<typename Ops::scalar>& noise,
                                      const typename Ops::number (&z)[4], At at) {
  using at_plane = math::kalman_planes<Model>;
  const kalman_sizes<Ops, Model> sizes(z[2], z[3]);
  KERNELS_UNROLL
  for (int c = 0; c < 4; ++c) {
    at.store(at_plane::x(c), z[c]);
    at.store(at_plane::p(c), product<Ops>(Ops::set(noise.initial_position[c]), sizes.of(c)));
    if (c >= Model::kMoving) continue;
    at.store(at_plane::v(c), Ops::set(0));
    at.store(at_plane::g(c), Ops::set(0));
    at.store(at_plane::u(c), product<Ops>(Ops::set(noise.initial_velocity[c]), sizes.of(c)));
  }
}

/// dt frames later: x += dt·v; the covariance by sums of positive terms only. Its determinant p·u
/// is kept by shearing, and grows by position variance × velocity noise, then the other way round.
/// OneFrame: dt is 1; the same numbers with less work.
template <class Ops, class Model, bool OneFrame = false, class At>
KERNELS_HD void kalman_predict_plain(const math::kalman_step<typename Ops::scalar>& step, At at) {
  using number = typename Ops::number;
  using at_plane = math::kalman_planes<Model>;
  const number dt = Ops::set(step.dt);
  const number rest = Ops::set(step.rest);
  const number one = Ops::set(1);
  const kalman_sizes<Ops, Model> sizes(at.load(at_plane::x(2)), at.load(at_plane::x(3)));
  KERNELS_UNROLL
  for (int c = 0; c < 4; ++c) {
    const number size = sizes.of(c);
    const number total = Ops::set(step.total[c]);
    const number p = at.load(at_plane::p(c));
    if (c >= Model::kMoving) {
      at.store(at_plane::p(c), Ops::fma(total, size, p));
      continue;
    }
    const number x = at.load(at_plane::x(c));
    number v = at.load(at_plane::v(c));
    if constexpr (std::is_same_v<Model, kalman_sort7>) {
      if (c == 2) {
        v = Ops::select(Ops::less_equal(Ops::fma(dt, v, x), Ops::set(0)), Ops::set(0), v);
        at.store(at_plane::v(c), v);
      }
    }
    at.store(at_plane::x(c), Ops::fma(dt, v, x));
    const number g = at.load(at_plane::g(c));
    const number u = at.load(at_plane::u(c));
    const number velocity = Ops::set(step.velocity[c]);
    const number moved = Ops::fma(dt, g, one);
    const number moved_p = Ops::mul(moved, p);
    const number dt_u = OneFrame ? u : Ops::mul(dt, u);
    const number p_moved = Ops::fma(moved, moved_p, OneFrame ? u : Ops::mul(dt, dt_u));
    const number p_after = Ops::fma(total, size, p_moved);
    const number cross =
        Ops::fma(moved_p, g, OneFrame ? u : Ops::fma(Ops::set(step.cross[c]), size, dt_u));
    const number v_after = Ops::fma(velocity, size, Ops::fma(g, Ops::mul(g, p), u));
    const number partly = Ops::fma(rest, g, one);
    const number p_partly =
        OneFrame ? p_moved
                 : Ops::fma(partly, Ops::mul(partly, p), Ops::mul(rest, Ops::mul(rest, u)));
    const number inverse = Ops::div(one, p_after);
    const number position = Ops::mul(Ops::set(step.position[c]), size);
    const number u_after = Ops::fma(Ops::mul(p, inverse), u,
                                    Ops::fma(Ops::mul(p_partly, inverse), Ops::mul(velocity, size),
                                             Ops::mul(Ops::mul(position, inverse), v_after)));
    at.store(at_plane::p(c), p_after);
    at.store(at_plane::g(c), product<Ops>(cross, inverse));
    at.store(at_plane::u(c), u_after);
  }
}

/// Are all four numbers finite?
template <class Ops>
KERNELS_HD typename Ops::mask kalman_finite(const typename Ops::number (&z)[4]) {
  return Ops::both(Ops::both(Ops::finite(z[0]), Ops::finite(z[1])),
                   Ops::both(Ops::finite(z[2]), Ops::finite(z[3])));
}

/// z has been measured: p -> p·r/(p + r), and the mean moves by the gain p/(p + r). Nothing changes
/// if z is not finite.
template <class Ops, class Model, class At>
KERNELS_HD void kalman_update_plain(const math::kalman_noise<typename Ops::scalar>& noise,
                                    const typename Ops::number (&z)[4], At at) {
  using number = typename Ops::number;
  using at_plane = math::kalman_planes<Model>;
  const auto valid = kalman_finite<Ops>(z);
  const kalman_sizes<Ops, Model> sizes(at.load(at_plane::x(2)), at.load(at_plane::x(3)));
  KERNELS_UNROLL
  for (int c = 0; c < 4; ++c) {
    const number measured = Ops::set(noise.measured[c]);
    const number x = at.load(at_plane::x(c));
    const number p = at.load(at_plane::p(c));
    const number gain = Ops::div(p, Ops::fma(measured, sizes.of(c), p));
    const number surprise = Ops::sub(z[c], x);
    at.store(at_plane::x(c), Ops::select(valid, Ops::fma(gain, surprise, x), x));
    at.store(at_plane::p(c),
             Ops::select(valid, product<Ops>(gain, Ops::mul(measured, sizes.of(c))), p));
    if (c >= Model::kMoving) continue;
    const number v = at.load(at_plane::v(c));
    const number moved = Ops::fma(at.load(at_plane::g(c)), Ops::mul(gain, surprise), v);
    at.store(at_plane::v(c), Ops::select(valid, moved, v));
  }
}

/// What a track expects to measure: means and, for the pairs (0, 1) and (2, 3), the covariance
/// [s0, k; k, s1] and the same as s0, ratio k/s0, and the variance of the second given the first.
template <class Ops>
struct kalman_expectation {
  typename Ops::number mean[4], variance[4], covariance[2], ratio[2], given_first[2];
};

template <class Ops, class Model, class At>
KERNELS_HD kalman_expectation<Ops> kalman_project_plain(
    const math::kalman_noise<typename Ops::scalar>& noise, At at) {
  using at_plane = math::kalman_planes<Model>;
  kalman_expectation<Ops> expected;
  const kalman_sizes<Ops, Model> sizes(at.load(at_plane::x(2)), at.load(at_plane::x(3)));
  KERNELS_UNROLL
  for (int c = 0; c < 4; ++c) {
    expected.mean[c] = at.load(at_plane::x(c));
    expected.variance[c] =
        Ops::fma(Ops::set(noise.measured[c]), sizes.of(c), at.load(at_plane::p(c)));
  }
  KERNELS_UNROLL
  for (int pair = 0; pair < 2; ++pair) {
    expected.covariance[pair] = expected.ratio[pair] = Ops::set(0);
    expected.given_first[pair] = expected.variance[2 * pair + 1];
  }
  return expected;
}

/// What gating needs of a track: the mean, 1/variances of the decorrelated measurement, and ratios.
template <class Ops>
struct kalman_gate {
  typename Ops::number mean[4], inverse[4], ratio[2];
};

template <class Ops>
KERNELS_HD kalman_gate<Ops> kalman_gate_of(const kalman_expectation<Ops>& expected) {
  kalman_gate<Ops> gate;
  KERNELS_UNROLL
  for (int pair = 0; pair < 2; ++pair) {
    gate.mean[2 * pair] = expected.mean[2 * pair];
    gate.mean[2 * pair + 1] = expected.mean[2 * pair + 1];
    gate.inverse[2 * pair] = Ops::div(Ops::set(1), expected.variance[2 * pair]);
    gate.inverse[2 * pair + 1] = Ops::div(Ops::set(1), expected.given_first[pair]);
    gate.ratio[pair] = expected.ratio[pair];
  }
  return gate;
}

/// Squared Mahalanobis distance of the first 2·Pairs numbers of z; infinite if it is not a number.
template <int Pairs, class Ops>
KERNELS_HD typename Ops::number kalman_distance(const kalman_gate<Ops>& gate,
                                                const typename Ops::number (&z)[4]) {
  using number = typename Ops::number;
  number distance = Ops::set(0);
  KERNELS_UNROLL
  for (int pair = 0; pair < Pairs; ++pair) {
    const number first = Ops::sub(z[2 * pair], gate.mean[2 * pair]);
    const number plain = Ops::sub(z[2 * pair + 1], gate.mean[2 * pair + 1]);
    const number second = Ops::fma(Ops::sub(Ops::set(0), gate.ratio[pair]), first, plain);
    distance = Ops::fma(Ops::mul(first, gate.inverse[2 * pair]), first, distance);
    distance = Ops::fma(Ops::mul(second, gate.inverse[2 * pair + 1]), second, distance);
  }
  return Ops::select(Ops::finite(distance), distance,
                     Ops::set(math::kKalmanInfinite<typename Ops::scalar>));
}

template <class Ops>
struct kalman_motion_of {
  typename Ops::number a, b, c, d, tx, ty;
};

/// The camera has moved by a diagonal matrix [a, 0; 0, d] and a translation.
template <class Ops, class Model, class At>
KERNELS_HD void kalman_warp_plain(const kalman_motion_of<Ops>& m, At at) {
  using number = typename Ops::number;
  using at_plane = math::kalman_planes<Model>;
  KERNELS_UNROLL
  for (int c = 0; c < 4; ++c) {
    const number scale = c % 2 == 0 ? m.a : m.d;
    const number shift = c == 0 ? m.tx : c == 1 ? m.ty : Ops::set(0);
    const number square = Ops::mul(scale, scale);
    at.store(at_plane::x(c), Ops::fma(scale, at.load(at_plane::x(c)), shift));
    at.store(at_plane::v(c), product<Ops>(scale, at.load(at_plane::v(c))));
    at.store(at_plane::p(c), product<Ops>(square, at.load(at_plane::p(c))));
    at.store(at_plane::u(c), product<Ops>(square, at.load(at_plane::u(c))));
  }
}

/// Left, top, right, bottom of a track's mean.
template <class Ops, class Model, class At>
KERNELS_HD void kalman_box_plain(At at, typename Ops::number (&corner)[4]) {
  using number = typename Ops::number;
  using at_plane = math::kalman_planes<Model>;
  const number x = at.load(at_plane::x(0));
  const number y = at.load(at_plane::x(1));
  number width = at.load(at_plane::x(2));
  number height = at.load(at_plane::x(3));
  if constexpr (std::is_same_v<Model, kalman_sort7>) {
    const number area = width;
    width = Ops::sqrt(product<Ops>(area, height));
    height = Ops::div(area, width);
  } else if constexpr (std::is_same_v<Model, kalman_xyah>) {
    width = product<Ops>(width, height);
  }
  const number half = Ops::set(typename Ops::scalar(0.5));
  const number minus_half = Ops::set(typename Ops::scalar(-0.5));
  corner[0] = Ops::fma(minus_half, width, x);
  corner[1] = Ops::fma(minus_half, height, y);
  corner[2] = Ops::fma(half, width, x);
  corner[3] = Ops::fma(half, height, y);
}
