// DBSCAN and linkage against scikit-learn and scipy: what tests/fixtures/make_clusters.py wrote
// down.
#include "../groups_cases.hpp"

#include <kernels/dbscan.hpp>
#include <kernels/linkage.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace {

using groups_cases::labels;

struct point_set {
  std::string name;
  std::int64_t dimension;
  std::vector<float> values;

  [[nodiscard]] kernels::view<const float, 2> rows() const {
    return kernels::packed(values.data(),
                           {static_cast<std::int64_t>(values.size()) / dimension, dimension});
  }
};

struct expected_dbscan {
  std::string set;
  kernels::metric metric;
  float eps;
  std::int64_t min_samples;
  labels found;
  std::vector<std::uint8_t> core;
};

struct expected_linkage {
  std::string set;
  kernels::metric metric;
  kernels::linkage_method method;
  std::vector<kernels::cluster_merge> merges;
  double cut;
  labels by_distance, by_number;  ///< numbers are scipy's
};

#include "../fixtures/clusters.inl"

const point_set& set_of(const std::string& name) {
  for (const auto& s : point_sets) {
    if (s.name == name) return s;
  }
  throw std::runtime_error(name);
}

}  // namespace

TEST_CASE("dbscan cpu: labels and core points are scikit-learn's") {
  for (const expected_dbscan& e : expected_dbscans) {
    CAPTURE(e.set);
    CAPTURE(e.eps);
    const auto found =
        kernels::dbscan(kernels::on_cpu{2}, set_of(e.set).rows(),
                        {.eps = e.eps, .min_samples = e.min_samples, .metric = e.metric});
    CHECK(found.labels == e.found);
    CHECK(found.core == e.core);
  }
}

TEST_CASE("linkage cpu: merges and cuts are scipy's") {
  for (const expected_linkage& e : expected_linkages) {
    CAPTURE(e.set);
    const auto tree =
        kernels::linkage(kernels::on_cpu{2}, set_of(e.set).rows(), {e.method, e.metric});
    REQUIRE(tree.merges.size() == e.merges.size());
    bool same = true;
    double off = 0;
    for (std::size_t k = 0; k < e.merges.size(); ++k) {
      const auto& mine = tree.merges[k];
      const auto& theirs = e.merges[k];
      same = same && mine.left == theirs.left && mine.right == theirs.right &&
             mine.size == theirs.size;
      off = std::max(off, std::abs(mine.distance - theirs.distance) / (1 + theirs.distance));
    }
    CHECK(same);
    CHECK(off < 1e-6);
    CHECK(groups_cases::same_groups(kernels::linkage_cut(tree, e.cut), e.by_distance));
    CHECK(groups_cases::same_groups(kernels::linkage_cut_into(tree, 5), e.by_number));
  }
}
