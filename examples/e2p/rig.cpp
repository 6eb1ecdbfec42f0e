#include "rig.hpp"

#include <common/errors.hpp>
#include <common/machine.hpp>
#include <common/table.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kernels::examples {
namespace {

rig from_cameras(const std::vector<pinhole>& cameras) {
  rig views;
  for (const auto& camera : cameras) {
    const auto angles = angles_of(camera.rotation);
    views.push_back({"", camera, angles.yaw, angles.pitch, angles.roll});
  }
  return views;
}

rig make_views(const options& o, std::int64_t panorama_width) {
  const image_size size = o.size.value_or(image_size{1920, 1080});
  perspective view{.width = size.width, .height = size.height, .hfov = o.fov};
  switch (o.views.what) {
    case views_option::kind::file:
      return read_rig(o.views.file, view);
    case views_option::kind::cube:
      return from_cameras(
          cube(o.size ? size.width : std::max<std::int64_t>(panorama_width / 4, 1)));
    case views_option::kind::one:
      view.yaw = o.yaw;
      view.pitch = o.pitch;
      view.roll = o.roll;
      return {{"", make_pinhole(view), o.yaw, o.pitch, o.roll}};
    case views_option::kind::ring:
      view.pitch = o.views.pitch;
      break;
  }
  rig views = from_cameras(ring(o.views.count, view));
  for (std::size_t k = 0; k < views.size(); ++k) {
    views[k].yaw = 360.0 * static_cast<double>(k) / static_cast<double>(views.size());
    views[k].pitch = view.pitch;
    views[k].roll = 0;
  }
  return views;
}

void name_views(rig& views) {
  const auto digits = std::max<std::size_t>(2, std::to_string(views.size() - 1).size());
  for (std::size_t k = 0; k < views.size(); ++k) {
    const auto number = std::to_string(k);
    views[k].name = "v" + std::string(digits - number.size(), '0') + number;
  }
}

void check_sizes(const rig& views, image_format format) {
  double total = 0;
  for (const auto& [name_, camera, yaw, pitch, roll] : views) {
    const std::string size = std::to_string(camera.width) + "x" + std::to_string(camera.height);
    const auto most = most_pixels_a_side(format);
    if (camera.width > most || camera.height > most) {
      throw usage_error("a view of " + size + " does not fit into a " + name(format) +
                        " file, which has at most " + std::to_string(most) +
                        " pixels a side; choose a smaller --size" +
                        (format == image_format::png ? "" : " or --format png"));
    }
    constexpr std::int64_t kMostPixels = std::int64_t{1} << 29;
    if (camera.width * camera.height > kMostPixels) {
      throw usage_error("a view of " + size + " is too large (over " +
                        std::to_string(kMostPixels / 1000000) +
                        " megapixels); choose a smaller --size");
    }
    total += 3.0 * static_cast<double>(camera.width * camera.height);
  }
  if (total > 0.5 * static_cast<double>(memory_bytes())) {
    throw usage_error("the " + std::to_string(views.size()) + " views of a panorama take " +
                      bytes_text(total) + ", more than half of this machine's memory (" +
                      bytes_text(static_cast<double>(memory_bytes())) +
                      "); choose a smaller --size or fewer views");
  }
}

std::string degrees_text(double degrees) {
  std::string text = number_text(degrees, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  if (text == "-0") text = "0";
  return text + "°";
}

}  // namespace

rig make_rig(const options& o, std::int64_t panorama_width) {
  try {
    rig views = make_views(o, panorama_width);
    name_views(views);
    check_sizes(views, o.format);
    return views;
  } catch (const error& e) {
    throw usage_error(e.what());
  }
}

perspective angles_of(const matrix3& r) {
  const auto degrees = [](double radians) {
    const double exact = radians * 180 / std::numbers::pi;
    const double tidy = std::round(exact * 1e9) / 1e9;  // 45, not 44.99999999999999
    return tidy + 0.0;                                  // no −0
  };
  perspective angles;
  angles.pitch = degrees(std::atan2(-r[5], std::hypot(r[2], r[8])));
  if (std::hypot(r[2], r[8]) > 1e-9) {
    angles.yaw = degrees(std::atan2(r[2], r[8]));
    angles.roll = degrees(std::atan2(r[3], r[4]));
  } else {
    angles.yaw = degrees(std::atan2(-r[6], r[0]));
  }
  return angles;
}

std::string angles_text(const rig_view& view) {
  std::string text = "yaw " + degrees_text(view.yaw) + "  pitch " + degrees_text(view.pitch);
  if (view.roll != 0) text += "  roll " + degrees_text(view.roll);
  return text;
}

}  // namespace kernels::examples
