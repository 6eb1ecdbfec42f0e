// dbscan and threshold_components beside the textbook in double.
#include "../groups_cases.hpp"

#include <kernels/dbscan.hpp>

#include <doctest/doctest.h>

namespace {

using groups_cases::distances;
using groups_cases::labels;
using groups_cases::points;
using groups_cases::scattered;
using kernels::metric;
using kernels::on_cpu;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool as_the_textbook(const points& p, metric compared, double near, std::int64_t min_samples) {
  const distances d(p, compared);
  const float eps = d.in_a_gap(near);
  std::vector<std::uint8_t> core;
  const labels expected = groups_cases::plain_dbscan(d, eps, min_samples, core);
  bool same = true;
  groups_cases::each_way([&](on_cpu exec) {
    const auto found = kernels::dbscan(
        exec, p.rows(), {.eps = eps, .min_samples = min_samples, .metric = compared});
    same = same && found.labels == expected && found.core == core &&
           found.noise == std::count(expected.begin(), expected.end(), -1) &&
           found.clusters == *std::max_element(expected.begin(), expected.end()) + 1;
  });
  return same;
}

/// Components of a threshold are DBSCAN with one sample.
bool components_as_the_textbook(const points& p, metric compared, double near) {
  const distances d(p, compared);
  const float eps = d.in_a_gap(near);
  std::vector<std::uint8_t> core;
  const labels expected = groups_cases::plain_dbscan(d, eps, 1, core);
  const float threshold = compared == metric::cosine ? 1 - eps : eps;
  bool same = true;
  groups_cases::each_way([&](on_cpu exec) {
    const auto found = kernels::threshold_components(exec, p.rows(), {threshold, compared});
    same = same && found.labels == expected &&
           found.clusters == *std::max_element(expected.begin(), expected.end()) + 1;
  });
  return same;
}

template <class Call>
bool refused(const Call& call, const std::string& text) {
  try {
    call();
  } catch (const kernels::error& e) {
    return std::string(e.what()).find(text) != std::string::npos;
  }
  return false;
}

}  // namespace

TEST_CASE("dbscan cpu: labels and core points are the textbook's") {
  for (const std::int64_t n : {1, 2, 31, 33, 130, 610}) {
    CAPTURE(n);
    const points p = scattered(n, 19, 6, 0.35F, static_cast<unsigned>(n));
    for (const std::int64_t samples : {1, 2, 4, 9, 40}) {
      CAPTURE(samples);
      CHECK(as_the_textbook(p, metric::cosine, 0.12, samples));
      CHECK(as_the_textbook(p, metric::euclidean, 2.1, samples));
    }
    CHECK(as_the_textbook(p, metric::cosine, 0.7, 5));  // nearly all connected
    CHECK(as_the_textbook(p, metric::euclidean, 5.2, 12));
    CHECK(as_the_textbook(p, metric::cosine, 0.01, 3));  // nearly all noise
    CHECK(components_as_the_textbook(p, metric::cosine, 0.1));
    CHECK(components_as_the_textbook(p, metric::euclidean, 1.8));
  }
}

TEST_CASE("dbscan cpu: eps is compared with <= on the exact distance") {
  const points p{3, 2, {0, 0, 3, 4, 100, 100}};
  const auto clusters = [&](float eps) {
    return kernels::dbscan(on_cpu{1}, p.rows(),
                           {.eps = eps, .min_samples = 2, .metric = metric::euclidean})
        .clusters;
  };
  CHECK(clusters(5) == 1);
  CHECK(clusters(std::nextafter(5.0F, 0.0F)) == 0);
  const points q{2, 2, {1, 0, 0, 7}};  // a right angle
  const auto right = [&](float eps) {
    return kernels::dbscan(on_cpu{1}, q.rows(), {.eps = eps, .min_samples = 2}).clusters;
  };
  CHECK(right(1) == 1);
  CHECK(right(std::nextafter(1.0F, 0.0F)) == 0);
  CHECK(kernels::threshold_components(on_cpu{1}, q.rows(), {.threshold = 0}).clusters == 1);
  CHECK(kernels::threshold_components(on_cpu{1}, q.rows(), {.threshold = 1e-30F}).clusters == 2);
}

