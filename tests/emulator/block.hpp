// Part of the CUDA emulator: one block, its threads, and the scheduler that runs them in turn,
// releases barriers and warp operations when all their threads have arrived, and reports those that
// can never complete.
#pragma once

#include <emulator/block_memory.hpp>
#include <emulator/schedule.hpp>
#include <emulator/thread.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kernels::emulator {

struct barrier_votes {
  int count = 0;  // of true predicates
  bool all = true, any = false;
};

class block {
 public:
  block(dim3 grid, dim3 size, std::size_t dynamic_bytes, bool strict, chooser& choose,
        std::function<void()> body)
      : grid_(grid),
        size_(size),
        dynamic_bytes_(dynamic_bytes),
        strict_(strict),
        choose_(choose),
        body_(std::move(body)),
        threads_(size.x * size.y * size.z) {}

  // Runs all threads of one block to their end.
  void run(uint3 index) {
    begin(index);
    while (live_ != 0) {
      if (runnable_ == 0) throw error(deadlock());
      resume(next_thread());
      if (at_barrier_ != 0 && at_barrier_ == live_) release_barrier();
    }
    shared_.release();
  }

  // For the thread that is running now, on its own stack ----------------------------------------

  const cuda_thread& thread() const { return *running_; }
  const uint3& index() const { return index_; }
  const dim3& size() const { return size_; }
  const dim3& grid() const { return grid_; }
  block_memory& shared() { return shared_; }

  barrier_votes wait_at_barrier(const char* function, call_site site, bool predicate) {
    running_->predicate = predicate;
    wait(thread_state::at_barrier, function, site);
    return votes_;
  }

  std::uint64_t wait_for_warp(const char* function, call_site site, warp_request& request) {
    running_->request = &request;
    wait(thread_state::in_warp_operation, function, site);
    return request.result;
  }

  // Ends the launch with an error. Nothing is thrown here: an exception would have to pass through
  // the kernel, whose functions may be noexcept. The thread stops for good, so its frames must own
  // nothing; hence `describe`, whose string is gone before the thread stops.
  template <class Describe>
  [[noreturn]] void fail(const char* function, call_site site, Describe describe) {
    failure_ = text(to_string(site), ": ", function, " in ", name(*running_), ": ", describe());
    running_->context.suspend();
    std::abort();  // not reached: the scheduler never resumes a thread that failed
  }

 private:
  void begin(uint3 index) {
    index_ = index;
    shared_.begin(dynamic_bytes_);
    live_ = static_cast<unsigned>(threads_.size());
    at_barrier_ = 0;
    runnable_ = 0;
    for (unsigned i = 0; i < live_; ++i) {
      cuda_thread& t = threads_[i];
      t.index = {i % size_.x, i / size_.x % size_.y, i / (size_.x * size_.y)};
      t.rank = i;
      t.context.start(pooled_stack(i), &run_body, this);
      make_ready(t);
    }
    for (unsigned w = 0; w < kWarpSize; ++w) unfinished_[w] = ready_[w];
    arrived_.fill(0);
  }

  static void run_body(void* self) {
    block& b = *static_cast<block*>(self);
    try {
      b.body_();
    } catch (const std::exception& e) {
      b.failure_ = text(b.name(*b.running_), ": the kernel threw: ", e.what());
    } catch (...) {
      b.failure_ = text(b.name(*b.running_), ": the kernel threw");
    }
    b.running_->state = thread_state::returned;
  }

  void wait(thread_state state, const char* function, call_site site) {
    running_->state = state;
    running_->function = function;
    running_->site = site;
    running_->context.suspend();
  }

  cuda_thread& next_thread() {
    if (ready_[warp_] == 0 || choose_.change_warp()) warp_ = choose_.bit(runnable_);
    return threads_[warp_ * kWarpSize + choose_.bit(ready_[warp_])];
  }

  void resume(cuda_thread& t) {
    const unsigned w = t.warp(), bit = 1u << t.lane();
    ready_[w] &= ~bit;
    if (ready_[w] == 0) runnable_ &= ~(1u << w);
    running_ = &t;
    ++current_stats.switches;
    t.context.resume();
    running_ = nullptr;
    if (!failure_.empty()) throw error(std::exchange(failure_, {}));

    if (t.state == thread_state::at_barrier) {
      ++at_barrier_;
    } else if (t.state == thread_state::in_warp_operation) {
      arrived_[w] |= bit;
      try_release(w, t.request->mask);
    } else {
      --live_;
      unfinished_[w] &= ~bit;
      // Operations that waited for this lane alone can complete now.
      for (unsigned lane = 0; lane < kWarpSize; ++lane)
        if (arrived_[w] >> lane & 1u)
          if (const unsigned mask = lane_of(w, lane).request->mask; mask & bit)
            try_release(w, mask);
    }
  }

  void make_ready(cuda_thread& t) {
    t.state = thread_state::ready;
    ready_[t.warp()] |= 1u << t.lane();
    runnable_ |= 1u << t.warp();
  }

  void release_barrier() {
    const cuda_thread* first = nullptr;
    votes_ = {};
    for (cuda_thread& t : threads_) {
      if (t.state != thread_state::at_barrier) continue;
      if (first == nullptr) first = &t;
      if (strict_ && !(t.site == first->site))
        refuse(t, text("threads of the block wait at different barriers, thread ",
                       to_string(first->index), " at ", to_string(first->site)));
      votes_.count += t.predicate;
      votes_.all &= t.predicate;
      votes_.any |= t.predicate;
    }
    if (const auto total = static_cast<unsigned>(threads_.size()); strict_ && live_ != total)
      refuse(*first, text(std::to_string(total - live_), " of ", count_of(total, "thread"),
                          " already returned"));
    at_barrier_ = 0;
    for (cuda_thread& t : threads_)
      if (t.state == thread_state::at_barrier) make_ready(t);
  }

