// linkage beside a search of all pairs of clusters in double.
#include "../groups_cases.hpp"

#include <kernels/linkage.hpp>

#include <doctest/doctest.h>

#include <string>

namespace {

using groups_cases::distances;
using groups_cases::labels;
using groups_cases::points;
using groups_cases::scattered;
using kernels::cluster_merge;
using kernels::linkage_method;
using kernels::metric;
using kernels::on_cpu;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// The nearest two of all clusters are merged until one is left.
std::vector<cluster_merge> plain_linkage(const distances& d, linkage_method method) {
  struct group {
    std::int32_t node;
    std::vector<std::int64_t> members;
  };
  std::vector<group> groups;
  for (std::int64_t i = 0; i < d.count(); ++i)
    groups.push_back({static_cast<std::int32_t>(i), {i}});
  const auto apart = [&](const group& x, const group& y) {
    double sum = 0, least = kInfinite, most = 0;
    for (const auto i : x.members) {
      for (const auto j : y.members) {
        sum += d.at(i, j);
        least = std::min(least, d.at(i, j));
        most = std::max(most, d.at(i, j));
      }
    }
    if (method == linkage_method::single) return least;
    return method == linkage_method::complete
               ? most
               : sum / static_cast<double>(x.members.size() * y.members.size());
  };
  std::vector<cluster_merge> merges;
  while (groups.size() > 1) {
    std::size_t best_x = 0, best_y = 1;
    double best = kInfinite;
    for (std::size_t x = 0; x < groups.size(); ++x) {
      for (std::size_t y = x + 1; y < groups.size(); ++y) {
        const double here = apart(groups[x], groups[y]);
        if (here >= best) continue;
        best = here;
        best_x = x;
        best_y = y;
      }
    }
    group& x = groups[best_x];
    group& y = groups[best_y];
    const auto made =
        static_cast<std::int32_t>(d.count()) + static_cast<std::int32_t>(merges.size());
    x.members.insert(x.members.end(), y.members.begin(), y.members.end());
    merges.push_back({std::min(x.node, y.node), std::max(x.node, y.node), best,
                      static_cast<std::int64_t>(x.members.size())});
    x.node = made;
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best_y));
  }
  return merges;
}

bool same_tree(const std::vector<cluster_merge>& a, const std::vector<cluster_merge>& b,
               double tolerance) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k].left != b[k].left || a[k].right != b[k].right || a[k].size != b[k].size) return false;
    if (!(a[k].distance == b[k].distance) &&
        !(std::abs(a[k].distance - b[k].distance) <= tolerance)) {
      return false;
    }
  }
  return true;
}

/// Is it a tree of all points, nearest merges first?
bool well_formed(const kernels::linkage_result& tree) {
  const auto n = static_cast<std::size_t>(tree.points);
  if (tree.merges.size() + 1 != std::max<std::size_t>(n, 1)) return false;
  std::vector<std::int64_t> size(n + tree.merges.size(), 1);
  for (std::size_t k = 0; k < tree.merges.size(); ++k) {
    const cluster_merge& m = tree.merges[k];
    if (m.left < 0 || m.left >= m.right || static_cast<std::size_t>(m.right) >= n + k) return false;
    auto& left = size[static_cast<std::size_t>(m.left)];
    auto& right = size[static_cast<std::size_t>(m.right)];
    if (left == 0 || right == 0 || m.size != left + right) return false;
    size[n + k] = m.size;
    left = right = 0;
    if (k > 0 && m.distance < tree.merges[k - 1].distance) return false;
  }
  return true;
}

/// Merges up to a distance, point by point.
labels plain_cut(const kernels::linkage_result& tree, double distance) {
  std::vector<labels> members;
  for (std::int64_t i = 0; i < tree.points; ++i) members.push_back({static_cast<std::int32_t>(i)});
  labels found(static_cast<std::size_t>(tree.points));
  std::iota(found.begin(), found.end(), 0);
  for (const cluster_merge& m : tree.merges) {
    labels both = members[static_cast<std::size_t>(m.left)];
    const labels& more = members[static_cast<std::size_t>(m.right)];
    both.insert(both.end(), more.begin(), more.end());
    if (m.distance <= distance) {
      for (const std::int32_t p : both) {
        found[static_cast<std::size_t>(p)] = *std::min_element(both.begin(), both.end());
      }
    }
    members.push_back(both);
  }
  return found;
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

constexpr linkage_method kMethods[] = {linkage_method::average, linkage_method::complete,
                                       linkage_method::single};

}  // namespace

