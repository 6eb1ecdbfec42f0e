// Pinhole cameras and rigs: where each pixel of a perspective view looks, and which pixel sees a
// given direction. Conventions: docs/conventions.md. All of it is exact (same bits everywhere).
//
//   Axes      X right, Y down, Z forward.
//   Pixel     (i, j) is the centre of a pixel; its ray is ((i + ½ − cx)/fx, (j + ½ − cy)/fy, 1).
//   Rotation  world = R·camera, R = Ry(yaw)·Rx(pitch)·Rz(roll): positive yaw looks right, positive
//             pitch looks up, positive roll turns the camera clockwise (its right edge dips).
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/trig.hpp>

#include <optional>
#include <vector>

namespace kernels::inline KERNELS_ABI {

using vector3 = std::array<double, 3>;
using matrix3 = std::array<double, 9>;  ///< row by row

/// A position in an image, in pixels: (0, 0) is the centre of the first pixel.
struct pixel {
  double x, y;
};

/// A perspective camera: size and intrinsics in pixels, rotation from camera to world.
struct pinhole {
  std::int64_t width = 0, height = 0;
  double fx = 0, fy = 0, cx = 0, cy = 0;
  matrix3 rotation = {1, 0, 0, 0, 1, 0, 0, 0, 1};
};

/// A perspective view in the terms people use: degrees.
struct perspective {
  std::int64_t width = 1920, height = 1080;
  double hfov = 90;  ///< horizontal field of view, 0 < hfov < 180
  double vfov = 0;   ///< vertical field of view; 0: square pixels
  double yaw = 0, pitch = 0, roll = 0;
};

/// Largest width and height of any image here: 2^20 − 1.
inline constexpr std::int64_t kMostPixelsASide = (std::int64_t{1} << 20) - 1;

/// R = Ry(yaw)·Rx(pitch)·Rz(roll). Errors: angles that are not finite or beyond ±1e9 degrees.
inline matrix3 rotation_from_degrees(double yaw, double pitch, double roll) {
  for (const double angle : {yaw, pitch, roll}) {
    if (!(angle >= -1e9 && angle <= 1e9)) {
      refuse("camera", "yaw, pitch, roll", "finite angles in degrees, at most 1e9",
             number_text(angle));
    }
  }
  const auto [sy, cy] = math::sine_cosine_degrees(yaw);
  const auto [sp, cp] = math::sine_cosine_degrees(pitch);
  const auto [sr, cr] = math::sine_cosine_degrees(roll);
  using exact::dot2, exact::mul;
  const double sysp = mul(sy, sp);
  const double cysp = mul(cy, sp);
  return {dot2(cy, cr, sysp, sr),
          dot2(sysp, cr, -cy, sr),
          mul(sy, cp),  //
          mul(cp, sr),
          mul(cp, cr),
          0.0 - sp,  //
          dot2(cysp, sr, -sy, cr),
          dot2(sy, sr, cysp, cr),
          mul(cy, cp)};
}

namespace detail {

inline void check_size(std::int64_t width, std::int64_t height) {
  for (const auto side : {width, height}) {
    if (side < 1 || side > kMostPixelsASide) {
      refuse("camera", "size", "1 to " + std::to_string(kMostPixelsASide) + " pixels a side",
             std::to_string(width) + "x" + std::to_string(height));
    }
  }
}

inline bool is_focal_length(double f) { return f > 1e-9 && f < 1e12; }

/// (pixels / 2) / tan(fov / 2)
inline double focal_length(std::string_view name, std::int64_t pixels, double fov) {
  if (!(fov > 0 && fov < 180)) {
    refuse("camera", name, "a field of view above 0 and below 180 degrees", number_text(fov));
  }
  const auto [sine, cosine] = math::sine_cosine_degrees(0.5 * fov);
  const double f = exact::div(exact::mul(0.5 * static_cast<double>(pixels), cosine), sine);
  if (!is_focal_length(f)) {
    refuse("camera", name, "a field of view that is not so near 0 or 180 degrees",
           number_text(fov));
  }
  return f;
}

}  // namespace detail

/// Refuses a camera without pixels, with a side over kMostPixelsASide, with intrinsics that are
/// not finite or focal lengths that are not positive, or whose rotation is not a rotation (rows
/// orthonormal to 1e-6, determinant +1).
inline void check(const pinhole& camera) {
  detail::check_size(camera.width, camera.height);
  for (const double f : {camera.fx, camera.fy}) {
    if (!detail::is_focal_length(f)) {
      refuse("camera", "fx, fy", "focal lengths of 1e-9 to 1e12 pixels", number_text(f));
    }
  }
  for (const double c : {camera.cx, camera.cy}) {
    if (!(c > -1e9 && c < 1e9)) {
      refuse("camera", "cx, cy", "a principal point within 1e9 pixels", number_text(c));
    }
  }
  const auto& r = camera.rotation;
  const auto near = [](double a, double b) { return a - b < 1e-6 && b - a < 1e-6; };  // NaN: false
  bool is_rotation = true;
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b < 3; ++b) {
      const double dot =
          exact::dot3(r[3 * a], r[3 * b], r[3 * a + 1], r[3 * b + 1], r[3 * a + 2], r[3 * b + 2]);
      is_rotation = is_rotation && near(dot, a == b ? 1.0 : 0.0);
    }
  }
  // third row = first × second, or it is a reflection
  is_rotation = is_rotation && near(r[8], exact::dot2(r[0], r[4], -r[1], r[3]));
  is_rotation = is_rotation && near(r[7], exact::dot2(r[2], r[3], -r[0], r[5]));
  is_rotation = is_rotation && near(r[6], exact::dot2(r[1], r[5], -r[2], r[4]));
  if (!is_rotation) {
    refuse("camera", "rotation", "a rotation matrix (orthonormal, determinant +1)",
           "something else");
  }
}

