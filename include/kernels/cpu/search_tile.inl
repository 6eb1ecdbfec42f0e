// First-pass scores of the 64 rows of a panel for a few queries, for one instruction set and one
// compact type: `Step` says how. Included in each target region.

/// Groups × 16 rows and Queries queries at once, accumulators in registers.
template <class Step, int Groups, int Queries>
void compact_block(const std::byte* panel, const std::byte* queries, std::int64_t query_bytes,
                   std::int64_t steps, float* out) {
  constexpr std::int64_t kStepBytes = 4 * Step::kBytes;
  typename Step::sums sums[Queries][Groups];
  KERNELS_UNROLL_BY(8)
  for (int q = 0; q < Queries; ++q) {
    KERNELS_UNROLL_BY(8)
    for (int g = 0; g < Groups; ++g) sums[q][g] = Step::zero();
  }
  for (std::int64_t s = 0; s < steps; ++s) {
    typename Step::rows right[Groups];
    KERNELS_UNROLL_BY(8)
    for (int g = 0; g < Groups; ++g) {
      right[g] = Step::load(panel + s * kStepBytes + g * Step::kBytes);
    }
    KERNELS_UNROLL_BY(8)
    for (int q = 0; q < Queries; ++q) {
      const typename Step::query left = Step::broadcast(queries + q * query_bytes, s, steps);
      KERNELS_UNROLL_BY(8)
      for (int g = 0; g < Groups; ++g) Step::add(sums[q][g], left, right[g]);
    }
  }
  KERNELS_UNROLL_BY(8)
  for (int q = 0; q < Queries; ++q) {
    KERNELS_UNROLL_BY(8)
    for (int g = 0; g < Groups; ++g) {
      Step::store(sums[q][g], queries + q * query_bytes, steps, out + q * 64 + g * 16);
    }
  }
}

template <class Step, int Queries>
void compact_queries_block(const std::byte* panel, const std::byte* queries,
                           std::int64_t query_bytes, std::int64_t steps, float* out) {
  constexpr int kGroups = Step::groups(Queries);
  for (int g = 0; g < 4; g += kGroups) {
    compact_block<Step, kGroups, Queries>(panel + g * Step::kBytes, queries, query_bytes, steps,
                                          out + g * 16);
  }
}

template <class Step>
void compact_tile(const std::byte* panel, const std::byte* queries, std::int64_t query_bytes,
                  std::int64_t count, std::int64_t dimension, float* out) {
  const std::int64_t steps = dimension / Step::kElements;
  std::int64_t q = 0;
  if constexpr (Step::kMostQueries >= 6) {
    for (; q + 6 <= count; q += 6) {
      compact_queries_block<Step, 6>(panel, queries + q * query_bytes, query_bytes, steps,
                                     out + q * 64);
    }
  }
  if constexpr (Step::kMostQueries >= 4) {
    for (; q + 4 <= count; q += 4) {
      compact_queries_block<Step, 4>(panel, queries + q * query_bytes, query_bytes, steps,
                                     out + q * 64);
    }
  }
  if constexpr (Step::kPairs) {
    for (; q + 2 <= count; q += 2) {
      compact_queries_block<Step, 2>(panel, queries + q * query_bytes, query_bytes, steps,
                                     out + q * 64);
    }
  }
  for (; q < count; ++q) {
    compact_queries_block<Step, 1>(panel, queries + q * query_bytes, query_bytes, steps,
                                   out + q * 64);
  }
}

/// Turns the products of a panel into v = product · scale (+ bias), in place, and says which rows
/// reach a query's limit: bit r of its mask. False: none does. scale (with query_scales) and bias
/// may be null.
inline bool compact_filter(float* out, int count, const float* scale, const float* query_scales,
                           const float* bias, const float* limits, std::uint64_t* masks) {
  std::uint64_t any = 0;
  for (int q = 0; q < count; ++q) {
    float* v = out + q * 64;
    const filter_lanes limit = filter_lanes::all(limits[q]);
    std::uint64_t mask = 0;
    for (int r = 0; r < 64; r += filter_lanes::kLanes) {
      filter_lanes x = filter_lanes::load(v + r);
      if (scale != nullptr) {
        const filter_lanes both =
            filter_lanes::mul(filter_lanes::load(scale + r), filter_lanes::all(query_scales[q]));
        x = filter_lanes::mul(x, both);
      }
      if (bias != nullptr) x = filter_lanes::add(x, filter_lanes::load(bias + r));
      if (scale != nullptr || bias != nullptr) filter_lanes::store(x, v + r);
      mask |= filter_lanes::reaches(x, limit) << r;
    }
    masks[q] = mask;
    any |= mask;
  }
  return any != 0;
}
