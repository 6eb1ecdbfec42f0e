// Runs tests on real data, or exits with the code that ctest reports as skipped.
#define DOCTEST_CONFIG_IMPLEMENT
#include "data.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

std::filesystem::path real_data::folder() {
  const char* data = std::getenv("KERNELS_TEST_DATA");
  return data != nullptr ? data : "../shared/data";
}

int main(int argc, char** argv) {
  if (!std::filesystem::exists(real_data::folder())) {
    std::printf("skipped: no test data at %s (set KERNELS_TEST_DATA)\n",
                real_data::folder().c_str());
    return 77;
  }
  return doctest::Context(argc, argv).run();
}
