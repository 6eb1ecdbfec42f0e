// linkage beside scikit-learn: 10,000 × 512 points, and with --long 55,000, of which scikit-learn's
// matrix would not fit.
#include "harness.hpp"
#include "peers/scikit_clusters.hpp"
#include "people.hpp"

#include <kernels/linkage.hpp>

#include <sys/resource.h>

namespace {

struct row {
  std::string what;
  int threads;
  const std::vector<float>* values;
  kernels::linkage_params params;
  std::string peer_method;
  bench::scikit_result peer;

  [[nodiscard]] std::int64_t points() const {
    return static_cast<std::int64_t>(values->size()) / bench::kPeopleDimension;
  }
  [[nodiscard]] std::string name() const {
    return what + ", " + std::to_string(points()) + ", " + std::to_string(threads) + "T";
  }
  [[nodiscard]] kernels::linkage_result run() const {
    return kernels::linkage(kernels::on_cpu{threads}, bench::rows_of(*values), params);
  }
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  const std::int64_t count = chosen.quick ? 4000 : 10000;
  const std::vector<float> some = bench::people(count, 50, 0), cone = bench::people(count, 50, 2);
  const std::vector<float> many =
      chosen.longer ? bench::people(55000, 50, 0) : std::vector<float>{};
  using kernels::linkage_method;
  using kernels::metric;
  std::vector<row> cases{{"average, cosine", 1, &some, {}, "average cosine 1200", {}},
                         {"average, cosine", 2, &some, {}, "average cosine 1200", {}},
                         {"average, cosine, narrow cone", 2, &cone, {}, "average cosine 1200", {}},
                         {"complete, cosine",
                          2,
                          &some,
                          {.method = linkage_method::complete},
                          "complete cosine 1200",
                          {}},
                         {"average, euclidean",
                          2,
                          &some,
                          {.metric = metric::euclidean},
                          "average euclidean 1200",
                          {}}};
  if (chosen.longer) cases.push_back({"average, cosine", 2, &many, {}, "", {}});
  std::string version;
  for (row& r : cases) {
    if (r.peer_method.empty()) continue;
    r.peer = bench::run_scikit(*r.values, bench::kPeopleDimension, r.peer_method, r.threads, 1);
    if (!r.peer.ran) continue;
    version = r.peer.version;
    const double otherwise =
        bench::placed_otherwise(kernels::linkage_cut_into(r.run(), 1200), r.peer.labels);
    if (otherwise > 0.01) {
      std::fprintf(stderr, "%s: %.4f of the points not where scikit-learn has them\n",
                   r.name().c_str(), otherwise);
      return 1;
    }
  }
  facts.add("scikit-learn", version.empty()
                                ? "not measured: no Python with scikit-learn (KERNELS_BENCH_PYTHON)"
                                : version + ", the same 1200 clusters but for 1 % of the points");
  for (const row& r : cases) {
    bench::add(r.name(), [&r] { benchmark::DoNotOptimize(r.run().merges.data()); });
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 5, 0.05);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const std::string memory = "Peak memory of the process, all rows together: " +
                             bench::fixed(static_cast<double>(used.ru_maxrss) / 1024, 0) + " MiB\n";

  bench::table table({"linkage, 512-d", "ms", "fastest", "spread", "scikit-learn, ms",
                      "scikit-learn / this", "goal"});
  for (const row& r : cases) {
    const auto& t = measured.at(r.name());
    table.add({r.name(), bench::fixed(1e3 * t.median, 0), bench::fixed(1e3 * t.lowest, 0),
               bench::spread(t),
               r.peer.ran ? bench::fixed(1e3 * r.peer.seconds, 0) : "not measured",
               r.peer.ran ? bench::times(r.peer.seconds / t.median) : "–",
               r.peer_method.empty() ? "–" : "≥ 1×"});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text() + "\n" + memory);
}
