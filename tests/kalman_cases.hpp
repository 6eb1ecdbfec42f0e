// The cases of kalman, written once for every backend: whole batches against one track at a time
// (math::kalman_track), bit for bit. What one track does is compared with an independent filter in
// tests/cpu/kalman_test.cpp. A runner has the kalman_… functions on host memory:
//   initiate(state, slots, z)  predict(state, slots, dt)  zero(state, slots, coordinates)
//   update(state, slots, z)    project(state, slots, mean, covariance)
//   gating(state, slots, z, distances, position_only)    warp(state, slots, motions)
//   boxes(state, slots, boxes)
#pragma once

#include <kernels/kalman_state.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

namespace kalman_cases {

using kernels::kalman_all;
using kernels::packed;

template <class T>
bool same(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
}

/// Plausible measurements of a model, rows `stride` numbers apart.
template <class Model, class T>
struct measurements {
  std::vector<T> numbers;
  std::int64_t rows, stride;

  measurements(std::int64_t n, std::mt19937& random, std::int64_t row_stride = 4)
      : numbers(static_cast<std::size_t>(n * row_stride)), rows(n), stride(row_stride) {
    const auto unit = [&] { return static_cast<T>(random() % 4096) / T(4096); };
    for (std::int64_t k = 0; k < n; ++k) {
      const kernels::box<T> b{T(900) * unit(), T(500) * unit(), T(0), T(0)};
      const kernels::box<T> whole{b.left, b.top, b.left + T(20) + T(80) * unit(),
                                  b.top + T(40) + T(160) * unit()};
      const auto z = kernels::math::kalman_measurement<Model>(whole);
      const T four[4] = {z.a, z.b, z.c, z.d};
      for (int c = 0; c < 4; ++c) at(k, c) = four[c];
    }
  }
  T& at(std::int64_t k, int c) { return numbers[static_cast<std::size_t>(k * stride + c)]; }
  kernels::math::box_numbers<T> row(std::int64_t k) {
    return {at(k, 0), at(k, 1), at(k, 2), at(k, 3)};
  }
  [[nodiscard]] kernels::view<const T, 2> view() const {
    return {numbers.data(), {rows, 4}, {stride, 1}};
  }
};

/// A batch and the same tracks one at a time.
template <class Model, class T>
struct twins {
  kernels::kalman_state<Model, T> state;
  std::vector<kernels::math::kalman_track<Model, T>> tracks;

  explicit twins(std::int64_t n) : tracks(static_cast<std::size_t>(n)) { state.resize(n); }

  kernels::math::kalman_track<Model, T>& track(std::int64_t slot) {
    return tracks[static_cast<std::size_t>(slot)];
  }
  [[nodiscard]] int mismatches() const {
    int count = 0;
    for (std::size_t s = 0; s < tracks.size(); ++s) {
      const auto given = state.get(static_cast<std::int64_t>(s));
      bool equal = given.coupled == tracks[s].coupled;
      const int planes = given.coupled ? kernels::math::kalman_planes<Model>::kAll
                                       : kernels::math::kalman_planes<Model>::kPlain;
      for (int k = 0; k < planes; ++k) equal = equal && same(given.planes[k], tracks[s].planes[k]);
      count += equal ? 0 : 1;
    }
    return count;
  }
};

/// Some slots, in no order, as a list whose entries are `stride` apart.
struct slot_list {
  std::vector<std::int32_t> numbers;
  std::int64_t count = 0, stride = 3;

