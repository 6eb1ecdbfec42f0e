// Rigs from JSON files.
#include "rig.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kernels::examples {
namespace {

using nlohmann::json;

constexpr std::size_t kMostViews = 9999;
constexpr int kMostNesting = 16;  // values that are written into a message

/// A JSON object with the name that messages give it.
struct named_object {
  std::string name;
  const json& object;

  [[noreturn]] void refuse(const std::string& key, const std::string& wanted) const {
    std::string given = object.at(key).dump();
    if (given.size() > 40) given = given.substr(0, 40) + "...";
    throw usage_error(name + ": \"" + key + "\": wanted " + wanted + ", given " + given);
  }

  [[nodiscard]] bool has(const char* key) const { return object.contains(key); }

  [[nodiscard]] double number(const char* key, double otherwise) const {
    if (!has(key)) return otherwise;
    const auto& value = object.at(key);
    if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(key, "a number");
    return value.get<double>();
  }

  [[nodiscard]] std::int64_t pixels(const char* key, std::int64_t otherwise) const {
    if (!has(key)) return otherwise;
    const auto& value = object.at(key);
    constexpr std::int64_t kMost = 65535;
    if (!value.is_number_integer() || value.get<double>() < 1 || value.get<double>() > kMost) {
      refuse(key, "a whole number from 1 to 65535");
    }
    return value.get<std::int64_t>();
  }

  [[nodiscard]] double field_of_view(const char* key, double otherwise) const {
    const double degrees = number(key, otherwise);
    if (has(key) && !(degrees > 0 && degrees < 180)) {
      refuse(key, "a field of view above 0 and below 180 degrees");
    }
    return degrees;
  }

  [[nodiscard]] matrix3 matrix(const char* key) const {
    const auto& rows = object.at(key);
    const auto is_row = [](const json& row) {
      return row.is_array() && row.size() == 3 &&
             std::ranges::all_of(row, [](const json& value) { return value.is_number(); });
    };
    if (!rows.is_array() || rows.size() != 3 || !std::ranges::all_of(rows, is_row)) {
      refuse(key, "three rows of three numbers");
    }
    matrix3 result{};
    for (std::size_t k = 0; k < 9; ++k) result[k] = rows[k / 3][k % 3].get<double>();
    return result;
  }
};

void refuse_unknown_keys(const named_object& what, std::initializer_list<const char*> known) {
  std::string names;
  for (const char* key : known) names.append(names.empty() ? "" : ", ").append(key);
  for (const auto& [key, value] : what.object.items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    std::string message = what.name;
    message.append(": unknown key \"").append(key).append("\"; known are ").append(names);
    throw usage_error(message);
  }
}

void refuse_together(const named_object& view, const char* one, const char* other) {
  if (view.has(one) && view.has(other)) {
    throw usage_error(view.name + ": \"" + one + "\" and \"" + other +
                      "\" say the same thing; leave one out");
  }
}

void set_intrinsics(const named_object& view, pinhole& camera) {
  for (const char* fov : {"fov", "hfov", "vfov"}) refuse_together(view, "K", fov);
  const matrix3 k = view.matrix("K");
  if (k[1] != 0 || k[3] != 0 || k[6] != 0 || k[7] != 0 || k[8] != 1) {
    view.refuse("K", "[[fx, 0, cx], [0, fy, cy], [0, 0, 1]]");
  }
  camera.fx = k[0];
  camera.fy = k[4];
  camera.cx = k[2];
  camera.cy = k[5];
}

/// R decides; angles beside it must say the same.
void set_rotation(const named_object& view, const matrix3& from_angles, rig_view& result) {
  result.camera.rotation = view.matrix("R");
  if (!view.has("yaw") && !view.has("pitch") && !view.has("roll")) {
    const auto angles = angles_of(result.camera.rotation);
    result.yaw = angles.yaw;
    result.pitch = angles.pitch;
    result.roll = angles.roll;
    return;
  }
  for (std::size_t k = 0; k < 9; ++k) {
    if (!(std::abs(from_angles[k] - result.camera.rotation[k]) < 1e-6)) {
      throw usage_error(view.name +
                        ": \"R\" and \"yaw\", \"pitch\", \"roll\" contradict each "
                        "other; leave out one or the other");
    }
  }
}

rig_view read_view(const named_object& view, perspective p) {
  if (!view.object.is_object()) throw usage_error(view.name + ": wanted {...}");
  refuse_unknown_keys(
      view, {"name", "yaw", "pitch", "roll", "fov", "hfov", "vfov", "width", "height", "K", "R"});
  refuse_together(view, "fov", "hfov");
  p.width = view.pixels("width", p.width);
  p.height = view.pixels("height", p.height);
  p.hfov = view.field_of_view("hfov", view.field_of_view("fov", p.hfov));
  p.vfov = view.field_of_view("vfov", 0);
  p.yaw = view.number("yaw", 0);
  p.pitch = view.number("pitch", 0);
  p.roll = view.number("roll", 0);
  try {
    rig_view result{"", make_pinhole(p), p.yaw, p.pitch, p.roll};
    const matrix3 from_angles = result.camera.rotation;
    if (view.has("K")) set_intrinsics(view, result.camera);
    if (view.has("R")) set_rotation(view, from_angles, result);
    check(result.camera);
    return result;
  } catch (const error& e) {
    throw usage_error(view.name + ": " + e.what());
  }
}

json read_json(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  const auto refuse_deep = [&](int depth, json::parse_event_t, json&) {
    if (depth <= kMostNesting) return true;
    throw usage_error("--views " + path.string() + ": wanted a list of views, given values in " +
                      "values in values");
  };
  try {
    return json::parse(bytes.begin(), bytes.end(), refuse_deep);
  } catch (const json::parse_error& e) {
    throw usage_error("--views " + path.string() + " is not JSON: " + e.what());
  }
}

}  // namespace

rig read_rig(const std::filesystem::path& path, const perspective& defaults) {
  const json file = read_json(path);
  const json* list = &file;
  if (file.is_object()) {
    refuse_unknown_keys({path.string(), file}, {"convention", "views", "inputs"});
    if (!file.contains("views")) throw usage_error(path.string() + ": no \"views\" in it");
    list = &file.at("views");
  }
  if (!list->is_array()) throw usage_error(path.string() + ": wanted a list of views [{...}, ...]");
  if (list->empty() || list->size() > kMostViews) {
    throw usage_error(path.string() + ": wanted 1 to " + std::to_string(kMostViews) +
                      " views, given " + std::to_string(list->size()));
  }
  rig views;
  for (std::size_t k = 0; k < list->size(); ++k) {
    const auto name = path.string() + ": views[" + std::to_string(k) + "]";
    views.push_back(read_view({name, (*list)[k]}, defaults));
  }
  return views;
}

}  // namespace kernels::examples
