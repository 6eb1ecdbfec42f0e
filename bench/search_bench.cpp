// search on the CPU: the 10 best of 100,000 rows of 512, cosine, for 1, 16 and 1000 queries, beside
// FAISS's exact index where it is installed, and beside what memory and one core's dot products
// allow, measured in the same run. All first passes must give the same bytes before anything is
// timed.
#include "ceilings.hpp"
#include "clip_like.hpp"
#include "harness.hpp"
#include "peers/faiss_flat.hpp"

#include <kernels/search.hpp>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <memory>

namespace {

using kernels::first_pass;
using kernels::packed;

constexpr std::int64_t kRows = 100000;
constexpr std::int64_t kDimension = bench::clip_like::kDimension;
constexpr std::int64_t kQueries = 1000;
constexpr int kBest = 10;

struct pass {
  const char* name;
  first_pass type;
  double bytes, operations;  // of an element: read, done for a query
  std::string ceiling;       // its name, or that of the floats
};

struct answer {
  std::vector<std::int64_t> ids = std::vector<std::int64_t>(kQueries * kBest);
  std::vector<float> scores = std::vector<float>(kQueries * kBest);
  kernels::search_statistics statistics;

  void search(int threads, const kernels::search_gallery& gallery,
              const std::vector<float>& queries, std::int64_t count) {
    kernels::search({.threads = threads}, gallery, packed(queries.data(), {count, kDimension}),
                    packed(ids.data(), {count, kBest}), packed(scores.data(), {count, kBest}),
                    {.k = kBest, .statistics = &statistics});
  }
  [[nodiscard]] std::int64_t median_survivors() const {
    auto all = statistics.survivors;
    std::nth_element(all.begin(), all.begin() + kQueries / 2, all.end());
    return all[kQueries / 2];
  }
};

std::string goal(std::int64_t queries, int threads) {
  if (queries == 1) return threads == 2 ? "≤ 2.5 ms" : "";
  if (queries == 16) return threads == 1 ? "≤ 15 ms" : "";
  return threads == 1 ? "≤ 260 ms" : "≤ 135 ms";
}

std::string case_name(const std::string& what, std::int64_t queries, int threads) {
  return what + "/" + std::to_string(queries) + "/" + std::to_string(threads);
}

}  // namespace

