// Independent pieces of a program's work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace kernels::examples {

/// Calls body(k) for k = 0 … count−1 on the calling thread and threads − 1 others. The first
/// exception is rethrown; pieces that have not begun by then are left out.
template <class Body>
void parallel_for(int threads, std::int64_t count, const Body& body) {
  std::atomic<std::int64_t> next{0};
  std::exception_ptr thrown;
  std::mutex thrown_mutex;
  const auto work = [&] {
    try {
      for (auto k = next++; k < count; k = next++) body(k);
    } catch (...) {
      const std::lock_guard lock(thrown_mutex);
      if (!thrown) thrown = std::current_exception();
      next = count;
    }
  };
  {
    std::vector<std::jthread> helpers;
    const auto wanted = std::min<std::int64_t>(threads, count) - 1;
    for (std::int64_t t = 0; t < wanted; ++t) helpers.emplace_back(work);
    work();
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace kernels::examples
