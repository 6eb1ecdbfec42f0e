// The Kalman filters against numbers recorded from the original programs, step by step (not part of
// the project: KERNELS_TEST_DATA names their folder).
#include "data.hpp"

#include <kernels/kalman.hpp>

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

namespace {

using kernels::kalman_all;
using kernels::on_cpu;
using kernels::packed;
using nlohmann::json;

const json& golden() {
  static const json all = [] {
    std::ifstream file(real_data::folder() / "mot" / "golden" / "kalman_lap_gmc.json");
    REQUIRE(file.good());
    return json::parse(file);
  }();
  return all;
}

/// The largest difference seen, relative to the size of the number or its standard deviation.
struct largest {
  double difference = 0;
  void add(double given, double expected, double scale) {
    const double d = std::abs(given - expected) / std::max(std::abs(expected), scale);
    difference = d >= difference ? d : std::isnan(d) ? INFINITY : difference;
  }
};

template <class T>
std::vector<T> numbers(const json& list) {
  std::vector<T> values;
  for (const auto& x : list) values.push_back(static_cast<T>(x.get<double>()));
  return values;
}

/// A filter with one track; each golden step is compared.
template <class Model, class T>
struct one_track {
  kernels::kalman_state<Model, T> state;
  largest worst;

  one_track() { state.resize(1); }

  void initiate(const std::vector<T>& z) {
    kalman_initiate(on_cpu(), state.view(), kalman_all, packed(z.data(), {1, 4}));
  }
  void update(const std::vector<T>& z) {
    kalman_update(on_cpu(), state.view(), kalman_all, packed(z.data(), {1, 4}));
  }
  void compare(const json& mean, const json& covariance) {
    const auto track = state.get(0);
    for (std::size_t i = 0; i < Model::kStates; ++i) {
      const double vi = covariance[i][i].template get<double>();
      worst.add(static_cast<double>(track.planes[i]), mean[i].template get<double>(),
                std::sqrt(vi));
      for (std::size_t j = 0; j < Model::kStates; ++j) {
        worst.add(static_cast<double>(track.covariance(static_cast<int>(i), static_cast<int>(j))),
                  covariance[i][j].template get<double>(),
                  std::sqrt(vi * covariance[j][j].template get<double>()));
      }
    }
  }
  void compare_projection(const json& step) {
    std::vector<T> mean(4);
    std::vector<T> covariance(16);
    kalman_project(on_cpu(), state.view(), kalman_all, packed(mean.data(), {1, 4}),
                   packed(covariance.data(), {1, 4, 4}));
    for (std::size_t i = 0; i < 4; ++i) {
      const double vi = step["proj_cov"][i][i].template get<double>();
      worst.add(static_cast<double>(mean[i]), step["proj_mean"][i].template get<double>(),
                std::sqrt(vi));
      for (std::size_t j = 0; j < 4; ++j) {
        worst.add(static_cast<double>(covariance[4 * i + j]),
                  step["proj_cov"][i][j].template get<double>(), vi);
      }
    }
  }
  void compare_gating(const json& step) {
    const auto z = numbers<T>(step["z"]);
    for (const bool position_only : {false, true}) {
      T distance = 0;
      kalman_gating(on_cpu(), state.view(), kalman_all, packed(z.data(), {1, 4}),
                    packed(&distance, {1, 1}), {.position_only = position_only});
      const json& expected = step[position_only ? "maha_pos" : "maha"];
      // relative to 1 at least: what a float measurement's own rounding does to a small distance
      // is more than 1e-4 of it
      worst.add(static_cast<double>(distance), expected[0].template get<double>(),
                std::is_same_v<T, float> ? 1 : 0);
    }
  }
};

template <class Model, class T>
double worst_of(const json& test) {
  one_track<Model, T> filter;
  filter.initiate(numbers<T>(test["z0"]));
  auto start = json::array();
  for (std::size_t i = 0; i < 8; ++i) {
    start.push_back(std::vector<double>(8));
    start[i][i] = test["init_cov_diag"][i];
  }
  filter.compare(test["init_mean"], start);
  for (const auto& step : test["steps"]) {
    kalman_predict(on_cpu(), filter.state.view(), kalman_all);
    filter.compare(step["pred_mean"], step["pred_cov"]);
    if (!step.contains("z")) continue;  // nothing was measured
    filter.compare_projection(step);
    filter.compare_gating(step);
    filter.update(numbers<T>(step["z"]));
    filter.compare(step["mean"], step["cov"]);
  }
  return filter.worst.difference;
}

template <class T>
double worst_of_sort(const json& test) {
  using model = kernels::kalman_sort7;
  one_track<model, T> filter;
  const auto measurement = [](const json& b) {
    const auto c = numbers<double>(b);
    const auto z =
        kernels::math::kalman_measurement<model>(kernels::box<double>{c[0], c[1], c[2], c[3]});
    return std::vector<T>{static_cast<T>(z.a), static_cast<T>(z.b), static_cast<T>(z.c),
                          static_cast<T>(z.d)};
  };
  filter.initiate(measurement(test["box0"]));
  for (const auto& step : test["steps"]) {
    kalman_predict(on_cpu(), filter.state.view(), kalman_all);
    kernels::box<T> b{};
    kalman_boxes(on_cpu(), filter.state.view(), kalman_all, packed(&b, {1}));
    const T corner[4] = {b.left, b.top, b.right, b.bottom};
    for (std::size_t c = 0; c < 4; ++c) {
      filter.worst.add(static_cast<double>(corner[c]), step["pred_box"][c].get<double>(), 1);
    }
    if (!step.contains("box")) continue;
    filter.update(measurement(step["box"]));
    filter.compare(step["x"], step["P"]);
  }
  return filter.worst.difference;
}

/// A slot with the golden mean and covariance, which are uncoupled.
template <class Model, class T>
kernels::math::kalman_track<Model, T> track_from(const json& mean, const json& covariance) {
  using at = kernels::math::kalman_planes<Model>;
  kernels::math::kalman_track<Model, T> track;
  for (std::size_t c = 0; c < 4; ++c) {
    const double p = covariance[c][c].template get<double>();
    const double g = covariance[c][c + 4].template get<double>() / p;
    const int k = static_cast<int>(c);
    track.planes[at::x(k)] = mean[c].template get<T>();
    track.planes[at::v(k)] = mean[c + 4].template get<T>();
    track.planes[at::p(k)] = static_cast<T>(p);
    track.planes[at::g(k)] = static_cast<T>(g);
    track.planes[at::u(k)] =
        static_cast<T>(covariance[c + 4][c + 4].template get<double>() - g * g * p);
  }
  return track;
}

template <class T>
double worst_of_motion(const json& test) {
  using model = kernels::kalman_xywh;
  one_track<model, T> filter;
  filter.state.set(0, track_from<model, T>(test["mean"], test["cov"]));
  filter.compare(test["mean"], test["cov"]);
  const auto h = [&](std::size_t i, std::size_t j) { return test["H"][i][j].get<T>(); };
  kalman_warp(on_cpu(), filter.state.view(), kalman_all,
              {h(0, 0), h(0, 1), h(1, 0), h(1, 1), h(0, 2), h(1, 2)});
  filter.compare(test["mean_out"], test["cov_out"]);
  return filter.worst.difference;
}

}  // namespace

