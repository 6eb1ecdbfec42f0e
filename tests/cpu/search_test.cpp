// search on the CPU: the bytes of a full scan, whatever the first pass.
#include "../search_cases.hpp"

namespace {

using kernels::first_pass;
using kernels::instruction_set;
using kernels::metric;
using kernels::on_cpu;
using kernels::packed;
using kernels::search_gallery;
using namespace search_cases;

std::vector<instruction_set> sets() {
  std::vector<instruction_set> all;
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (kernels::cpu::supported(isa)) all.push_back(isa);
  }
  return all;
}

}  // namespace

TEST_CASE("search cpu: the bytes of a plain scan, whatever the first pass and instruction set") {
  for (const data_set& set : data_sets(1100)) {
    CAPTURE(set.name);
    for (const metric what : kMetrics) {
      CAPTURE(static_cast<int>(what));
      const found expected = plain_scan(what, set.gallery, set.queries, 100);
      for (const first_pass pass : kPasses) {
        CAPTURE(static_cast<int>(pass));
        const search_gallery gallery(on_cpu{2}, set.gallery.view(), {what, pass});
        for (const instruction_set isa : sets()) {
          CAPTURE(kernels::cpu::name(isa));
          CHECK(run({1, isa}, gallery, set.queries.view(), 10) == expected.prefix(10));
        }
        CHECK(run({3}, gallery, set.queries.view(), 1) == expected.prefix(1));
        CHECK(run({2}, gallery, set.queries.view(), 100) == expected);
      }
    }
  }
}

TEST_CASE("search cpu: more rows than candidates are kept") {
  for (data_set set : data_sets(4000)) {
    if (set.name == "random" || set.name == "narrow cone") continue;
    CAPTURE(set.name);
    // the best rows last, so that nothing can be excluded early
    const metric what = metric::cosine;
    const found expected = plain_scan(what, set.gallery, set.queries, 300);
    for (const first_pass pass : kPasses) {
      CAPTURE(static_cast<int>(pass));
      const search_gallery gallery(on_cpu{2}, set.gallery.view(), {what, pass});
      CHECK(run({1}, gallery, set.queries.view(), 300) == expected);
      CHECK(run({2}, gallery, set.queries.view(), 10) == expected.prefix(10));
    }
  }
}

