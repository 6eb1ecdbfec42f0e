// e2p_plan: what can be prepared for a rig and a source size, and the checks of an e2p call.
// Shared by the front door (e2p.hpp) and by CUDA code (e2p.cuh).
#pragma once

#include <kernels/camera.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/math/e2p.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace kernels::inline KERNELS_ABI {

/// Width and height of an image in pixels.
struct image_size {
  std::int64_t width = 0, height = 0;
};

/// How a value is taken from the source pixels around a coordinate.
enum class interpolation { nearest, bilinear };

struct e2p_options {
  interpolation filter = interpolation::bilinear;
};

/// A pixel whose taps leave the image (seam, poles) or come too near its edge for wide loads.
struct e2p_edge_pixel {
  std::int32_t column;
  math::e2p_coordinate at;
};

/// The coordinates of one view, cached: u and v of each pixel, row by row. Where the pixel is an
/// edge pixel they are 0 (a harmless place to read) and the real ones stand in edges.
struct e2p_map {
  buffer<std::uint32_t> coordinates;               ///< per row: width times u, then width times v
  std::vector<std::vector<e2p_edge_pixel>> edges;  ///< one list per band of kBand rows
  std::vector<std::int32_t> edge_rows;             ///< per row: where its edges begin in its band
  static constexpr std::int64_t kBand = 16;        ///< rows, the grain of parallel work
};

/// The prepared geometry of V views out of a W×H equirectangular source. A plan made by its
/// constructor holds some 100 bytes a view, and coordinates are computed as they are used;
/// make_e2p_plan (e2p.hpp) also caches them for the CPU, at 8 bytes an output pixel.
/// A plan does not depend on channels, strides, filter or the number of frames, and may be used by
/// any number of threads at once.
class e2p_plan {
 public:
  /// Errors (kernels::error): source sides outside 1 … kMostPixelsASide; a camera that check()
  /// refuses; an odd source width where a view crosses a pole (half a turn is then half a pixel).
  e2p_plan(std::span<const pinhole> rig, image_size source) : source_{} {
    for (const auto side : {source.width, source.height}) {
      if (side < 1 || side > kMostPixelsASide) {
        refuse("e2p_plan", "source", "1 to " + std::to_string(kMostPixelsASide) + " pixels a side",
               std::to_string(source.width) + "x" + std::to_string(source.height));
      }
    }
    source_ = {static_cast<std::uint32_t>(source.width), static_cast<std::uint32_t>(source.height)};
    views_.reserve(rig.size());
    for (const auto& camera : rig) {
      check(camera);
      views_.push_back(prepare(camera));
      if (source.width % 2 != 0) refuse_pole_crossing(camera, views_.back());
    }
    order_by_longitude(rig);
  }

  [[nodiscard]] std::span<const math::e2p_view> views() const { return views_; }
  [[nodiscard]] math::e2p_source source() const { return source_; }

  /// Indices of the views by longitude: neighbours in this order read the same source pixels.
  [[nodiscard]] std::span<const std::int32_t> order() const { return order_; }

  /// Cached coordinates, one map a view; empty for a plan that computes them as it goes.
  [[nodiscard]] std::span<const e2p_map> maps() const { return maps_; }

  /// Memory that the plan holds.
  [[nodiscard]] std::int64_t bytes() const {
    std::int64_t total = static_cast<std::int64_t>(views_.size() * sizeof(math::e2p_view) +
                                                   order_.size() * sizeof(std::int32_t));
    for (const auto& map : maps_) {
      total += map.coordinates.bytes();
      total += static_cast<std::int64_t>(map.edge_rows.capacity() * sizeof(std::int32_t));
      for (const auto& band : map.edges) {
        total += static_cast<std::int64_t>(sizeof(std::vector<e2p_edge_pixel>) +
                                           band.capacity() * sizeof(e2p_edge_pixel));
      }
    }
    return total;
  }

 private:
  friend e2p_plan make_e2p_plan(on_cpu exec, std::span<const pinhole> rig, image_size source);

