// The steps of a track whose coordinates have been coupled in pairs (0, 1) and (2, 3) by a camera
// rotation. Included after kalman_plain.inl, see there.
//
// A pair has states x0, x1, v0, v1 and its covariance as positions, velocities given the positions,
// and the regression of velocities on positions:
//   cov x = L·diag(p0, p1)·Lᵀ, L = [1, 0; l, 1]      cov(v, x) = G·cov x, G = [g0, g01; g10, g1]
//   cov(v | x) = M·diag(u0, u1)·Mᵀ, M = [1, 0; m, 1]
// It is positive definite for every p, u > 0. With l = m = g01 = g10 = 0 it is the uncoupled form.

template <class Ops>
struct kalman_pair {
  typename Ops::number p[2], g[2], u[2], l, m, g01, g10;

  template <class Model, class At>
  KERNELS_HD void load(At at, int pair) {
    using at_plane = math::kalman_planes<Model>;
    KERNELS_UNROLL
    for (int k = 0; k < 2; ++k) {
      p[k] = at.load(at_plane::p(2 * pair + k));
      g[k] = at.load(at_plane::g(2 * pair + k));
      u[k] = at.load(at_plane::u(2 * pair + k));
    }
    l = at.load(at_plane::coupling(pair, 0));
    m = at.load(at_plane::coupling(pair, 1));
    g01 = at.load(at_plane::coupling(pair, 2));
    g10 = at.load(at_plane::coupling(pair, 3));
  }
  template <class Model, class At>
  KERNELS_HD void store(At at, int pair) const {
    using at_plane = math::kalman_planes<Model>;
    KERNELS_UNROLL
    for (int k = 0; k < 2; ++k) {
      at.store(at_plane::p(2 * pair + k), p[k]);
      at.store(at_plane::g(2 * pair + k), g[k]);
      at.store(at_plane::u(2 * pair + k), u[k]);
    }
    at.store(at_plane::coupling(pair, 0), l);
    at.store(at_plane::coupling(pair, 1), m);
    at.store(at_plane::coupling(pair, 2), g01);
    at.store(at_plane::coupling(pair, 3), g10);
  }
};

/// Covariance of a pair after a step, by kalman_triangle.
template <class Ops>
KERNELS_HD void kalman_predict_pair(const math::kalman_step<typename Ops::scalar>& step, int pair,
                                    const typename Ops::number (&size)[2], kalman_pair<Ops>& s) {
  using number = typename Ops::number;
  const number dt = Ops::set(step.dt);
  const number rho = Ops::set(step.rho);
  const number zero = Ops::set(0);
  const number one = Ops::set(1);
  const number gl0 = Ops::fma(s.g01, s.l, s.g[0]);  // G·L = [gl0, g01; gl1, g1]
  const number gl1 = Ops::fma(s.g[1], s.l, s.g10);
  number rows[4][8] = {
      {Ops::fma(dt, gl0, one), product<Ops>(dt, s.g01), dt, zero, one, zero, rho, zero},
      {Ops::fma(dt, gl1, s.l), Ops::fma(dt, s.g[1], one), product<Ops>(dt, s.m), dt, zero, one,
       zero, rho},
      {gl0, s.g01, one, zero, zero, zero, one, zero},
      {gl1, s.g[1], s.m, one, zero, zero, zero, one}};
  const number weights[8] = {s.p[0],
                             s.p[1],
                             s.u[0],
                             s.u[1],
                             Ops::mul(Ops::set(step.position[2 * pair]), size[0]),
                             Ops::mul(Ops::set(step.position[2 * pair + 1]), size[1]),
                             Ops::mul(Ops::set(step.velocity[2 * pair]), size[0]),
                             Ops::mul(Ops::set(step.velocity[2 * pair + 1]), size[1])};
  number variance[4];
  number factor[4][4];
  kalman_triangle<Ops, 4, 8>(rows, weights, variance, factor);
  // the factor's lower left block is G·L
  s.p[0] = variance[0];
  s.p[1] = variance[1];
  s.u[0] = variance[2];
  s.u[1] = variance[3];
  s.l = factor[1][0];
  s.m = factor[3][2];
  s.g01 = factor[2][1];
  s.g[1] = factor[3][1];
  const number minus_l = Ops::sub(zero, s.l);
  s.g[0] = Ops::fma(s.g01, minus_l, factor[2][0]);
  s.g10 = Ops::fma(s.g[1], minus_l, factor[3][0]);
}

