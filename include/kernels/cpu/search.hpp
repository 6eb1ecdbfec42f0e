// search on the CPU: threads take chunks of the gallery, scan them for a block of queries, and keep
// candidates; then each query's survivors are scored exactly and ordered. Which rows a thread took,
// and when it learned what the others found, decides what is scored, never what is returned.
#pragma once

#include <kernels/cpu/dot_tile.hpp>
#include <kernels/cpu/search_candidates.hpp>
#include <kernels/cpu/search_tile.hpp>
#include <kernels/embedding/compact_query.hpp>
#include <kernels/embedding/search_gallery.hpp>

#include <atomic>
#include <optional>
#include <thread>

namespace kernels::inline KERNELS_ABI::cpu {

/// What search looks for, and where not.
struct search_request {
  std::int64_t k = 0;              ///< 0: all that reach the threshold
  std::optional<float> threshold;  ///< least similarity, largest distance
  view<const std::int32_t, 1> gallery_groups, query_groups;
  view<const std::int64_t, 1> excluded, excluded_offsets;
};

struct search_hit {
  std::int64_t row;
  float score;
};

/// Searches a block of queries after the other.
class search_scan {
 public:
  static constexpr std::int64_t kBlock = 1024;

  search_scan(on_cpu exec, const search_gallery& gallery, const packed_rows& queries,
              const search_request& request)
      : exec_(exec),
        rows_(gallery.rows()),
        compact_(gallery.compact()),
        queries_(queries),
        request_(request),
        what_(gallery.options().metric) {
    const instruction_set isa = choose(exec.isa);
    dots_ = what_ == metric::euclidean ? dot_tile_for<true>(isa) : dot_tile_for<false>(isa);
    tile_ = compact_.usable() ? compact_tile_for(compact_.type(), isa) : nullptr;
    filter_ = compact_filter_for(isa);
  }

  /// Calls result(query, hits, survivors) for every query, from any thread, in any order.
  template <class Result>
  void run(const Result& result) {
    for (std::int64_t first = 0; first < queries_.count(); first += kBlock) {
      start(first, std::min(kBlock, queries_.count() - first));
      scan();
      parallel_for(exec_, size(), [&](std::int64_t q) { finish(q, result); });
    }
  }

 private:
  struct task {
    std::int64_t query = 0;    // of queries_
    std::int64_t compact = 0;  // of prepared_, or −1: float32
    double floor = 0;
    std::vector<std::int64_t> excluded;  // ascending
  };

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(tasks_.size()); }
  [[nodiscard]] task& at(std::int64_t q) { return tasks_[static_cast<std::size_t>(q)]; }

  void start(std::int64_t first, std::int64_t count) {
    tasks_.clear();
    float_tasks_.clear();
    compact_tasks_.clear();
    if (compact_.usable()) prepared_.resize(compact_, count);
    for (std::int64_t k = 0; k < count; ++k) {
      task t;
      t.query = first + k;
      t.compact = -1;
      const bool finite = queries_.state(t.query) != row_state::not_finite;
      const auto prepared = static_cast<std::int64_t>(compact_tasks_.size());
      if (finite && compact_.usable() && prepared_.set(compact_, prepared, queries_.row(t.query))) {
        t.compact = prepared;
        compact_tasks_.push_back(k);
      } else if (finite) {
        float_tasks_.push_back(k);
      }
      t.floor = floor_of(t);
      take_exclusions(t);
      tasks_.push_back(std::move(t));
    }
    keys_ = std::vector<std::atomic<double>>(static_cast<std::size_t>(count));
    for (std::int64_t k = 0; k < count; ++k) {
      keys_[static_cast<std::size_t>(k)].store(at(k).floor, std::memory_order_relaxed);
    }
  }

  /// A key that every row of the answer reaches.
  [[nodiscard]] double floor_of(const task& t) const {
    if (!request_.threshold) return -std::numeric_limits<double>::infinity();
    const auto threshold = static_cast<double>(*request_.threshold);
    if (what_ != metric::euclidean) return threshold;
    if (t.compact < 0) return -threshold;
    // a square root that rounds to the threshold may be of a little more than its square
    const compact_query& q = prepared_[t.compact];
    return (q.squares - threshold * threshold * (1 + 0x1p-20)) / 2 - 0x1p-120;
  }