/// The camera of a perspective view: principal point in the middle, fx = width / (2·tan(hfov/2)).
/// Errors: as check(), and fields of view outside (0, 180).
inline pinhole make_pinhole(const perspective& p) {
  detail::check_size(p.width, p.height);
  pinhole camera{.width = p.width, .height = p.height};
  camera.fx = detail::focal_length("hfov", p.width, p.hfov);
  camera.fy = p.vfov == 0 ? camera.fx : detail::focal_length("vfov", p.height, p.vfov);
  camera.cx = 0.5 * static_cast<double>(p.width);
  camera.cy = 0.5 * static_cast<double>(p.height);
  camera.rotation = rotation_from_degrees(p.yaw, p.pitch, p.roll);
  check(camera);
  return camera;
}

/// count views side by side at one pitch: view k has yaw p.yaw + k·360/count.
inline std::vector<pinhole> ring(int count, perspective p = {}) {
  if (count < 1 || count > 100000) {
    refuse("ring", "count", "1 to 100000 views", std::to_string(count));
  }
  std::vector<pinhole> rig;
  const double first = p.yaw;
  for (int k = 0; k < count; ++k) {
    p.yaw = first + exact::div(360.0 * k, count);
    rig.push_back(make_pinhole(p));
  }
  return rig;
}

/// The six faces of a cube, side pixels square, 90° each: front, right, back, left, up, down.
inline std::vector<pinhole> cube(std::int64_t side) {
  constexpr double kYawPitch[6][2] = {{0, 0}, {90, 0}, {180, 0}, {-90, 0}, {0, 90}, {0, -90}};
  std::vector<pinhole> rig;
  for (const auto& [yaw, pitch] : kYawPitch) {
    rig.push_back(
        make_pinhole({.width = side, .height = side, .hfov = 90, .yaw = yaw, .pitch = pitch}));
  }
  return rig;
}

/// World direction, of unit length, that the camera sees at a position of its image.
inline vector3 direction(const pinhole& camera, pixel at) {
  const double x = exact::div(at.x + 0.5 - camera.cx, camera.fx);
  const double y = exact::div(at.y + 0.5 - camera.cy, camera.fy);
  const double length = exact::sqrt(exact::dot3(x, x, y, y, 1.0, 1.0));
  const auto& r = camera.rotation;
  vector3 d{};
  for (int k = 0; k < 3; ++k) {
    d[k] = exact::div(exact::dot3(r[3 * k], x, r[3 * k + 1], y, r[3 * k + 2], 1.0), length);
  }
  return d;
}

/// Where a world direction (any length) falls in the image; it may lie outside 0 … width−1.
/// Nothing for directions at or behind the camera's plane, and for NaN.
inline std::optional<pixel> project(const pinhole& camera, const vector3& world) {
  const auto& r = camera.rotation;
  const auto along = [&](int k) {
    return exact::dot3(r[k], world[0], r[3 + k], world[1], r[6 + k], world[2]);
  };
  const double z = along(2);
  if (!(z > 0)) return std::nullopt;
  return pixel{exact::fma(camera.fx, exact::div(along(0), z), camera.cx - 0.5),
               exact::fma(camera.fy, exact::div(along(1), z), camera.cy - 0.5)};
}

}  // namespace kernels::inline KERNELS_ABI
