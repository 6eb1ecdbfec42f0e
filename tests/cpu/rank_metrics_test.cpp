// rank_metrics and verification: by hand, beside a plain sort and plain counts, and with
// scikit-learn's figures.
#include "../rank_metrics_cases.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using kernels::on_cpu;
using kernels::packed;
using kernels::rank_ties;
using kernels::score_order;
using rank_cases::ids;
using rank_cases::near;
using rank_cases::random_scene;
using rank_cases::refusal;
using rank_cases::scene;

struct plain_scores {
  double map = 0;
  std::vector<double> cmc;
  std::int64_t queries = 0;
};

/// Sorts the whole gallery for each query.
plain_scores sorted(const scene& s, bool distance, bool pessimistic, bool cameras, bool same_set) {
  plain_scores out;
  out.cmc.assign(20, 0);
  for (std::int64_t q = 0; q < s.queries; ++q) {
    const auto uq = static_cast<std::size_t>(q);
    struct item {
      double key;
      bool right;
      std::int64_t g;
    };
    std::vector<item> all;
    double total = 0;
    for (std::int64_t g = 0; g < s.rows; ++g) {
      const auto ug = static_cast<std::size_t>(g);
      const bool right = s.query_labels[uq] == s.gallery_labels[ug];
      if (s.gallery_labels[ug] < 0 || (same_set && q == g)) continue;
      if (cameras && right && s.query_cameras[uq] == s.gallery_cameras[ug]) continue;
      total += right;
      const double score = s.scores[static_cast<std::size_t>(q * s.rows + g)];
      if (!std::isnan(score)) all.push_back({distance ? -score : score, right, g});
    }
    if (s.query_labels[uq] < 0 || total == 0) continue;
    std::sort(all.begin(), all.end(), [&](const item& a, const item& b) {
      if (a.key != b.key) return a.key > b.key;
      if (pessimistic && a.right != b.right) return b.right;
      return a.g < b.g;
    });
    ++out.queries;
    double hits = 0, sum = 0;
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (!all[k].right) continue;
      if (hits == 0) {
        for (std::size_t c = k; c < out.cmc.size(); ++c) out.cmc[c] += 1;
      }
      hits += 1;
      sum += hits / static_cast<double>(k + 1);
    }
    out.map += sum / total;
  }
  if (out.queries == 0) return out;
  out.map /= static_cast<double>(out.queries);
  for (double& c : out.cmc) c /= static_cast<double>(out.queries);
  return out;
}

bool equal(const kernels::rank_scores& a, const plain_scores& b) {
  return near(a.map, b.map) && a.queries == b.queries &&
         std::equal(a.cmc.begin(), a.cmc.end(), b.cmc.begin(), b.cmc.end(), near);
}

}  // namespace

TEST_CASE("rank_metrics cpu: by hand") {
  // ranking of query 0: rows 2 (wrong), 0 (right), 3 (wrong), 1 (right): AP = (1/2 + 2/4) / 2
  // query 1 (label 8): row 2 first: AP = 1
  const std::vector<float> scores = {0.8F, 0.1F, 0.9F, 0.5F, 0.1F, 0.2F, 0.9F, 0.3F};
  const ids queries = {7, 8}, gallery = {7, 7, 8, 9};
  const auto matrix = packed(scores.data(), {2, 4});
  const auto r = kernels::rank_metrics(on_cpu{1}, matrix, queries, gallery, {.max_rank = 3});
  CHECK(r.map == 0.75);
  CHECK(r.cmc == std::vector<double>{0.5, 1, 1});
  CHECK(r.average_precision == std::vector<double>{0.5, 1});
  CHECK(r.first_match == ids{2, 1});

  // row 0 was seen by query 0's own camera: it is neither right nor wrong. AP = 1/3
  const ids query_cameras = {1, 1}, gallery_cameras = {1, 2, 2, 1};
  const auto c =
      kernels::rank_metrics(on_cpu{1}, matrix, queries, gallery,
                            {.query_cameras = query_cameras, .gallery_cameras = gallery_cameras});
  CHECK(c.average_precision[0] == 1.0 / 3);
  CHECK(c.first_match[0] == 3);
  CHECK(c.cmc.size() == 50);

  // a junk row that stood in front; a query without any right answer
  const ids junk = {7, 7, -1, 9};
  const auto j = kernels::rank_metrics(on_cpu{1}, matrix, queries, junk);
  CHECK(j.average_precision[0] == (1 + 2.0 / 3) / 2);
  CHECK(j.queries == 1);
  CHECK(j.skipped == 1);
  CHECK(j.first_match == ids{1, -1});

  // the same as lists
  const ids lists = {2, 0, 3, 1, 2, 3, 1, 0};
  const auto l =
      kernels::rank_metrics_of_lists(on_cpu{1}, packed(lists.data(), {2, 4}), queries, gallery);
  CHECK(l.map == 0.75);
  const ids cut = {2, 0, -1, 2, -1, -1};
  const auto k =
      kernels::rank_metrics_of_lists(on_cpu{1}, packed(cut.data(), {2, 3}), queries, gallery);
  CHECK(k.average_precision == std::vector<double>{0.25, 1});
}

