// The views that a run cuts out of every panorama.
#pragma once

#include "options.hpp"

#include <kernels/camera.hpp>

#include <string>
#include <vector>

namespace kernels::examples {

struct rig_view {
  std::string name;  ///< "v00"
  pinhole camera;
  double yaw = 0, pitch = 0, roll = 0;  ///< degrees, for people
};

using rig = std::vector<rig_view>;

/// The rig that the options ask for. panorama_width: sizes the faces of a cube without --size.
/// Errors: usage_error.
rig make_rig(const options& o, std::int64_t panorama_width);

/// Reads a list of views, or a cameras.json. Sizes and fields of view that it leaves out come from
/// defaults. Errors: usage_error naming the file, the view and the key.
rig read_rig(const std::filesystem::path& path, const perspective& defaults);

/// The angles of a rotation, in degrees: the inverse of rotation_from_degrees.
perspective angles_of(const matrix3& rotation);

/// "yaw 45°  pitch 0°", and roll if there is any
std::string angles_text(const rig_view& view);

}  // namespace kernels::examples