  void take_exclusions(task& t) {
    if (request_.excluded_offsets.data == nullptr) return;
    const auto& offsets = request_.excluded_offsets;
    const std::int64_t from = offsets.data[t.query * offsets.stride[0]];
    const std::int64_t to = offsets.data[(t.query + 1) * offsets.stride[0]];
    for (std::int64_t i = from; i < to; ++i) {
      t.excluded.push_back(request_.excluded.data[i * request_.excluded.stride[0]]);
    }
    std::sort(t.excluded.begin(), t.excluded.end());
  }

  [[nodiscard]] bool admits(const task& t, std::int64_t row) const {
    if (row >= rows_.count() || rows_.state(row) == row_state::not_finite) return false;
    if (request_.query_groups.data != nullptr) {
      const std::int32_t group =
          request_.query_groups.data[t.query * request_.query_groups.stride[0]];
      if (group >= 0 &&
          group == request_.gallery_groups.data[row * request_.gallery_groups.stride[0]]) {
        return false;
      }
    }
    return t.excluded.empty() || !std::binary_search(t.excluded.begin(), t.excluded.end(), row);
  }

  /// The exact score, and bounds of the key that compare with those of rows not yet scored.
  void score(const task& t, search_candidate& c) const {
    float sum = 0;
    dots_(queries_.row(t.query), 0, 1, rows_.row(c.row), 0, 1, rows_.stride(), &sum, 1);
    c.score = math::search_score(what_, sum);
    c.scored = true;
    if (what_ != metric::euclidean) {
      c.lower = c.upper = static_cast<double>(sum);
      return;
    }
    const double squares = prepared_[t.compact].squares;
    const double margin =
        4 * compact_.rounding().exact * static_cast<double>(sum) + 0x1p-48 * squares + 0x1p-120;
    c.lower = (squares - static_cast<double>(sum) - margin) / 2;
    c.upper = (squares - static_cast<double>(sum) + margin) / 2;
  }

  void scan() {
    constexpr std::int64_t kChunkBytes = 512 << 10;
    constexpr std::int64_t kRows = compact_rows::kPanelRows;
    const std::int64_t panels = (rows_.count() + kRows - 1) / kRows;
    const std::int64_t bytes = kRows * rows_.stride() * 4;
    const std::int64_t chunk = std::max<std::int64_t>(
        1, kChunkBytes /
               std::max<std::int64_t>(1, compact_.usable() ? compact_.panel_bytes() : bytes));
    const std::int64_t chunks = (panels + chunk - 1) / chunk;
    const int wanted = exec_.threads > 0
                           ? exec_.threads
                           : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const std::int64_t worth = 1 + panels * bytes * size() / (1 << 20);
    parts_.resize(static_cast<std::size_t>(
        std::max<std::int64_t>(1, std::min({std::int64_t{wanted}, chunks, worth}))));
    std::atomic<std::int64_t> next{0};
    parallel_for(exec_, static_cast<std::int64_t>(parts_.size()), [&](std::int64_t p) {
      part& mine = parts_[static_cast<std::size_t>(p)];
      mine.assign(tasks_.size(), {});
      for (std::int64_t q = 0; q < size(); ++q) {
        mine[static_cast<std::size_t>(q)].start(what_, request_.k, at(q).floor);
      }
      for (std::int64_t c = next++; c < chunks; c = next++) {
        const std::int64_t end = std::min(panels, (c + 1) * chunk);
        scan_compact(mine, c * chunk, end);
        scan_float(mine, c * chunk, end);
      }
    });
  }

  using part = std::vector<search_candidates>;

  /// Exchanges with the other threads what is known of the k-th best key.
  void exchange(std::int64_t q, search_candidates& found) {
    auto& shared = keys_[static_cast<std::size_t>(q)];
    double key = shared.load(std::memory_order_relaxed);
    while (key < found.key() && !shared.compare_exchange_weak(key, found.key())) {
    }
    found.raise(key);
  }