  slot_list(std::int64_t n, std::mt19937& random) {
    std::vector<std::int32_t> chosen;
    for (std::int64_t s = 0; s < n; ++s) {
      if (s > 40 || random() % 3 != 0) chosen.push_back(static_cast<std::int32_t>(s));
    }
    if (n < 40) std::shuffle(chosen.begin(), chosen.end(), random);
    count = static_cast<std::int64_t>(chosen.size());
    numbers.assign(static_cast<std::size_t>(count * stride), -7);
    for (std::int64_t k = 0; k < count; ++k) {
      numbers[static_cast<std::size_t>(k * stride)] = chosen[static_cast<std::size_t>(k)];
    }
  }
  [[nodiscard]] std::int32_t operator[](std::int64_t k) const {
    return numbers[static_cast<std::size_t>(k * stride)];
  }
  [[nodiscard]] kernels::view<const std::int32_t, 1> view() const {
    return {numbers.data(), {count}, {stride}};
  }
};

template <class T>
std::vector<kernels::kalman_motion<T>> some_motions(std::int64_t n) {
  std::vector<kernels::kalman_motion<T>> motions;
  for (std::int64_t k = 0; k < n; ++k) {
    const auto f = static_cast<T>(k % 7) / T(64);
    motions.push_back({T(1) - f / 8, k % 3 == 0 ? T(0) : -f, k % 3 == 0 ? T(0) : f, T(1) + f / 16,
                       T(3) * f, T(-2)});
  }
  return motions;
}

/// Everything that reads a state, against one track at a time.
template <class Model, class T, class Run>
int outputs_differ(Run run, twins<Model, T>& both, const slot_list& list,
                   const kernels::math::kalman_noise<T>& noise, std::mt19937& random) {
  int wrong = 0;
  const std::int64_t n = list.count;
  std::vector<T> mean(static_cast<std::size_t>(n * 4), T(-1));
  std::vector<T> covariance(static_cast<std::size_t>(n * 16), T(-1));
  std::vector<kernels::box<T>> boxes(static_cast<std::size_t>(n));
  run.project(both.state.view(), list.view(), packed(mean.data(), {n, 4}),
              packed(covariance.data(), {n, 4, 4}));
  run.boxes(both.state.view(), list.view(), packed(boxes.data(), {n}));
  for (std::int64_t k = 0; k < n; ++k) {
    auto& track = both.track(list[k]);
    const auto expected = track.project(noise);
    const auto b = track.box();
    const auto& given = boxes[static_cast<std::size_t>(k)];
    bool equal = same(b.left, given.left) && same(b.top, given.top) && same(b.right, given.right) &&
                 same(b.bottom, given.bottom);
    for (int i = 0; i < 4; ++i) {
      equal = equal && same(mean[static_cast<std::size_t>(4 * k + i)], expected.mean[i]);
      for (int j = 0; j < 4; ++j) {
        const T s = i == j ? expected.variance[i] : i / 2 == j / 2 ? expected.covariance[i / 2] : 0;
        equal = equal && same(covariance[static_cast<std::size_t>(16 * k + 4 * i + j)], s);
      }
    }
    wrong += equal ? 0 : 1;
  }
  for (const std::int64_t m : {0, 1, 33}) {
    for (const bool position_only : {false, true}) {
      measurements<Model, T> z(m, random, 6);
      if (m > 3) z.at(3, 1) = std::numeric_limits<T>::quiet_NaN();
      const std::int64_t stride = m + 2;
      std::vector<T> distances(static_cast<std::size_t>(n * stride), T(-1));
      run.gating(both.state.view(), list.view(), z.view(),
                 kernels::view<T, 2>{distances.data(), {n, m}, {stride, 1}}, position_only);
      for (std::int64_t k = 0; k < n; ++k) {
        for (std::int64_t j = 0; j < stride; ++j) {
          const T given = distances[static_cast<std::size_t>(k * stride + j)];
          const T expected =
              j < m ? both.track(list[k]).distance(noise, z.row(j), position_only) : T(-1);
          wrong += same(given, expected) ? 0 : 1;
        }
      }
    }
  }
  return wrong;
}

/// A life of n tracks: every step on all slots or on some, coupled tracks among uncoupled ones.
template <class Model, class T, class Run>
void equals_one_at_a_time(Run run, std::int64_t n) {
  CAPTURE(n);
  std::mt19937 random(static_cast<unsigned>(5 + n));
  twins<Model, T> both(n);
  const auto state = both.state.view();
  const auto noise = kernels::math::kalman_noise_of<T>(Model{});
  std::vector<int> wrong;

  measurements<Model, T> first(n, random);
  run.initiate(state, kalman_all, first.view());
  for (std::int64_t s = 0; s < n; ++s) both.track(s).initiate(noise, first.row(s));
  wrong.push_back(both.mismatches());

  const auto predict = [&](double dt) {
    run.predict(state, kalman_all, dt);
    const auto step = kernels::math::kalman_step_of<T>(Model{}, dt);
    for (auto& track : both.tracks) track.predict(step);
    wrong.push_back(both.mismatches());
  };
  const auto update = [&] {
    const slot_list list(n, random);
    measurements<Model, T> z(list.count, random, 5);
    if (list.count > 2) z.at(1, 2) = std::numeric_limits<T>::infinity();
    run.update(state, list.view(), z.view());
    for (std::int64_t k = 0; k < list.count; ++k) both.track(list[k]).update(noise, z.row(k));
    wrong.push_back(both.mismatches());
  };
  predict(1);
  update();
  for (int round = 0; round < 2; ++round) {
    if constexpr (Model::kCouples) {
      const slot_list list(n, random);
      const auto motions = some_motions<T>(list.count);
      run.warp(state, list.view(), packed(motions.data(), {list.count}));
      for (std::int64_t k = 0; k < list.count; ++k) {
        both.track(list[k]).warp(motions[static_cast<std::size_t>(k)]);
      }
      wrong.push_back(both.mismatches());
    }
    predict(round == 0 ? 2.5 : 1);
    update();
    const slot_list list(n, random);
    wrong.push_back(outputs_differ<Model, T>(run, both, list, noise, random));
    run.zero(state, list.view(), kernels::kalman_first + kernels::kalman_third);
    for (std::int64_t k = 0; k < list.count; ++k) {
      both.track(list[k]).planes[kernels::math::kalman_planes<Model>::v(0)] = 0;
      both.track(list[k]).planes[kernels::math::kalman_planes<Model>::v(2)] = 0;
    }
    predict(1);
  }
  if constexpr (Model::kCouples) {  // one motion for all, then starting again uncouples
    const std::vector<kernels::kalman_motion<T>> motion{
        {T(1), T(0.125), T(-0.125), T(1), T(1), T(2)}};
    run.warp(state, kalman_all, packed(motion.data(), {1}));
    for (auto& track : both.tracks) track.warp(motion[0]);
    wrong.push_back(both.mismatches());
    const slot_list list(n, random);
    measurements<Model, T> again(list.count, random);
    run.initiate(state, list.view(), again.view());
    for (std::int64_t k = 0; k < list.count; ++k) both.track(list[k]).initiate(noise, again.row(k));
    wrong.push_back(both.mismatches());
  }
  CHECK(wrong == std::vector<int>(wrong.size(), 0));
}

template <class Model, class T, class Run>
void equals_one_at_a_time(Run run) {
  for (const std::int64_t n : {0, 1, 31, 32, 33, 70}) equals_one_at_a_time<Model, T>(run, n);
}

}  // namespace kalman_cases
