// Part of the emulator's self-test: every seeded bug is noticed, and the next launch works again.
// Errors that end the process are in seeded_bug.cpp.

#include <doctest/doctest.h>

#include <emulator/self_test_kernels.cuh>

#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace kernels::emulator;
using namespace kernels::emulator::self_test;

constexpr unsigned kSeeds[] = {0, 1, 2, 3, 4, 5, 6};

// The message of the error which `run` must end with.
template <class Run>
std::string message(Run run) {
  try {
    run();
  } catch (const error& e) {
    return e.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// How many different results `run` gives under the schedules.
template <class Run>
std::size_t different_results(Run run) {
  std::set<decltype(run())> results;
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    results.insert(run());
  }
  return results.size();
}

TEST_CASE("bug: results that differ between schedules") {
  std::vector<int> out(64);
  const auto results = [&out](auto kernel, unsigned threads) {
    return different_results([&, kernel] {
      launch(kernel, dim3(1), dim3(threads), 64 * sizeof(int), out.data());
      return out;
    });
  };
  CHECK(results(&missing_barrier<>, 64) > 1);
  CHECK(results(&missing_barrier_between_warps<>, 64) > 1);
  CHECK(results(&missing_syncwarp<>, 32) > 1);
  CHECK(different_results([] {
          int last = -1;
          launch(&order_of_blocks_matters<>, dim3(9), dim3(32), 0, &last);
          return last;
        }) > 1);
}

// Every message names the kernel's file, the block and a thread, and a launch after it works.
template <class Kernel, class... Arguments>
std::string bug(Kernel kernel, unsigned threads, Arguments... arguments) {
  std::vector<int> out(threads);
  std::string first;
  for (const unsigned seed : kSeeds) {
    schedule s({.seed = seed});
    const std::string m = message([&] {
      launch(
          kernel, dim3(2), dim3(threads), 0,
          reinterpret_cast<std::conditional_t<std::is_invocable_v<Kernel, unsigned*, Arguments...>,
                                              unsigned*, int*>>(out.data()),
          arguments...);
    });
    CAPTURE(m);
    CHECK(contains(m, "self_test_kernels.cuh:"));
    CHECK(contains(m, "block ("));
    CHECK(contains(m, "thread ("));
    CHECK_FALSE(contains(m, "\n"));
    if (seed == 0) first = m;

    unsigned long long total = 0;
    long long sum = 0;
    int negative = 0;
    const int x[] = {3, -4};
    launch(&row_sums<128>, dim3(1), dim3(128), sizeof x, x, 2, &sum, &negative, &total);
    CHECK(sum == 25);
  }
  return first;
}

TEST_CASE("bug: barriers which not all threads of the block reach") {
  std::string m = bug(&barrier_in_both_branches<>, 64);
  CHECK(contains(m,
                 "__syncthreads() in block (0,0,0), thread (16,0,0): threads of the block wait at "
                 "different barriers, thread (0,0,0) at "));
  m = bug(&return_before_barrier<>, 64, 10);
  CHECK(contains(m,
                 "__syncthreads() in block (0,0,0), thread (0,0,0): 54 of 64 threads already "
                 "returned"));
  m = bug(&barrier_in_half_the_block<>, 64);
  CHECK(contains(m, "thread (32,0,0): threads of the block wait at different barriers"));
}

TEST_CASE("bug: warp operations with a wrong mask") {
  std::string m = bug(&full_mask_in_half_a_warp<>, 32);
  CHECK(contains(m,
                 "__shfl_down_sync() in block (0,0,0), thread (0,0,0): lanes 0xffff0000 of the "
                 "mask 0xffffffff already returned"));
  m = bug(&full_mask_against_barrier<>, 32);
  CHECK(contains(m,
                 "deadlock in block (0,0,0): 16 threads in a warp operation, first thread (0,0,0) "
                 "in __shfl_down_sync() at "));
  CHECK(contains(m,
                 " with mask 0xffffffff, lanes missing 0xffff0000; 16 threads at a barrier, first "
                 "thread (16,0,0) in __syncthreads() at "));
  m = bug(&same_mask_in_both_branches<>, 32);
  CHECK(contains(m,
                 "__ballot_sync() in block (0,0,0), thread (16,0,0): lanes of the mask 0xffffffff "
                 "wait at different places, thread (0,0,0) in __ballot_sync() at "));
  m = bug(&lane_not_in_its_mask<>, 32);
  CHECK(contains(m,
                 "__shfl_sync() in block (0,0,0), thread (16,0,0): lane 16 is not in its own mask "
                 "0x0000ffff"));
  m = bug(&masks_disagree<>, 32);
  CHECK(contains(m,
                 "deadlock in block (0,0,0): 32 threads in a warp operation, first thread (0,0,0) "
                 "in __any_sync() at "));
  CHECK(contains(m, " with mask 0xffffffff, lanes missing 0xffff0000"));
  m = bug(&odd_width<>, 32);
  CHECK(contains(m, "thread (0,0,0): width 24 is not a power of two up to 32"));
}

TEST_CASE("bug: a misaligned vector") {
  const std::string m = bug(&misaligned_load<>, 32);
  CHECK(contains(m,
                 "__ldg() in block (0,0,0), thread (0,0,0): the address is 4 bytes past a "
                 "multiple of 8"));
}

TEST_CASE("what CUDA tolerates passes when not strict") {
  schedule s({.seed = 3, .strict = false});
  std::vector<int> out(64);
  std::vector<unsigned> votes(32);
  launch(&barrier_in_both_branches<>, dim3(1), dim3(64), 0, out.data());
  CHECK(out[63] == 1);
  launch(&return_before_barrier<>, dim3(1), dim3(64), 0, out.data(), 10);
  CHECK(out[0] == 1);
  launch(&full_mask_in_half_a_warp<>, dim3(1), dim3(32), 0, out.data());
  CHECK(out[0] == 1);
  launch(&same_mask_in_both_branches<>, dim3(1), dim3(32), 0, votes.data());
  CHECK(votes == std::vector<unsigned>(32, 0x0000ffffu));
}

TEST_CASE("errors outside the reach of barriers") {
  std::vector<int> out(64);
  const auto run = [&out](auto kernel, dim3 grid, dim3 size, std::size_t bytes) {
    return message([&] { launch(kernel, grid, size, bytes, out.data()); });
  };
  CHECK(run(&throwing<>, dim3(1), dim3(64), 0) ==
        "block (0,0,0), thread (5,0,0): the kernel threw: a host exception");
  CHECK(run(&launching<>, dim3(1), dim3(1), 0) ==
        "block (0,0,0), thread (0,0,0): the kernel threw: launch: kernels cannot launch kernels");
  CHECK(run(&throwing<>, dim3(1), dim3(32, 33), 0) ==
        "launch: no GPU runs a block of (32,33,1) threads");
  CHECK(run(&throwing<>, dim3(1), dim3(1, 1, 65), 0) ==
        "launch: no GPU runs a block of (1,1,65) threads");
  CHECK(run(&throwing<>, dim3(0), dim3(32), 0) == "launch: no GPU runs a grid of (0,1,1) blocks");
  CHECK(run(&throwing<>, dim3(1, 65536), dim3(32), 0) ==
        "launch: no GPU runs a grid of (1,65536,1) blocks");
  CHECK(run(&throwing<>, dim3(1), dim3(32), 300000) ==
        "launch: no GPU gives a block 300000 bytes of shared memory");
  CHECK(message([] { __syncthreads(); }) == "a device function was called outside a kernel");
}

}  // namespace
