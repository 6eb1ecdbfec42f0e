// Part of the CUDA emulator: fibers, functions that can be suspended and resumed, on guarded
// stacks. It knows nothing of CUDA.
#pragma once

#include <sys/mman.h>
#include <unistd.h>
#include <boost/context/detail/fcontext.hpp>

#include <cstddef>
#include <cstdlib>
#include <deque>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define KERNELS_EMULATOR_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KERNELS_EMULATOR_ASAN 1
#endif
#endif
#if !defined(KERNELS_EMULATOR_ASAN)
#define KERNELS_EMULATOR_ASAN 0
#endif

#if KERNELS_EMULATOR_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace kernels::emulator {

// AddressSanitizer must be told when the stack changes; otherwise it takes the frames of one fiber
// for errors in another. `saved` keeps a fiber's bookkeeping while it is suspended; null frees it.
inline void before_switch([[maybe_unused]] void** saved, [[maybe_unused]] const void* stack,
                          [[maybe_unused]] std::size_t bytes) {
#if KERNELS_EMULATOR_ASAN
  __sanitizer_start_switch_fiber(saved, stack, bytes);
#endif
}
inline void after_switch([[maybe_unused]] void* saved, [[maybe_unused]] const void** old_stack,
                         [[maybe_unused]] std::size_t* old_bytes) {
#if KERNELS_EMULATOR_ASAN
  __sanitizer_finish_switch_fiber(saved, old_stack, old_bytes);
#endif
}

// A stack with an inaccessible page below it, so that an overflow cannot pass unnoticed.
class fiber_stack {
 public:
  static constexpr std::size_t kBytes = (KERNELS_EMULATOR_ASAN ? 256 : 64) * 1024;

  // Stacks lie whole pages apart. Were their tops at the same place in the page, all fibers would
  // compete for the same few cache lines, hence the offset by `number`.
  explicit fiber_stack(std::size_t number)
      : unused_bytes_(number % 16 * 256),
        guard_bytes_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    void* memory = mmap(nullptr, guard_bytes_ + kBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<char*>(memory);
    mprotect(memory_, guard_bytes_, PROT_NONE);
    forget_frames();
  }
  ~fiber_stack() { munmap(memory_, guard_bytes_ + kBytes); }
  fiber_stack(const fiber_stack&) = delete;
  fiber_stack& operator=(const fiber_stack&) = delete;

  char* bottom() const { return memory_ + guard_bytes_; }
  char* top() const { return bottom() + usable_bytes(); }
  std::size_t usable_bytes() const { return kBytes - unused_bytes_; }

  // A fiber that returned has left nothing behind. One that was abandoned has left the red zones of
  // its frames, which the next fiber on this stack must not run into.
  void occupy() {
    if (occupied_) forget_frames();
    occupied_ = true;
  }
  void leave() { occupied_ = false; }

 private:
  void forget_frames() {
#if KERNELS_EMULATOR_ASAN
    ASAN_UNPOISON_MEMORY_REGION(bottom(), kBytes);
#endif
  }

  std::size_t unused_bytes_, guard_bytes_;
  char* memory_ = nullptr;
  bool occupied_ = false;
};

// Stacks are kept between launches and released when the OS thread ends.
inline fiber_stack& pooled_stack(std::size_t i) {
  static thread_local std::deque<fiber_stack> stacks;
  while (stacks.size() <= i) stacks.emplace_back(stacks.size());
  return stacks[i];
}

// A function of its own stack. A fiber may be started anew, or destroyed, while it is suspended:
// it is then abandoned, and the destructors of its frames do not run.
class fiber {
 public:
  // `body(argument)` must return and must not throw; it begins with the first resume().
  void start(fiber_stack& stack, void (*body)(void*), void* argument) {
    stack.occupy();
    stack_ = &stack;
    body_ = body;
    argument_ = argument;
    finished_ = false;
    context_ = boost::context::detail::make_fcontext(stack.top(), stack.usable_bytes(), &enter);
  }

  // Runs the fiber until it suspends itself or returns.
  void resume() {
    void* saved = nullptr;
    before_switch(&saved, stack_->bottom(), fiber_stack::kBytes);
    context_ = boost::context::detail::jump_fcontext(context_, this).fctx;
    after_switch(saved, nullptr, nullptr);
    if (finished_) stack_->leave();
  }

  // To be called by the fiber itself: goes back to whoever resumed it.
  void suspend() {
    before_switch(finished_ ? nullptr : &saved_, caller_stack_, caller_bytes_);
    caller_ = boost::context::detail::jump_fcontext(caller_, nullptr).fctx;
    after_switch(saved_, &caller_stack_, &caller_bytes_);
  }

 private:
  // Not instrumented: this frame never returns and would leave its red zones on the stack.
  __attribute__((no_sanitize_address)) static void enter(boost::context::detail::transfer_t from) {
    fiber& self = *static_cast<fiber*>(from.data);
    self.caller_ = from.fctx;
    after_switch(nullptr, &self.caller_stack_, &self.caller_bytes_);
    self.body_(self.argument_);
    self.finished_ = true;
    self.suspend();
    std::abort();  // a finished fiber is never resumed
  }

  boost::context::detail::fcontext_t context_ = nullptr;
  boost::context::detail::fcontext_t caller_ = nullptr;
  const void* caller_stack_ = nullptr;
  std::size_t caller_bytes_ = 0;
  void* saved_ = nullptr;
  fiber_stack* stack_ = nullptr;
  void (*body_)(void*) = nullptr;
  void* argument_ = nullptr;
  bool finished_ = false;
};

}  // namespace kernels::emulator
