#include "cameras_json.hpp"

#include <common/file.hpp>

#include <nlohmann/json.hpp>

namespace kernels::examples {
namespace {

using json = nlohmann::ordered_json;

constexpr const char* kConvention =
    "Axes: X right, Y down, Z forward; yaw 0 is the middle of the panorama. Pixel (i, j), counted "
    "from 0, is the centre of a pixel; its ray in the camera is ((i + 0.5 - cx)/fx, "
    "(j + 0.5 - cy)/fy, 1) with K = [[fx, 0, cx], [0, fy, cy], [0, 0, 1]]. World direction = R * "
    "ray; R = Ry(yaw) * Rx(pitch) * Rz(roll), degrees: positive yaw looks right, positive pitch "
    "up, "
    "positive roll turns the camera clockwise. Panorama of W x H: longitude = atan2(X, Z), "
    "latitude "
    "= atan2(Y, hypot(X, Z)), column = (longitude/(2 pi) + 0.5) W - 0.5, row = (latitude/pi + 0.5) "
    "H - 0.5.";

json rows_of(const matrix3& m) {
  return {{m[0], m[1], m[2]}, {m[3], m[4], m[5]}, {m[6], m[7], m[8]}};
}

json describe(const rig_view& view) {
  const auto& c = view.camera;
  return {{"name", view.name},        {"width", c.width},
          {"height", c.height},       {"K", rows_of({c.fx, 0, c.cx, 0, c.fy, c.cy, 0, 0, 1})},
          {"R", rows_of(c.rotation)}, {"yaw", view.yaw},
          {"pitch", view.pitch},      {"roll", view.roll}};
}

json describe(const done_input& input) {
  json result = {{"file", input.file},
                 {"stem", input.stem},
                 {"width", input.size.width},
                 {"height", input.size.height}};
  if (input.frames != 0) result["frames"] = input.frames;
  return result;
}

/// A list with one element a line.
template <class List>
std::string lines_of(const List& list) {
  std::string text;
  for (const auto& element : list) {
    text += (text.empty() ? "\n    " : ",\n    ") +
            describe(element).dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return "[" + text + "\n  ]";
}

}  // namespace

void write_cameras(const std::filesystem::path& path, const rig& views,
                   const std::vector<done_input>& inputs) {
  write_file(path, "{\n  \"convention\": " + json(kConvention).dump() + ",\n  \"views\": " +
                       lines_of(views) + ",\n  \"inputs\": " + lines_of(inputs) + "\n}\n");
}

}  // namespace kernels::examples
