// gallery: rules, ties, thresholds, element types, strides, vectors without a direction, refusals;
// the same answers alone, in any batch, with any number of threads and instruction set.
#include "../gallery_model.hpp"

#include <doctest/doctest.h>

#include <random>
#include <utility>

namespace {

using gallery_model::as_view;
using gallery_model::same;
using gallery_model::vector;
using kernels::gallery;
using kernels::gallery_rule;
using kernels::gallery_verdict;
using kernels::on_cpu;
using kernels::packed;

constexpr float kInfinite = std::numeric_limits<float>::infinity();

std::vector<float> random_rows(std::int64_t rows, std::int64_t dimension, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(rows * dimension));
  for (float& v : values) v = normal(random);
  return values;
}

bool same_match(const kernels::gallery_match& a, const kernels::gallery_match& b) {
  return a.verdict == b.verdict && a.label == b.label && same(a.score, b.score) && a.row == b.row &&
         a.id == b.id && a.runner_up == b.runner_up && same(a.runner_up_score, b.runner_up_score);
}
bool same_hits(const std::vector<kernels::gallery_hit>& a,
               const std::vector<kernels::gallery_hit>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.row == y.row && x.id == y.id && same(x.score, y.score) && x.label == y.label;
  });
}

template <class F>
std::string refusal(const F& f) {
  try {
    f();
  } catch (const kernels::error& e) {
    return e.what();
  }
  return "accepted";
}

/// ada along x and y, bob between them, cleo along z.
gallery three() {
  gallery g;
  g.add("ada", as_view({1, 0, 0}));
  g.add("bob", as_view({3, 3, 0}));
  g.add("ada", as_view({0, 1, 0}));
  g.add("cleo", as_view({0, 0, 2}));
  return g;
}

}  // namespace

TEST_CASE("gallery cpu: rules by hand") {
  const gallery g = three();
  const vector query = {4, 3, 0};
  const auto best = g.match(on_cpu{1}, as_view(query));
  CHECK(best.accepted());
  CHECK(best.label == "bob");
  CHECK(best.score == doctest::Approx(0.7 * std::sqrt(2.0)));
  CHECK(best.row == 1);
  CHECK(best.runner_up == "ada");
  CHECK(best.runner_up_score == doctest::Approx(0.8));

  const auto mean = g.match(on_cpu{1}, as_view(query), {.rule = gallery_rule::best_mean});
  CHECK(mean.label == "bob");
  CHECK(mean.runner_up_score == doctest::Approx(0.7));
  const auto one =
      g.match(on_cpu{1}, as_view(query), {.rule = gallery_rule::best_mean, .best_of = 1});
  CHECK(one.runner_up_score == doctest::Approx(0.8));

  // ada's profile is bob's vector: the earlier identity wins
  const auto profile = g.match(on_cpu{1}, as_view(query), {.rule = gallery_rule::profile});
  CHECK(profile.label == "ada");
  CHECK(profile.runner_up == "bob");
  CHECK(same(profile.score, profile.runner_up_score));
  CHECK(profile.row == -1);
  CHECK((*g.profile("ada"))[0] == doctest::Approx(std::sqrt(0.5)));
}

TEST_CASE("gallery cpu: threshold and margin") {
  const gallery g = three();
  const vector query = {4, 3, 0};
  const auto verdict = [&](float threshold, float margin) {
    return g.match(on_cpu{1}, as_view(query), {.threshold = threshold, .margin = margin}).verdict;
  };
  const auto plain = g.match(on_cpu{1}, as_view(query));
  const float gap = plain.score - plain.runner_up_score;
  CHECK(verdict(plain.score, 0) == gallery_verdict::accepted);
  CHECK(verdict(std::nextafter(plain.score, 1.0F), 0) == gallery_verdict::below_threshold);
  CHECK(verdict(-1, gap) == gallery_verdict::accepted);
  CHECK(verdict(-1, std::nextafter(gap, 1.0F)) == gallery_verdict::within_margin);
  CHECK(verdict(1, 2) == gallery_verdict::below_threshold);

  gallery alone;
  alone.add("ada", as_view({1, 0}));
  alone.add("ada", as_view({1, 0}));
  const auto who = alone.match(on_cpu{1}, as_view({1, 0}), {.threshold = 1, .margin = 2});
  CHECK(who.accepted());
  CHECK(who.runner_up.empty());
  CHECK(who.runner_up_score == -kInfinite);
}

