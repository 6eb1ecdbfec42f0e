#include <common/errors.hpp>
#include <common/stop.hpp>

#include <atomic>
#include <csignal>

namespace kernels::examples {
namespace {

std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);

void remember(int signal) { received = signal; }

}  // namespace

void stop_at_signals() {
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

int stop_signal() { return received; }

void throw_if_stopped() {
  if (received != 0) throw stopped();
}

}  // namespace kernels::examples