  /// Largest distance of a pixel from the principal point, along one axis.
  static double farthest(std::int64_t size, double centre) {
    return exact::max(std::abs(centre), std::abs(static_cast<double>(size) - centre));
  }

  /// R·K⁻¹ in integers: doubled pixel coordinates, scaled by the largest power of two that keeps
  /// every ray of the view below 2^59. Error of a ray, against the largest: under 2^-58 times the
  /// sum of width, height, |cx| and |cy|.
  static math::e2p_view prepare(const pinhole& camera) {
    math::e2p_view view{};
    view.width = static_cast<std::int32_t>(camera.width);
    view.height = static_cast<std::int32_t>(camera.height);
    double per_column[3];
    double per_row[3];
    double largest = 0;
    for (int k = 0; k < 3; ++k) {
      per_column[k] = exact::div(camera.rotation[3 * k], camera.fx);
      per_row[k] = exact::div(camera.rotation[3 * k + 1], camera.fy);
      largest = exact::max(largest,
                           exact::dot3(std::abs(per_column[k]), farthest(camera.width, camera.cx),
                                       std::abs(per_row[k]), farthest(camera.height, camera.cy),
                                       std::abs(camera.rotation[3 * k + 2]), 1.0));
    }
    const int exponent = 58 - std::ilogb(largest);
    const auto whole = [](double value, int power) {
      return exact::to_int64(std::scalbn(value, power));
    };
    // integer × double, rounded to an integer: both halves of the exact product
    const auto times = [](std::int64_t a, double b) {
      const auto x = static_cast<double>(a);  // exact: a came out of a double
      const double product = exact::mul(x, b);
      return exact::to_int64(product) + exact::to_int64(exact::fma(x, b, -product));
    };
    for (int k = 0; k < 3; ++k) {
      view.column[k] = whole(per_column[k], exponent - 1);
      view.row[k] = whole(per_row[k], exponent - 1);
      view.origin[k] = whole(camera.rotation[3 * k + 2], exponent) -
                       times(view.column[k], 2 * camera.cx) - times(view.row[k], 2 * camera.cy);
    }
    return view;
  }

  /// Only pixels near the image of a pole can cross it: those are looked at one by one.
  void refuse_pole_crossing(const pinhole& camera, const math::e2p_view& view) const {
    // A pixel crosses if it looks at most half a source row past a pole, π/2H radian and some.
    const double reach = exact::div(1.6, static_cast<double>(source_.height)) + 1e-6;
    // depth (along the optical axis) of the unit ray that leans furthest to the side
    const double x = exact::div(farthest(camera.width, camera.cx), camera.fx);
    const double y = exact::div(farthest(camera.height, camera.cy), camera.fy);
    const double shallowest = exact::div(1.0, exact::sqrt(exact::dot3(x, x, y, y, 1.0, 1.0)));
    for (const double pole : {-1.0, 1.0}) {
      const double ahead = pole * camera.rotation[5];  // depth of the pole
      if (ahead + reach < shallowest) continue;
      double columns[2] = {0, static_cast<double>(view.width - 1)};
      double rows[2] = {0, static_cast<double>(view.height - 1)};
      const auto centre = project(camera, {0, pole, 0});
      if (centre && ahead > 2 * reach) {
        // x/z and y/z of two unit vectors at most `reach` apart, the first one `ahead` deep
        const double spread = exact::div(1.5 * reach, exact::mul(ahead, ahead - reach));
        const auto clip = [&](double(&range)[2], double at, double focal) {
          const double apart = exact::fma(focal, spread, 2.0);
          range[0] = exact::max(range[0], std::floor(at - apart));
          range[1] = exact::min(range[1], std::ceil(at + apart));
        };
        clip(columns, centre->x, camera.fx);
        clip(rows, centre->y, camera.fy);
      }
      refuse_pole_crossing(view, columns, rows);
    }
  }

