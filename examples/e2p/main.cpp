// e2p: perspective views out of 360° images and videos. e2p --help says how.
#include "job.hpp"

#include <common/run_main.hpp>

int main(int argc, char** argv) {
  using namespace kernels::examples;
  return run_main("e2p", [&] {
    const auto options = parse_options(argc, argv);
    return options ? run_job(*options) : 0;
  });
}
