// The loops over slots, for Ops::kWidth tracks side by side. Included into the namespace of an
// instruction set, which has `lanes<T>` (Ops, with kWidth, load and store), the steps and the
// chunks.

template <class Ops, class Model>
struct initiate_body {
  using T = typename Ops::scalar;
  math::kalman_noise<T> noise;
  kalman_rows<const T> measured;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t) const {
    const typename Ops::number z[4] = {part.load(measured, 0), part.load(measured, 1),
                                       part.load(measured, 2), part.load(measured, 3)};
    kalman_initiate_plain<Ops, Model>(noise, z, at);
  }
};

template <class Ops, class Model, bool OneFrame>
struct predict_body {
  math::kalman_step<typename Ops::scalar> step;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>&, std::uint32_t) const {
    if constexpr (Coupled::value) {
      kalman_predict_coupled<Ops, Model>(step, at);
    } else {
      kalman_predict_plain<Ops, Model, OneFrame>(step, at);
    }
  }
};

template <class Ops, class Model>
struct update_body {
  using T = typename Ops::scalar;
  math::kalman_noise<T> noise;
  kalman_rows<const T> measured;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t) const {
    const typename Ops::number z[4] = {part.load(measured, 0), part.load(measured, 1),
                                       part.load(measured, 2), part.load(measured, 3)};
    if constexpr (Coupled::value) {
      kalman_update_coupled<Ops, Model>(noise, z, at);
    } else {
      kalman_update_plain<Ops, Model>(noise, z, at);
    }
  }
};

template <class Ops, class Model, class Coupled, class At>
kalman_expectation<Ops> expectation(const math::kalman_noise<typename Ops::scalar>& noise,
                                    const At& at, Coupled) {
  if constexpr (Coupled::value) {
    return kalman_project_coupled<Ops, Model>(noise, at);
  } else {
    return kalman_project_plain<Ops, Model>(noise, at);
  }
}

template <class Ops, class Model>
struct project_body {
  using T = typename Ops::scalar;
  math::kalman_noise<T> noise;
  kalman_rows<T> mean;
  view<T, 3> covariance;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled coupled, const chunk<Ops>& part,
                  std::uint32_t lanes) const {
    const auto expected = expectation<Ops, Model>(noise, at, coupled);
    for (int i = 0; i < 4; ++i) {
      part.store(mean, i, expected.mean[i], lanes);
      const kalman_rows<T> row{covariance.data + i * covariance.stride[1], covariance.stride[0],
                               covariance.stride[2]};
      for (int j = 0; j < 4; ++j) {
        part.store(row, j,
                   i == j           ? expected.variance[i]
                   : i / 2 == j / 2 ? expected.covariance[i / 2]
                                    : Ops::set(0),
                   lanes);
      }
    }
  }
};

/// Lanes are tracks here; the distances of a track lie in a row.
template <class Ops, class Model>
struct gating_body {
  using T = typename Ops::scalar;
  math::kalman_noise<T> noise;
  kalman_rows<const T> measured;
  std::int64_t count;
  kalman_rows<T> distances;
  bool position_only;

  /// The gates of the chunk's tracks, one number after the other.
  struct gate_numbers {
    T values[10][Ops::kWidth];
  };
  template <class At, class Coupled>
  void operator()(const At& at, Coupled coupled, const chunk<Ops>& part,
                  std::uint32_t lanes) const {
    const auto gate = kalman_gate_of(expectation<Ops, Model>(noise, at, coupled));
    gate_numbers numbers;
    for (int c = 0; c < 4; ++c) {
      Ops::store(numbers.values[c], gate.mean[c]);
      Ops::store(numbers.values[4 + c], gate.inverse[c]);
      if (c < 2) Ops::store(numbers.values[8 + c], gate.ratio[c]);
    }
    for (int i = 0; i < part.count; ++i) {
      if ((lanes >> i & 1U) == 0) continue;
      if (position_only) {
        track<1>(numbers, i, part.first + i);
      } else {
        track<2>(numbers, i, part.first + i);
      }
    }
  }

  /// All distances of one track: lanes are measurements.
  template <int Pairs>
  void track(const gate_numbers& numbers, int i, std::int64_t entry) const {
    kalman_gate<Ops> gate;
    for (int c = 0; c < 4; ++c) {
      gate.mean[c] = Ops::set(numbers.values[c][i]);
      gate.inverse[c] = Ops::set(numbers.values[4 + c][i]);
      if (c < 2) gate.ratio[c] = Ops::set(numbers.values[8 + c][i]);
    }
    const kalman_range range{nullptr, 1, 0, count};
    const kalman_rows<T> row{distances.at(entry, 0), distances.column, 0};
    for (std::int64_t j = 0; j < count; j += Ops::kWidth) {
      const chunk<Ops> part(range, j);
      typename Ops::number z[4];
      for (int c = 0; c < 4; ++c) {
        z[c] = c < 2 * Pairs ? part.load(measured, c) : Ops::set(0);
      }
      const auto distance = kalman_distance<Pairs, Ops>(gate, z);
      if (row.row == 1 && part.count == Ops::kWidth) {
        Ops::store(row.at(j, 0), distance);
      } else {
        part.store(row, 0, distance, part.lanes());
      }
    }
  }
};

