// What the user named on the command line, as a list of files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kernels::examples {

struct input {
  std::filesystem::path path;
  std::string stem;  ///< how the names of its outputs begin
  bool is_video = false;
};

/// Files as they are; a folder becomes the images in it, in natural order (2 before 10), not
/// those in folders below it.
/// Errors: usage_error for what does not exist, for a folder without images, and for two inputs
/// whose outputs would have the same names.
std::vector<input> expand_inputs(const std::vector<std::string>& arguments);

/// The images in a folder, in natural order. Errors: usage_error if there is none.
std::vector<std::filesystem::path> images_in(const std::filesystem::path& folder);

/// Refuses an input that lies in the output folder under a name that an output of another input
/// will have (<stem>_v00 …), and would be overwritten. Errors: usage_error.
void refuse_overwriting(const std::vector<input>& inputs, const std::filesystem::path& folder);

/// a before b, with runs of digits compared as numbers.
bool natural_less(const std::string& a, const std::string& b);

}  // namespace kernels::examples
