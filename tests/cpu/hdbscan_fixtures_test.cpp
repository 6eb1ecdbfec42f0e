// HDBSCAN and single linkage against the programs hdbscan, scikit-learn and scipy: what
// tests/fixtures/make_hdbscan.py wrote down, in the forms in which their answers are well posed.
#include <kernels/cluster.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

struct point_set {
  std::string name;
  kernels::metric metric;
  std::int64_t dimension;
  std::vector<float> values;

  [[nodiscard]] kernels::view<const float, 2> rows() const {
    return kernels::packed(values.data(),
                           {static_cast<std::int64_t>(values.size()) / dimension, dimension});
  }
};

struct expected_clusters {
  std::string set;
  kernels::hdbscan_params params;
  std::vector<std::int32_t> labels;
  std::vector<double> probabilities, outlier_scores, persistence;
  std::vector<double> weights;          ///< of the spanning tree, ascending
  std::vector<double> cophenetic;       ///< of points i and (7i + 3) mod N
  std::vector<std::int32_t> whole_way;  ///< labels of scikit-learn, from the distances
};

#include "../fixtures/hdbscan.inl"

const point_set& set_of(const std::string& name) {
  for (const auto& s : point_sets) {
    if (s.name == name) return s;
  }
  throw std::runtime_error(name);
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b,
                          double instead_of_nan = 1) {
  if (a.size() != b.size()) return kInfinite;
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double wanted = std::isnan(b[k]) ? instead_of_nan : b[k];
    if (!(a[k] == wanted)) most = std::max(most, std::abs(a[k] - wanted) / (1 + std::abs(wanted)));
  }
  return most;
}

/// The distance at which two points come together.
double cophenetic(const std::vector<kernels::cluster_merge>& merges, std::int32_t i,
                  std::int32_t j) {
  const auto n = static_cast<std::int32_t>(merges.size()) + 1;
  std::vector<std::int32_t> up(2 * merges.size() + 1, -1);
  for (std::size_t k = 0; k < merges.size(); ++k) {
    up[static_cast<std::size_t>(merges[k].left)] = n + static_cast<std::int32_t>(k);
    up[static_cast<std::size_t>(merges[k].right)] = n + static_cast<std::int32_t>(k);
  }
  while (i != j) {
    auto& lower = i < j ? i : j;
    lower = up[static_cast<std::size_t>(lower)];
  }
  return i < n ? 0 : merges[static_cast<std::size_t>(i - n)].distance;
}

/// The same noise, and the same groups under any names.
bool same_partition(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  std::map<std::int32_t, std::int32_t> there{{-1, -1}}, back{{-1, -1}};
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (there.emplace(a[k], b[k]).first->second != b[k]) return false;
    if (back.emplace(b[k], a[k]).first->second != a[k]) return false;
  }
  return a.size() == b.size();
}

}  // namespace

TEST_CASE("hdbscan cpu: hdbscan's tree code on the same edges, from every parameter") {
  for (const auto& e : expected) {
    CAPTURE(e.set);
    CAPTURE(e.params.min_cluster_size);
    CAPTURE(e.params.min_samples);
    CAPTURE(e.params.epsilon);
    const auto found = kernels::hdbscan(kernels::on_cpu{1}, set_of(e.set).rows(), e.params);
    CHECK(found.labels == e.labels);
    CHECK(largest_difference(found.probabilities, e.probabilities) < 1e-6);
    CHECK(largest_difference(found.outlier_scores, e.outlier_scores) < 1e-6);
    CHECK(largest_difference(found.persistence, e.persistence) < 1e-6);

    const auto again = kernels::hdbscan_tree(found.spanning_tree, found.points(), e.params);
    CHECK(again.labels == e.labels);
    CHECK(again.probabilities == found.probabilities);
  }
}

TEST_CASE("hdbscan cpu: hdbscan's weights and cophenetic distances, scikit-learn's labels") {
  int whole_ways = 0;
  for (const auto& e : expected) {
    CAPTURE(e.set);
    CAPTURE(e.params.min_samples);
    const auto found = kernels::hdbscan(kernels::on_cpu{1}, set_of(e.set).rows(), e.params);
    std::vector<double> weights, together;
    for (const auto& edge : found.spanning_tree) weights.push_back(double{edge.weight});
    CHECK(largest_difference(weights, e.weights) < 1e-6);
    const auto n = static_cast<std::int32_t>(found.points());
    for (std::int32_t i = 0; i < n; ++i) {
      together.push_back(cophenetic(found.single_linkage, i, (i * 7 + 3) % n));
    }
    CHECK(largest_difference(together, e.cophenetic) < 1e-6);
    if (e.whole_way.empty()) continue;
    CHECK(same_partition(found.labels, e.whole_way));
    ++whole_ways;
  }
  CHECK(whole_ways >= 3);
}

TEST_CASE("single linkage cpu: scipy's matrix") {
  for (std::size_t k = 0; k < point_sets.size(); ++k) {
    if (scipy_single[k].empty()) continue;
    const point_set& s = point_sets[k];
    CAPTURE(s.name);
    const auto merges = kernels::single_linkage(kernels::on_cpu{1}, s.rows(), {.metric = s.metric});
    std::vector<double> rows;
    for (const auto& m : merges) {
      for (const double v : {double(m.left), double(m.right), m.distance, double(m.size)}) {
        rows.push_back(v);
      }
    }
    CHECK(largest_difference(rows, scipy_single[k]) < 1e-6);
  }
}
