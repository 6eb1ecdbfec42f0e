#include "config.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>

#include <nlohmann/json.hpp>

namespace kernels::examples {
namespace {

using json = nlohmann::ordered_json;

constexpr int kMostNesting = 16;      // values that are written into a message
constexpr const char* kNumber = "X";  // type names of options, as options.cpp gives them
constexpr const char* kWhole = "N";

json read_json(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    throw usage_error("--config: there is no file " + path.string() + "; check the name");
  }
  const auto bytes = read_file(path);
  const auto refuse_deep = [&](int depth, json::parse_event_t, json&) {
    if (depth <= kMostNesting) return true;
    throw usage_error("--config " + path.string() + ": wanted {\"option\": value, ...}, given " +
                      "values in values in values");
  };
  try {
    return json::parse(bytes.begin(), bytes.end(), refuse_deep);
  } catch (const json::parse_error& e) {
    throw usage_error("--config " + path.string() + " is not JSON: " + e.what());
  }
}

[[noreturn]] void refuse_value(const std::filesystem::path& path, const std::string& key,
                               const std::string& wanted, const json& given) {
  std::string text = given.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 40) + "...";
  throw usage_error("--config " + path.string() + ": \"" + key + "\": wanted " + wanted +
                    ", given " + text);
}

std::string known_keys(const CLI::App& app) {
  std::string names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      if (name == "help" || name == "version" || name == "config") continue;
      names += (names.empty() ? "" : ", ") + name;
    }
  }
  return names;
}

/// The text of a value that suits the option; nothing for a flag that is off.
std::vector<std::string> argument(const CLI::Option& option, const std::string& key,
                                  const json& value, const std::filesystem::path& path) {
  const std::string flag = "--" + key;
  if (option.get_expected_max() == 0) {
    if (!value.is_boolean()) refuse_value(path, key, "true or false", value);
    return value.get<bool>() ? std::vector{flag} : std::vector<std::string>{};
  }
  const auto type = option.get_type_name();
  if (type == kNumber && !value.is_number()) refuse_value(path, key, "a number", value);
  if (type == kWhole && !value.is_number_integer()) {
    refuse_value(path, key, "a whole number", value);
  }
  if (type == kNumber || type == kWhole) return {flag + "=" + value.dump()};
  if (!value.is_string()) refuse_value(path, key, "a text", value);
  return {flag + "=" + value.get<std::string>()};
}

}  // namespace

std::vector<std::string> arguments_of_config(const CLI::App& app,
                                             const std::filesystem::path& path) {
  const json file = read_json(path);
  if (!file.is_object()) {
    throw usage_error("--config " + path.string() + ": wanted {\"option\": value, ...}");
  }
  std::vector<std::string> arguments;
  for (const auto& [key, value] : file.items()) {
    const auto* option = app.get_option_no_throw("--" + key);
    if (option == nullptr || key == "help" || key == "version" || key == "config") {
      throw usage_error("--config " + path.string() + ": unknown key \"" + key + "\"; known are " +
                        known_keys(app));
    }
    const auto text = argument(*option, key, value, path);
    if (option->count() == 0) arguments.insert(arguments.end(), text.begin(), text.end());
  }
  return arguments;
}

}  // namespace kernels::examples