template <class Ops, class Model, class At>
KERNELS_HD void kalman_predict_coupled(const math::kalman_step<typename Ops::scalar>& step, At at) {
  using number = typename Ops::number;
  using at_plane = math::kalman_planes<Model>;
  const kalman_sizes<Ops, Model> sizes(at.load(at_plane::x(2)), at.load(at_plane::x(3)));
  KERNELS_UNROLL
  for (int c = 0; c < 4; ++c) {
    at.store(at_plane::x(c),
             Ops::fma(Ops::set(step.dt), at.load(at_plane::v(c)), at.load(at_plane::x(c))));
  }
  KERNELS_UNROLL
  for (int pair = 0; pair < 2; ++pair) {
    const number size[2] = {sizes.of(2 * pair), sizes.of(2 * pair + 1)};
    kalman_pair<Ops> s;
    s.template load<Model>(at, pair);
    kalman_predict_pair<Ops>(step, pair, size, s);
    s.template store<Model>(at, pair);
  }
}

/// z has been measured: its noise is independent, so first coordinate 0 of a pair is taken in, then
/// coordinate 1. Only the positions' variances change; the velocities follow by G.
template <class Ops, class Model, class At>
KERNELS_HD void kalman_update_coupled(const math::kalman_noise<typename Ops::scalar>& noise,
                                      const typename Ops::number (&z)[4], At at) {
  using number = typename Ops::number;
  using at_plane = math::kalman_planes<Model>;
  const auto valid = kalman_finite<Ops>(z);
  const kalman_sizes<Ops, Model> sizes(at.load(at_plane::x(2)), at.load(at_plane::x(3)));
  KERNELS_UNROLL
  for (int pair = 0; pair < 2; ++pair) {
    const int c = 2 * pair;
    const auto keep = [&](int plane, number changed, number before) {
      at.store(plane, Ops::select(valid, changed, before));
    };
    const number r0 = Ops::mul(Ops::set(noise.measured[c]), sizes.of(c));
    const number r1 = Ops::mul(Ops::set(noise.measured[c + 1]), sizes.of(c + 1));
    const number x0 = at.load(at_plane::x(c));
    const number x1 = at.load(at_plane::x(c + 1));
    const number p0 = at.load(at_plane::p(c));
    const number p1 = at.load(at_plane::p(c + 1));
    const number l = at.load(at_plane::coupling(pair, 0));

    const number gain0 = Ops::div(p0, Ops::fma(Ops::set(noise.measured[c]), sizes.of(c), p0));
    const number shift0 = Ops::mul(gain0, Ops::sub(z[c], x0));
    const number shift1 = Ops::mul(l, shift0);
    const number p0_once = product<Ops>(gain0, r0);

    const number given0 = Ops::fma(Ops::set(noise.measured[c + 1]), sizes.of(c + 1), p1);
    const number covariance = Ops::mul(l, p0_once);
    const number inverse = Ops::div(Ops::set(1), Ops::fma(l, covariance, given0));
    const number surprise = Ops::sub(z[c + 1], Ops::fma(l, shift0, x1));
    const number move0 = Ops::fma(Ops::mul(covariance, inverse), surprise, shift0);
    const number move1 = Ops::fma(Ops::mul(Ops::fma(l, covariance, p1), inverse), surprise, shift1);
    const number left = Ops::div(r1, given0);

    keep(at_plane::x(c), Ops::add(x0, move0), x0);
    keep(at_plane::x(c + 1), Ops::add(x1, move1), x1);
    keep(at_plane::p(c), product<Ops>(p0_once, Ops::mul(given0, inverse)), p0);
    keep(at_plane::p(c + 1), product<Ops>(p1, left), p1);
    keep(at_plane::coupling(pair, 0), product<Ops>(l, left), l);
    const number v0 = at.load(at_plane::v(c));
    const number v1 = at.load(at_plane::v(c + 1));
    const number g01 = at.load(at_plane::coupling(pair, 2));
    const number g10 = at.load(at_plane::coupling(pair, 3));
    keep(at_plane::v(c), Ops::fma(at.load(at_plane::g(c)), move0, Ops::fma(g01, move1, v0)), v0);
    keep(at_plane::v(c + 1), Ops::fma(at.load(at_plane::g(c + 1)), move1, Ops::fma(g10, move0, v1)),
         v1);
  }
}

