// What command lines have in common: parsing, and complaints that name option, wish and value.
#pragma once

#include <common/errors.hpp>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace kernels::examples {

/// Throws usage_error "--top: wanted W, given 'G'".
[[noreturn]] void refuse_option(const std::string& option, const std::string& wanted,
                                const std::string& given);

/// Errors: usage_error unless least <= value <= most (so NaN too).
void check_number(const char* option, double value, double least, double most);

/// The value that goes with the name. Errors: usage_error with the names there are.
template <class T>
T one_of(const char* option, const std::string& given,
         std::initializer_list<std::pair<const char*, T>> known) {
  std::string names;
  for (const auto& [name, value] : known) {
    if (given == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  refuse_option(option, "one of " + names, given);
}

/// "1,4,8": whole numbers from least to most. Errors: usage_error.
std::vector<std::int64_t> parse_list(const char* option, const std::string& text,
                                     std::int64_t least, std::int64_t most);

/// A file that an option names.
struct named_file {
  const char* option;
  std::filesystem::path path;  ///< may be empty: not given
};

/// Refuses, before any work, an output that is an input or another output, that is a folder, or
/// whose folder does not exist. Errors: usage_error.
void check_outputs(std::initializer_list<named_file> outputs,
                   std::initializer_list<named_file> inputs);

/// False if help or the version were wanted, which it prints. Errors: usage_error.
bool parse_arguments(CLI::App& app, int argc, char** argv);

/// What --version prints: "reid 0.1.0".
std::string version_text(const std::string& program);

}  // namespace kernels::examples