template <class Ops, class Model>
struct warp_body {
  using T = typename Ops::scalar;
  kalman_rows<const T> motions;  ///< a b c d tx ty
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t) const {
    const kalman_motion_of<Ops> m{part.load(motions, 0), part.load(motions, 1),
                                  part.load(motions, 2), part.load(motions, 3),
                                  part.load(motions, 4), part.load(motions, 5)};
    if constexpr (Coupled::value) {
      kalman_warp_coupled<Ops, Model>(m, at);
    } else {
      kalman_warp_plain<Ops, Model>(m, at);
    }
  }
};

template <class Ops, class Model>
struct boxes_body {
  using T = typename Ops::scalar;
  kalman_rows<T> boxes;
  template <class At, class Coupled>
  void operator()(const At& at, Coupled, const chunk<Ops>& part, std::uint32_t lanes) const {
    typename Ops::number corner[4];
    kalman_box_plain<Ops, Model>(at, corner);
    for (int c = 0; c < 4; ++c) part.store(boxes, c, corner[c], lanes);
  }
};

template <class Model, class T>
struct kalman_functions {
  using ops = lanes<T>;
  using state = kalman_view<Model, T>;
  using noise = math::kalman_noise<T>;

  static void initiate(const state& s, const kalman_range& range, const noise& n,
                       const kalman_rows<const T>& measured) {
    if constexpr (Model::kCouples) {
      for (std::int64_t k = range.first; k < range.end; ++k) {
        s.coupled[range.slots == nullptr ? k : range.slots[k * range.stride]] = 0;
      }
    }
    for_slots<ops>(s, range, initiate_body<ops, Model>{n, measured});
  }
  static void predict(const state& s, const kalman_range& range, const math::kalman_step<T>& step) {
    if (step.dt == T(1)) {
      for_slots<ops>(s, range, predict_body<ops, Model, true>{step});
    } else {
      for_slots<ops>(s, range, predict_body<ops, Model, false>{step});
    }
  }
  static void update(const state& s, const kalman_range& range, const noise& n,
                     const kalman_rows<const T>& measured) {
    for_slots<ops>(s, range, update_body<ops, Model>{n, measured});
  }
  static void project(const state& s, const kalman_range& range, const noise& n,
                      const kalman_rows<T>& mean, const view<T, 3>& covariance) {
    for_slots<ops>(s, range, project_body<ops, Model>{n, mean, covariance});
  }
  static void gating(const state& s, const kalman_range& range, const noise& n,
                     const kalman_rows<const T>& measured, std::int64_t count,
                     const kalman_rows<T>& distances, bool position_only) {
    for_slots<ops>(s, range, gating_body<ops, Model>{n, measured, count, distances, position_only});
  }
  /// A motion that mixes the axes couples its slot first, with nothing coupled yet.
  static void warp(const state& s, const kalman_range& range, const kalman_motion<T>* motions,
                   std::int64_t step) {
    if constexpr (Model::kCouples) {
      for (std::int64_t k = range.first; k < range.end; ++k) {
        const std::int64_t slot = range.slots == nullptr ? k : range.slots[k * range.stride];
        if (s.coupled[slot] != 0 || math::kalman_keeps_axes(motions[k * step])) continue;
        s.coupled[slot] = 1;
        for (int plane = math::kalman_planes<Model>::kPlain;
             plane < math::kalman_planes<Model>::kAll; ++plane) {
          s.data[plane * s.stride + slot] = T(0);
        }
      }
      constexpr std::int64_t kNumbers = sizeof(kalman_motion<T>) / sizeof(T);
      for_slots<ops>(s, range, warp_body<ops, Model>{{&motions->a, step * kNumbers, 1}});
    }
  }
  static void boxes(const state& s, const kalman_range& range, box<T>* boxes, std::int64_t step) {
    constexpr std::int64_t kNumbers = sizeof(box<T>) / sizeof(T);
    for_slots<ops>(s, range, boxes_body<ops, Model>{{&boxes->left, step * kNumbers, 1}});
  }
};

template <class Model, class T>
inline constexpr kalman_loops<Model, T> kKalmanLoops = {
    &kalman_functions<Model, T>::initiate, &kalman_functions<Model, T>::predict,
    &kalman_functions<Model, T>::update,   &kalman_functions<Model, T>::project,
    &kalman_functions<Model, T>::gating,   &kalman_functions<Model, T>::warp,
    &kalman_functions<Model, T>::boxes};
