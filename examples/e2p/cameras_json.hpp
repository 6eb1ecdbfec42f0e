// cameras.json: what a reconstruction or a detector needs to know about the views of a run.
#pragma once

#include "rig.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace kernels::examples {

/// An input of which views were written.
struct done_input {
  std::string file, stem;
  image_size size;
  std::int64_t frames = 0;  ///< of a video; 0 for an image
};

/// Errors: output_failure.
void write_cameras(const std::filesystem::path& path, const rig& views,
                   const std::vector<done_input>& inputs);

}  // namespace kernels::examples
