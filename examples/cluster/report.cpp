#include "report.hpp"

#include <common/table.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace kernels::examples {
namespace {

using json = nlohmann::ordered_json;

/// Least, median, mean and largest; of what lies in clusters.
json summary(const grouping& g) {
  std::vector<double> values;
  for (std::size_t k = 0; k < g.labels.size(); ++k) {
    if (g.labels[k] >= 0) values.push_back(g.probabilities[k]);
  }
  if (values.empty()) return nullptr;
  std::ranges::sort(values);
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return {{"least", values.front()},
          {"median", values[values.size() / 2]},
          {"mean", mean},
          {"largest", values.back()},
          {"sure", std::ranges::count(values, 1.0)}};
}

json parameters(const options& o) {
  json p = json::object();
  if (o.how == method::hdbscan) {
    const int size = o.min_cluster_size.value_or(5);
    p = {{"min_cluster_size", size},
         {"min_samples", o.min_samples.value_or(size)},
         {"selection", o.leaf ? "leaf" : "eom"},
         {"alpha", o.alpha},
         {"epsilon", o.epsilon},
         {"max_cluster_size", o.max_cluster_size},
         {"allow_single_cluster", o.allow_single_cluster}};
    return p;
  }
  if (o.how == method::dbscan) {
    p["eps"] = *o.eps;
    p["min_samples"] = o.min_samples.value_or(5);
  }
  if (o.threshold) p["threshold"] = *o.threshold;
  if (o.clusters) p["clusters"] = *o.clusters;
  if (o.how == method::whispers) {
    p["iterations"] = o.iterations;
    p["seed"] = o.seed;
  }
  if (o.min_cluster_size) p["min_cluster_size"] = *o.min_cluster_size;
  return p;
}

std::string size_text(std::vector<std::int64_t> sizes) {
  std::ranges::sort(sizes, std::greater<>{});
  constexpr std::size_t kShown = 10;
  std::string text;
  for (std::size_t k = 0; k < std::min(sizes.size(), kShown); ++k) {
    text += (k == 0 ? "" : ", ") + std::to_string(sizes[k]);
  }
  return text + (sizes.size() > kShown ? ", ..." : "");
}

}  // namespace

std::string report_text(const options& o, const embeddings& e, const grouping& g,
                        const run_seconds& seconds) {
  const auto sizes = g.sizes();
  std::string text =
      std::to_string(sizes.size()) + (sizes.size() == 1 ? " cluster, " : " clusters, ") +
      std::to_string(g.noise()) + " rows of noise in " + o.output.string() + " (" + name(o.how) +
      ", " + (o.euclidean() ? "euclidean" : "cosine") + ")\n" + "  " + e.description() + "\n";
  if (!sizes.empty()) text += "  sizes " + size_text(sizes) + "\n";
  if (!o.sheet.empty() && sizes.size() > static_cast<std::size_t>(o.sheet_rows)) {
    text += "  the " + std::to_string(o.sheet_rows) + " largest clusters in " + o.sheet.string() +
            " (--sheet-rows)\n";
  }
  std::vector<std::vector<std::string>> steps = {{"", "seconds", "rows/s"}, {}};
  const auto add = [&](const char* step, double s) {
    if (s <= 0) return;
    steps.push_back({step, number_text(s, s < 0.1 ? 4 : 2),
                     number_text(static_cast<double>(e.rows()) / std::max(s, 1e-9), 0)});
  };
  add("read", seconds.read);
  add("group", seconds.group);
  add("draw", seconds.draw);
  add("write", seconds.write);
  steps.emplace_back();
  add("total", seconds.total);
  return text + table_text(steps);
}

std::string report_json(const options& o, const embeddings& e, const grouping& g,
                        const run_seconds& seconds) {
  json report = {{"embeddings", o.embeddings.string()},
                 {"rows", e.rows()},
                 {"dimension", e.dimension()},
                 {"type", name(e.matrix.type)},
                 {"zero_rows", e.zero_rows},
                 {"bad_rows", e.bad_rows},
                 {"method", name(o.how)},
                 {"metric", o.euclidean() ? "euclidean" : "cosine"},
                 {"parameters", parameters(o)},
                 {"clusters", g.sizes().size()},
                 {"sizes", g.sizes()},
                 {"noise", g.noise()}};
  if (!g.probabilities.empty()) report["probabilities"] = summary(g);
  if (!g.persistence.empty()) report["persistence"] = g.persistence;
  report["seconds"] = {{"read", seconds.read}, {"group", seconds.group}, {"draw", seconds.draw}};
  return report.dump(1, ' ', false, json::error_handler_t::replace) + "\n";  // names of files
}

}  // namespace kernels::examples
