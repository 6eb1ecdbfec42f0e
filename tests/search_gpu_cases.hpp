// search on the GPU: galleries, queries and what a plain scan with math::dot finds, for the
// emulator and for a GPU.
#pragma once

#include <kernels/embedding/search_gallery.hpp>
#include <kernels/search_gpu.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <random>
#include <vector>

namespace search_gpu_cases {

using kernels::first_pass;
using kernels::metric;
using kernels::row_state;

struct matrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<float> values = {};
  [[nodiscard]] auto view() const { return kernels::packed(values.data(), {rows, columns}); }
  float* row(std::int64_t r) { return values.data() + r * columns; }
};

/// Rows round a common direction, so that the mean matters, with repeated rows, rows a few units in
/// the last place apart, zeros, and rows that are not finite.
inline matrix difficult_rows(std::int64_t rows, std::int64_t columns, unsigned seed, float cone) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  matrix m{rows, columns, std::vector<float>(static_cast<std::size_t>(rows * columns))};
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t k = 0; k < columns; ++k) {
      m.row(r)[k] = normal(random) + cone * static_cast<float>(k % 5 - 1);
    }
    const auto kind = random() % 16;
    const std::int64_t other =
        r == 0 ? 0 : static_cast<std::int64_t>(random() % static_cast<unsigned>(r));
    if (kind < 3) std::copy_n(m.row(other), columns, m.row(r));
    if (kind == 1) m.row(r)[0] = std::nextafter(m.row(r)[0], 100.0F);
    if (kind == 3) std::fill_n(m.row(r), columns, 0.0F);
    if (kind == 4) m.row(r)[columns / 2] = std::numeric_limits<float>::quiet_NaN();
    if (kind == 5) m.row(r)[columns - 1] = -std::numeric_limits<float>::infinity();
  }
  return m;
}

struct lists {
  std::vector<std::int32_t> gallery_groups = {}, query_groups = {};
  std::vector<std::int64_t> excluded = {}, excluded_offsets = {};
};

struct found {
  std::vector<std::int64_t> ids = {};
  std::vector<float> scores = {};
  bool operator==(const found& other) const {
    const auto same = [](float a, float b) {
      return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
    };
    return ids == other.ids &&
           std::equal(scores.begin(), scores.end(), other.scores.begin(), other.scores.end(), same);
  }
};

/// The definition: all scores, sorted.
inline found plain_search(const kernels::search_gallery& gallery, const matrix& queries, int k,
                          std::optional<float> threshold, const lists& lists) {
  const metric what = gallery.options().metric;
  const auto& rows = gallery.rows();
  const kernels::packed_rows q(kernels::on_cpu{1}, queries.view(), what == metric::cosine);
  found result;
  for (std::int64_t i = 0; i < q.count(); ++i) {
    std::vector<std::pair<float, std::int64_t>> all;
    for (std::int64_t r = 0; r < rows.count() && q.state(i) != row_state::not_finite; ++r) {
      if (rows.state(r) == row_state::not_finite) continue;
      if (!lists.gallery_groups.empty()) {
        const auto group = lists.query_groups[static_cast<std::size_t>(i)];
        if (group >= 0 && group == lists.gallery_groups[static_cast<std::size_t>(r)]) continue;
      }
      if (!lists.excluded_offsets.empty()) {
        const auto begin =
            lists.excluded.begin() + lists.excluded_offsets[static_cast<std::size_t>(i)];
        const auto end =
            lists.excluded.begin() + lists.excluded_offsets[static_cast<std::size_t>(i + 1)];
        if (std::find(begin, end, r) != end) continue;
      }
      const float dot = kernels::math::dot(q.row(i), rows.row(r), rows.stride());
      float score = dot;
      if (what == metric::cosine) score = std::clamp(dot, -1.0F, 1.0F);
      if (what == metric::euclidean) {
        score = std::sqrt(kernels::math::squared_distance(q.row(i), rows.row(r), rows.stride()));
      }
      if (score != score) continue;
      if (threshold && (what == metric::euclidean ? score > *threshold : score < *threshold)) {
        continue;
      }
      all.emplace_back(what == metric::euclidean ? score : -score, r);
    }
    std::sort(all.begin(), all.end());
    for (std::size_t j = 0; j < static_cast<std::size_t>(k); ++j) {
      const bool there = j < all.size();
      const float best = there ? all[j].first : std::numeric_limits<float>::infinity();
      result.ids.push_back(there ? all[j].second : -1);
      result.scores.push_back((what == metric::euclidean ? best : -best) + 0.0F);
    }
  }
  return result;
}