  /// What the loop over panels needs of a query, at hand.
  struct lane_query {
    const task* of;
    search_candidates* found;
    const compact_query* query;
    double wanted;  ///< the limit less what no row changes

    void update() { wanted = found->limit() - query->base - query->constant * (1 + 0x1p-40); }
    /// At most what a row of a panel with these bounds has to reach.
    [[nodiscard]] float limit(const compact_rows::bounds& most) const {
      const double error =
          (query->norm * static_cast<double>(most.residual) +
           query->lost * static_cast<double>(most.size) + static_cast<double>(most.slack)) *
          (1 + 0x1p-40);
      return rounded_down(wanted - error);
    }
  };

  void scan_compact(part& found, std::int64_t first_panel, std::int64_t end_panel) {
    constexpr std::int64_t kRows = compact_rows::kPanelRows;
    alignas(64) float out[kTileQueries * kRows];
    const auto count = static_cast<std::int64_t>(compact_tasks_.size());
    for (std::int64_t g = 0; g < count; g += kTileQueries) {
      const auto n = static_cast<int>(std::min<std::int64_t>(kTileQueries, count - g));
      lane_query lanes[kTileQueries];
      float scales[kTileQueries], limits[kTileQueries];
      std::uint64_t masks[kTileQueries];
      for (int i = 0; i < n; ++i) {
        const std::int64_t q = compact_tasks_[static_cast<std::size_t>(g + i)];
        search_candidates& mine = found[static_cast<std::size_t>(q)];
        exchange(q, mine);
        lanes[i] = {&at(q), &mine, &prepared_[g + i], 0};
        lanes[i].update();
        scales[i] = prepared_[g + i].scale;
      }
      for (std::int64_t p = first_panel; p < end_panel; ++p) {
        tile_(compact_.panel(p), prepared_.data(g), prepared_.bytes(), n, compact_.dimension(),
              out);
        for (int i = 0; i < n; ++i) limits[i] = lanes[i].limit(compact_.of_panel(p));
        if (!filter_(out, n, compact_.scale(p), scales, compact_.bias(p), limits, masks)) continue;
        for (int i = 0; i < n; ++i) take_compact(lanes[i], p * kRows, out + i * kRows, masks[i]);
      }
    }
  }

  void take_compact(lane_query& lane, std::int64_t first, const float* v, std::uint64_t mask) {
    if (mask == 0) return;
    for (; mask != 0; mask &= mask - 1) {
      const int r = __builtin_ctzll(mask);
      search_candidate c;
      c.row = first + r;
      if (c.row >= rows_.count()) break;
      const double key = lane.query->base + static_cast<double>(v[r]);
      const double error = lane.query->error(compact_.of_row(c.row));
      c.upper = key + error;
      c.lower = key - error;
      if (c.upper < lane.found->limit() || !admits(*lane.of, c.row)) continue;
      lane.found->offer(c, [&](search_candidate& one) { score(*lane.of, one); });
    }
    lane.update();
  }

  /// At most x, as a float.
  static float rounded_down(double x) {
    const auto f = static_cast<float>(x);
    if (!std::isfinite(f)) return f;
    return f - std::abs(f) * 0x1p-23F - 0x1p-126F;
  }