TEST_CASE("kalman: every step of the original XYAH and XYWH filters") {
  for (const auto& test : golden()["kf"]) {
    const bool xyah = test["model"] == "xyah";
    const double in_double = xyah ? worst_of<kernels::kalman_xyah, double>(test)
                                  : worst_of<kernels::kalman_xywh, double>(test);
    const double in_float = xyah ? worst_of<kernels::kalman_xyah, float>(test)
                                 : worst_of<kernels::kalman_xywh, float>(test);
    MESSAGE(test["model"].get<std::string>(), ": ", in_double, " in double, ", in_float,
            " in float");
    CHECK(in_double < 1e-9);
    CHECK(in_float < 1e-4);
  }
}

TEST_CASE("kalman: every step of the original SORT filter") {
  for (const auto& test : golden()["sort"]) {
    const double in_double = worst_of_sort<double>(test);
    const double in_float = worst_of_sort<float>(test);
    MESSAGE(in_double, " in double, ", in_float, " in float");
    CHECK(in_double < 1e-9);
    CHECK(in_float < 1e-4);
  }
}

TEST_CASE("kalman: the original camera motion") {
  for (const auto& test : golden()["gmc"]) {
    const double in_double = worst_of_motion<double>(test);
    const double in_float = worst_of_motion<float>(test);
    MESSAGE(in_double, " in double, ", in_float, " in float");
    CHECK(in_double < 1e-9);
    CHECK(in_float < 1e-4);
  }
}