  void refuse_pole_crossing(const math::e2p_view& view, const double (&columns)[2],
                            const double (&rows)[2]) const {
    if (columns[0] > columns[1] || rows[0] > rows[1]) return;
    for (auto j = static_cast<std::int32_t>(rows[0]); j <= static_cast<std::int32_t>(rows[1]);
         ++j) {
      for (auto i = static_cast<std::int32_t>(columns[0]);
           i <= static_cast<std::int32_t>(columns[1]); ++i) {
        if (math::e2p_crosses_pole(math::e2p_locate(view, source_, i, j), source_)) {
          refuse("e2p_plan", "source",
                 "an even width, because a view crosses a pole and continues half a turn away",
                 "width " + std::to_string(source_.width));
        }
      }
    }
  }

  void order_by_longitude(std::span<const pinhole> rig) {
    for (std::size_t v = 0; v < rig.size(); ++v) order_.push_back(static_cast<std::int32_t>(v));
    const auto longitude = [&](std::int32_t v) {
      const auto& r = rig[static_cast<std::size_t>(v)].rotation;
      return math::e2p_direction_of(static_cast<float>(r[2]), static_cast<float>(r[5]),
                                    static_cast<float>(r[8]))
          .longitude;
    };
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::int32_t a, std::int32_t b) { return longitude(a) < longitude(b); });
  }

  math::e2p_source source_;
  std::vector<math::e2p_view> views_;
  std::vector<std::int32_t> order_;
  std::vector<e2p_map> maps_;
};

/// Refuses frames and outputs that do not fit each other or the plan: see e2p().
template <class T, space Space>
void check_e2p(const view<const T, 4, Space>& frames,
               std::span<const std::type_identity_t<view<T, 4, Space>>> outputs,
               const e2p_plan& plan) {
  check_images("e2p", "frames", frames);
  const auto source = plan.source();
  const std::int64_t count = frames.extent[0];
  const std::int64_t channels = frames.extent[3];
  if (frames.extent[1] != source.height || frames.extent[2] != source.width) {
    refuse("e2p", "frames",
           "the plan's " + std::to_string(source.width) + "x" + std::to_string(source.height),
           std::to_string(frames.extent[2]) + "x" + std::to_string(frames.extent[1]));
  }
  if (channels != 1 && channels != 3 && channels != 4) {
    refuse("e2p", "frames", "1, 3 or 4 channels", std::to_string(channels));
  }
  if (outputs.size() != plan.views().size()) {
    refuse("e2p", "outputs",
           "one for each of the plan's " + std::to_string(plan.views().size()) + " views",
           std::to_string(outputs.size()));
  }
  for (std::size_t v = 0; v < outputs.size(); ++v) {
    const auto name = "outputs[" + std::to_string(v) + "]";
    check_images("e2p", name, outputs[v]);
    const auto& planned = plan.views()[v];
    const std::array<std::int64_t, 4> wanted = {count, planned.height, planned.width, channels};
    if (outputs[v].extent != wanted) {
      refuse("e2p", name, "shape " + shape_text(wanted), shape_text(outputs[v].extent));
    }
  }
}

/// Splits (N, V, h, w, C), the output of V views of one size, into V views of (N, h, w, C).
/// Errors: another number of views than the plan's; whatever check_images refuses.
template <class T, space Space>
std::vector<view<T, 4, Space>> split_views(const view<T, 5, Space>& all, const e2p_plan& plan) {
  if (all.extent[1] != static_cast<std::int64_t>(plan.views().size())) {
    refuse("e2p", "outputs", "(N, V, h, w, C) with V = " + std::to_string(plan.views().size()),
           shape_text(all.extent));
  }
  check_images("e2p", "outputs", all);
  std::vector<view<T, 4, Space>> split;
  for (std::int64_t v = 0; v < all.extent[1]; ++v) {
    view<T, 4, Space> one;
    one.data = all.data == nullptr ? nullptr : all.data + v * all.stride[1];
    one.extent = {all.extent[0], all.extent[2], all.extent[3], all.extent[4]};
    one.stride = {all.stride[0], all.stride[2], all.stride[3], all.stride[4]};
    split.push_back(one);
  }
  return split;
}

}  // namespace kernels::inline KERNELS_ABI