TEST_CASE("search cpu: squared distances that differ and distances that tie, on several threads") {
  for (const std::int64_t dimension : {13, 28}) {
    CAPTURE(dimension);
    const rows centre = normal_rows(1, dimension, 52);
    rows gallery_rows = around(centre, 12000, 0, 1);
    const rows queries = around(centre, 3, 3.0F, 11);
    std::mt19937 random(3);
    for (std::int64_t r = 0; r < gallery_rows.count(); ++r) {
      for (int k = 0; k < 3; ++k) {
        float& x = gallery_rows.row(r)[random() % static_cast<unsigned>(dimension)];
        x = std::nextafter(x, (random() & 1U) != 0 ? 9.0F : -9.0F);
      }
    }
    const found expected = plain_scan(metric::euclidean, gallery_rows, queries, 300);
    for (const first_pass pass : kPasses) {
      CAPTURE(static_cast<int>(pass));
      const search_gallery gallery(on_cpu{2}, gallery_rows.view(), {metric::euclidean, pass});
      int wrong = 0;  // what threads know of each other is another thing each time
      for (int again = 0; again < 8; ++again) {
        wrong += run({4}, gallery, queries.view(), 300) == expected ? 0 : 1;
        wrong += run({2}, gallery, queries.view(), 1) == expected.prefix(1) ? 0 : 1;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("search cpu: near the sums in double") {
  int sets_seen = 0;
  for (const data_set& set : data_sets(800)) {
    if (set.name.starts_with("odd") || set.name == "tiny") continue;
    ++sets_seen;
    CAPTURE(set.name);
    for (const metric what : kMetrics) {
      const search_gallery gallery(on_cpu{1}, set.gallery.view(), {what, first_pass::int8});
      const found got = run({1}, gallery, set.queries.view(), 20);
      CHECK(wrong_in_double(what, set.gallery, set.queries, got) == 0);
    }
  }
  CHECK(sets_seen == 6);
}

TEST_CASE("search cpu: a batch is its queries one by one, a short list the start of a long one") {
  const rows queries = normal_rows(2100, 24, 5);  // more than a block
  const rows rows_ = normal_rows(200, 24, 6);
  for (const first_pass pass : kPasses) {
    CAPTURE(static_cast<int>(pass));
    const search_gallery gallery(on_cpu{1}, rows_.view(), {metric::cosine, pass});
    const found all = run({2}, gallery, queries.view(), 2048);
    CHECK(all.ids[200] == -1);
    CHECK(all.scores[200] == -std::numeric_limits<float>::infinity());
    int different = 0;
    for (const std::int64_t q : {0, 1, 5, 1023, 1024, 2099}) {
      const found one = run({1}, gallery, packed(queries.row(q), {1, queries.dimension}), 2048);
      for (std::size_t j = 0; j < 2048; ++j) {
        different += one.ids[j] != all.ids[static_cast<std::size_t>(q) * 2048 + j] ? 1 : 0;
        different += std::bit_cast<int>(one.scores[j]) !=
                             std::bit_cast<int>(all.scores[static_cast<std::size_t>(q) * 2048 + j])
                         ? 1
                         : 0;
      }
    }
    CHECK(different == 0);
    CHECK(run({1}, gallery, queries.view(), 10) == all.prefix(10));
    CHECK(run({1}, gallery, queries.view(), 100).prefix(10) == all.prefix(10));
  }
}

TEST_CASE("search cpu: groups and excluded rows") {
  const rows centres = normal_rows(30, 40, 1);
  const rows gallery_rows = around(centres, 900, 0.2F, 2), queries = around(centres, 11, 0.2F, 3);
  std::vector<std::int32_t> gallery_groups, query_groups;
  for (int r = 0; r < 900; ++r) gallery_groups.push_back(r % 7);
  for (int q = 0; q < 11; ++q) query_groups.push_back(q % 8 - 1);  // −1: nothing
  std::vector<std::int64_t> excluded, offsets{0};
  for (std::int64_t q = 0; q < 11; ++q) {
    for (std::int64_t r = 899; r >= 0 && q != 4; r -= 30 + q) excluded.push_back(r);
    excluded.insert(excluded.end(), {5000, -1, q, q});
    offsets.push_back(static_cast<std::int64_t>(excluded.size()));
  }
  const auto admitted = [&](std::int64_t q, std::int64_t r) {
    const std::int32_t group = query_groups[static_cast<std::size_t>(q)];
    if (group >= 0 && group == gallery_groups[static_cast<std::size_t>(r)]) return false;
    return std::find(excluded.begin() + offsets[static_cast<std::size_t>(q)],
                     excluded.begin() + offsets[static_cast<std::size_t>(q) + 1],
                     r) == excluded.begin() + offsets[static_cast<std::size_t>(q) + 1];
  };
  kernels::search_params params;
  params.gallery_groups = packed(std::as_const(gallery_groups).data(), {900});
  params.query_groups = packed(std::as_const(query_groups).data(), {11});
  params.excluded =
      packed(std::as_const(excluded).data(), {static_cast<std::int64_t>(excluded.size())});
  params.excluded_offsets = packed(std::as_const(offsets).data(), {12});
  for (const metric what : kMetrics) {
    const found expected = plain_scan(what, gallery_rows, queries, 50, {}, admitted);
    for (const first_pass pass : kPasses) {
      const search_gallery gallery(on_cpu{1}, gallery_rows.view(), {what, pass});
      CHECK(run({2}, gallery, queries.view(), 50, params) == expected);
    }
  }
}

TEST_CASE("search cpu: thresholds, equal to a score and one ulp beside it, and all matches") {
  for (const data_set& set : data_sets(700)) {
    CAPTURE(set.name);
    for (const metric what : kMetrics) {
      const found all = plain_scan(what, set.gallery, set.queries, 700);
      const std::size_t at = set.name.starts_with("odd") ? 8 * 700 + 20 : 20;
      const float score = all.scores[at];
      if (!std::isfinite(score)) continue;
      for (const float threshold :
           {score, std::nextafter(score, 9e9F), std::nextafter(score, -9e9F), -1.0F, 1.0F}) {
        const float least = what == metric::inner_product ? -9e37F
                            : what == metric::cosine      ? -1.0F
                                                          : 0.0F;
        const float limit =
            std::min(std::max(threshold, least), what == metric::cosine ? 1.0F : 9e37F);
        const found expected = plain_scan(what, set.gallery, set.queries, 700, limit);
        for (const first_pass pass : kPasses) {
          const search_gallery gallery(on_cpu{1}, set.gallery.view(), {what, pass});
          kernels::search_params params;
          params.threshold = limit;
          bool same = run({2}, gallery, set.queries.view(), 30, params) == expected.prefix(30);
          kernels::search_statistics statistics;
          params.statistics = &statistics;
          const auto matches = kernels::search_all({2}, gallery, set.queries.view(), params);
          for (std::int64_t q = 0; q < all.count && same; ++q) {
            const auto first = matches.offsets[static_cast<std::size_t>(q)];
            const auto end = matches.offsets[static_cast<std::size_t>(q) + 1];
            for (std::int64_t j = 0; j < 700 && same; ++j) {
              const std::int64_t id = expected.ids[static_cast<std::size_t>(q * 700 + j)];
              const float want = expected.scores[static_cast<std::size_t>(q * 700 + j)];
              same = first + j >= end
                         ? id == -1
                         : matches.ids[static_cast<std::size_t>(first + j)] == id &&
                               std::bit_cast<int>(
                                   matches.scores[static_cast<std::size_t>(first + j)]) ==
                                   std::bit_cast<int>(want);
            }
          }
          CAPTURE(static_cast<int>(what));
          CAPTURE(static_cast<int>(pass));
          CAPTURE(limit);
          CHECK(same);
        }
      }
    }
  }
}

TEST_CASE("search cpu: conventions of zero, non-finite and missing rows") {
  rows gallery_rows = normal_rows(70, 8, 1);
  std::fill_n(gallery_rows.row(3), 8, 0.0F);
  gallery_rows.row(5)[2] = NAN;
  gallery_rows.row(6)[7] = -std::numeric_limits<float>::infinity();
  rows queries = normal_rows(3, 8, 2);
  queries.row(0)[0] = NAN;
  std::fill_n(queries.row(1), 8, 0.0F);
  for (const first_pass pass : kPasses) {
    const search_gallery gallery(on_cpu{1}, gallery_rows.view(), {metric::cosine, pass});
    CHECK(gallery.not_finite() == 2);
    const found got = run({1}, gallery, queries.view(), 80);
    CHECK(got.ids[0] == -1);
    CHECK(got.scores[0] == -std::numeric_limits<float>::infinity());
    CHECK(got.ids[80 + 4] == 4);
    CHECK(got.ids[80 + 5] == 7);  // 5 and 6 are not there
    CHECK(got.scores[80 + 5] == 0.0F);
    CHECK(got.ids[80 + 68] == -1);
    CHECK(got.scores[160 + 67] < 0);
    const search_gallery empty(on_cpu{1}, packed(std::as_const(gallery_rows).row(0), {0, 8}),
                               {metric::euclidean, pass});
    const found none = run({1}, empty, queries.view(), 2);
    CHECK(none.ids == std::vector<std::int64_t>(6, -1));
    CHECK(none.scores[5] == std::numeric_limits<float>::infinity());
    CHECK(run({1}, gallery, packed(std::as_const(queries).row(0), {0, 8}), 4).ids.empty());
  }
}

TEST_CASE("search cpu: half, bfloat16 and strided rows are their values") {
  const rows values = around(normal_rows(1, 20, 4), 300, 0.5F, 5);
  std::vector<kernels::half> halves;
  std::vector<kernels::bfloat16> bfloats;
  rows of_half{20, {}}, of_bfloat16{20, {}}, columns{300, std::vector<float>(300 * 20)};
  for (std::int64_t i = 0; i < 300 * 20; ++i) {
    const float v = values.values[static_cast<std::size_t>(i)];
    halves.push_back(kernels::math::to_half(v));
    of_half.values.push_back(kernels::math::from_half(halves.back()));
    bfloats.push_back(kernels::math::to_bfloat16(v));
    of_bfloat16.values.push_back(kernels::math::from_bfloat16(bfloats.back()));
    columns.row(i % 20)[i / 20] = v;
  }
  const auto same = [&](const search_gallery& gallery, const rows& as_float) {
    return run({1}, gallery, as_float.view(), 5) ==
           plain_scan(metric::cosine, as_float, as_float, 5);
  };
  CHECK(same({on_cpu{1}, packed(std::as_const(halves).data(), {300, 20})}, of_half));
  CHECK(same({on_cpu{1}, packed(std::as_const(bfloats).data(), {300, 20})}, of_bfloat16));
  const kernels::view<const float, 2> transposed{columns.values.data(), {300, 20}, {1, 300}};
  CHECK(same({on_cpu{1}, transposed}, values));
}

TEST_CASE("search cpu: few survivors on random rows and on a narrow cone") {
  const rows random = normal_rows(4000, 128, 1), random_queries = normal_rows(40, 128, 2);
  const rows centre = normal_rows(1, 128, 3, 3.0F);
  const rows narrow = around(centre, 4000, 1, 4), narrow_queries = around(centre, 40, 1, 5);
  for (const first_pass pass : kPasses) {
    CAPTURE(static_cast<int>(pass));
    for (const auto& [gallery_rows, queries] :
         {std::pair{&random, &random_queries}, {&narrow, &narrow_queries}}) {
      const search_gallery gallery(on_cpu{1}, gallery_rows->view(), {metric::cosine, pass});
      auto survivors = run({1}, gallery, queries->view(), 10).statistics.survivors;
      std::sort(survivors.begin(), survivors.end());
      CHECK(survivors.front() >= 10);
      CHECK(survivors[20] <= 60);
    }
  }
}

TEST_CASE("search: refused arguments") {
  const rows gallery_rows = normal_rows(9, 4, 1);
  const search_gallery gallery(on_cpu{1}, gallery_rows.view());
  std::vector<std::int64_t> ids(20);
  std::vector<float> scores(20);
  const auto call = [&](std::int64_t dimension, int k, kernels::search_params params) {
    params.k = k;
    kernels::search(on_cpu{1}, gallery, packed(gallery_rows.row(0), {2, dimension}),
                    packed(ids.data(), {2, 10}), packed(scores.data(), {2, 10}), params);
  };
  using doctest::Contains;
  CHECK_NOTHROW(call(4, 10, {}));
  CHECK_THROWS_WITH_AS(call(3, 10, {}), Contains("queries: wanted rows of 4 elements, given 3"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(call(4, 0, {}), Contains("k: wanted 1 to 2048"), kernels::error);
  CHECK_THROWS_WITH_AS(call(4, 2049, {}), Contains("given 2049"), kernels::error);
  CHECK_THROWS_WITH_AS(call(4, 9, {}), Contains("ids: wanted shape (2, 9)"), kernels::error);
  CHECK_THROWS_WITH_AS(call(4, 10, {.threshold = 1.5F}), Contains("a similarity of"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(call(4, 10, {.threshold = NAN}), Contains("given nan"), kernels::error);
  const std::int32_t groups[9] = {};
  CHECK_THROWS_WITH_AS(call(4, 10, {.gallery_groups = packed(groups, {9})}),
                       Contains("query_groups: wanted 2 elements"), kernels::error);
  const std::int64_t offsets[3] = {0, 2, 1};
  CHECK_THROWS_WITH_AS(
      call(4, 10, {.excluded = packed(offsets, {3}), .excluded_offsets = packed(offsets, {3})}),
      Contains("entries that start with 0 and do not fall"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::search_all(on_cpu{1}, gallery, gallery_rows.view(), {}),
                       Contains("threshold: wanted a number, given none"), kernels::error);
  const search_gallery distances(on_cpu{1}, gallery_rows.view(), {metric::euclidean});
  CHECK_THROWS_WITH_AS(
      kernels::search_all(on_cpu{1}, distances, gallery_rows.view(), {.threshold = -1.0F}),
      Contains("a distance of 0 or more"), kernels::error);
}