TEST_CASE("gallery cpu: ids stay, rows close up") {
  gallery g = three();
  CHECK(g.remove(std::int64_t{1}));
  CHECK(!g.remove(std::int64_t{1}));
  CHECK(g.count("bob") == 0);
  CHECK(g.identity_count() == 2);
  const vector query = {0, 0, 1};
  const auto hits = g.best_rows(on_cpu{1}, packed(query.data(), {1, 3}), 10)[0];
  CHECK(hits.size() == 3);
  CHECK(hits[0].label == "cleo");
  CHECK(hits[0].row == 2);
  CHECK(hits[0].id == 3);
  CHECK(hits[1].row == 0);  // equal scores: the lower row
  CHECK(g.add("bob", as_view({1, 1, 1})) == 4);
  CHECK(g.contents().labels == std::vector<std::string>{"ada", "cleo", "bob"});
  CHECK(g.replace(3, as_view({-1, 0, 0})));
  CHECK(g.contents().ids == std::vector<std::int64_t>{0, 2, 3, 4});
  CHECK(!g.replace(1, as_view({1, 0, 0})));
  CHECK(g.remove("ada") == 2);
  CHECK(g.remove("ada") == 0);
  CHECK(!g.vector(0).has_value());
  CHECK(!g.profile("ada").has_value());
}

TEST_CASE("gallery cpu: alone, in batches, with threads, on every instruction set") {
  constexpr std::int64_t kRows = 700, kQueries = 131, kDimension = 37;
  const auto rows = random_rows(kRows, kDimension, 1);
  auto queries = random_rows(kQueries, kDimension, 2);
  std::copy_n(rows.begin(), kDimension, queries.begin() + 5 * kDimension);
  std::fill_n(queries.begin() + 6 * kDimension, kDimension, 0.0F);
  queries[7 * kDimension + 3] = NAN;
  std::vector<std::string> labels;
  for (std::int64_t k = 0; k < kRows; ++k) labels.push_back(std::to_string(k * k % 41));
  gallery g;
  g.add(on_cpu{2}, labels, packed(rows.data(), {kRows, kDimension}));
  for (std::int64_t id = 0; id < kRows; id += 9) g.remove(id);
  const auto all = packed(std::as_const(queries).data(), {kQueries, kDimension});

  for (const auto rule :
       {gallery_rule::best_vector, gallery_rule::best_mean, gallery_rule::profile}) {
    const kernels::gallery_match_params params{.rule = rule, .threshold = 0.3F, .margin = 0.01F};
    const auto expected = g.match(on_cpu{1}, all, params);
    int wrong = 0;
    for (std::int64_t q = 0; q < kQueries; ++q) {
      wrong +=
          !same_match(g.match(on_cpu{2}, all[q], params), expected[static_cast<std::size_t>(q)]);
    }
    for (const auto isa : {kernels::instruction_set::portable, kernels::instruction_set::avx2,
                           kernels::instruction_set::avx512}) {
      if (!kernels::cpu::supported(isa)) continue;
      for (const int threads : {1, 3}) {
        const auto got = g.match(on_cpu{threads, isa}, all, params);
        wrong += !std::equal(got.begin(), got.end(), expected.begin(), expected.end(), same_match);
      }
    }
    CHECK(wrong == 0);
    CHECK(expected[7].verdict == gallery_verdict::not_finite);
    CHECK(expected[7].label.empty());
    CHECK(expected[6].score == 0.0F);
  }

  const auto ten = g.best_rows(on_cpu{1}, all, 10);
  const auto hundred = g.best_rows(on_cpu{3}, all, 100);
  int wrong = 0;
  for (std::size_t q = 0; q < ten.size(); ++q) {
    auto prefix = hundred[q];
    prefix.resize(std::min<std::size_t>(10, prefix.size()));
    wrong += !same_hits(ten[q], prefix);
  }
  CHECK(wrong == 0);
  CHECK(ten[7].empty());
  CHECK(g.best_rows(on_cpu{1}, all, 100000)[0].size() == static_cast<std::size_t>(g.size()));
  CHECK(g.best_rows(on_cpu{1}, all, 0)[0].empty());
}

