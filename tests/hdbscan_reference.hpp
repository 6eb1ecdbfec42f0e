// HDBSCAN by its definition, without thought for speed: Prim's algorithm on all pairs, then the
// tree by removing the last edge of a set and looking at what is left connected.
#pragma once

#include <kernels/cluster/types.hpp>
#include <kernels/embedding/packed_rows.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace hdbscan_reference {

using edge_order = std::tuple<float, float, std::int32_t, std::int32_t>;

struct naive_points {
  std::size_t n = 0;
  std::vector<float> distance, core;
  [[nodiscard]] edge_order edge(std::size_t i, std::size_t j, float alpha) const {
    const float d = distance[i * n + j];
    return {std::max({core[i], core[j], d / alpha}), d, static_cast<std::int32_t>(std::min(i, j)),
            static_cast<std::int32_t>(std::max(i, j))};
  }
};

/// Distances of finite rows; cores with `samples` at most N − 1, 0: none.
inline naive_points all_pairs(const kernels::view<const float, 2>& rows, bool cosine,
                              std::int64_t samples) {
  const kernels::packed_rows packed(kernels::on_cpu{1}, rows, cosine);
  naive_points p;
  p.n = static_cast<std::size_t>(packed.count());
  p.distance.resize(p.n * p.n);
  p.core.assign(p.n, 0.0F);
  for (std::size_t i = 0; i < p.n; ++i) {
    std::vector<float> others;
    for (std::size_t j = 0; j < p.n; ++j) {
      const float* a = packed.row(static_cast<std::int64_t>(i));
      const float* b = packed.row(static_cast<std::int64_t>(j));
      float& d = p.distance[i * p.n + j];
      d = cosine ? 1.0F - std::clamp(kernels::math::dot(a, b, packed.stride()), -1.0F, 1.0F)
                 : std::sqrt(kernels::math::squared_distance(a, b, packed.stride()));
      if (i != j) others.push_back(d);
    }
    std::sort(others.begin(), others.end());
    const auto m = std::min(static_cast<std::size_t>(samples), others.size());
    if (m > 0) p.core[i] = others[m - 1];
  }
  return p;
}

inline std::vector<edge_order> prim(const naive_points& p, float alpha) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  std::vector<edge_order> tree;
  std::vector<edge_order> reach(p.n, {kInfinite, kInfinite, 1 << 30, 1 << 30});
  std::vector<char> inside(p.n, 0);
  for (std::size_t newest = 0, count = 1; count < p.n; ++count) {
    inside[newest] = 1;
    std::size_t next = p.n;
    for (std::size_t j = 0; j < p.n; ++j) {
      if (inside[j] != 0) continue;
      reach[j] = std::min(reach[j], p.edge(newest, j, alpha));
      if (next == p.n || reach[j] < reach[next]) next = j;
    }
    tree.push_back(reach[next]);
    newest = next;
  }
  std::sort(tree.begin(), tree.end());
  return tree;
}

struct naive_cluster {
  double birth = 0, stability = 0, top = 0;
  std::int64_t size = 0;
  bool taken = false;
  std::vector<std::pair<std::int32_t, double>> left;  // points that fell out, and when
  std::vector<naive_cluster> children;
};

inline std::vector<std::int32_t> reached(std::int32_t from, const std::vector<edge_order>& edges) {
  std::vector<std::int32_t> all{from};
  for (std::size_t at = 0; at < all.size(); ++at) {
    for (const auto& [w, d, a, b] : edges) {
      const std::int32_t other = a == all[at] ? b : b == all[at] ? a : -1;
      if (other >= 0 && std::find(all.begin(), all.end(), other) == all.end()) all.push_back(other);
    }
  }
  return all;
}

/// `edges` ascending.
inline naive_cluster grow(std::vector<edge_order> edges, double birth, std::size_t smallest) {
  naive_cluster c;
  c.birth = birth;
  c.size = static_cast<std::int64_t>(edges.size()) + 1;
  while (!edges.empty()) {
    const auto [w, d, a, b] = edges.back();
    edges.pop_back();
    const double lambda = w > 0 ? 1.0 / double{w} : std::numeric_limits<double>::infinity();
    c.top = std::max(c.top, lambda);
    std::vector<std::int32_t> sides[2] = {reached(a, edges), reached(b, edges)};
    std::vector<edge_order> inside[2];
    for (int s = 0; s < 2; ++s) {
      for (const auto& e : edges) {
        const bool in =
            std::find(sides[s].begin(), sides[s].end(), std::get<2>(e)) != sides[s].end();
        if (in) inside[s].push_back(e);
      }
    }
    const auto mass = [&](std::size_t points) {
      return lambda == birth ? 0 : (lambda - birth) * static_cast<double>(points);
    };
    if (sides[0].size() >= smallest && sides[1].size() >= smallest) {
      c.stability += mass(sides[0].size() + sides[1].size());
      for (auto& edges_inside : inside) c.children.push_back(grow(edges_inside, lambda, smallest));
      return c;
    }
    edges.clear();
    for (int s = 0; s < 2; ++s) {
      if (sides[s].size() >= smallest) {
        edges = inside[s];
        continue;
      }
      for (const std::int32_t p : sides[s]) c.left.emplace_back(p, lambda);
      c.stability += mass(sides[s].size());
    }
  }
  return c;
}

inline void take_none(naive_cluster& c) {
  c.taken = false;
  for (auto& child : c.children) take_none(child);
}

/// Takes the most stable clusters in and below c; returns their stability.
inline double choose(naive_cluster& c, bool may_take) {
  double below = 0;
  for (auto& child : c.children) below += choose(child, true);
  if (!may_take || below > c.stability) return below;
  for (auto& child : c.children) take_none(child);
  c.taken = true;
  return c.stability;
}

struct naive_answer {
  std::vector<std::int32_t> labels;
  std::vector<double> probabilities, outlier_scores;
  std::int32_t clusters = 0;
};

inline double deepest(const naive_cluster& c) {
  double top = c.top;
  for (const auto& child : c.children) top = std::max(top, deepest(child));
  return top;
}

inline void answer(const naive_cluster& c, const naive_cluster* taken, std::int32_t label,
                   naive_answer& out) {
  if (c.taken) {
    taken = &c;
    label = out.clusters++;
  }
  const double end = deepest(c);
  for (const auto& [p, lambda] : c.left) {
    const auto k = static_cast<std::size_t>(p);
    out.labels[k] = label;
    const bool endless = std::isinf(lambda);
    out.outlier_scores[k] = endless ? 0 : std::isinf(end) ? 1 : (end - lambda) / end;
    out.probabilities[k] = taken == nullptr ? 0
                           : endless        ? 1
                                            : std::min(lambda, taken->top) / taken->top;
  }
  for (const auto& child : c.children) answer(child, taken, label, out);
}

/// Excess of mass without the root.
inline naive_answer cluster(const std::vector<edge_order>& edges, std::size_t points,
                            std::size_t min_cluster_size) {
  naive_answer out;
  out.labels.assign(points, -1);
  out.probabilities.assign(points, 0);
  out.outlier_scores.assign(points, 0);
  naive_cluster root = grow(edges, 0, min_cluster_size);
  choose(root, false);
  answer(root, nullptr, -1, out);
  return out;
}

}  // namespace hdbscan_reference
