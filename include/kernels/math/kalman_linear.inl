// The steps of a filter of any linear model, N states and M measurements. Included after
// kalman_plain.inl, see there. The covariance is L·diag(d)·Lᵀ, L with ones on its diagonal.

/// Mean and factored covariance of a track.
template <class Ops, int N>
struct kalman_factors {
  using number = typename Ops::number;
  number mean[N], d[N], l[N][N];

  template <class At>
  KERNELS_HD void load(At at) {
    int plane = 2 * N;
    KERNELS_UNROLL
    for (int i = 0; i < N; ++i) {
      mean[i] = at.load(i);
      d[i] = at.load(N + i);
      KERNELS_UNROLL
      for (int j = 0; j < i; ++j) l[i][j] = at.load(plane++);
    }
  }
  template <class At>
  KERNELS_HD void store(At at) const {
    int plane = 2 * N;
    KERNELS_UNROLL
    for (int i = 0; i < N; ++i) {
      at.store(i, mean[i]);
      at.store(N + i, d[i]);
      KERNELS_UNROLL
      for (int j = 0; j < i; ++j) at.store(plane++, l[i][j]);
    }
  }
  /// Row `row` (M × N, numbers that all tracks share) times L.
  template <class T>
  KERNELS_HD void times_factor(const T* row, number (&product_row)[N]) const {
    KERNELS_UNROLL
    for (int j = 0; j < N; ++j) {
      number sum = Ops::set(row[j]);
      KERNELS_UNROLL
      for (int i = j + 1; i < N; ++i) sum = Ops::fma(l[i][j], Ops::set(row[i]), sum);
      product_row[j] = sum;
    }
  }
  /// Row times mean.
  template <class T>
  KERNELS_HD number times_mean(const T* row) const {
    number sum = Ops::set(0);
    KERNELS_UNROLL
    for (int i = 0; i < N; ++i) sum = Ops::fma(Ops::set(row[i]), mean[i], sum);
    return sum;
  }
};

template <class Ops, int N, int M, class At>
KERNELS_HD void kalman_initiate_linear(
    const math::kalman_linear_numbers<typename Ops::scalar, N, M>& model,
    const typename Ops::number (&start)[N], At at) {
  kalman_factors<Ops, N> s;
  KERNELS_UNROLL
  for (int i = 0; i < N; ++i) {
    s.mean[i] = start[i];
    s.d[i] = Ops::set(model.initial_d[i]);
    KERNELS_UNROLL
    for (int j = 0; j < i; ++j) s.l[i][j] = Ops::set(model.initial_l[i][j]);
  }
  s.store(at);
}

/// mean = F·mean; the covariance by weighted Gram-Schmidt of the rows [F·L, L of Q].
template <class Ops, int N, int M, class At>
KERNELS_HD void kalman_predict_linear(
    const math::kalman_linear_numbers<typename Ops::scalar, N, M>& model, At at) {
  using number = typename Ops::number;
  kalman_factors<Ops, N> s;
  s.load(at);
  number rows[N][2 * N];
  number weights[2 * N];
  number mean[N];
  KERNELS_UNROLL
  for (int i = 0; i < N; ++i) {
    number moved[N];
    s.times_factor(model.transition[i], moved);
    mean[i] = s.times_mean(model.transition[i]);
    weights[i] = s.d[i];
    weights[N + i] = Ops::set(model.process_d[i]);
    KERNELS_UNROLL
    for (int j = 0; j < N; ++j) {
      rows[i][j] = moved[j];
      rows[i][N + j] = Ops::set(model.process_l[i][j]);
    }
  }
  kalman_triangle<Ops, N, 2 * N>(rows, weights, s.d, s.l);
  KERNELS_UNROLL
  for (int i = 0; i < N; ++i) s.mean[i] = mean[i];
  s.store(at);
}

