// normalize, cosine and classify.
#include "same_bytes.hpp"

#include <kernels/classify.hpp>
#include <kernels/cosine.hpp>
#include <kernels/normalize.hpp>

#include <cstdio>
#include <string>
#include <utility>

namespace {

using kernels::instruction_set;
using kernels::packed;
using same_bytes::expect;

constexpr std::int64_t kA = 101;
constexpr std::int64_t kB = 77;
constexpr std::int64_t kDimension = 131;

/// Numbers in (−1, 1), some rows of zeros.
template <class T>
std::vector<T> rows_of(std::int64_t count, same_bytes::random& random) {
  std::vector<T> all;
  for (std::int64_t k = 0; k < count * kDimension; ++k) {
    const double x = 2 * random.unit() - 1;
    all.push_back(
        kernels::math::from_float32<T>(k / kDimension % 17 == 5 ? 0.0F : static_cast<float>(x)));
  }
  return all;
}

template <class T>
std::uint64_t hash_of(const kernels::on_cpu& exec) {
  same_bytes::random random;
  const auto a = rows_of<T>(kA, random);
  const auto b = rows_of<T>(kB, random);
  const auto a_rows = packed(a.data(), {kA, kDimension});
  const auto b_rows = packed(b.data(), {kB, kDimension});
  same_bytes::hash hash;
  std::vector<T> unit(a.size());
  kernels::normalize<T, T>(exec, a_rows, packed(unit.data(), {kA, kDimension}));
  hash.add(unit);
  std::vector<float> matrix(kA * kB);
  for (const auto kind : {kernels::cosine_kind::similarity, kernels::cosine_kind::distance}) {
    kernels::cosine<T>(exec, a_rows, b_rows, packed(matrix.data(), {kA, kB}), {kind});
    hash.add(matrix);
  }
  constexpr std::int64_t kTop = 6;
  std::vector<std::int32_t> best(kA * kTop);
  std::vector<float> similarities(kA * kTop), probabilities(kA * kTop);
  kernels::classify<T>(exec, a_rows, b_rows,
                       {packed(best.data(), {kA, kTop}), packed(similarities.data(), {kA, kTop}),
                        packed(probabilities.data(), {kA, kTop})},
                       {0.07F});
  hash.add(best);
  hash.add(similarities);
  hash.add(probabilities);
  return hash.value();
}

std::uint64_t integers_hash(const kernels::on_cpu& exec) {
  same_bytes::random random;
  std::vector<std::int8_t> a(kA * kDimension), b(kB * kDimension);
  for (auto* v : {&a, &b}) {
    for (auto& x : *v) x = static_cast<std::int8_t>(static_cast<int>(random.unit() * 256) - 128);
  }
  std::vector<float> scales(kA);
  for (float& s : scales) s = static_cast<float>(random.unit() - 0.2);
  std::vector<float> matrix(kA * kB);
  kernels::cosine(exec,
                  {packed(std::as_const(a).data(), {kA, kDimension}),
                   packed(std::as_const(scales).data(), {kA})},
                  {packed(std::as_const(b).data(), {kB, kDimension}),
                   packed(std::as_const(scales).data(), {kB})},
                  packed(matrix.data(), {kA, kB}));
  same_bytes::hash hash;
  hash.add(matrix);
  return hash.value();
}

void run() {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("embeddings %-17s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 3}) {
      const kernels::on_cpu exec{.threads = threads, .isa = isa};
      const std::string with =
          std::string(" ") + kernels::cpu::name(isa) + ", " + std::to_string(threads) + " threads";
      expect(("embeddings float" + with).c_str(), 0x62e7b245334709e1, hash_of<float>(exec));
      expect(("embeddings half" + with).c_str(), 0x1961008ae1971b7d, hash_of<kernels::half>(exec));
      expect(("embeddings bfloat16" + with).c_str(), 0xa9ecf543de9c277f,
             hash_of<kernels::bfloat16>(exec));
      expect(("embeddings int8" + with).c_str(), 0x1b55eea03b40040b, integers_hash(exec));
    }
  }
}

const same_bytes::operation registered("embeddings", run);

}  // namespace
