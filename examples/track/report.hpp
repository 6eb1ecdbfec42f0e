// The closing table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kernels::examples {

struct camera_statistics {
  std::string name;
  std::int64_t frames = 0, tracks = 0, boxes = 0;
};

struct step_statistics {
  std::string name;
  double seconds = 0;
};

struct run_statistics {
  std::vector<camera_statistics> cameras;
  std::vector<step_statistics> steps;
  double total = 0;
};

/// where: "bytetrack, cpu"; output: the file or folder.
std::string report_text(const run_statistics& run, const std::string& where,
                        const std::string& output);

}  // namespace kernels::examples
