// gallery: match, enrol, remove, save and load, beside a plain map of names to vectors and a loop
// over it, which is what programs without a gallery have.
#include "harness.hpp"

#include <kernels/gallery.hpp>

#include <cmath>
#include <filesystem>
#include <map>
#include <random>

#include <unistd.h>

namespace {

using kernels::gallery;
using kernels::on_cpu;

/// Vectors to unit length at enrolment, then one dot after the other.
class plain_gallery {
 public:
  void add(const std::string& label, const float* row, std::int64_t dimension) {
    std::vector<float> v(row, row + dimension);
    float squares = 0;
    for (const float x : v) squares += x * x;
    for (float& x : v) x /= std::sqrt(squares);
    people_[label].push_back(std::move(v));
  }
  std::pair<std::string, float> match(const std::vector<float>& unit) const {
    std::pair<std::string, float> best{"", -2.0F};
    for (const auto& [label, vectors] : people_) {
      for (const auto& v : vectors) {
        float sum = 0;
        for (std::size_t i = 0; i < v.size(); ++i) sum += v[i] * unit[i];
        if (sum > best.second) best = {label, sum};
      }
    }
    return best;
  }

 private:
  std::map<std::string, std::vector<std::vector<float>>> people_;
};

struct row {
  std::string what, name;
  double bytes;  ///< read or written
  std::string peer;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  const std::int64_t rows = chosen.quick ? 20000 : 100000, dimension = 512, people = rows / 10;
  const double matrix = 4.0 * static_cast<double>(rows * dimension);

  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(rows * dimension));
  for (float& v : values) v = normal(random);
  std::vector<float> queries(static_cast<std::size_t>(16 * dimension));
  for (float& v : queries) v = normal(random);
  std::vector<std::string> labels;
  for (std::int64_t k = 0; k < rows; ++k) labels.push_back("name " + std::to_string(k % people));
  const auto all = kernels::packed(values.data(), {rows, dimension});
  const auto asked = kernels::packed(queries.data(), {16, dimension});

  gallery known;
  known.add(on_cpu{}, labels, all);
  plain_gallery plain;
  for (std::int64_t k = 0; k < rows; ++k) {
    plain.add(labels[static_cast<std::size_t>(k)], all[k].data, dimension);
  }
  std::vector<float> unit(queries.begin(), queries.begin() + dimension);
  float squares = 0;
  for (const float x : unit) squares += x * x;
  for (float& x : unit) x /= std::sqrt(squares);
  const auto mine = known.match(on_cpu{1}, asked[0]);
  const auto other = plain.match(unit);
  if (mine.label != other.first || std::abs(mine.score - other.second) > 1e-5F) {
    std::fprintf(stderr, "gallery: the plain map finds %s, not %s\n", other.first.c_str(),
                 mine.label.c_str());
    return 1;
  }

  std::vector<row> table_rows;
  const auto add = [&](const std::string& what, double bytes, const std::string& peer,
                       const std::function<void()>& body) {
    const std::string name = "gallery/" + std::to_string(table_rows.size());
    bench::add(name, body);
    table_rows.push_back({what, name, bytes, peer});
  };
  bench::add("plain map", [&] { benchmark::DoNotOptimize(plain.match(unit)); });
  for (const int threads : {1, 2}) {
    const std::string with = threads == 1 ? ", 1 thread" : ", 2 threads";
    add("match, 1 query" + with, matrix, "plain map",
        [&, threads] { benchmark::DoNotOptimize(known.match(on_cpu{threads}, asked[0]).score); });
    add("match, 16 queries" + with, matrix, "plain map ×16", [&, threads] {
      benchmark::DoNotOptimize(known.match(on_cpu{threads}, asked).front().score);
    });
  }
  add("match, 16 queries, mean of best 3, 1 thread", matrix, "", [&] {
    benchmark::DoNotOptimize(
        known.match(on_cpu{1}, asked, {.rule = kernels::gallery_rule::best_mean}).front().score);
  });
  add("match, 16 queries, profiles, 1 thread", matrix / 10, "", [&] {
    benchmark::DoNotOptimize(
        known.match(on_cpu{1}, asked, {.rule = kernels::gallery_rule::profile}).front().score);
  });
  add("best 10 rows, 16 queries, 1 thread", matrix, "",
      [&] { benchmark::DoNotOptimize(known.best_rows(on_cpu{1}, asked, 10).front().front().row); });
  add("add all rows at once, 2 threads", matrix, "", [&] {
    gallery g;
    g.add(on_cpu{2}, labels, all);
    benchmark::DoNotOptimize(g.size());
  });
  add("add and remove 1000 vectors, one by one", 1000.0 * 4 * dimension, "", [&] {
    const std::int64_t first = known.next_id();
    for (std::int64_t k = 0; k < 1000; ++k) known.add(labels[static_cast<std::size_t>(k)], all[k]);
    for (std::int64_t id = first; id < first + 1000; ++id) known.remove(id);
  });
  const auto path = std::filesystem::temp_directory_path() /
                    ("gallery_bench_" + std::to_string(::getpid()) + ".kgl");
  known.save(path);
  add("save, with fsync", matrix, "", [&] { known.save(path); });
  for (const int threads : {1, 2}) {
    add("load, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads"), matrix, "",
        [&, threads] { benchmark::DoNotOptimize(gallery::load(on_cpu{threads}, path).size()); });
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, chosen.quick ? 0.05 : 0.2);
  std::filesystem::remove(path);
  bench::table table(
      {"gallery, " + std::to_string(rows) + " × 512, " + std::to_string(people) + " identities",
       "ms", "spread", "GB/s of rows", "plain map, 1 thread / this"});
  const double peer = measured.at("plain map").median;
  for (const row& r : table_rows) {
    const auto& t = measured.at(r.name);
    const double times = r.peer.empty() ? 0 : (r.peer == "plain map" ? 1 : 16) * peer / t.median;
    table.add({r.what, bench::fixed(1e3 * t.median, 2), bench::spread(t),
               bench::fixed(1e-9 * r.bytes / t.median, 2),
               r.peer.empty() ? "–" : bench::times(times)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
