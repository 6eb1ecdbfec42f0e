// The error bound of search's first pass: every product of every instruction set keeps it, with
// and without the dot products of bfloat16 and 8-bit integers.
#include "../search_cases.hpp"

namespace {

using kernels::first_pass;
using kernels::instruction_set;
using kernels::metric;
using kernels::on_cpu;
using namespace search_cases;

struct outcome {
  int outside = 0;     ///< keys that are not within the bound of the exact one
  int missed = 0;      ///< rows that reach a limit and are not in the filter's mask
  double largest = 0;  ///< error / bound
};

/// The key that the exact score of a row stands for, as compact_query says, and how far rounding
/// to a float may have moved it.
double exact_key(metric what, const kernels::compact_query& query, const float* q, const float* g,
                 std::int64_t dimension) {
  if (what != metric::euclidean) return double{kernels::math::dot(q, g, dimension)};
  return (query.squares - double{kernels::math::squared_distance(q, g, dimension)}) / 2;
}

outcome check(const data_set& set, metric what, first_pass pass, instruction_set isa, bool native) {
  const bool unit = what == metric::cosine;
  const kernels::packed_rows g(on_cpu{1}, set.gallery.view(), unit);
  const kernels::packed_rows queries(on_cpu{1}, set.queries.view(), unit);
  kernels::compact_rows compact;
  compact.assign(on_cpu{1}, g, what, pass);
  outcome out;
  if (!compact.usable()) return out;
  kernels::compact_queries prepared;
  prepared.resize(compact, queries.count());
  std::vector<std::int64_t> given;
  for (std::int64_t q = 0; q < queries.count(); ++q) {
    if (queries.state(q) == kernels::row_state::ok &&
        prepared.set(compact, static_cast<std::int64_t>(given.size()), queries.row(q))) {
      given.push_back(q);
    }
  }
  const auto tile = kernels::cpu::compact_tile_for(pass, isa, native);
  const auto filter = kernels::cpu::compact_filter_for(isa);
  const auto count = static_cast<std::int64_t>(given.size());
  for (std::int64_t p = 0; p < compact.panels(); ++p) {
    for (std::int64_t first = 0; first < count; first += 6) {
      const std::int64_t n = std::min<std::int64_t>(6, count - first);
      float sums[6 * 64];
      tile(compact.panel(p), prepared.data(first), prepared.bytes(), n, compact.dimension(), sums);
      for (std::int64_t i = 0; i < n; ++i) {
        const kernels::compact_query& query = prepared[first + i];
        float* v = sums + 64 * i;
        const float none = 0;
        std::uint64_t mask = 0;
        filter(v, 1, compact.scale(p), &query.scale, compact.bias(p), &none, &mask);
        const float limit = v[7];
        const bool any = filter(v, 1, nullptr, nullptr, nullptr, &limit, &mask);
        out.missed += any ? 0 : 1;
        for (std::int64_t lane = 0; lane < 64 && p * 64 + lane < g.count(); ++lane) {
          const std::int64_t r = p * 64 + lane;
          out.missed += (mask >> lane & 1U) == (v[lane] >= limit ? 1U : 0U) ? 0 : 1;
          if (g.state(r) == kernels::row_state::not_finite) continue;
          const double key =
              exact_key(what, query, queries.row(given[static_cast<std::size_t>(first + i)]),
                        g.row(r), g.stride());
          const double error = std::abs(query.base + double{v[lane]} - key);
          const double bound = query.error(compact.of_row(r));
          out.outside += error <= bound ? 0 : 1;
          if (bound > 0) out.largest = std::max(out.largest, error / bound);
          const auto& most = compact.of_panel(p);
          out.outside += query.error(most) >= bound ? 0 : 1;
        }
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("search bound: long rows") {
  // n roundings to a unit u: at most n·u / (1 − n·u), far more than n·u where n is large
  for (const std::int64_t n : {16, 1 << 16, 1 << 19, 1 << 21}) {
    CAPTURE(n);
    const double steps = static_cast<double>(n) * 0x1p-23;
    const kernels::rounding_bounds bfloats(first_pass::bfloat16, metric::cosine, n);
    CHECK(bfloats.first_pass >= steps / (1 - steps));
    const kernels::rounding_bounds halves(first_pass::float16, metric::cosine, n);
    CHECK(halves.first_pass >= steps / 2 / (1 - steps / 2));
  }
  const rows longest = normal_rows(2, (1 << 21) + 1, 1);
  const kernels::packed_rows packed(on_cpu{1}, longest.view(), false);
  kernels::compact_rows compact;
  compact.assign(on_cpu{1}, packed, metric::inner_product, first_pass::bfloat16);
  CHECK(!compact.usable());
}

TEST_CASE("search bound: no first pass leaves it, and it is not far off") {
  double largest[4] = {};
  for (const data_set& set : data_sets(200)) {
    CAPTURE(set.name);
    for (const metric what : kMetrics) {
      for (const first_pass pass : {first_pass::float16, first_pass::bfloat16, first_pass::int8}) {
        for (const auto isa :
             {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
          if (!kernels::cpu::supported(isa)) continue;
          for (const bool native : {false, true}) {
            const outcome out = check(set, what, pass, isa, native);
            CAPTURE(static_cast<int>(what));
            CAPTURE(static_cast<int>(pass));
            CAPTURE(kernels::cpu::name(isa));
            CAPTURE(native);
            CHECK(out.outside == 0);
            CHECK(out.missed == 0);
            double& most = largest[static_cast<int>(pass)];
            most = std::max(most, out.largest);
          }
        }
      }
    }
  }
  // the worst of all rows comes near: a bound that were much larger would cost survivors
  CHECK(largest[1] > 0.1);
  CHECK(largest[2] > 0.1);
  CHECK(largest[3] > 0.1);
}
