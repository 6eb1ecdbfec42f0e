// search and search_all: every metric and first pass.
#include "same_bytes.hpp"

#include <kernels/search.hpp>

#include <cstdio>
#include <string>
#include <utility>

namespace {

using kernels::instruction_set;
using kernels::packed;

constexpr std::int64_t kRows = 1100;
constexpr std::int64_t kQueries = 9;
constexpr std::int64_t kDimension = 70;

/// Around a few centres, some of them exactly.
std::vector<float> numbers(std::int64_t count, same_bytes::random& random,
                           const std::vector<float>& centres) {
  std::vector<float> all;
  for (std::int64_t r = 0; r < count; ++r) {
    for (std::int64_t k = 0; k < kDimension; ++k) {
      const double noise = r % 5 == 0 ? 0 : random.unit() - 0.5;
      const std::size_t at = static_cast<std::size_t>(r % 3 * kDimension + k) % centres.size();
      all.push_back(static_cast<float>(noise) + centres[at]);
    }
  }
  return all;
}

std::uint64_t search_hash(const kernels::on_cpu& exec, kernels::first_pass pass) {
  same_bytes::random random;
  const auto centres = numbers(3, random, {0.0F});
  const auto rows = numbers(kRows, random, centres);
  const auto queries = numbers(kQueries, random, centres);
  const auto query_view = packed(queries.data(), {kQueries, kDimension});
  same_bytes::hash hash;
  for (const auto what :
       {kernels::metric::cosine, kernels::metric::inner_product, kernels::metric::euclidean}) {
    const kernels::search_gallery gallery(exec, packed(rows.data(), {kRows, kDimension}),
                                          {what, pass});
    std::vector<std::int64_t> ids(kQueries * 25);
    std::vector<float> scores(kQueries * 25);
    kernels::search(exec, gallery, query_view, packed(ids.data(), {kQueries, 25}),
                    packed(scores.data(), {kQueries, 25}), {.k = 25});
    hash.add(ids);
    hash.add(scores);
    const auto all = kernels::search_all(exec, gallery, query_view, {.threshold = scores[7]});
    hash.add(all.offsets);
    hash.add(all.ids);
    hash.add(all.scores);
  }
  return hash.value();
}

void run() {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("search %-21s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 3}) {
      const kernels::on_cpu exec{.threads = threads, .isa = isa};
      for (const auto& [name, pass] : {std::pair{"float32", kernels::first_pass::float32},
                                       {"float16", kernels::first_pass::float16},
                                       {"bfloat16", kernels::first_pass::bfloat16},
                                       {"int8", kernels::first_pass::int8}}) {
        const std::string what = std::string("search ") + name + " " + kernels::cpu::name(isa) +
                                 ", " + std::to_string(threads) + " threads";
        same_bytes::expect(what.c_str(), 0x2ddd584cd3470ebc, search_hash(exec, pass));
      }
    }
  }
}

const same_bytes::operation registered("search", run);

}  // namespace