TEST_CASE("gallery cpu: half, bfloat16 and strided rows are the same as their float32 copies") {
  constexpr std::int64_t kRows = 9, kDimension = 21;
  const auto source = random_rows(kRows, kDimension, 3);
  std::vector<kernels::half> halves;
  std::vector<float> widened;
  for (const float x : source) {
    halves.push_back(kernels::math::to_half(x));
    widened.push_back(kernels::math::to_float32(halves.back()));
  }
  std::vector<float> transposed(widened.size());
  for (std::int64_t r = 0; r < kRows; ++r) {
    for (std::int64_t i = 0; i < kDimension; ++i) {
      transposed[static_cast<std::size_t>(i * kRows + r)] =
          widened[static_cast<std::size_t>(r * kDimension + i)];
    }
  }
  const std::vector<std::string> label = {"ada"};
  gallery a, b, c;
  a.add(on_cpu{1}, label, packed(widened.data(), {kRows, kDimension}));
  b.add(on_cpu{1}, label, packed(halves.data(), {kRows, kDimension}));
  c.add(on_cpu{1}, label,
        kernels::view<const float, 2>{transposed.data(), {kRows, kDimension}, {1, kRows}});
  CHECK(a.contents().rows == widened);
  CHECK(b.contents().rows == widened);
  CHECK(c.contents().rows == widened);
  const kernels::view<const float, 1> column{transposed.data() + 4, {kDimension}, {kRows}};
  CHECK(c.add("bob", column) == kRows);
  CHECK(*c.vector(kRows) == *a.vector(4));
  CHECK(c.match(on_cpu{1}, column, {.threshold = 0.99F}).label == "ada");  // the lower row
  const auto narrow = packed(halves.data() + 4 * kDimension, {kDimension});
  CHECK(same_match(c.match(on_cpu{1}, narrow), c.match(on_cpu{1}, column)));
}

TEST_CASE("gallery cpu: nothing there, zero vectors, opposite vectors") {
  gallery g;
  CHECK(g.match(on_cpu{1}, as_view({1, 2})).verdict == gallery_verdict::no_identity);
  const vector query = {1, 2};
  CHECK(g.best_rows(on_cpu{1}, packed(query.data(), {1, 2}), 3)[0].empty());
  CHECK(g.match(on_cpu{1}, packed(query.data(), {0, 2})).empty());
  CHECK(g.add(on_cpu{1}, std::vector<std::string>{}, packed(query.data(), {0, 2})) == 0);
  CHECK(g.dimension() == 0);
  g.add("zero", as_view({0, 0}));
  CHECK(g.match(on_cpu{1}, as_view({1, 2})).score == 0.0F);
  CHECK(g.match(on_cpu{1}, as_view({0, 0})).score == 0.0F);
  CHECK(*g.profile("zero") == vector{0, 0});
  g.add("both", as_view({1, 0}));
  g.add("both", as_view({-1, 0}));
  CHECK(*g.profile("both") == vector{0, 0});
  g.add("both", as_view({0, 0}));  // counts for nothing
  g.add("both", as_view({0, 5}));
  CHECK(*g.profile("both") == vector{0, 1});
  CHECK(g.remove("zero") + g.remove("both") == 5);
  CHECK(g.match(on_cpu{1}, as_view({1, 2})).verdict == gallery_verdict::no_identity);
  CHECK(g.dimension() == 2);
}

