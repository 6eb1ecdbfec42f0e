// Options out of a JSON file.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace kernels::examples {

/// The arguments in a file such as {"tracker": "sort", "fps": 25, "mot20": true}, as they would be
/// typed, but those of options that were given on the command line (app has parsed it).
/// Errors: usage_error naming the file and the key.
std::vector<std::string> arguments_of_config(const CLI::App& app,
                                             const std::filesystem::path& path);

}  // namespace kernels::examples