TEST_CASE("linkage cpu: the tree of the nearest of all pairs of clusters") {
  for (const std::int64_t n : {2, 3, 17, 33, 90}) {
    const points p = scattered(n, 21, 5, 0.4F, static_cast<unsigned>(n));
    for (const auto compared : {metric::cosine, metric::euclidean}) {
      const distances d(p, compared);
      for (const auto method : kMethods) {
        CAPTURE(n);
        const auto expected = plain_linkage(d, method);
        bool same = true;
        groups_cases::each_way([&](on_cpu exec) {
          const auto tree = kernels::linkage(exec, p.rows(), {method, compared});
          same = same && well_formed(tree) && same_tree(tree.merges, expected, 2e-6 * 8);
        });
        CHECK(same);
      }
    }
  }
}

TEST_CASE("linkage cpu: the same bytes with any instruction set and number of threads") {
  const points p = scattered(900, 33, 12, 0.5F, 6);
  for (const auto method : {linkage_method::average, linkage_method::complete}) {
    const auto expected = kernels::linkage(on_cpu{1}, p.rows(), {.method = method});
    CHECK(well_formed(expected));
    bool same = true;
    groups_cases::each_way([&](on_cpu exec) {
      same = same && same_tree(kernels::linkage(exec, p.rows(), {.method = method}).merges,
                               expected.merges, 0);
    });
    CHECK(same);
  }
}

TEST_CASE("linkage cpu: average of cosine from sums is that from all distances") {
  // not bit for bit: the same clusters wherever the tree is cut in a gap
  const points p = scattered(700, 24, 9, 0.5F, 16);
  points unit = p;
  const distances d(p, metric::cosine);
  const auto tree = kernels::linkage(on_cpu{2}, p.rows());
  REQUIRE(well_formed(tree));
  // every merge is at the mean distance of its two parts
  std::vector<std::vector<std::int64_t>> members;
  for (std::int64_t i = 0; i < p.count; ++i) members.push_back({i});
  double off = 0;
  for (const cluster_merge& m : tree.merges) {
    const auto& x = members[static_cast<std::size_t>(m.left)];
    const auto& y = members[static_cast<std::size_t>(m.right)];
    double sum = 0;
    for (const auto i : x) {
      for (const auto j : y) sum += d.at(i, j);
    }
    off = std::max(off, std::abs(sum / static_cast<double>(x.size() * y.size()) - m.distance));
    auto both = x;
    both.insert(both.end(), y.begin(), y.end());
    members.push_back(both);
  }
  CHECK(off < 2e-6);
}

TEST_CASE("linkage cpu: permuted rows give the same tree") {
  const points p = scattered(300, 16, 6, 0.5F, 31);
  const auto order = groups_cases::shuffled(p.count, 8);
  const points moved = p.permuted(order);
  for (const auto method : kMethods) {
    const auto a = kernels::linkage(on_cpu{2}, p.rows(), {.method = method});
    const auto b = kernels::linkage(on_cpu{2}, moved.rows(), {.method = method});
    for (const std::int64_t clusters : {1, 2, 7, 40, 299, 300}) {
      const labels here = kernels::linkage_cut_into(a, clusters);
      const labels there = kernels::linkage_cut_into(b, clusters);
      labels back(here.size());
      for (std::size_t k = 0; k < order.size(); ++k) {
        back[static_cast<std::size_t>(order[k])] = there[k];
      }
      CHECK(groups_cases::same_groups(here, back));
    }
  }
}

TEST_CASE("linkage cpu: cuts") {
  const points p = scattered(80, 9, 5, 0.4F, 12);
  const auto tree = kernels::linkage(on_cpu{1}, p.rows());
  for (const double distance : {0.0, 0.05, 0.3, 0.8, 2.0, tree.merges[40].distance}) {
    const labels cut = kernels::linkage_cut(tree, distance);
    CHECK(groups_cases::same_groups(cut, plain_cut(tree, distance)));
    std::int32_t next = 0;  // numbered by the lowest row
    bool ordered = true;
    for (const std::int32_t l : cut) {
      ordered = ordered && l <= next;
      next += l == next ? 1 : 0;
    }
    CHECK(ordered);
  }
  for (const std::int64_t clusters : {1, 2, 5, 79, 80, 1000}) {
    const labels cut = kernels::linkage_cut_into(tree, clusters);
    CHECK(*std::max_element(cut.begin(), cut.end()) + 1 == std::min<std::int64_t>(clusters, 80));
  }
  CHECK(refused([&] { kernels::linkage_cut(tree, -1); }, "linkage_cut: distance"));
  CHECK(refused([&] { kernels::linkage_cut(tree, kInfinite); }, "linkage_cut: distance"));
  CHECK(refused([&] { kernels::linkage_cut_into(tree, 0); }, "linkage_cut_into: clusters"));
}