  void scan_float(part& found, std::int64_t first_panel, std::int64_t end_panel) {
    constexpr std::int64_t kRows = compact_rows::kPanelRows;
    float sums[kRows * kTileQueries];
    alignas(64) float out[kRows];
    const auto count = static_cast<std::int64_t>(float_tasks_.size());
    for (std::int64_t g = 0; g < count;) {
      const std::int64_t first = float_tasks_[static_cast<std::size_t>(g)];
      std::int64_t n = 1;  // queries that are neighbours
      while (n < kTileQueries && g + n < count &&
             float_tasks_[static_cast<std::size_t>(g + n)] == first + n) {
        ++n;
      }
      for (std::int64_t i = 0; i < n; ++i) {
        exchange(first + i, found[static_cast<std::size_t>(first + i)]);
      }
      for (std::int64_t p = first_panel; p < end_panel; ++p) {
        const std::int64_t rows = std::min(kRows, rows_.count() - p * kRows);
        dots_(rows_.row(p * kRows), rows_.stride(), rows, queries_.row(at(first).query),
              queries_.stride(), n, rows_.stride(), sums, kTileQueries);
        for (std::int64_t i = 0; i < n; ++i) {
          for (std::int64_t r = 0; r < rows; ++r) out[r] = sums[r * kTileQueries + i];
          take_float(at(first + i), found[static_cast<std::size_t>(first + i)], p * kRows, rows,
                     out);
        }
      }
      g += n;
    }
  }

  void take_float(const task& t, search_candidates& found, std::int64_t first, std::int64_t rows,
                  float* out) {
    double limit = found.limit();
    const bool distance = what_ == metric::euclidean;
    if (distance) {  // −squares ≥ −limit²
      for (std::int64_t r = 0; r < rows; ++r) out[r] = -out[r];
      limit = limit > 0 ? limit : -limit * limit * (1 + 0x1p-20) - 0x1p-140;
    }
    std::fill(out + rows, out + compact_rows::kPanelRows, std::numeric_limits<float>::quiet_NaN());
    const float least = rounded_down(limit);
    std::uint64_t mask = 0;
    filter_(out, 1, nullptr, nullptr, nullptr, &least, &mask);
    for (; mask != 0; mask &= mask - 1) {
      const int lane = __builtin_ctzll(mask);
      search_candidate c;
      c.row = first + lane;
      c.score = math::search_score(what_, distance ? -out[lane] : out[lane]);
      c.scored = true;
      c.upper = c.lower = static_cast<double>(math::search_key(what_, c.score));
      if (c.upper < found.limit() || !admits(t, c.row)) continue;
      found.offer(c, [](search_candidate&) {});
    }
  }

  template <class Result>
  void finish(std::int64_t q, const Result& result) {
    const task& t = at(q);
    std::vector<search_candidate> all;
    for (part& one : parts_) {
      auto& found = one[static_cast<std::size_t>(q)].all();
      all.insert(all.end(), found.begin(), found.end());
      found = {};
    }
    keep_survivors(what_, request_.k, t.floor, all);
    const auto survivors = static_cast<std::int64_t>(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].scored) continue;
      if (i + 1 < all.size()) prefetch(rows_.row(all[i + 1].row));
      score(t, all[i]);
    }
    std::erase_if(all, [&](const search_candidate& c) {
      if (std::isnan(c.score)) return true;
      return request_.threshold &&
             math::search_key(what_, c.score) < math::search_key(what_, *request_.threshold);
    });
    std::sort(all.begin(), all.end(), [&](const search_candidate& a, const search_candidate& b) {
      return candidate_before(what_, a, b);
    });
    if (request_.k > 0 && static_cast<std::int64_t>(all.size()) > request_.k) {
      all.resize(static_cast<std::size_t>(request_.k));
    }
    std::vector<search_hit> hits;
    hits.reserve(all.size());
    for (const search_candidate& c : all) hits.push_back({c.row, c.score});
    result(t.query, hits, survivors);
  }

  void prefetch(const float* row) const {
    for (std::int64_t k = 0; k < std::min<std::int64_t>(rows_.stride(), 256); k += 16) {
      __builtin_prefetch(row + k);
    }
  }

  on_cpu exec_;
  const packed_rows& rows_;
  const compact_rows& compact_;
  const packed_rows& queries_;
  const search_request& request_;
  metric what_;
  dot_tile_function dots_ = nullptr;
  compact_tile_function tile_ = nullptr;
  compact_filter_function filter_ = nullptr;
  compact_queries prepared_;
  std::vector<task> tasks_;
  std::vector<std::int64_t> compact_tasks_, float_tasks_;  // of tasks_
  std::vector<std::atomic<double>> keys_;
  std::vector<part> parts_;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