TEST_CASE("rank_metrics cpu: ties by index and pessimistic") {
  const std::vector<float> scores = {0.5F, 0.5F, 0.5F, 0.5F};
  const ids query = {1}, gallery = {2, 1, 2, 1};
  const auto matrix = packed(scores.data(), {1, 4});
  CHECK(kernels::rank_metrics(on_cpu{1}, matrix, query, gallery).map == 0.5);
  const auto worst =
      kernels::rank_metrics(on_cpu{1}, matrix, query, gallery, {.ties = rank_ties::pessimistic});
  CHECK(worst.map == (1.0 / 3 + 2.0 / 4) / 2);
  CHECK(worst.first_match == ids{3});
}

TEST_CASE("rank_metrics cpu: beside a sort of the gallery") {
  int wrong = 0, runs = 0;
  for (const std::int64_t rows : {0, 1, 2, 31, 33, 120}) {
    for (int variant = 0; variant < 32; ++variant) {
      const bool distance = variant & 1, pessimistic = variant & 2, cameras = variant & 4;
      const bool same_set = variant & 8, extreme = variant & 16;
      const auto s =
          random_scene(same_set ? rows : 40, rows, static_cast<unsigned>(variant), extreme);
      kernels::rank_metrics_params params{
          .order = distance ? score_order::distance : score_order::similarity,
          .ties = pessimistic ? rank_ties::pessimistic : rank_ties::index,
          .max_rank = 20,
          .same_set = same_set};
      if (cameras) {
        params.query_cameras = s.query_cameras;
        params.gallery_cameras = s.gallery_cameras;
      }
      const auto got = kernels::rank_metrics(on_cpu{1 + variant % 3}, s.matrix(), s.query_labels,
                                             s.gallery_labels, params);
      wrong += !equal(got, sorted(s, distance, pessimistic, cameras, same_set));
      ++runs;
      if (pessimistic) continue;
      ids lists;  // all rows of each query, sorted
      for (std::int64_t q = 0; q < s.queries; ++q) {
        ids order;
        for (std::int64_t g = 0; g < rows; ++g) {
          if (!std::isnan(s.scores[static_cast<std::size_t>(q * rows + g)])) order.push_back(g);
        }
        std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
          const double x = s.scores[static_cast<std::size_t>(q * rows + a)];
          const double y = s.scores[static_cast<std::size_t>(q * rows + b)];
          return distance ? x < y : x > y;
        });
        order.resize(static_cast<std::size_t>(rows), -1);
        lists.insert(lists.end(), order.begin(), order.end());
      }
      const auto same = kernels::rank_metrics_of_lists(
          on_cpu{2}, packed(std::as_const(lists).data(), {s.queries, rows}), s.query_labels,
          s.gallery_labels, params);
      wrong += same.map != got.map || same.cmc != got.cmc || same.first_match != got.first_match;
    }
  }
  CHECK(runs == 192);
  CHECK(wrong == 0);
}

