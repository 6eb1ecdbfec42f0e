// Part of the CUDA emulator: how launches are scheduled, what they count, and their error type.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace kernels::emulator {

// Everything the emulator complains about. One line: where, which block and thread, and what.
struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct schedule_options {
  // 0: blocks in order, and always the lowest-numbered thread that can run.
  // Others: a reproducible random order of blocks and threads.
  unsigned seed = 0;
  // What CUDA leaves undefined or merely tolerates at barriers and warp operations is an error.
  bool strict = true;
};

struct launch_stats {
  std::uint64_t threads = 0;   // CUDA threads run
  std::uint64_t switches = 0;  // times a thread was resumed
};

inline thread_local schedule_options current_options;
inline thread_local launch_stats current_stats;

// The schedule of all launches of this OS thread while the object lives; such objects nest.
class [[nodiscard]] schedule {
 public:
  explicit schedule(schedule_options options)
      : previous_(std::exchange(current_options, options)) {}
  ~schedule() { current_options = previous_; }
  schedule(const schedule&) = delete;
  schedule& operator=(const schedule&) = delete;

 private:
  schedule_options previous_;
};

// Of the latest launch on this OS thread, also if it ended with an error.
inline launch_stats last_stats() { return current_stats; }

// Makes every choice that a schedule leaves open. It uses no standard distribution or shuffle,
// whose results differ between libraries: a seed means the same schedule everywhere.
class chooser {
 public:
  explicit chooser(unsigned seed) : shuffled_(seed != 0), state_(seed) {
    // Races show under different mixtures of warps: some seeds let a warp run far ahead of the
    // others, some change warps after each thread.
    constexpr unsigned kPatience[] = {1, 16, 256};
    patience_ = kPatience[seed % 3];
  }

  // The number of one of the bits set in `bits`, which is not 0.
  unsigned bit(unsigned bits) {
    if (!shuffled_) return static_cast<unsigned>(std::countr_zero(bits));
    const int turn = static_cast<int>(random() % 32);
    return static_cast<unsigned>(turn + std::countr_zero(std::rotr(bits, turn))) % 32;
  }

  // Whether to look at another warp although this one could go on.
  bool change_warp() { return !shuffled_ || random() % patience_ == 0; }

  // The numbers 0 ... n-1 in the order of the schedule.
  std::vector<std::uint64_t> order(std::uint64_t n) {
    std::vector<std::uint64_t> numbers(n);
    for (std::uint64_t i = 0; i < n; ++i) numbers[i] = i;
    if (shuffled_)
      for (std::uint64_t i = n; i > 1; --i)
        std::swap(numbers[i - 1], numbers[static_cast<std::size_t>(random() % i)]);
    return numbers;
  }

 private:
  std::uint64_t random() {  // splitmix64
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  bool shuffled_;
  unsigned patience_;
  std::uint64_t state_;
};

}  // namespace kernels::emulator