TEST_CASE("dbscan cpu: bounds on dots and squared distances are the bounds on distances") {
  namespace math = kernels::math;
  std::mt19937 random(5);
  std::uniform_real_distribution<float> unit(0, 2);
  bool right = true;
  for (int k = 0; k < 20000; ++k) {
    const float eps = k % 7 == 0 ? std::ldexp(unit(random), -k % 60) : unit(random);
    const float dot = math::cosine_distance_within(eps).bound;
    const auto cosine = [](float x) { return 1.0F - std::clamp(x, -1.0F, 1.0F); };
    right = right && (dot == -kInfinity ? eps >= 2 : cosine(dot) <= eps);
    right = right && (dot == -kInfinity || cosine(std::nextafter(dot, -2.0F)) > eps);
    const float squared = math::euclidean_distance_within(eps).bound;
    right = right && std::sqrt(squared) <= eps;
    right = right && std::sqrt(std::nextafter(squared, kInfinity)) > eps;
  }
  CHECK(right);
  const float most = std::numeric_limits<float>::max();
  CHECK(math::euclidean_distance_within(0).bound == 0);
  CHECK(math::euclidean_distance_within(most).bound == most);
  CHECK(math::cosine_distance_within(0).bound == 1);
}

TEST_CASE("dbscan cpu: nothing, one, identical points, only noise") {
  const points none{0, 8, {}};
  const auto empty = kernels::dbscan(on_cpu{}, none.rows());
  CHECK((empty.labels.empty() && empty.core.empty() && empty.clusters == 0));
  CHECK(kernels::threshold_components(on_cpu{}, none.rows()).labels.empty());

  const points one{1, 2, {1, 2}};
  CHECK(kernels::dbscan(on_cpu{}, one.rows(), {.min_samples = 2}).labels == labels{-1});
  CHECK(kernels::dbscan(on_cpu{}, one.rows(), {.min_samples = 1}).labels == labels{0});

  points same{700, 16, std::vector<float>(700 * 16, 0.25F)};
  for (const std::int64_t samples : {1, 5, 700}) {
    const auto all =
        kernels::dbscan(on_cpu{2}, same.rows(), {.eps = 1e-3F, .min_samples = samples});
    CHECK((all.clusters == 1 && all.noise == 0));
  }
  CHECK(kernels::dbscan(on_cpu{2}, same.rows(), {.min_samples = 701}).noise == 700);
  CHECK(kernels::dbscan(on_cpu{2}, same.rows(),
                        {.min_samples = std::numeric_limits<std::int64_t>::max()})
            .noise == 700);

  const points far = scattered(90, 30, 90, 1, 4);
  const auto noise = kernels::dbscan(on_cpu{}, far.rows(), {.eps = 0.01F, .min_samples = 2});
  CHECK((noise.clusters == 0 && noise.noise == 90));

  const points flat{5, 0, {}};  // no dimensions: all rows are zero rows
  CHECK(kernels::dbscan(on_cpu{}, flat.rows(), {.eps = 0.5F, .min_samples = 2}).clusters == 0);
  CHECK(kernels::dbscan(on_cpu{}, flat.rows(),
                        {.eps = 0, .min_samples = 2, .metric = metric::euclidean})
            .clusters == 1);
}

TEST_CASE("dbscan cpu: duplicates, zero rows, rows that are not finite") {
  points p = scattered(140, 18, 4, 0.3F, 9);
  for (std::int64_t k = 0; k < 18; ++k) {
    p.at(3, k) = p.at(77, k) = 0;
    p.at(20, k) = p.at(21, k) = p.at(139, k) = p.at(60, k);
  }
  p.at(0, 5) = kNan;
  p.at(64, 17) = kInfinity;
  p.at(139, 0) = -kInfinity;
  for (const auto compared : {metric::cosine, metric::euclidean}) {
    CHECK(as_the_textbook(p, compared, compared == metric::cosine ? 0.12 : 2.0, 4));
    CHECK(as_the_textbook(p, compared, compared == metric::cosine ? 1.02 : 6.0, 10));
  }
  const auto found = kernels::dbscan(on_cpu{2}, p.rows(), {.eps = 2, .min_samples = 1});
  CHECK((found.not_finite == 3 && found.noise == 3 && found.clusters == 1));
  CHECK((found.labels[0] == -1 && found.core[64] == 0 && found.labels[139] == -1));
  const auto parts = kernels::threshold_components(on_cpu{2}, p.rows(), {.threshold = -1});
  CHECK((parts.not_finite == 3 && parts.clusters == 1 && parts.labels[64] == -1));

  const points huge{3, 2, {3e38F, 0, -3e38F, 0, 3e38F, 1}};
  const auto wide = kernels::dbscan(on_cpu{1}, huge.rows(),
                                    {.eps = 3e38F, .min_samples = 2, .metric = metric::euclidean});
  CHECK(wide.labels == labels{0, -1, 0});
}