  // Completes the warp operation of the lanes `mask` if all of them that can still come are there.
  // A lane that returned is excused, as in CUDA, unless the schedule is strict.
  void try_release(unsigned w, unsigned mask) {
    const unsigned expected = mask & unfinished_[w];
    if ((expected & ~arrived_[w]) != 0) return;
    warp_values values;
    values.lanes = expected;
    const cuda_thread* first = nullptr;
    for (unsigned lane = 0; lane < kWarpSize; ++lane) {
      if (!values.has(lane)) continue;
      const cuda_thread& t = lane_of(w, lane);
      if (t.request->mask != mask) return;  // still in an operation with other lanes
      if (first == nullptr) first = &t;
      check_same_operation(t, *first);
      values.value[lane] = t.request->value;
    }
    if (first == nullptr) return;
    check_none_returned(*first, mask & existing_lanes(w) & ~unfinished_[w]);
    for (unsigned lane = 0; lane < kWarpSize; ++lane) {
      if (!values.has(lane)) continue;
      cuda_thread& t = lane_of(w, lane);
      t.request->result = t.request->answer(t.request->context, values, lane);
      make_ready(t);
    }
    arrived_[w] &= ~expected;
  }

  void check_same_operation(const cuda_thread& t, const cuda_thread& first) const {
    const bool same_function =
        t.function == first.function || std::strcmp(t.function, first.function) == 0;
    if (same_function && (!strict_ || t.site == first.site)) return;
    refuse(t,
           text("lanes of the mask ", to_hex(t.request->mask), " wait at different places, thread ",
                to_string(first.index), " in ", first.function, " at ", to_string(first.site)));
  }

  void check_none_returned(const cuda_thread& t, unsigned returned) const {
    if (!strict_ || returned == 0) return;
    refuse(t, text("lanes ", to_hex(returned), " of the mask ", to_hex(t.request->mask),
                   " already returned"));
  }

  // Ends the launch because of what `t` waits for.
  [[noreturn]] void refuse(const cuda_thread& t, const std::string& why) const {
    throw error(text(to_string(t.site), ": ", t.function, " in ", name(t), ": ", why));
  }

  std::string deadlock() const {
    std::string report = text("deadlock in block ", to_string(index_), ":");
    const char* separator = " ";
    for (const thread_state state : {thread_state::in_warp_operation, thread_state::at_barrier}) {
      const bool in_warp = state == thread_state::in_warp_operation;
      const auto waits = [state](const cuda_thread& t) { return t.state == state; };
      const auto first = std::find_if(threads_.begin(), threads_.end(), waits);
      if (first == threads_.end()) continue;
      const auto n = std::count_if(threads_.begin(), threads_.end(), waits);
      report +=
          text(separator, count_of(static_cast<unsigned>(n), "thread"),
               in_warp ? " in a warp operation" : " at a barrier", ", first thread ",
               to_string(first->index), " in ", first->function, " at ", to_string(first->site));
      if (in_warp)
        report += text(" with mask ", to_hex(first->request->mask), ", lanes missing ",
                       to_hex(missing_lanes(*first)));
      separator = "; ";
    }
    return report;
  }

  // The lanes that keep t's warp operation from completing.
  unsigned missing_lanes(const cuda_thread& t) const {
    const unsigned w = t.warp(), mask = t.request->mask;
    unsigned missing = mask & unfinished_[w] & ~arrived_[w];
    for (unsigned lane = 0; lane < kWarpSize; ++lane)
      if ((mask & arrived_[w]) >> lane & 1u)
        if (threads_[w * kWarpSize + lane].request->mask != mask) missing |= 1u << lane;
    return missing;
  }

  cuda_thread& lane_of(unsigned w, unsigned lane) { return threads_[w * kWarpSize + lane]; }

  unsigned existing_lanes(unsigned w) const {
    const auto n = static_cast<unsigned>(threads_.size()) - w * kWarpSize;
    return n >= kWarpSize ? ~0u : (1u << n) - 1;
  }

  std::string name(const cuda_thread& t) const {
    return text("block ", to_string(index_), ", thread ", to_string(t.index));
  }

  dim3 grid_, size_;
  std::size_t dynamic_bytes_;
  bool strict_;
  chooser& choose_;
  std::function<void()> body_;

  uint3 index_{};
  block_memory shared_;
  std::vector<cuda_thread> threads_;
  cuda_thread* running_ = nullptr;
  std::string failure_;
  barrier_votes votes_;  // of the barrier released last; all threads read them before the next
  unsigned live_ = 0, at_barrier_ = 0;

  // By warp, one bit for each lane. A block has at most 32 warps: one bit each in runnable_.
  std::array<unsigned, kWarpSize> ready_{}, arrived_{}, unfinished_{};
  unsigned runnable_ = 0, warp_ = 0;
};

inline thread_local block* running_block = nullptr;

// The block whose kernel calls this; an error outside kernels.
inline block& this_block() {
  if (running_block == nullptr) throw error("a device function was called outside a kernel");
  return *running_block;
}

}  // namespace kernels::emulator
