// search on the GPU: the ten best of 1,000,000 rows of 512 for 1 to 1024 queries, by each first
// pass, with the share of the copy bandwidth measured in the same run (cudaMemcpyAsync within the
// device). Every answer is compared with the CPU's before anything is timed.
#include "gpu_timer.cuh"
#include "search_expected.hpp"

#include <kernels/search.cuh>

#include <algorithm>
#include <iostream>
#include <random>
#include <utility>

namespace {

using kernels::memory;

constexpr std::int64_t kDimension = 512;
constexpr std::int64_t kMostQueries = 1024;
constexpr int kBest = 10;

/// Directions of people, several rows each, in a narrow cone.
std::vector<float> embeddings(std::int64_t count, unsigned seed) {
  std::mt19937 people(1);
  std::mt19937 random(seed);
  constexpr std::size_t kPeople = 4096;
  const auto uniform = [](std::mt19937& r) {
    return static_cast<float>(r() >> 8) * 0x1p-23F - 1.0F;
  };
  std::vector<float> centres(kPeople * kDimension), cone(kDimension), values;
  for (float& x : cone) x = 2 * uniform(people);
  for (float& x : centres) x = uniform(people);
  values.reserve(static_cast<std::size_t>(count * kDimension));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::size_t who = random() % kPeople * kDimension;
    for (std::size_t k = 0; k < kDimension; ++k) {
      values.push_back(cone[k] + centres[who + k] + uniform(random));
    }
  }
  return values;
}

class suite {
 public:
  suite(const std::vector<float>& rows, const std::vector<float>& queries, kernels::first_pass type)
      : scene_(bench::search_scene_of(rows, queries, kDimension, type, kBest)),
        queries_(static_cast<std::int64_t>(queries.size())),
        ids_(kMostQueries * kBest),
        scores_(kMostQueries * kBest),
        scratch_(kernels::search_workspace_bytes<float>(kernels::on_gpu(), scene_.gallery,
                                                        kMostQueries, kBest)) {
    kernels::copy(kernels::packed(queries.data(), {queries_.size()}),
                  queries_.as({queries_.size()}));
  }

  void run(const bench::gpu_stream& stream, std::int64_t count) {
    kernels::search<float>(kernels::on_gpu(stream.get()), scene_.gallery,
                           std::as_const(queries_).as({count, kDimension}), ids_.as({count, kBest}),
                           scores_.as({count, kBest}), {.k = kBest},
                           scratch_.as({scratch_.size()}));
  }

  void verify(const bench::gpu_stream& stream, std::int64_t count) {
    run(stream, count);
    stream.wait();
    const std::int64_t n = count * kBest;
    std::vector<std::int64_t> ids(static_cast<std::size_t>(n));
    std::vector<float> scores(static_cast<std::size_t>(n));
    kernels::copy(std::as_const(ids_).as({n}), kernels::packed(ids.data(), {n}));
    kernels::copy(std::as_const(scores_).as({n}), kernels::packed(scores.data(), {n}));
    kernels::check_cuda(cudaDeviceSynchronize(), "download");
    if (!std::equal(ids.begin(), ids.end(), scene_.expected.ids.begin()) ||
        !std::equal(scores.begin(), scores.end(), scene_.expected.scores.begin())) {
      throw kernels::error("search of " + std::to_string(count) +
                           " queries: the GPU finds other rows than the CPU");
    }
  }

  [[nodiscard]] std::int64_t bytes() const { return scene_.compact_bytes; }

 private:
  bench::search_scene scene_;
  kernels::buffer<float, memory::device> queries_;
  kernels::buffer<std::int64_t, memory::device> ids_;
  kernels::buffer<float, memory::device> scores_;
  kernels::buffer<std::byte, memory::device> scratch_;
};

}  // namespace

int main(int argc, char** argv) try {
  const bench::options chosen = bench::parse(argc, argv);
  if (kernels::gpu_count() == 0) {
    std::cout << "skipped: no GPU\n";
    return 77;
  }
  bench::machine_facts facts;
  bench::add_gpu_facts(facts);
  facts.add("command", chosen.command);
  const bench::gpu_stream stream;
  const bench::gpu_timer timer;

  const std::int64_t count = chosen.quick ? 100000 : 1000000;
  facts.add("gallery", std::to_string(count) + " × 512, made up: people in a narrow cone");
  const std::vector<float> rows = embeddings(count, 2), queries = embeddings(kMostQueries, 3);
  using kernels::first_pass;
  suite half(rows, queries, first_pass::float16), wide(rows, queries, first_pass::bfloat16),
      bytes(rows, queries, first_pass::int8);
  struct test_case {
    std::string name;
    suite* of;
    std::int64_t queries;
  };
  std::vector<test_case> cases;
  for (const auto& [name, s] :
       {std::pair<const char*, suite*>{"float16", &half}, {"bfloat16", &wide}, {"int8", &bytes}}) {
    for (const std::int64_t q : {1, 16, 64, 1024}) {
      cases.push_back(
          {std::string(name) + ", " + std::to_string(q) + (q == 1 ? " query" : " queries"), s, q});
    }
  }
  for (const auto& c : cases) {
    c.of->verify(stream, c.queries);
    bench::add(c.name, stream, timer, [&stream, &c] { c.of->run(stream, c.queries); });
  }
  const std::int64_t copied = half.bytes();
  kernels::buffer<std::byte, memory::device> from(copied), to(copied);
  bench::add("copy", stream, timer, [&] {
    kernels::check_cuda(cudaMemcpyAsync(to.data(), from.data(), static_cast<std::size_t>(copied),
                                        cudaMemcpyDeviceToDevice, stream.get()),
                        "cudaMemcpyAsync");
  });

  const auto measured = bench::run(chosen, chosen.quick ? 5 : 15, chosen.quick ? 0.02 : 0.1);
  const auto seconds = [&](const std::string& name) {
    const auto found = measured.find(name);
    return found == measured.end() || found->second.repetitions == 0 ? 0.0 : found->second.median;
  };
  const double copy = seconds("copy");
  const double bandwidth = copy > 0 ? 2 * static_cast<double>(copied) / copy : 0;
  bench::table table({"the 10 best on the GPU", "ms", "spread", "µs a query",
                      "first pass read once, GB/s", "of the copy bandwidth", "products, TFLOP/s"});
  for (const auto& c : cases) {
    const double s = seconds(c.name);
    if (s == 0) continue;
    const double rate = static_cast<double>(c.of->bytes()) / s;
    const auto asked = static_cast<double>(c.queries);
    table.add({c.name, bench::fixed(1e3 * s, 3), bench::spread(measured.at(c.name)),
               bench::fixed(1e6 * s / asked, 1), bench::fixed(1e-9 * rate, 0),
               bandwidth > 0 ? bench::percent(rate / bandwidth) : "",
               bench::fixed(2e-12 * asked * static_cast<double>(count * kDimension) / s, 1)});
  }
  return bench::finish(chosen, measured,
                       facts.text() + "\nCopy bandwidth: " + bench::fixed(1e-9 * bandwidth, 0) +
                           " GB/s, both ways counted.\n\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_search_gpu: " << e.what() << "\n";
  return 1;
}
