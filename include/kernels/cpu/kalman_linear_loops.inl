// The loops of kalman_linear, included after kalman_loops.inl, see there.

template <class Ops, int N>
struct linear_row {
  typename Ops::number values[N];
  linear_row(const chunk<Ops>& part, const kalman_rows<const typename Ops::scalar>& rows) {
    for (int i = 0; i < N; ++i) values[i] = part.load(rows, i);
  }
};

template <class Ops, int N, int M>
struct initiate_linear_body {
  using T = typename Ops::scalar;
  const math::kalman_linear_numbers<T, N, M>& model;
  kalman_rows<const T> rows;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t) const {
    const linear_row<Ops, N> start(part, rows);
    kalman_initiate_linear<Ops, N, M>(model, start.values, at);
  }
};

template <class Ops, int N, int M>
struct predict_linear_body {
  const math::kalman_linear_numbers<typename Ops::scalar, N, M>& model;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>&, std::uint32_t) const {
    kalman_predict_linear<Ops, N, M>(model, at);
  }
};

template <class Ops, int N, int M>
struct update_linear_body {
  using T = typename Ops::scalar;
  const math::kalman_linear_numbers<T, N, M>& model;
  kalman_rows<const T> rows;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t) const {
    const linear_row<Ops, M> z(part, rows);
    kalman_update_linear<Ops, N, M>(model, z.values, at);
  }
};

template <class Ops, int N, int M>
struct project_linear_body {
  using T = typename Ops::scalar;
  const math::kalman_linear_numbers<T, N, M>& model;
  kalman_rows<T> mean;
  view<T, 3> covariance;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t lanes) const {
    const auto expected = kalman_project_linear<Ops, N, M>(model, at);
    for (int i = 0; i < M; ++i) {
      part.store(mean, i, expected.mean[i], lanes);
      const kalman_rows<T> row{covariance.data + i * covariance.stride[1], covariance.stride[0],
                               covariance.stride[2]};
      for (int j = 0; j < M; ++j) part.store(row, j, expected.covariance(i, j), lanes);
    }
  }
};

/// Lanes are tracks.
template <class Ops, int N, int M>
struct gating_linear_body {
  using T = typename Ops::scalar;
  const math::kalman_linear_numbers<T, N, M>& model;
  kalman_rows<const T> measured;
  std::int64_t count;
  kalman_rows<T> distances;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t lanes) const {
    const auto expected = kalman_project_linear<Ops, N, M>(model, at);
    for (std::int64_t j = 0; j < count; ++j) {
      typename Ops::number z[M];
      for (int i = 0; i < M; ++i) z[i] = Ops::set(*measured.at(j, i));
      const kalman_rows<T> column{distances.data + j * distances.column, distances.row, 0};
      part.store(column, 0, expected.distance(z), lanes);
    }
  }
};

template <int N, int M, class T>
struct kalman_linear_functions {
  using ops = lanes<T>;
  using state = kalman_view<kalman_linear<N, M>, T>;
  using numbers = math::kalman_linear_numbers<T, N, M>;

  static void initiate(const state& s, const kalman_range& range, const numbers& model,
                       const kalman_rows<const T>& rows) {
    for_slots<ops>(s, range, initiate_linear_body<ops, N, M>{model, rows});
  }
  static void predict(const state& s, const kalman_range& range, const numbers& model) {
    for_slots<ops>(s, range, predict_linear_body<ops, N, M>{model});
  }
  static void update(const state& s, const kalman_range& range, const numbers& model,
                     const kalman_rows<const T>& rows) {
    for_slots<ops>(s, range, update_linear_body<ops, N, M>{model, rows});
  }
  static void project(const state& s, const kalman_range& range, const numbers& model,
                      const kalman_rows<T>& mean, const view<T, 3>& covariance) {
    for_slots<ops>(s, range, project_linear_body<ops, N, M>{model, mean, covariance});
  }
  static void gating(const state& s, const kalman_range& range, const numbers& model,
                     const kalman_rows<const T>& measured, std::int64_t count,
                     const kalman_rows<T>& distances) {
    for_slots<ops>(s, range, gating_linear_body<ops, N, M>{model, measured, count, distances});
  }
};

template <int N, int M, class T>
inline constexpr kalman_linear_loops<N, M, T> kKalmanLinearLoops = {
    &kalman_linear_functions<N, M, T>::initiate, &kalman_linear_functions<N, M, T>::predict,
    &kalman_linear_functions<N, M, T>::update, &kalman_linear_functions<N, M, T>::project,
    &kalman_linear_functions<N, M, T>::gating};
