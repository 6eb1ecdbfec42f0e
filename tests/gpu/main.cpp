// Runs the GPU tests, or exits with gpu_test::kSkipped where there is no GPU.
#define DOCTEST_CONFIG_IMPLEMENT
#include "gpu_test.hpp"

#include <doctest/doctest.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (kernels::gpu_count() == 0) {
    std::puts("skipped: no GPU on this machine");
    return gpu_test::kSkipped;
  }
  return doctest::Context(argc, argv).run();
}