TEST_CASE("dbscan cpu: permuted rows have the same core points, noise and components") {
  const points p = scattered(400, 12, 7, 0.45F, 21);
  const auto order = groups_cases::shuffled(p.count, 3);
  const points moved = p.permuted(order);
  const auto a = kernels::dbscan(on_cpu{2}, p.rows(), {.eps = 0.14F, .min_samples = 6});
  const auto b = kernels::dbscan(on_cpu{2}, moved.rows(), {.eps = 0.14F, .min_samples = 6});
  CHECK(a.clusters >= 3);
  labels core_here, core_there;
  bool same = true;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto i = static_cast<std::size_t>(order[k]);
    same = same && a.core[i] == b.core[k] && (a.labels[i] < 0) == (b.labels[k] < 0);
    if (a.core[i] == 0) continue;
    core_here.push_back(a.labels[i]);
    core_there.push_back(b.labels[k]);
  }
  CHECK(same);
  CHECK(groups_cases::same_groups(core_here, core_there));
}

TEST_CASE("dbscan cpu: strided rows, half and bfloat16") {
  points p = scattered(60, 10, 4, 0.3F, 2);
  for (float& v : p.values) v = std::round(v * 16) / 16;  // of 8 bits
  for (float& v : p.values) v = std::clamp(v, -8.0F, 8.0F);
  std::vector<float> wide(60 * 25, kNan);
  std::vector<kernels::half> halves;
  std::vector<kernels::bfloat16> brains;
  for (std::int64_t i = 0; i < 60; ++i) {
    for (std::int64_t k = 0; k < 10; ++k) {
      wide[static_cast<std::size_t>(i * 25 + 2 * k)] = p.at(i, k);
      halves.push_back(kernels::math::to_half(p.at(i, k)));
      brains.push_back(kernels::math::to_bfloat16(p.at(i, k)));
    }
  }
  const kernels::dbscan_params params{.eps = 0.2F, .min_samples = 3};
  const auto expected = kernels::dbscan(on_cpu{1}, p.rows(), params).labels;
  const kernels::view<const float, 2> strided{wide.data(), {60, 10}, {25, 2}};
  CHECK(kernels::dbscan(on_cpu{1}, strided, params).labels == expected);
  CHECK(kernels::dbscan(on_cpu{1},
                        kernels::view<const kernels::half, 2>(
                            kernels::packed(std::as_const(halves).data(), {60, 10})),
                        params)
            .labels == expected);
  CHECK(kernels::dbscan(on_cpu{1},
                        kernels::view<const kernels::bfloat16, 2>(
                            kernels::packed(std::as_const(brains).data(), {60, 10})),
                        params)
            .labels == expected);
}

TEST_CASE("dbscan cpu: what is refused") {
  const points p = scattered(4, 3, 1, 1, 1);
  for (const float eps : {-0.1F, kNan, kInfinity}) {
    CHECK(refused([&] { kernels::dbscan(on_cpu{}, p.rows(), {.eps = eps}); }, "dbscan: eps"));
  }
  CHECK(refused([&] { kernels::dbscan(on_cpu{}, p.rows(), {.min_samples = 0}); }, "min_samples"));
  CHECK(refused([&] { kernels::dbscan(on_cpu{}, p.rows(), {.metric = metric::inner_product}); },
                "metric"));
  for (const float threshold : {-1.1F, 1.1F, kNan}) {
    CHECK(refused([&] { kernels::threshold_components(on_cpu{}, p.rows(), {threshold}); },
                  "threshold_components: threshold"));
  }
  CHECK(refused(
      [&] {
        kernels::threshold_components(on_cpu{}, p.rows(), {-1, metric::euclidean});
      },
      "threshold"));
  const kernels::view<const float, 2> null{nullptr, {4, 3}, {3, 1}};
  CHECK(refused([&] { kernels::dbscan(on_cpu{}, null); }, "points"));
}