TEST_CASE("gallery cpu: profiles do not drift") {
  const auto rows = random_rows(3000, 33, 8);
  const auto row = [&](std::int64_t r) { return packed(rows.data() + r * 33, {33}); };
  gallery g, fresh;
  g.add("ada", row(0));
  fresh.add("ada", row(2999));
  for (std::int64_t r = 1; r < 2999; ++r) {
    const std::int64_t id = g.add("ada", row(r));
    if (r % 3 == 0) g.replace(id, row(3000 - r));
  }
  for (std::int64_t id = 1; id < 2999; ++id) g.remove(id);
  g.replace(0, row(2999));
  const auto a = *g.profile("ada"), b = *fresh.profile("ada");
  CHECK(std::equal(a.begin(), a.end(), b.begin(), same));
}

TEST_CASE("gallery cpu: refusals change nothing") {
  gallery g = three();
  const auto before = g.contents();
  const std::vector<float> rows = {1, 2, 3, 4, NAN, 6};
  const auto two = packed(rows.data(), {2, 3});
  const auto refused = [&](const std::string& part, const auto& f) {
    const std::string text = refusal(f);
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  const std::vector<std::string> good = {"x"}, bad = {"x", "a\nb"}, three_names(3, "x");
  refused("NaN or infinity in row 1", [&] { g.add(on_cpu{1}, good, two); });
  refused("label 1: wanted", [&] { g.add(on_cpu{1}, bad, packed(rows.data(), {2, 2})); });
  refused("labels: wanted one, or one for each of 2 rows, given 3", [&] {
    g.add(on_cpu{1}, three_names, packed(rows.data(), {2, 2}));
  });
  refused("an empty one", [&] { g.add("", as_view({1, 2, 3})); });
  refused("65535", [&] { g.add(std::string(65536, 'x'), as_view({1, 2, 3})); });
  refused("wanted 3 elements, as the gallery has, given 2", [&] { g.add("x", as_view({1, 2})); });
  refused("wanted 3 elements", [&] { g.replace(0, as_view({1, 2})); });
  refused("NaN or infinity in row 0", [&] { g.replace(0, as_view({1, kInfinite, 2})); });
  refused("at least one", [&] { g.replace(on_cpu{1}, "ada", packed(rows.data(), {0, 3})); });
  refused("NaN or infinity in row 1", [&] { g.replace(on_cpu{1}, "ada", two); });
  refused("wanted 1 to 2^20, given 0", [&] { g.add("x", as_view({})); });
  refused("wanted 1 to 2^20", [&] { gallery(0); });
  const auto ask = [&](const kernels::gallery_match_params& params) {
    return [&g, params] { static_cast<void>(g.match(on_cpu{1}, as_view({1, 2, 3}), params)); };
  };
  refused("threshold: wanted -1 to 1, given 1.5", ask({.threshold = 1.5F}));
  refused("threshold: wanted -1 to 1, given nan", ask({.threshold = NAN}));
  refused("margin: wanted 0 to 2, given -0.5", ask({.margin = -0.5F}));
  refused("best_of: wanted at least 1, given 0", ask({.best_of = 0}));
  refused("queries: wanted 3 elements", [&] {
    static_cast<void>(g.match(on_cpu{1}, as_view({1, 2})));
  });
  refused("k: wanted at least 0", [&] { static_cast<void>(g.best_rows(on_cpu{1}, two, -1)); });
  const auto after = g.contents();
  CHECK(before.rows == after.rows);
  CHECK(before.labels == after.labels);
  CHECK(g.next_id() == 4);
}
