// Independent pieces of work on several threads: oneTBB where the build found it
// (KERNELS_WITH_TBB), standard threads otherwise. Results never depend on the number of threads.
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/cpu/isa.hpp>  // its warnings are off only where it comes before TBB

#include <algorithm>
#include <cstdint>

#if defined(KERNELS_WITH_TBB)
#include <tbb/blocked_range.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#else
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>
#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// Calls body(k) for k = 0 … count−1, on the calling thread and up to exec.threads − 1 others.
/// With TBB it composes when nested. The first exception thrown by a body is rethrown here.
/// Errors: exec.threads below 0 or over 4096.
template <class Body>
void parallel_for(on_cpu exec, std::int64_t count, const Body& body) {
  if (exec.threads < 0 || exec.threads > 4096) {
    refuse("on_cpu", "threads", "0 (all cores) to 4096", std::to_string(exec.threads));
  }
  if (exec.threads == 1 || count <= 1) {
    for (std::int64_t k = 0; k < count; ++k) body(k);
    return;
  }
#if defined(KERNELS_WITH_TBB)
  const auto run = [&] {
    tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, count, 1),
                      [&](const tbb::blocked_range<std::int64_t>& range) {
                        for (auto k = range.begin(); k != range.end(); ++k) body(k);
                      });
  };
  if (exec.threads == 0) {
    run();
  } else {
    // more threads than cores would gain nothing, and TBB warns on stderr
    tbb::task_arena arena(std::min(exec.threads, tbb::info::default_concurrency()));
    arena.execute(run);
  }
#else
  const int wanted =
      exec.threads > 0 ? exec.threads : static_cast<int>(std::thread::hardware_concurrency());
  const auto helpers = std::min<std::int64_t>(std::max(wanted, 1), count) - 1;
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    try {
      for (auto k = next++; k < count; k = next++) body(k);
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  {
    std::vector<std::jthread> threads;
    try {
      for (std::int64_t t = 0; t < helpers; ++t) threads.emplace_back(work);
    } catch (const std::system_error&) {
      // no more threads to be had: those that started, and this one, do all of it
    }
    work();
  }
  if (failure) std::rethrow_exception(failure);
#endif
}

}  // namespace kernels::inline KERNELS_ABI::cpu
