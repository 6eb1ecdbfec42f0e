// assignment's loops over one row of a dense matrix, in plain C++; the twin of those with AVX2 and
// AVX-512.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/assignment.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// What one call to gate_row found.
inline constexpr std::int64_t kAssignmentRefused = -1;
inline constexpr std::int64_t kAssignmentBlock = 64;
inline constexpr std::int64_t kAssignmentBlockLanes = 8;

/// The loops, compiled for one instruction set.
template <class T>
struct assignment_loops {
  /// Columns and costs of the row's pairs that cost at most the ceiling, in order, and their
  /// number; kAssignmentRefused if one is as −infinity. There is room for `count` of them.
  std::int64_t (*gate_row)(const T* cost, std::int64_t count, T ceiling, std::int32_t* columns,
                           double* costs);
  /// The smallest cost, NaN left out.
  T (*least)(const T* cost, std::int64_t count);
  /// Takes the row into account in reach and from, and returns the smallest reach. Columns that a
  /// search must not go to have the price −infinity. blocks: kAssignmentBlockLanes numbers for each
  /// 64 columns or part of them, where pick() sees in which of them a reach is.
  double (*relax)(const T* cost, const double* price, std::int64_t count, T ceiling, double h,
                  std::int32_t row, double* reach, std::int32_t* from, double* blocks);
  /// The same for the first row of a search, where reach and from hold nothing yet.
  double (*start)(const T* cost, const double* price, std::int64_t count, T ceiling,
                  std::int32_t row, double* reach, std::int32_t* from, double* blocks);
  /// The smallest reach, and the blocks for pick(), where reaches were changed one by one.
  double (*survey)(const double* reach, std::int64_t count, double* blocks);
  /// The first column without a row whose reach is `least`, otherwise the first one.
  std::int64_t (*pick)(const double* reach, const double* blocks, std::int64_t count, double least,
                       const std::int32_t* row_of);
};

namespace portable {

template <class T>
std::int64_t gate_row(const T* cost, std::int64_t count, T ceiling, std::int32_t* columns,
                      double* costs) {
  std::int64_t found = 0;
  for (std::int64_t j = 0; j < count; ++j) {
    if (!(cost[j] <= ceiling)) continue;
    if (cost[j] < -math::kAssignmentLargest<T>) return kAssignmentRefused;
    columns[found] = static_cast<std::int32_t>(j);
    costs[found++] = static_cast<double>(cost[j]);
  }
  return found;
}

template <class T>
T least(const T* cost, std::int64_t count) {
  T smallest = std::numeric_limits<T>::infinity();
  for (std::int64_t j = 0; j < count; ++j) smallest = exact::min(cost[j], smallest);
  return smallest;
}

template <class T>
double relax(const T* cost, const double* price, std::int64_t count, T ceiling, double h,
             std::int32_t row, double* reach, std::int32_t* from, double* /*blocks*/) {
  double least = math::kAssignmentFar;
  for (std::int64_t j = 0; j < count; ++j) {
    const double there = math::assignment_reach(static_cast<double>(cost[j]), price[j], h);
    if (cost[j] <= ceiling && there < reach[j]) {
      reach[j] = there;
      from[j] = row;
    }
    least = exact::min(reach[j], least);
  }
  return least;
}

template <class T>
double start(const T* cost, const double* price, std::int64_t count, T ceiling, std::int32_t row,
             double* reach, std::int32_t* from, double* blocks) {
  for (std::int64_t j = 0; j < count; ++j) reach[j] = math::kAssignmentFar;
  return relax(cost, price, count, ceiling, 0.0, row, reach, from, blocks);
}

inline double survey(const double* reach, std::int64_t count, double* /*blocks*/) {
  return least(reach, count);
}

inline std::int64_t pick(const double* reach, const double* /*blocks*/, std::int64_t count,
                         double least, const std::int32_t* row_of) {
  std::int64_t taken = -1;
  for (std::int64_t j = 0; j < count; ++j) {
    if (reach[j] != least) continue;
    if (row_of[j] < 0) return j;
    if (taken < 0) taken = j;
  }
  return taken;
}

template <class T>
inline constexpr assignment_loops<T> kAssignmentLoops = {&gate_row<T>, &least<T>, &relax<T>,
                                                         &start<T>,    &survey,   &pick};

}  // namespace portable
}  // namespace kernels::inline KERNELS_ABI::cpu
