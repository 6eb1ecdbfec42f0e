// assignment's row loops over `lanes`, included once for each instruction set.

/// Appends the columns whose bits are set.
template <class T>
bool gate_bits(const T* cost, std::int64_t first, std::uint64_t bits, std::int64_t& found,
               std::int32_t* columns, double* costs) {
  for (; bits != 0; bits &= bits - 1) {
    const std::int64_t j = first + __builtin_ctzll(bits);
    if (cost[j] < -math::kAssignmentLargest<T>) return false;
    columns[found] = static_cast<std::int32_t>(j);
    costs[found++] = static_cast<double>(cost[j]);
  }
  return true;
}

template <class T>
std::int64_t gate_row(const T* cost, std::int64_t count, T ceiling, std::int32_t* columns,
                      double* costs) {
  std::int64_t found = 0;
  std::int64_t j = 0;
  for (; j + 64 <= count; j += 64) {
    const std::uint64_t bits = lanes::gate(cost + j, ceiling);
    if (bits != 0 && !gate_bits(cost, j, bits, found, columns, costs)) return kAssignmentRefused;
  }
  if (j == count) return found;
  const std::uint64_t bits = lanes::gate_some(cost + j, count - j, ceiling);
  return gate_bits(cost, j, bits, found, columns, costs) ? found : kAssignmentRefused;
}

template <class T>
T least(const T* cost, std::int64_t count) {
  auto smallest = lanes::set(math::kAssignmentFar);
  std::int64_t j = 0;
  for (; j + lanes::kWidth <= count; j += lanes::kWidth) {
    smallest = lanes::min(lanes::load(cost + j), smallest);
  }
  return exact::min(portable::least(cost + j, count - j),
                    static_cast<T>(lanes::smallest(smallest)));
}

template <bool Start, class T>
double expand(const T* cost, const double* price, std::int64_t count, T ceiling, double h,
              std::int32_t row, double* reach, std::int32_t* from, double* blocks) {
  const auto far = lanes::set(math::kAssignmentFar);
  const auto most = lanes::set(static_cast<double>(ceiling));
  const auto from_here = lanes::set(h);
  const auto step = [&](std::int64_t j) {
    const auto c = lanes::load(cost + j);
    const auto there = lanes::add(lanes::sub(c, lanes::load(price + j)), from_here);
    const auto before = Start ? far : lanes::load(reach + j);
    const auto better = lanes::both_less(c, most, there, before);
    const auto now = lanes::select(better, there, before);
    lanes::store(reach + j, now);
    lanes::store_where(better, from + j, row);
    return now;
  };
  auto smallest = far;
  std::int64_t j = 0;
  for (; j + kAssignmentBlock <= count; j += kAssignmentBlock, blocks += kAssignmentBlockLanes) {
    auto one = far;
    auto other = far;
    for (std::int64_t k = 0; k < kAssignmentBlock; k += 2 * lanes::kWidth) {
      one = lanes::min(step(j + k), one);
      other = lanes::min(step(j + k + lanes::kWidth), other);
    }
    one = lanes::min(one, other);
    lanes::store(blocks, one);
    smallest = lanes::min(one, smallest);
  }
  for (; j + lanes::kWidth <= count; j += lanes::kWidth) smallest = lanes::min(step(j), smallest);
  const double rest = Start ? portable::start(cost + j, price + j, count - j, ceiling, row,
                                              reach + j, from + j, blocks)
                            : portable::relax(cost + j, price + j, count - j, ceiling, h, row,
                                              reach + j, from + j, blocks);
  return exact::min(rest, lanes::smallest(smallest));
}

template <class T>
double relax(const T* cost, const double* price, std::int64_t count, T ceiling, double h,
             std::int32_t row, double* reach, std::int32_t* from, double* blocks) {
  return expand<false>(cost, price, count, ceiling, h, row, reach, from, blocks);
}

template <class T>
double start(const T* cost, const double* price, std::int64_t count, T ceiling, std::int32_t row,
             double* reach, std::int32_t* from, double* blocks) {
  return expand<true>(cost, price, count, ceiling, 0.0, row, reach, from, blocks);
}

inline double survey(const double* reach, std::int64_t count, double* blocks) {
  auto smallest = lanes::set(math::kAssignmentFar);
  std::int64_t j = 0;
  for (; j + kAssignmentBlock <= count; j += kAssignmentBlock, blocks += kAssignmentBlockLanes) {
    auto one = lanes::load(reach + j);
    for (std::int64_t k = lanes::kWidth; k < kAssignmentBlock; k += lanes::kWidth) {
      one = lanes::min(lanes::load(reach + j + k), one);
    }
    lanes::store(blocks, one);
    smallest = lanes::min(one, smallest);
  }
  return exact::min(portable::least(reach + j, count - j), lanes::smallest(smallest));
}

inline std::int64_t pick(const double* reach, const double* blocks, std::int64_t count,
                         double least, const std::int32_t* row_of) {
  const auto wanted = lanes::set(least);
  std::int64_t taken = -1;
  std::int64_t j = 0;
  for (; j + kAssignmentBlock <= count; j += kAssignmentBlock, blocks += kAssignmentBlockLanes) {
    if (lanes::equal_bits(lanes::load(blocks), wanted) == 0) continue;
    std::uint64_t bits = 0;
    for (std::int64_t k = 0; k < kAssignmentBlock; k += lanes::kWidth) {
      bits |= std::uint64_t{lanes::equal_bits(lanes::load(reach + j + k), wanted)} << k;
    }
    for (; bits != 0; bits &= bits - 1) {
      const std::int64_t column = j + __builtin_ctzll(bits);
      if (row_of[column] < 0) return column;
      if (taken < 0) taken = column;
    }
  }
  const std::int64_t last = portable::pick(reach + j, blocks, count - j, least, row_of + j);
  if (last < 0) return taken;
  return taken < 0 || row_of[j + last] < 0 ? j + last : taken;
}

template <class T>
inline constexpr assignment_loops<T> kAssignmentLoops = {&gate_row<T>, &least<T>, &relax<T>,
                                                         &start<T>,    &survey,   &pick};