int main(int argc, char** argv) {
#if defined(KERNELS_BENCH_FAISS)
  bench::faiss_environment(argv);
#endif
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  const bench::clip_like clip;
  facts.add("rows and queries", clip.what);
  const auto rows = clip.rows(kRows, 1);
  const auto queries = clip.rows(kQueries, 2);

  const bool bf16 = bench::most_bfloat16() > 0, vnni = bench::most_int8() > 0;
  const std::vector<pass> passes = {
      {"float32", first_pass::float32, 4, 2, "fma"},
      {"float16", first_pass::float16, 2, 2, "fma"},
      {"bfloat16", first_pass::bfloat16, 2, 2, bf16 ? "bfloat16" : "fma"},
      {"int8", first_pass::int8, 1, 4, vnni ? "int8" : "fma"},  // a query is two terms
  };
  std::vector<std::unique_ptr<kernels::search_gallery>> galleries;
  std::vector<std::int64_t> survivors;
  answer first, other;
  for (const pass& p : passes) {
    galleries.push_back(std::make_unique<kernels::search_gallery>(
        kernels::on_cpu(), packed(rows.data(), {kRows, kDimension}),
        kernels::search_options{kernels::metric::cosine, p.type}));
    answer& got = p.type == first_pass::float32 ? first : other;
    got.search(0, *galleries.back(), queries, kQueries);
    survivors.push_back(got.median_survivors());
    if (got.ids != first.ids ||
        std::memcmp(got.scores.data(), first.scores.data(), 4 * got.scores.size()) != 0) {
      std::cerr << "bench_search: " << p.name << " gives another answer than float32\n";
      return 1;
    }
  }

  std::string peer_name = "no FAISS here";
#if defined(KERNELS_BENCH_FAISS)
  peer_name = "FAISS " + bench::faiss_text();
  faiss::IndexFlatIP index(kDimension);
  kernels::packed_rows unit_queries(kernels::on_cpu(),
                                    packed(queries.data(), {kQueries, kDimension}), true);
  index.add(kRows, galleries.front()->rows().row(0));
  index.search(kQueries, unit_queries.row(0), kBest, other.scores.data(), other.ids.data());
  for (std::size_t k = 0; k < other.scores.size(); ++k) {
    if (std::abs(other.scores[k] - first.scores[k]) > 1e-5F) {
      std::cerr << "bench_search: FAISS's scores are others\n";
      return 1;
    }
  }
#endif
  facts.add("peer", peer_name);

  double operations[3] = {};
  bench::add("ceiling/fma", [&] { operations[0] = bench::most_fma(); });
  if (bf16) bench::add("ceiling/bfloat16", [&] { operations[1] = bench::most_bfloat16(); });
  if (vnni) bench::add("ceiling/int8", [&] { operations[2] = bench::most_int8(); });
  const auto* words = reinterpret_cast<const std::uint64_t*>(galleries.front()->rows().row(0));
  constexpr std::int64_t kWords = kRows * kDimension / 2;
  for (const int threads : {1, 2}) {
    bench::add("ceiling/memory/" + std::to_string(threads), [=] {
      constexpr std::int64_t kPart = kWords / 64;
      kernels::cpu::parallel_for({.threads = threads}, 64, [=](std::int64_t k) {
        bench::read_all(words + k * kPart, kPart);
      });
    });
    for (const std::int64_t count : {std::int64_t{1}, std::int64_t{16}, kQueries}) {
      for (std::size_t p = 0; p < passes.size(); ++p) {
        bench::add(case_name(passes[p].name, count, threads), [&, p, count, threads] {
          other.search(threads, *galleries[p], queries, count);
        });
      }
#if defined(KERNELS_BENCH_FAISS)
      bench::add(case_name("faiss", count, threads), [&, count, threads] {
        bench::faiss_threads(threads);
        index.search(count, unit_queries.row(0), kBest, other.scores.data(), other.ids.data());
      });
#endif
    }
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 9, chosen.quick ? 0.02 : 0.2);
  const auto rate = [&](const std::string& name, double work) {
    const auto found = measured.find(name);
    return found == measured.end() ? 0.0 : 1e-9 * work / found->second.lowest;
  };
  bench::table ceilings({"ceiling", "measured"});
  ceilings.add({"float32 multiply-adds, one core",
                bench::fixed(rate("ceiling/fma", operations[0]), 0) + " GFLOP/s"});
  if (bf16) {
    ceilings.add({"bfloat16 dot products, one core",
                  bench::fixed(rate("ceiling/bfloat16", operations[1]), 0) + " GFLOP/s"});
  }
  if (vnni) {
    ceilings.add({"8-bit integer dot products, one core",
                  bench::fixed(rate("ceiling/int8", operations[2]), 0) + " GOP/s"});
  }
  for (const int threads : {1, 2}) {
    ceilings.add({"memory read, threads: " + std::to_string(threads),
                  bench::fixed(rate("ceiling/memory/" + std::to_string(threads), 8.0 * kWords), 0) +
                      " GB/s"});
  }

  bench::table table({"queries, first pass", "threads", "ms", "spread", "of the limit",
                      "limited by", "FAISS ms", "FAISS / this", "survivors, median",
                      "goal (Zen 5)"});
  for (const std::int64_t count : {std::int64_t{1}, std::int64_t{16}, kQueries}) {
    for (const int threads : {1, 2}) {
      for (std::size_t p = 0; p < passes.size(); ++p) {
        const pass& one = passes[p];
        const auto& t = measured.at(case_name(one.name, count, threads));
        const double elements = double{kRows} * kDimension;
        const double memory = one.bytes * elements * 1e-9 /
                              rate("ceiling/memory/" + std::to_string(threads), 8.0 * kWords);
        const double work = operations[one.ceiling == "fma" ? 0 : one.ceiling == "int8" ? 2 : 1];
        const double arithmetic = one.operations * elements * static_cast<double>(count) * 1e-9 /
                                  (threads * rate("ceiling/" + one.ceiling, work));
        const auto peer = measured.find(case_name("faiss", count, threads));
        const bool beside = peer != measured.end();
        table.add({std::to_string(count) + ", " + one.name, std::to_string(threads),
                   bench::fixed(1e3 * t.median, 2), bench::spread(t),
                   bench::percent(std::max(memory, arithmetic) / t.median),
                   memory > arithmetic ? "memory" : "arithmetic",
                   beside ? bench::fixed(1e3 * peer->second.median, 1) : "–",
                   beside ? bench::times(peer->second.median / t.median) : "–",
                   std::to_string(survivors[p]), goal(count, threads)});
      }
    }
  }
  return bench::finish(chosen, measured,
                       facts.text() + "\n" + ceilings.text() + "\n" + table.text());
}
