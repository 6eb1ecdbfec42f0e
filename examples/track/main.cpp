// track: boxes, or a video, to tracks. track --help says how.
#include "engine.hpp"
#include "track_files.hpp"
#include "track_video.hpp"

#include <common/run_main.hpp>

int main(int argc, char** argv) {
  using namespace kernels::examples;
  return run_main(
      "track",
      [&] {
        const auto options = parse_options(argc, argv);
        if (!options) return 0;
        check_backend(options->where);
        return options->video.empty() ? track_files(*options) : track_video(*options);
      },
      "track fewer cameras at a time, or a smaller video");
}
