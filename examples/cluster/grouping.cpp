#include "grouping.hpp"

#include <common/errors.hpp>

#include <kernels/dbscan.hpp>
#include <kernels/hdbscan.hpp>
#include <kernels/linkage.hpp>
#include <kernels/whispers.hpp>

#include <algorithm>

namespace kernels::examples {
namespace {

grouping by_hdbscan(const options& o, const view<const float, 2>& points) {
  hdbscan_params p;
  p.min_cluster_size = o.min_cluster_size.value_or(5);
  p.min_samples = o.min_samples.value_or(0);
  p.metric = o.metric;
  p.alpha = static_cast<float>(o.alpha);
  p.epsilon = o.epsilon;
  p.max_cluster_size = o.max_cluster_size;
  p.allow_single_cluster = o.allow_single_cluster;
  p.selection = o.leaf ? cluster_selection::leaf : cluster_selection::excess_of_mass;
  auto found = hdbscan(on_cpu{.threads = o.threads}, points, p);
  return {std::move(found.labels), std::move(found.probabilities), std::move(found.persistence)};
}

grouping by_dbscan(const options& o, const view<const float, 2>& points) {
  dbscan_params p;
  p.eps = static_cast<float>(*o.eps);
  p.min_samples = o.min_samples.value_or(5);
  p.metric = o.metric;
  return {dbscan(on_cpu{.threads = o.threads}, points, p).labels, {}, {}};
}

grouping by_threshold(const options& o, const view<const float, 2>& points) {
  threshold_components_params p;
  p.threshold = static_cast<float>(*o.threshold);
  p.metric = o.metric;
  return {threshold_components(on_cpu{.threads = o.threads}, points, p).labels, {}, {}};
}

grouping by_linkage(const options& o, const view<const float, 2>& points) {
  linkage_params p;
  p.method = o.how == method::average    ? linkage_method::average
             : o.how == method::complete ? linkage_method::complete
                                         : linkage_method::single;
  p.metric = o.metric;
  const auto tree = linkage(on_cpu{.threads = o.threads}, points, p);
  if (o.clusters) return {linkage_cut_into(tree, *o.clusters), {}, {}};
  return {linkage_cut(tree, o.euclidean() ? *o.threshold : 1 - *o.threshold), {}, {}};
}

grouping by_whispers(const options& o, const view<const float, 2>& points) {
  whispers_params p;
  p.threshold = static_cast<float>(*o.threshold);
  p.metric = o.metric;
  p.max_rounds = o.iterations;
  p.seed = o.seed;
  return {whispers(on_cpu{.threads = o.threads}, points, p).labels, {}, {}};
}

grouping by_method(const options& o, const view<const float, 2>& points) {
  switch (o.how) {
    case method::hdbscan:
      return by_hdbscan(o, points);
    case method::dbscan:
      return by_dbscan(o, points);
    case method::threshold:
      return by_threshold(o, points);
    case method::whispers:
      return by_whispers(o, points);
    default:
      return by_linkage(o, points);
  }
}

}  // namespace

std::vector<std::int64_t> grouping::sizes() const {
  std::vector<std::int64_t> sizes;
  for (const auto label : labels) {
    if (label < 0) continue;
    const auto k = static_cast<std::size_t>(label);
    if (k >= sizes.size()) sizes.resize(k + 1);
    ++sizes[k];
  }
  return sizes;
}

std::int64_t grouping::noise() const { return std::ranges::count(labels, -1); }

grouping group(const options& o, const view<const float, 2>& points) {
  try {
    return by_method(o, points);
  } catch (const out_of_memory&) {
    throw;
  } catch (const error& e) {
    throw usage_error(e.what());
  }
}

void drop_small(grouping& g, std::int64_t smallest) {
  const auto sizes = g.sizes();
  std::vector<std::int32_t> number(sizes.size(), -1);
  std::int32_t next = 0;
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    if (sizes[k] >= smallest) number[k] = next++;
  }
  for (auto& label : g.labels) {
    if (label >= 0) label = number[static_cast<std::size_t>(label)];
  }
}

}  // namespace kernels::examples
