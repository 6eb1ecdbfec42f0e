// The cases of kalman_linear, written once for every backend: batches against one track at a time.
#pragma once

#include "kalman_cases.hpp"

#include <kernels/kalman_state.hpp>
#include <kernels/math/kalman_linear.hpp>

namespace kalman_linear_cases {

using model = kernels::kalman_linear<3, 2>;

/// Position, velocity, acceleration; position and velocity measured with correlated noise.
inline model make_model() {
  return model({1, 1, 0.5, 0, 1, 1, 0, 0, 0.875}, {1, 0, 0, 0.25, 1, 0},
               {0.5, 0.25, 0, 0.25, 0.25, 0, 0, 0, 0.125}, {2, 0.5, 0.5, 1},
               {10, 1, 0, 1, 10, 2, 0, 2, 10});
}

template <class T, class Run>
void equals_one_at_a_time(Run run, std::int64_t n) {
  CAPTURE(n);
  std::mt19937 random(static_cast<unsigned>(n));
  const auto unit = [&] { return static_cast<T>(random() % 4096) / T(256) - T(8); };
  const auto numbers = make_model().numbers<T>();
  kernels::kalman_state<model, T> state(make_model());
  state.resize(n);
  const auto count = static_cast<std::size_t>(n);
  std::vector<kernels::math::kalman_track<model, T>> tracks(count);
  int wrong = 0;
  const auto compare = [&] {
    for (std::int64_t s = 0; s < n; ++s) {
      const auto given = state.get(s);
      bool equal = true;
      for (int k = 0; k < kernels::math::kalman_planes<model>::kAll; ++k) {
        equal = equal &&
                kalman_cases::same(given.planes[k], tracks[static_cast<std::size_t>(s)].planes[k]);
      }
      wrong += equal ? 0 : 1;
    }
  };
  std::vector<T> means(3 * count);
  for (auto& x : means) x = unit();
  run.initiate(state.view(), kernels::kalman_all,
               kernels::packed(std::as_const(means).data(), {n, 3}));
  for (std::size_t s = 0; s < count; ++s) {
    tracks[s].initiate(numbers, {means[3 * s], means[3 * s + 1], means[3 * s + 2]});
  }
  compare();
  for (int step = 0; step < 3; ++step) {
    run.predict(state.view(), kernels::kalman_all);
    for (auto& track : tracks) track.predict(numbers);
    compare();
    const kalman_cases::slot_list list(n, random);
    std::vector<T> z(static_cast<std::size_t>(2 * list.count));
    for (auto& x : z) x = unit();
    if (list.count > 1) z[1] = std::numeric_limits<T>::quiet_NaN();
    const auto measured = kernels::packed(std::as_const(z).data(), {list.count, 2});
    run.update(state.view(), list.view(), measured);
    for (std::int64_t k = 0; k < list.count; ++k) {
      const auto at = static_cast<std::size_t>(2 * k);
      tracks[static_cast<std::size_t>(list[k])].update(numbers, {z[at], z[at + 1]});
    }
    compare();
    std::vector<T> mean(z.size());
    std::vector<T> covariance(2 * z.size());
    std::vector<T> distances(static_cast<std::size_t>(list.count * list.count));
    run.project(state.view(), list.view(), kernels::packed(mean.data(), {list.count, 2}),
                kernels::packed(covariance.data(), {list.count, 2, 2}));
    run.gating(state.view(), list.view(), measured,
               kernels::packed(distances.data(), {list.count, list.count}));
    for (std::int64_t k = 0; k < list.count; ++k) {
      const auto expected = tracks[static_cast<std::size_t>(list[k])].project(numbers);
      const auto at = static_cast<std::size_t>(k);
      for (int i = 0; i < 2; ++i) {
        const auto c = static_cast<std::size_t>(i);
        wrong += kalman_cases::same(mean[2 * at + c], expected.mean[i]) ? 0 : 1;
        for (int j = 0; j < 2; ++j) {
          wrong += kalman_cases::same(covariance[4 * at + 2 * c + static_cast<std::size_t>(j)],
                                      expected.covariance(i, j))
                       ? 0
                       : 1;
        }
      }
      for (std::size_t j = 0; j < static_cast<std::size_t>(list.count); ++j) {
        const T given = distances[at * static_cast<std::size_t>(list.count) + j];
        wrong += kalman_cases::same(given, expected.distance({z[2 * j], z[2 * j + 1]})) ? 0 : 1;
      }
    }
  }
  CHECK(wrong == 0);
}

}  // namespace kalman_linear_cases
