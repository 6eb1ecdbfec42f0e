// Similarities of queries with the rows of a gallery, and the best rows: what any faster search
// must equal byte for byte.
#pragma once

#include <kernels/cpu/dot_tile.hpp>
#include <kernels/embedding/gallery_store.hpp>

namespace kernels::inline KERNELS_ABI::gallery_detail {

/// Clamped similarities out[q · rows + r] of packed unit queries [first, first + count) with `rows`
/// unit rows.
inline void similarities(on_cpu exec, const packed_rows& queries, std::int64_t first,
                         std::int64_t count, const rows_of<float>& unit, std::int64_t rows,
                         float* out) {
  constexpr std::int64_t kRows = 96;  // stay in the cache while all queries pass
  const auto tile = cpu::dot_tile_for(cpu::choose(exec.isa));
  cpu::parallel_for(exec, (rows + kRows - 1) / kRows, [&](std::int64_t c) {
    const std::int64_t begin = c * kRows, n = std::min(kRows, rows - begin);
    float* block = out + begin;
    tile(queries.row(first), queries.stride(), count, unit.row(begin), unit.stride(), n,
         queries.stride(), block, rows);
    for (std::int64_t q = 0; q < count; ++q) {
      for (std::int64_t r = 0; r < n; ++r) {
        block[q * rows + r] = math::clamp_similarity(block[q * rows + r]);
      }
    }
  });
}

/// Calls use(q, similarities of query q with all rows), for all queries that are finite, several at
/// a time from different threads. The matrix of similarities never exceeds 16 MB, or one row.
template <class Use>
void scan(on_cpu exec, const packed_rows& queries, const rows_of<float>& unit, std::int64_t rows,
          const Use& use) {
  constexpr std::int64_t kMost = std::int64_t{1} << 22;
  if (rows == 0 || queries.count() == 0) return;
  const std::int64_t block = std::clamp<std::int64_t>(kMost / rows, 1, 96);
  buffer<float> scores(std::min(block, queries.count()) * rows);
  for (std::int64_t first = 0; first < queries.count(); first += block) {
    const std::int64_t count = std::min(block, queries.count() - first);
    similarities(exec, queries, first, count, unit, rows, scores.data());
    cpu::parallel_for(exec, count, [&](std::int64_t q) {
      if (queries.state(first + q) != row_state::not_finite) {
        use(first + q, scores.data() + q * rows);
      }
    });
  }
}

/// Rows of slots: how many removed ones come before.
class row_numbers {
 public:
  explicit row_numbers(const store& store) {
    if (!store.has_removed()) return;
    rows_.reserve(static_cast<std::size_t>(store.slots()));
    std::int64_t row = 0;
    for (std::int64_t s = 0; s < store.slots(); ++s)
      rows_.push_back(store.owner(s) < 0 ? row : row++);
  }
  std::int64_t operator()(std::int64_t slot) const {
    return rows_.empty() ? slot : rows_[static_cast<std::size_t>(slot)];
  }

 private:
  std::vector<std::int64_t> rows_;
};

struct scored_slot {
  float score;
  std::int64_t slot;
};
/// Ties: the lower slot, which is the one enrolled first.
inline bool better(const scored_slot& a, const scored_slot& b) {
  return a.score > b.score || (a.score == b.score && a.slot < b.slot);
}

/// The k best slots of each query whose score reaches the threshold, best first. None for a query
/// that is not finite.
inline std::vector<std::vector<scored_slot>> best_slots(on_cpu exec, const store& in,
                                                        const packed_rows& queries, std::int64_t k,
                                                        float threshold) {
  std::vector<std::vector<scored_slot>> all(static_cast<std::size_t>(queries.count()));
  if (k == 0) return all;
  scan(exec, queries, in.unit(), in.slots(), [&](std::int64_t q, const float* scores) {
    std::vector<scored_slot>& best = all[static_cast<std::size_t>(q)];
    const auto most = static_cast<std::size_t>(k);
    float least = threshold;  // the heap's worst is in front, once it is full
    for (std::int64_t slot = 0; slot < in.slots(); ++slot) {
      const float score = scores[slot];
      if (!(score >= least) || in.owner(slot) < 0) continue;
      if (best.size() == most) {
        if (!(score > least)) continue;
        std::pop_heap(best.begin(), best.end(), better);
        best.back() = {score, slot};
      } else {
        best.push_back({score, slot});
      }
      std::push_heap(best.begin(), best.end(), better);
      if (best.size() == most) least = best.front().score;
    }
    std::sort_heap(best.begin(), best.end(), better);
  });
  return all;
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