TEST_CASE("rank_metrics cpu: strides and float") {
  const auto s = random_scene(23, 31, 5, false);
  std::vector<float> transposed(s.scores.size());
  for (std::int64_t q = 0; q < 23; ++q) {
    for (std::int64_t g = 0; g < 31; ++g) {
      transposed[static_cast<std::size_t>(g * 23 + q)] =
          static_cast<float>(s.scores[static_cast<std::size_t>(q * 31 + g)]);
    }
  }
  const kernels::view<const float, 2> other{transposed.data(), {23, 31}, {1, 23}};
  const auto a = kernels::rank_metrics(on_cpu{1}, s.matrix(), s.query_labels, s.gallery_labels);
  const auto b = kernels::rank_metrics(on_cpu{2}, other, s.query_labels, s.gallery_labels);
  CHECK(a.map == b.map);
  CHECK(a.cmc == b.cmc);
}

TEST_CASE("rank_metrics and verification: scikit-learn's figures") {
  // average_precision_score, roc_auc_score and roc_curve of scikit-learn 1.9.1 on these numbers
  std::int64_t state = 12345;
  const auto next = [&] {
    state = (state * 1103515245 + 12345) % (std::int64_t{1} << 31);
    return state >> 16;
  };
  scene s{6, 40, {}, {}, {}, {}, {}};
  for (int q = 0; q < 6; ++q) s.query_labels.push_back(next() % 5);
  for (int g = 0; g < 40; ++g) s.gallery_labels.push_back(next() % 5);
  for (int k = 0; k < 240; ++k) s.scores.push_back(static_cast<double>(next()) / 32768);
  for (std::size_t k = 0; k < 240; ++k) {
    if (s.query_labels[k / 40] == s.gallery_labels[k % 40]) s.scores[k] += 0.25;
  }
  const auto r = kernels::rank_metrics(on_cpu{1}, s.matrix(), s.query_labels, s.gallery_labels);
  const double expected[] = {0.5333333333333333, 0.3598294390219856, 0.5285300377371989,
                             0.5429332572189715, 0.4551107660455487, 0.14122278400716431};
  CHECK(std::equal(std::begin(expected), std::end(expected), r.average_precision.begin(), near));
  CHECK(near(r.map, 0.42682660289403374));

  for (double& x : s.scores) x = std::floor(x * 16) / 16;
  const auto pairs = kernels::pairs_of(s.matrix(), s.query_labels, s.gallery_labels);
  const auto v = kernels::verification(pairs);
  CHECK(v.genuine == 46);
  CHECK(near(v.auc, 0.6499327655759749));
  CHECK(near(v.best_value, 0.8375));
  CHECK(v.best.threshold == 1.0);
  const auto y = kernels::verification(pairs, {.criterion = kernels::threshold_criterion::youden});
  CHECK(near(y.best_value, 0.24742268041237114));
  CHECK(y.best.threshold == 0.25);
}

TEST_CASE("rank_metrics and verification: refusals") {
  const std::vector<float> scores(6);
  const ids two = {1, 2}, three = {1, 2, 3};
  const auto matrix = packed(scores.data(), {2, 3});
  const auto run = [&](const kernels::rank_metrics_params& params) {
    return refusal([&] { kernels::rank_metrics(on_cpu{1}, matrix, two, three, params); });
  };
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(run({}) == "accepted");
  CHECK(has(run({.max_rank = 0}), "max_rank: wanted 1 to 2^30, given 0"));
  CHECK(has(run({.query_cameras = two}), "gallery_cameras: wanted 3 entries, given 0"));
  CHECK(has(run({.same_set = true}), "gallery_labels: wanted 2 entries, given 3"));
  CHECK(has(refusal([&] { kernels::rank_metrics(on_cpu{1}, matrix, three, three); }), "scores"));
  const auto lists = [&](const ids& list) {
    return refusal([&] {
      kernels::rank_metrics_of_lists(on_cpu{1}, packed(list.data(), {2, 2}), two, three);
    });
  };
  CHECK(lists({0, 1, 1, 2}) == "accepted");
  CHECK(has(lists({0, 3, 1, 2}), "wanted -1 to 2, given 3"));
  CHECK(has(lists({0, 1, 2, 2}), "2 twice for query 1"));
  const kernels::verification_pairs<float> pairs{{1}, {0}};
  const std::vector<double> nan = {NAN}, rate = {1.5};
  CHECK(has(refusal([&] { kernels::verification(pairs, {.thresholds = nan}); }), "thresholds"));
  CHECK(has(refusal([&] { kernels::verification(pairs, {.false_accept_rates = rate}); }),
            "wanted 0 to 1, given 1.5"));
}
