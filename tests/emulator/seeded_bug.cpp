// seeded_bug NAME: commits one memory error inside an emulated kernel. Built with AddressSanitizer
// and UBSan it must end with a report that names the kernel's line; `seeded_bug none` must succeed.

#include <emulator/self_test_kernels.cuh>

#include <cstdio>
#include <string_view>
#include <vector>

namespace {

namespace emulator = kernels::emulator;
using namespace kernels::emulator::self_test;

constexpr unsigned kThreads = 64;

bool run(std::string_view bug) {
  std::vector<int> in(kThreads), out(kThreads);
  const auto one_block = [](auto kernel, std::size_t shared_bytes, auto... arguments) {
    emulator::launch(kernel, dim3(1), dim3(kThreads), shared_bytes, arguments...);
    return true;
  };
  if (bug == "none") return one_block(&missing_barrier<>, kThreads * sizeof(int), out.data());
  if (bug == "dynamic_shared_overrun")
    return one_block(&overrun_dynamic_shared<>, kThreads * sizeof(int), out.data());
  if (bug == "shared_array_overrun") return one_block(&overrun_shared_array<>, 0, out.data());
  if (bug == "static_shared_overrun") return one_block(&overrun_static_shared<>, 0, out.data());
  if (bug == "global_overrun") return one_block(&overrun_global<>, 0, out.data());
  if (bug == "global_read") return one_block(&read_outside_global<>, 0, in.data(), out.data());
  if (bug == "misaligned_vector") {
    std::vector<float> many(4 * kThreads + 4), few(kThreads);
    return one_block(&misaligned_vector<>, 0, many.data(), few.data());
  }
  if (bug == "shared_after_block") {
    int* kept = nullptr;
    emulator::launch(&keep_shared_pointer<>, dim3(2), dim3(kThreads), 0, &kept, out.data());
    return true;
  }
  if (bug == "stack_overflow") return one_block(&overflow_stack<>, 0, out.data());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view bug = argc > 1 ? argv[1] : "";
  if (run(bug)) return 0;
  std::fprintf(stderr,
               "usage: seeded_bug none|dynamic_shared_overrun|shared_array_overrun|"
               "static_shared_overrun|global_overrun|global_read|misaligned_vector|"
               "shared_after_block|stack_overflow\n");
  return 2;
}
