#include <common/arguments.hpp>
#include <common/file.hpp>

#include <kernels/core/version.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdio>

namespace kernels::examples {
namespace fs = std::filesystem;

void refuse_option(const std::string& option, const std::string& wanted, const std::string& given) {
  throw usage_error(option + ": wanted " + wanted + ", given '" + given + "'");
}

void check_number(const char* option, double value, double least, double most) {
  if (value >= least && value <= most) return;
  char wanted[96];
  std::snprintf(wanted, sizeof(wanted), "a number from %.10g to %.10g", least, most);
  char given[40];
  std::snprintf(given, sizeof(given), "%.10g", value);
  refuse_option(option, wanted, given);
}

std::vector<std::int64_t> parse_list(const char* option, const std::string& text,
                                     std::int64_t least, std::int64_t most) {
  std::vector<std::int64_t> numbers;
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    std::int64_t value = 0;
    const auto* const end = text.data() + comma;
    const auto [stopped, code] = std::from_chars(text.data() + from, end, value);
    if (code != std::errc{} || stopped != end || value < least || value > most) {
      refuse_option(option,
                    "whole numbers from " + std::to_string(least) + " to " + std::to_string(most) +
                        " with commas between",
                    text);
    }
    numbers.push_back(value);
    from = comma + 1;
  }
  return numbers;
}

void check_outputs(std::initializer_list<named_file> outputs,
                   std::initializer_list<named_file> inputs) {
  const auto refuse_same = [](const named_file& a, const named_file& b) {
    if (b.path.empty() || !same_file(a.path, b.path)) return;
    throw usage_error(std::string(a.option) + " " + a.path.string() + " is also " + b.option +
                      "; choose another name");
  };
  for (const auto* a = outputs.begin(); a != outputs.end(); ++a) {
    if (a->path.empty()) continue;
    for (const auto& input : inputs) refuse_same(*a, input);
    for (const auto* b = a + 1; b != outputs.end(); ++b) refuse_same(*a, *b);
    std::error_code code;
    const fs::path folder = a->path.has_parent_path() ? a->path.parent_path() : fs::path(".");
    if (fs::is_directory(a->path, code) || !a->path.has_filename()) {
      throw usage_error(std::string(a->option) + " " + a->path.string() +
                        " is a folder; name a file");
    }
    if (!fs::is_directory(folder, code)) {
      throw usage_error(std::string(a->option) + " " + a->path.string() + ": there is no folder " +
                        folder.string() + "; make it first");
    }
  }
}

bool parse_arguments(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    app.exit(help);
    return false;
  } catch (const CLI::CallForVersion& version) {
    app.exit(version);
    return false;
  } catch (const CLI::ParseError& e) {
    throw usage_error(std::string(e.what()) + "; " + app.get_name() +
                      " --help shows what there is");
  }
  return true;
}

std::string version_text(const std::string& program) {
  return program + " " + std::to_string(KERNELS_VERSION_MAJOR) + "." +
         std::to_string(KERNELS_VERSION_MINOR) + "." + std::to_string(KERNELS_VERSION_PATCH);
}

}  // namespace kernels::examples
