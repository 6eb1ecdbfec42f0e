// Camera motion out of a text file.
#pragma once

#include <kernels/tracking/types.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kernels::examples {

class warp_file {
 public:
  /// Lines "frame-from-0 h00 h01 h02 h10 h11 h12", separated by blanks, tabs or commas; empty
  /// lines and those that begin with # are skipped.
  /// Errors: usage_error "file:line: reason", failure if it cannot be read.
  explicit warp_file(const std::filesystem::path& path);

  /// The motion into a frame counted from 1. Errors: usage_error if there is none.
  [[nodiscard]] const camera_motion& at(std::int64_t frame) const;

 private:
  struct line {
    std::int64_t frame;
    camera_motion motion;
  };
  std::string name_;
  std::vector<line> lines_;  // ascending by frame
};

}  // namespace kernels::examples
