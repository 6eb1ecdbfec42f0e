// dbscan, threshold_components and whispers beside scikit-learn and the processor's float32
// ceiling: 10,000 × 512 points, and with --long 55,000.
#include "ceilings.hpp"
#include "harness.hpp"
#include "peers/scikit_clusters.hpp"
#include "people.hpp"

#include <kernels/dbscan.hpp>
#include <kernels/whispers.hpp>

namespace {

struct row {
  std::string what;
  int threads;
  const std::vector<float>* values;
  std::function<std::vector<std::int32_t>(kernels::on_cpu)> run;
  std::string peer_method, goal;
  bench::scikit_result peer;

  [[nodiscard]] std::int64_t points() const {
    return static_cast<std::int64_t>(values->size()) / bench::kPeopleDimension;
  }
  [[nodiscard]] std::string name() const {
    return what + ", " + std::to_string(points()) + ", " + std::to_string(threads) + "T";
  }
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  facts.add("bfloat16 products", kernels::cpu::has_bf16() ? "yes" : "not on this processor");

  const std::vector<float> apart = bench::people(10000, 50, 0), cone = bench::people(10000, 50, 2);
  const std::vector<float> many =
      chosen.longer ? bench::people(55000, 50, 0) : std::vector<float>{};
  const auto dbscan = [](const std::vector<float>& v, float eps, kernels::metric compared) {
    return [&v, eps, compared](kernels::on_cpu exec) {
      return kernels::dbscan(exec, bench::rows_of(v), {eps, 5, compared}).labels;
    };
  };
  using kernels::metric;
  std::vector<row> cases;
  const auto add_dbscan = [&](const std::string& what, int threads, const std::vector<float>& v,
                              float eps, metric compared, const std::string& goal) {
    std::ostringstream peer;
    peer << "dbscan " << (compared == metric::cosine ? "cosine " : "euclidean ") << eps << " 5";
    cases.push_back(
        {"dbscan, " + what, threads, &v, dbscan(v, eps, compared), peer.str(), goal, {}});
  };
  add_dbscan("cosine", 1, apart, 0.35F, metric::cosine, "–");
  add_dbscan("cosine", 2, apart, 0.35F, metric::cosine, "≤ 150 ms");
  add_dbscan("cosine, narrow cone", 2, cone, 0.0725F, metric::cosine, "≥ 1×");
  add_dbscan("euclidean", 2, apart, 20.5F, metric::euclidean, "≥ 1×");
  if (chosen.longer) add_dbscan("cosine", 2, many, 0.35F, metric::cosine, "≤ 4000 ms");
  cases.push_back(
      {"threshold_components, cosine",
       2,
       &apart,
       [&](kernels::on_cpu exec) {
         return kernels::threshold_components(exec, bench::rows_of(apart), {0.65F}).labels;
       },
       "dbscan cosine 0.35 1",
       "≥ 1×",
       {}});
  cases.push_back(
      {"whispers, cosine",
       2,
       &apart,
       [&](kernels::on_cpu exec) {
         return kernels::whispers(exec, bench::rows_of(apart), {.threshold = 0.65F}).labels;
       },
       "",
       "–",
       {}});

  std::string version;
  for (row& r : cases) {
    if (r.peer_method.empty()) continue;
    r.peer = bench::run_scikit(*r.values, bench::kPeopleDimension, r.peer_method, r.threads,
                               chosen.quick || r.points() > 10000 ? 1 : 3);
    if (!r.peer.ran) continue;
    version = r.peer.version;
    // it adds up its products in another order: a pair on the very edge may fall on either side
    const double otherwise = bench::placed_otherwise(r.run(kernels::on_cpu()), r.peer.labels);
    if (otherwise > 0.001) {
      std::fprintf(stderr, "%s: %.4f of the points not where scikit-learn has them\n",
                   r.name().c_str(), otherwise);
      return 1;
    }
  }
  facts.add("scikit-learn", version.empty()
                                ? "not measured: no Python with scikit-learn (KERNELS_BENCH_PYTHON)"
                                : version + ", the same clusters but for 0.1 % of the points");
  for (const row& r : cases) {
    bench::add(r.name(),
               [&r] { benchmark::DoNotOptimize(r.run(kernels::on_cpu{r.threads}).data()); });
  }
  for (const int threads : {1, 2}) {
    const bench::fma_ceiling ceiling{threads};
    if (bench::fma_ceiling::exists()) bench::add(ceiling.name(), ceiling);
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 9, 0.05);

  bench::table table({"512-d, min_samples 5", "ms", "fastest", "spread",
                      "all pairs by float32 fma at the ceiling, ms", "that / fastest",
                      "scikit-learn, ms", "scikit-learn / this", "goal (ceiling 514 GFLOP/s)"});
  for (const row& r : cases) {
    const auto& t = measured.at(r.name());
    double pass = 0;
    if (bench::fma_ceiling::exists()) {
      const auto n = static_cast<double>(r.points());
      const double rate = bench::fma_ceiling{r.threads}.rate(measured);
      pass = n * n * static_cast<double>(bench::kPeopleDimension) / rate;
    }
    table.add({r.name(), bench::fixed(1e3 * t.median, 0), bench::fixed(1e3 * t.lowest, 0),
               bench::spread(t), pass > 0 ? bench::fixed(1e3 * pass, 0) : "not measured",
               pass > 0 ? bench::times(pass / t.lowest) : "–",
               r.peer.ran ? bench::fixed(1e3 * r.peer.seconds, 0) : "not measured",
               r.peer.ran ? bench::times(r.peer.seconds / t.median) : "–", r.goal});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