/// run(gallery, queries, k, threshold, lists) gives found.
template <class Run>
bool finds_the_same(const Run& run, const kernels::search_gallery& gallery, const matrix& queries,
                    int k, std::optional<float> threshold = {}, const lists& lists = {}) {
  return run(gallery, queries, k, threshold, lists) ==
         plain_search(gallery, queries, k, threshold, lists);
}

inline constexpr first_pass kPasses[] = {first_pass::float32, first_pass::float16,
                                         first_pass::bfloat16, first_pass::int8};

/// Every first pass and metric on one gallery.
template <class Run>
void all_passes(const Run& run, std::int64_t rows, std::int64_t columns, std::int64_t queries,
                int k, float cone) {
  const matrix gallery = difficult_rows(rows, columns, 1, cone);
  const matrix q = difficult_rows(queries, columns, 2, cone);
  for (const metric what : {metric::cosine, metric::inner_product, metric::euclidean}) {
    for (const first_pass pass : kPasses) {
      CAPTURE(static_cast<int>(what));
      CAPTURE(static_cast<int>(pass));
      const kernels::search_gallery g(kernels::on_cpu{1}, gallery.view(), {what, pass});
      CHECK(finds_the_same(run, g, q, k));
    }
  }
}

/// Groups, lists, thresholds equal to a score, queries that are rows of the gallery.
template <class Run>
void all_filters(const Run& run, std::int64_t rows, first_pass pass) {
  matrix gallery = difficult_rows(rows, 24, 3, 1.5F);
  matrix q = difficult_rows(5, 24, 4, 1.5F);
  std::copy_n(gallery.row(0), 24, q.row(0));
  const kernels::search_gallery g(kernels::on_cpu{1}, gallery.view(), {metric::cosine, pass});
  lists l;
  for (std::int64_t r = 0; r < rows; ++r)
    l.gallery_groups.push_back(static_cast<std::int32_t>(r % 4) - 1);
  l.query_groups = {0, 1, 2, -1, 7};
  CHECK(finds_the_same(run, g, q, 6, {}, l));
  const found all = plain_search(g, q, 6, {}, {});
  l = {};
  l.excluded_offsets = {0, 2, 2, 3, 5, 6};
  l.excluded = {all.ids[0], all.ids[2], all.ids[12], -5, all.ids[18], rows + 3};
  CHECK(finds_the_same(run, g, q, 6, {}, l));
  for (const float threshold : {all.scores[3], 1.0F, -1.0F, 0.0F}) {
    CHECK(finds_the_same(run, g, q, 6, threshold));
  }
}

/// Inner products with queries of every size, from those whose products underflow to those whose
/// sums overflow, and rows of which some are much larger than others.
template <class Run>
void all_sizes(const Run& run, std::int64_t rows, first_pass pass) {
  constexpr std::int64_t kColumns = 20;
  matrix gallery = difficult_rows(rows, kColumns, 9, 0.0F);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float size = r % 7 == 0 ? 1e15F : r % 7 < 3 ? 1e-20F : 1.0F;
    for (std::int64_t k = 0; k < kColumns; ++k) gallery.row(r)[k] *= size;
  }
  const float sizes[] = {1e-44F, 1e-42F, 1e-38F, 1e-30F, 1e-15F, 1e15F, 1e22F, 1e28F, 1e37F};
  matrix q = difficult_rows(std::ssize(sizes), kColumns, 10, 0.0F);
  for (std::int64_t i = 0; i < q.rows; ++i) {
    for (std::int64_t k = 0; k < kColumns; ++k) {
      q.row(i)[k] = static_cast<float>((i + k * k) % 7 - 3) * sizes[i];
    }
  }
  for (const float shrink : {1.0F, 1e-15F, 1e-30F}) {
    CAPTURE(shrink);
    for (float& v : gallery.values) v *= shrink;
    const kernels::search_gallery g(kernels::on_cpu{1}, gallery.view(),
                                    {metric::inner_product, pass});
    CHECK(finds_the_same(run, g, q, 5));
  }
}

}  // namespace search_gpu_cases