TEST_CASE("linkage cpu: nothing, one, identical points, duplicates") {
  for (const auto method : kMethods) {
    for (const auto compared : {metric::cosine, metric::euclidean}) {
      const kernels::linkage_params params{method, compared};
      const points none{0, 4, {}};
      const auto empty = kernels::linkage(on_cpu{}, none.rows(), params);
      CHECK((empty.merges.empty() && kernels::linkage_cut(empty, 1).empty()));
      CHECK(kernels::linkage_cut_into(empty, 3).empty());
      const points one{1, 2, {1, 2}};
      const auto single = kernels::linkage(on_cpu{}, one.rows(), params);
      CHECK((single.merges.empty() && kernels::linkage_cut(single, 1) == labels{0}));

      const points same{150, 8, std::vector<float>(150 * 8, 0.5F)};
      const auto flat = kernels::linkage(on_cpu{2}, same.rows(), params);
      CHECK((well_formed(flat) && flat.merges.back().distance < 1e-6));

      points twice = scattered(60, 11, 4, 0.5F, 40);
      twice.values.insert(twice.values.end(), twice.values.begin(), twice.values.end());
      twice.count = 120;
      const auto tree = kernels::linkage(on_cpu{2}, twice.rows(), params);
      CHECK(well_formed(tree));
      const labels pairs = kernels::linkage_cut(tree, 1e-6);
      bool together = true;
      for (std::size_t k = 0; k < 60; ++k) together = together && pairs[k] == pairs[k + 60];
      CHECK(together);
      CHECK(*std::max_element(pairs.begin(), pairs.end()) == 59);
    }
  }
}

TEST_CASE("linkage cpu: zero rows, rows that are not finite") {
  points p = scattered(40, 10, 3, 0.4F, 50);
  for (std::int64_t k = 0; k < 10; ++k) p.at(7, k) = 0;
  p.at(0, 3) = std::numeric_limits<float>::quiet_NaN();
  p.at(39, 9) = std::numeric_limits<float>::infinity();
  const points rest = p.permuted([] {
    std::vector<std::int64_t> rows(38);
    std::iota(rows.begin(), rows.end(), std::int64_t{1});
    return rows;
  }());
  for (const auto method : kMethods) {
    const auto tree = kernels::linkage(on_cpu{2}, p.rows(), {.method = method});
    CHECK(well_formed(tree));
    CHECK(tree.not_finite == labels{0, 39});
    CHECK((tree.merges[36].distance < 3 && tree.merges[37].distance == kInfinite));
    const auto without = kernels::linkage(on_cpu{2}, rest.rows(), {.method = method});
    CHECK(same_tree(without.merges, plain_linkage(distances(rest, metric::cosine), method), 2e-6));
    const labels all = kernels::linkage_cut_into(tree, 4),
                 few = kernels::linkage_cut_into(without, 4);
    CHECK((all.front() == -1 && all.back() == -1));
    CHECK(labels(all.begin() + 1, all.end() - 1) == few);
  }
  const points bad{2, 1, {NAN, NAN}};
  const auto tree = kernels::linkage(on_cpu{}, bad.rows());
  CHECK((tree.merges.size() == 1 && kernels::linkage_cut_into(tree, 1) == labels{-1, -1}));
}

TEST_CASE("linkage cpu: what is refused") {
  const points p = scattered(4, 3, 1, 1, 1);
  CHECK(refused([&] { kernels::linkage(on_cpu{}, p.rows(), {.metric = metric::inner_product}); },
                "linkage: metric"));
  const float value = 1;  // one number as many rows of one column is refused, many zeros are not
  const std::int64_t most = kernels::kLinkageMatrixRows;
  const std::vector<float> many(static_cast<std::size_t>(most + 1), value);
  const auto rows = kernels::packed(many.data(), {most + 1, 1});
  CHECK(refused([&] { kernels::linkage(on_cpu{}, rows, {.method = linkage_method::complete}); },
                "at most 16384 rows"));
  CHECK(refused([&] { kernels::linkage(on_cpu{}, rows, {.metric = metric::euclidean}); },
                "at most 16384 rows"));
}
