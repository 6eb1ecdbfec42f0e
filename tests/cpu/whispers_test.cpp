// whispers beside the algorithm written down again on a matrix.
#include "../groups_cases.hpp"

#include <kernels/dbscan.hpp>
#include <kernels/whispers.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace {

using groups_cases::distances;
using groups_cases::labels;
using groups_cases::points;
using groups_cases::scattered;
using kernels::metric;
using kernels::on_cpu;

/// SplitMix64, as published.
struct generator {
  std::uint64_t state;
  std::uint64_t operator()() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
};

labels plain_whispers(const distances& d, double largest, bool euclidean, int rounds,
                      std::uint64_t seed) {
  const auto n = static_cast<std::size_t>(d.count());
  labels label(n), order(n);
  std::iota(label.begin(), label.end(), 0);
  order = label;
  generator random{seed};
  for (int r = 0; r < rounds; ++r) {
    for (std::size_t k = n; k > 1; --k) {
      std::swap(order[k - 1], order[((random() >> 32) * k) >> 32]);
    }
    for (const std::int32_t p : order) {
      std::map<std::int32_t, double> weight;  // ascending labels: the first largest wins
      for (std::size_t q = 0; q < n; ++q) {
        const double apart = d.at(p, static_cast<std::int64_t>(q));
        if (static_cast<std::int32_t>(q) == p || apart > largest) continue;
        weight[label[q]] += euclidean ? 1 : 1 - apart;
      }
      double most = -1;
      for (const auto& [l, w] : weight) {
        if (w > most + 1e-9) {
          most = w;
          label[static_cast<std::size_t>(p)] = l;
        }
      }
    }
  }
  return label;
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

TEST_CASE("whispers cpu: labels are those of the algorithm written down again") {
  for (const std::int64_t n : {1, 2, 33, 70, 300}) {
    const points p = scattered(n, 13, 5, 0.4F, static_cast<unsigned>(n));
    for (const auto compared : {metric::cosine, metric::euclidean}) {
      const bool euclidean = compared == metric::euclidean;
      const distances d(p, compared);
      const float gap = d.in_a_gap(euclidean ? 2.4 : 0.25);
      for (const std::int64_t rounds : {0, 1, 50}) {
        const auto expected = plain_whispers(d, gap, euclidean, static_cast<int>(rounds), 42);
        bool same = true;
        groups_cases::each_way([&](on_cpu exec) {
          const auto found = kernels::whispers(exec, p.rows(),
                                               {.threshold = euclidean ? gap : 1 - gap,
                                                .metric = compared,
                                                .max_rounds = rounds,
                                                .seed = 42});
          same = same && groups_cases::same_groups(found.labels, expected) &&
                 found.rounds <= rounds && (found.settled || found.rounds == rounds);
        });
        CAPTURE(n);
        CAPTURE(rounds);
        CHECK(same);
      }
    }
  }
}

TEST_CASE("whispers cpu: groups lie within components and are numbered by their lowest member") {
  const points p = scattered(500, 16, 9, 0.4F, 3);
  const auto found = kernels::whispers(on_cpu{2}, p.rows(), {.threshold = 0.8F});
  const auto parts = kernels::threshold_components(on_cpu{2}, p.rows(), {.threshold = 0.8F});
  CHECK((found.settled && found.clusters >= parts.clusters && found.edges > 500));
  std::int32_t next = 0;
  bool ordered = true, inside = true;
  std::map<std::int32_t, std::int32_t> part_of;
  for (std::size_t k = 0; k < 500; ++k) {
    ordered = ordered && found.labels[k] <= next;
    next += found.labels[k] == next ? 1 : 0;
    inside = inside &&
             part_of.emplace(found.labels[k], parts.labels[k]).first->second == parts.labels[k];
  }
  CHECK((ordered && inside && next == found.clusters));
}

TEST_CASE("whispers cpu: nothing, identical points, zero rows, rows that are not finite") {
  const points none{0, 3, {}};
  const auto empty = kernels::whispers(on_cpu{}, none.rows());
  CHECK((empty.labels.empty() && empty.clusters == 0 && empty.settled));
  points p{200, 4, std::vector<float>(800, 1)};
  const auto one = kernels::whispers(on_cpu{2}, p.rows());
  CHECK((one.clusters == 1 && one.edges == 199 * 100));
  p.at(10, 2) = std::numeric_limits<float>::quiet_NaN();
  for (std::int64_t k = 0; k < 4; ++k) p.at(0, k) = 0;
  const auto found = kernels::whispers(on_cpu{2}, p.rows());
  CHECK((found.clusters == 2 && found.not_finite == 1 && found.labels[10] == -1));
  CHECK((found.labels[0] == 0 && found.labels[1] == 1 && found.labels[199] == 1));
}

TEST_CASE("whispers cpu: what is refused") {
  const points p{200, 4, std::vector<float>(800, 1)};
  CHECK(refused([&] { kernels::whispers(on_cpu{2}, p.rows(), {.max_edges = 19899}); },
                "max_edges = 19899"));
  CHECK(kernels::whispers(on_cpu{2}, p.rows(), {.max_edges = 19900}).clusters == 1);
  for (const float threshold : {-0.1F, 1.5F, NAN}) {
    CHECK(refused([&] { kernels::whispers(on_cpu{}, p.rows(), {.threshold = threshold}); },
                  "whispers: threshold"));
  }
  CHECK(refused([&] { kernels::whispers(on_cpu{}, p.rows(), {.max_rounds = -1}); }, "max_rounds"));
  CHECK(refused([&] { kernels::whispers(on_cpu{}, p.rows(), {.max_edges = -1}); }, "max_edges"));
  CHECK(refused([&] { kernels::whispers(on_cpu{}, p.rows(), {.metric = metric::inner_product}); },
                "metric"));
}
