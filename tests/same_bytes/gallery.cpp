// gallery (matches, profiles, the bytes of its file) and rank_metrics.
#include "same_bytes.hpp"

#include <kernels/gallery.hpp>
#include <kernels/rank_metrics.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <unistd.h>

namespace {

using kernels::on_cpu;

constexpr std::int64_t kRows = 300, kQueries = 40, kDimension = 83;

std::vector<float> random_rows(same_bytes::random& random, std::int64_t rows) {
  std::vector<float> values(static_cast<std::size_t>(rows * kDimension));
  for (float& v : values) v = static_cast<float>(random.unit() * random.unit() - 0.25);
  return values;
}

void run() {
  same_bytes::random random;
  const auto rows = random_rows(random, kRows);
  const auto queries = random_rows(random, kQueries);
  std::vector<std::string> labels;
  std::vector<std::int64_t> numbers, query_numbers;
  for (std::int64_t k = 0; k < kRows; ++k) {
    numbers.push_back(static_cast<std::int64_t>(random.next() >> 40) % 37);
    labels.push_back("name " + std::to_string(numbers.back()));
  }
  for (std::int64_t k = 0; k < kQueries; ++k) query_numbers.push_back(k % 37);
  kernels::gallery g;
  g.add(on_cpu{2}, labels, kernels::packed(rows.data(), {kRows, kDimension}));
  for (std::int64_t id = 3; id < kRows; id += 7) g.remove(id);
  for (std::int64_t id = 1; id < kRows; id += 11) {
    g.replace(id, kernels::packed(queries.data() + kDimension * (id % kQueries), {kDimension}));
  }

  const auto asked = kernels::packed(queries.data(), {kQueries, kDimension});
  same_bytes::hash matches;
  for (const auto rule : {kernels::gallery_rule::best_vector, kernels::gallery_rule::best_mean,
                          kernels::gallery_rule::profile}) {
    for (const auto& m : g.match(on_cpu{2}, asked, {.rule = rule, .margin = 0.001F})) {
      matches.add(&m.score, sizeof m.score);
      matches.add(&m.runner_up_score, sizeof m.runner_up_score);
      matches.add(&m.row, sizeof m.row);
      matches.add(m.label.data(), m.label.size());
      matches.add(&m.verdict, sizeof m.verdict);
    }
  }
  same_bytes::expect("gallery matches", 0xb33e11bbd0a99eef, matches.value());

  same_bytes::hash hits;
  std::vector<double> scores(static_cast<std::size_t>(kQueries * kRows));
  for (const auto& of_one : g.best_rows(on_cpu{3}, asked, 20)) {
    for (const auto& h : of_one) {
      hits.add(&h.row, sizeof h.row);
      hits.add(&h.id, sizeof h.id);
      hits.add(&h.score, sizeof h.score);
    }
  }
  same_bytes::expect("gallery best rows", 0xd5b9bd01a6be086a, hits.value());

  std::string path = "/tmp/same_bytes_gallery_" + std::to_string(::getpid()) + ".kgl";
  g.save(path);
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  ::unlink(path.c_str());
  same_bytes::hash contents;
  contents.add(bytes);
  for (const auto& label : g.contents().labels) contents.add(*g.profile(label));
  same_bytes::expect("gallery file, profiles", 0x82f492a03bcb53fa, contents.value());

  for (std::size_t k = 0; k < scores.size(); ++k) scores[k] = random.unit();
  const auto matrix = kernels::packed(std::as_const(scores).data(), {kQueries, kRows});
  const auto ranks = kernels::rank_metrics(on_cpu{2}, matrix, query_numbers, numbers);
  same_bytes::hash metrics;
  metrics.add(ranks.cmc);
  metrics.add(ranks.average_precision);
  metrics.add(&ranks.map, sizeof ranks.map);
  const auto v = kernels::verification(kernels::pairs_of(matrix, query_numbers, numbers));
  for (const double x : {v.auc, v.equal_error_rate, v.best.threshold, v.best_value}) {
    metrics.add(&x, sizeof x);
  }
  same_bytes::expect("rank_metrics", 0x07d01a2f7abc9cde, metrics.value());
}

const same_bytes::operation gallery("gallery", run);

}  // namespace
