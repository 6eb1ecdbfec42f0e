// hdbscan beside the Python program of that name and the processor's float32 ceiling: 10,000 × 512
// points, and with --long 55,000.
#include "ceilings.hpp"
#include "harness.hpp"
#include "peers/hdbscan.hpp"

#include <kernels/cluster.hpp>

#include <sys/resource.h>

#include <cmath>

namespace {

constexpr std::int64_t kDimension = 512;
/// Faces of a hundred people, or so: directions about their centres.
std::vector<float> people(std::int64_t n) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> centres(100 * kDimension), values;
  for (float& c : centres) c = normal(random);
  values.reserve(static_cast<std::size_t>(n * kDimension));
  for (std::int64_t i = 0; i < n; ++i) {
    const auto who = static_cast<std::size_t>(random() % 100) * kDimension;
    for (std::size_t k = 0; k < kDimension; ++k)
      values.push_back(centres[who + k] + normal(random));
  }
  return values;
}

kernels::view<const float, 2> rows(const std::vector<float>& values) {
  return kernels::packed(values.data(),
                         {static_cast<std::int64_t>(values.size()) / kDimension, kDimension});
}

double weights(const kernels::hdbscan_result& found) {
  double sum = 0;
  for (const auto& e : found.spanning_tree) sum += double{e.weight};
  return sum;
}

/// The weight of the spanning tree by Prim's algorithm on all pairs.
double naive_weights(const std::vector<float>& values, std::int64_t samples) {
  const kernels::packed_rows unit(kernels::on_cpu(), rows(values), true);
  const auto n = static_cast<std::size_t>(unit.count());
  std::vector<float> distance(n * n), core(n), reach(n, INFINITY);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const float dot = kernels::math::dot(unit.row(static_cast<std::int64_t>(i)),
                                           unit.row(static_cast<std::int64_t>(j)), kDimension);
      distance[i * n + j] = i == j ? -1 : 1 - kernels::math::clamp_similarity(dot);
    }
    std::vector<float> sorted(distance.begin() + static_cast<std::ptrdiff_t>(i * n),
                              distance.begin() + static_cast<std::ptrdiff_t>((i + 1) * n));
    std::nth_element(sorted.begin(), sorted.begin() + samples, sorted.end());
    core[i] = sorted[static_cast<std::size_t>(samples)];
  }
  std::vector<char> inside(n, 0);
  double sum = 0;
  for (std::size_t newest = 0, joined = 1; joined < n; ++joined) {
    inside[newest] = 1;
    std::size_t next = n;
    for (std::size_t j = 0; j < n; ++j) {
      if (inside[j] != 0) continue;
      reach[j] = std::min(reach[j], std::max({core[newest], core[j], distance[newest * n + j]}));
      if (next == n || reach[j] < reach[next]) next = j;
    }
    sum += double{reach[next]};
    newest = next;
  }
  return sum;
}

struct row {
  std::int64_t points;
  int threads;
  const std::vector<float>* values;
  std::string goal;
  [[nodiscard]] std::string name() const {
    return std::to_string(points) + " × 512, " + std::to_string(threads) + " thread" +
           (threads == 1 ? "" : "s");
  }
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  const std::vector<float> few = people(1500), ten = people(10000);
  const double sum = weights(kernels::hdbscan(kernels::on_cpu(), rows(few)));
  if (std::abs(sum - naive_weights(few, 5)) > 1e-9 * sum) {
    std::fprintf(stderr, "hdbscan: not the spanning tree of all pairs\n");
    return 1;
  }
  const auto peer = bench::run_hdbscan_peer(ten, kDimension, 5, chosen.quick ? 1 : 2);
  if (peer.ran) {
    const auto found = kernels::hdbscan(kernels::on_cpu(), rows(ten));
    if (std::abs(weights(found) - peer.weights) > 1e-5 * peer.weights) {
      std::fprintf(stderr, "hdbscan: spanning tree of weight %.9g, the peer's %.9g\n",
                   weights(found), peer.weights);
      return 1;
    }
    facts.add("clusters of 10000",
              std::to_string(found.clusters()) + ", of the peer " + std::to_string(peer.clusters));
  }
  facts.add("hdbscan (Python)",
            peer.ran ? peer.version + ", on the matrix of distances; the same tree to 1e-5"
                     : "not measured: no Python with hdbscan (KERNELS_BENCH_PYTHON)");
  const auto isa = kernels::cpu::choose(kernels::instruction_set::best);
  facts.add("bfloat16 products", kernels::cpu::bfloat16_loops_for(isa).tile != nullptr
                                     ? "yes"
                                     : "not on this processor");

  std::vector<row> cases{{10000, 1, &ten, "–"}, {10000, 2, &ten, "≤ 400 ms"}};
  const std::vector<float> many = chosen.longer ? people(55000) : std::vector<float>{};
  if (chosen.longer) cases.push_back({55000, 2, &many, "≤ 10000 ms"});
  for (const row& r : cases) {
    bench::add(r.name(), [&r] {
      benchmark::DoNotOptimize(
          kernels::hdbscan(kernels::on_cpu{r.threads}, rows(*r.values)).clusters());
    });
  }
  for (const int threads : {1, 2}) {
    const bench::fma_ceiling ceiling{threads};
    if (bench::fma_ceiling::exists()) bench::add(ceiling.name(), ceiling);
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, 0.05);

  bench::table table({"HDBSCAN, cosine, min_cluster_size 5", "ms", "fastest", "spread",
                      "2 passes of float32 fma at the ceiling, ms", "this / that",
                      "hdbscan (Python), ms", "hdbscan / this", "goal (fma ceiling 514 GFLOP/s)"});
  for (const row& r : cases) {
    const auto& t = measured.at(r.name());
    const auto n = static_cast<double>(r.points);
    double passes = 0;
    if (bench::fma_ceiling::exists()) {
      const double rate = bench::fma_ceiling{r.threads}.rate(measured);
      passes = n * n * static_cast<double>(kDimension) * 2 / rate;
    }
    const bool compared = peer.ran && r.points == 10000;
    table.add({r.name(), bench::fixed(1e3 * t.median, 0), bench::fixed(1e3 * t.lowest, 0),
               bench::spread(t), bench::fma_ceiling::exists() ? bench::fixed(1e3 * passes, 0) : "–",
               bench::fma_ceiling::exists() ? bench::fixed(t.lowest / passes, 2) : "–",
               compared ? bench::fixed(1e3 * peer.seconds, 0) : "–",
               compared ? bench::times(peer.seconds / t.median) : "–", r.goal});
  }
  std::string late;  // facts that were not known before the run
  const auto add = [&](const std::string& name, const std::string& value) {
    late += "- " + name + ": " + value + "\n";
  };
  for (const int threads : {1, 2}) {
    if (!bench::fma_ceiling::exists()) continue;
    const bench::fma_ceiling ceiling{threads};
    add(ceiling.name(), bench::fixed(1e-9 * ceiling.rate(measured), 0) + " GFLOP/s");
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  add("largest memory of the process, its points included",
      bench::fixed(static_cast<double>(usage.ru_maxrss) / 1024, 0) + " MiB");
  return bench::finish(chosen, measured, facts.text() + late + "\n" + table.text());
}
