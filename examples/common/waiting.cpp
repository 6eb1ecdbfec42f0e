#include <common/run_main.hpp>
#include <common/stopwatch.hpp>
#include <common/waiting.hpp>

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>

namespace kernels::examples {

waiting::waiting(std::string program, std::string what, bool quiet)
    : program_(std::move(program)),
      what_(std::move(what)),
      terminal_(::isatty(STDERR_FILENO) == 1) {
  if (!quiet) teller_ = std::jthread([this] { tell(); });
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
  const auto pause = terminal_ ? std::chrono::seconds(1) : std::chrono::seconds(5);
  bool shown = false;
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, pause, [this] { return over_; })) {
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