/// One number after the other, their noise made independent (Bierman 1977): no difference of
/// covariances is ever formed. Nothing changes if a number is not finite.
template <class Ops, int N, int M, class At>
KERNELS_HD void kalman_update_linear(
    const math::kalman_linear_numbers<typename Ops::scalar, N, M>& model,
    const typename Ops::number (&measured)[M], At at) {
  using number = typename Ops::number;
  const number zero = Ops::set(0);
  kalman_factors<Ops, N> s;
  s.load(at);
  auto valid = Ops::finite(measured[0]);
  KERNELS_UNROLL
  for (int m = 1; m < M; ++m) valid = Ops::both(valid, Ops::finite(measured[m]));
  KERNELS_UNROLL
  for (int m = 0; m < M; ++m) {
    number z = zero;
    KERNELS_UNROLL
    for (int i = 0; i < M; ++i) {
      z = Ops::fma(Ops::set(model.decorrelate[m][i]), Ops::select(valid, measured[i], zero), z);
    }
    const number surprise = Ops::sub(z, s.times_mean(model.independent[m]));
    number f[N];
    s.times_factor(model.independent[m], f);
    number gain[N];
    number total = Ops::set(model.independent_d[m]);
    KERNELS_UNROLL
    for (int j = N - 1; j >= 0; --j) {
      const number v = Ops::mul(s.d[j], f[j]);
      const number before = total;
      total = Ops::fma(f[j], v, total);
      const number ratio = Ops::div(before, total);
      const number slope = Ops::div(Ops::sub(zero, f[j]), before);
      s.d[j] = product<Ops>(s.d[j], ratio);
      gain[j] = v;
      KERNELS_UNROLL
      for (int i = j + 1; i < N; ++i) {
        const number l = s.l[i][j];
        s.l[i][j] = Ops::fma(slope, gain[i], l);
        gain[i] = Ops::fma(l, v, gain[i]);
      }
    }
    const number share = Ops::div(surprise, total);
    KERNELS_UNROLL
    for (int i = 0; i < N; ++i) s.mean[i] = Ops::fma(gain[i], share, s.mean[i]);
  }
  kalman_factors<Ops, N> before;
  before.load(at);
  KERNELS_UNROLL
  for (int i = 0; i < N; ++i) {
    s.mean[i] = Ops::select(valid, s.mean[i], before.mean[i]);
    s.d[i] = Ops::select(valid, s.d[i], before.d[i]);
    KERNELS_UNROLL
    for (int j = 0; j < i; ++j) s.l[i][j] = Ops::select(valid, s.l[i][j], before.l[i][j]);
  }
  s.store(at);
}

/// What a track expects to measure: the mean and the covariance H·P·Hᵀ + R in factors.
template <class Ops, int M>
struct kalman_linear_expectation {
  typename Ops::number mean[M], d[M], l[M][M];

  [[nodiscard]] KERNELS_HD typename Ops::number covariance(int i, int j) const {
    if (i < j) return covariance(j, i);
    auto sum = Ops::set(0);
    for (int k = 0; k <= j; ++k) {
      const auto li = i == k ? Ops::set(1) : l[i][k];
      const auto lj = j == k ? Ops::set(1) : l[j][k];
      sum = Ops::fma(Ops::mul(li, d[k]), lj, sum);
    }
    return sum;
  }
  /// Squared Mahalanobis distance of z; infinite where it would not be a number.
  [[nodiscard]] KERNELS_HD typename Ops::number distance(const typename Ops::number (&z)[M]) const {
    typename Ops::number rest[M];
    auto sum = Ops::set(0);
    KERNELS_UNROLL
    for (int i = 0; i < M; ++i) {
      rest[i] = Ops::sub(z[i], mean[i]);
      KERNELS_UNROLL
      for (int j = 0; j < i; ++j) {
        rest[i] = Ops::fma(Ops::sub(Ops::set(0), l[i][j]), rest[j], rest[i]);
      }
      sum = Ops::fma(Ops::div(rest[i], d[i]), rest[i], sum);
    }
    return Ops::select(Ops::finite(sum), sum,
                       Ops::set(math::kKalmanInfinite<typename Ops::scalar>));
  }
};

template <class Ops, int N, int M, class At>
KERNELS_HD kalman_linear_expectation<Ops, M> kalman_project_linear(
    const math::kalman_linear_numbers<typename Ops::scalar, N, M>& model, At at) {
  using number = typename Ops::number;
  kalman_factors<Ops, N> s;
  s.load(at);
  kalman_linear_expectation<Ops, M> expected;
  number rows[M][N + M];
  number weights[N + M];
  KERNELS_UNROLL
  for (int j = 0; j < N; ++j) weights[j] = s.d[j];
  KERNELS_UNROLL
  for (int m = 0; m < M; ++m) {
    number seen[N];
    s.times_factor(model.observation[m], seen);
    expected.mean[m] = s.times_mean(model.observation[m]);
    KERNELS_UNROLL
    for (int j = 0; j < N; ++j) rows[m][j] = seen[j];
    weights[N + m] = Ops::set(model.independent_d[m]);
    KERNELS_UNROLL
    for (int j = 0; j < M; ++j) rows[m][N + j] = Ops::set(model.measured_l[m][j]);
  }
  kalman_triangle<Ops, M, N + M>(rows, weights, expected.d, expected.l);
  return expected;
}