template <class Ops, class Model, class At>
KERNELS_HD kalman_expectation<Ops> kalman_project_coupled(
    const math::kalman_noise<typename Ops::scalar>& noise, At at) {
  using number = typename Ops::number;
  using at_plane = math::kalman_planes<Model>;
  kalman_expectation<Ops> expected = kalman_project_plain<Ops, Model>(noise, at);
  const kalman_sizes<Ops, Model> sizes(at.load(at_plane::x(2)), at.load(at_plane::x(3)));
  KERNELS_UNROLL
  for (int pair = 0; pair < 2; ++pair) {
    const int c = 2 * pair;
    const number p0 = at.load(at_plane::p(c));
    const number l = at.load(at_plane::coupling(pair, 0));
    const number r0 = Ops::mul(Ops::set(noise.measured[c]), sizes.of(c));
    const number inverse = Ops::div(Ops::set(1), expected.variance[c]);
    const number covariance = product<Ops>(l, p0);
    expected.covariance[pair] = covariance;
    expected.ratio[pair] = product<Ops>(covariance, inverse);
    // variance of 1 given 0: l²·p0·r0/(p0 + r0) + p1 + r1
    expected.given_first[pair] =
        Ops::fma(Ops::mul(l, covariance), Ops::mul(r0, inverse), expected.variance[c + 1]);
    expected.variance[c + 1] = Ops::fma(l, covariance, expected.variance[c + 1]);
  }
  return expected;
}

/// L·diag(p0, p1)·Lᵀ -> R·L·diag(p0, p1)·Lᵀ·Rᵀ; the determinant is multiplied by det(R)².
template <class Ops>
KERNELS_HD void kalman_warp_factor(const kalman_motion_of<Ops>& m,
                                   typename Ops::number square_of_det, typename Ops::number& p0,
                                   typename Ops::number& p1, typename Ops::number& l) {
  using number = typename Ops::number;
  const number first = Ops::fma(m.b, l, m.a);
  const number second = Ops::fma(m.d, l, m.c);
  const number weighted = Ops::mul(first, p0);
  const number b_p1 = Ops::mul(m.b, p1);
  const number after = Ops::fma(weighted, first, Ops::mul(b_p1, m.b));
  const number together = Ops::fma(weighted, second, Ops::mul(b_p1, m.d));
  const number inverse = Ops::div(Ops::set(1), after);
  p1 = product<Ops>(Ops::mul(square_of_det, p1), Ops::mul(p0, inverse));
  l = product<Ops>(together, inverse);
  p0 = after;
}

/// The camera has moved. G -> R·G·R⁻¹; the covariances of the positions, and of the velocities
/// given them, as above.
template <class Ops, class Model, class At>
KERNELS_HD void kalman_warp_coupled(const kalman_motion_of<Ops>& m, At at) {
  using number = typename Ops::number;
  const number zero = Ops::set(0);
  const number det = Ops::fma(m.a, m.d, Ops::mul(Ops::sub(zero, m.b), m.c));
  const number square_of_det = Ops::mul(det, det);
  const number inverse = Ops::div(Ops::set(1), det);
  KERNELS_UNROLL
  for (int k = 0; k < 4; ++k) {  // (x, y), (w, h), (vx, vy), (vw, vh)
    const number first = at.load(2 * k);
    const number second = at.load(2 * k + 1);
    at.store(2 * k, Ops::fma(m.a, first, Ops::fma(m.b, second, k == 0 ? m.tx : zero)));
    at.store(2 * k + 1, Ops::fma(m.c, first, Ops::fma(m.d, second, k == 0 ? m.ty : zero)));
  }
  KERNELS_UNROLL
  for (int pair = 0; pair < 2; ++pair) {
    kalman_pair<Ops> s;
    s.template load<Model>(at, pair);
    kalman_warp_factor<Ops>(m, square_of_det, s.p[0], s.p[1], s.l);
    kalman_warp_factor<Ops>(m, square_of_det, s.u[0], s.u[1], s.m);
    const number h00 = Ops::fma(m.a, s.g[0], Ops::mul(m.b, s.g10));
    const number h01 = Ops::fma(m.a, s.g01, Ops::mul(m.b, s.g[1]));
    const number h10 = Ops::fma(m.c, s.g[0], Ops::mul(m.d, s.g10));
    const number h11 = Ops::fma(m.c, s.g01, Ops::mul(m.d, s.g[1]));
    s.g[0] = product<Ops>(Ops::fma(h00, m.d, Ops::mul(Ops::sub(zero, h01), m.c)), inverse);
    s.g01 = product<Ops>(Ops::fma(h01, m.a, Ops::mul(Ops::sub(zero, h00), m.b)), inverse);
    s.g10 = product<Ops>(Ops::fma(h10, m.d, Ops::mul(Ops::sub(zero, h11), m.c)), inverse);
    s.g[1] = product<Ops>(Ops::fma(h11, m.a, Ops::mul(Ops::sub(zero, h10), m.b)), inverse);
    s.template store<Model>(at, pair);
  }
}
