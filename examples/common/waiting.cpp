#include <common/run_main.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/waiting.hpp>

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace kernels::examples {

waiting::waiting(std::string program, std::string what, bool quiet)
    : program_(std::move(program)),
      what_(std::move(what)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      quiet_(quiet) {
  teller_ = std::jthread([this] { tell(); });
}

waiting::~waiting() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
}

void waiting::tell() {
  const stopwatch since;
  const double pause = terminal_ ? 1 : 5;
  double next = pause;
  bool shown = false;
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return over_; })) {
    if (const int signal = stop_signal(); signal != 0) {
      if (shown) std::fputs("\r\033[K", stderr);
      print_message(program_, "stopped; every file that was written is complete");
      std::_Exit(128 + signal);
    }
    if (quiet_ || since.seconds() < next) continue;
    next += pause;
    const std::string text = what_ + ", " + std::to_string(std::llround(since.seconds())) + " s";
    if (terminal_) {
      std::fputs(("\r\033[K" + program_ + " " + text).c_str(), stderr);
      std::fflush(stderr);
      shown = true;
    } else {
      print_message(program_, text);
    }
  }
  if (shown) std::fputs("\r\033[K", stderr);
}

}  // namespace kernels::examples
