// Where the time goes.
#pragma once

#include <chrono>

namespace kernels::examples {

/// Seconds since it was made or last asked to lap().
class stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(clock::now() - start_).count();
  }
  double lap() {
    const double past = seconds();
    start_ = clock::now();
    return past;
  }

 private:
  using clock = std::chrono::steady_clock;
  clock::time_point start_ = clock::now();
};

}  // namespace kernels::examples
