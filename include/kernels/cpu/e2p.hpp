// e2p on the CPU: chooses the row loops of an instruction set, fills coordinate maps, and samples
// bands of rows of all views and frames in parallel.
#pragma once

#include <kernels/cpu/e2p_avx2.hpp>
#include <kernels/cpu/e2p_avx512.hpp>
#include <kernels/cpu/e2p_rows.hpp>
#include <kernels/cpu/parallel.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

inline const e2p_loops& e2p_loops_for(instruction_set isa) {
  switch (choose(isa)) {
#if KERNELS_X86
    case instruction_set::avx512:
      return avx512::kE2pLoops;
    case instruction_set::avx2:
      return avx2::kE2pLoops;
#endif
    default:
      return portable::kE2pLoops;
  }
}

/// A piece of parallel work: up to e2p_map::kBand rows of one view.
struct e2p_band {
  std::size_t view;
  std::int32_t first, end;
};

inline std::vector<e2p_band> e2p_bands(std::span<const math::e2p_view> views) {
  std::vector<e2p_band> bands;
  constexpr auto kBand = static_cast<std::int32_t>(e2p_map::kBand);
  for (std::size_t v = 0; v < views.size(); ++v) {
    for (std::int32_t j = 0; j < views[v].height; j += kBand) {
      bands.push_back({v, j, std::min(j + kBand, views[v].height)});
    }
  }
  return bands;
}

/// Caches the coordinates of all views.
inline std::vector<e2p_map> make_e2p_maps(on_cpu exec, std::span<const math::e2p_view> views,
                                          math::e2p_source source) {
  const e2p_loops& loops = e2p_loops_for(exec.isa);
  std::vector<e2p_map> maps(views.size());
  for (std::size_t v = 0; v < views.size(); ++v) {
    const std::int64_t rows = views[v].height;
    maps[v].coordinates.resize(2 * rows * views[v].width);
    maps[v].edges.resize(static_cast<std::size_t>((rows + e2p_map::kBand - 1) / e2p_map::kBand));
    maps[v].edge_rows.resize(static_cast<std::size_t>(rows));
  }
  const auto bands = e2p_bands(views);
  parallel_for(exec, static_cast<std::int64_t>(bands.size()), [&](std::int64_t k) {
    const e2p_band band = bands[static_cast<std::size_t>(k)];
    const auto& view = views[band.view];
    e2p_map& map = maps[band.view];
    auto& edges = map.edges[static_cast<std::size_t>(band.first / e2p_map::kBand)];
    std::vector<e2p_edge_pixel> row_edges(static_cast<std::size_t>(view.width));
    for (std::int32_t j = band.first; j < band.end; ++j) {
      std::uint32_t* u = map.coordinates.data() + 2 * static_cast<std::int64_t>(j) * view.width;
      map.edge_rows[static_cast<std::size_t>(j)] = static_cast<std::int32_t>(edges.size());
      const auto found = loops.locate(view, source, j, u, u + view.width, row_edges.data());
      edges.insert(edges.end(), row_edges.begin(), row_edges.begin() + found);
    }
  });
  return maps;
}

/// One row of one frame: the inner pixels by the instruction set's loop, then the edge pixels.
template <int Channels>
void e2p_sample_row(const e2p_loops& loops, const e2p_image& image, const e2p_row& row,
                    std::span<const e2p_edge_pixel> edges, interpolation filter,
                    std::uint8_t* out) {
  if (filter == interpolation::bilinear) {
    if (e2p_inner_rows(image.size) > 0) loops.bilinear[Channels](image, row, out);
    for (const auto& edge : edges) {
      math::e2p_sample_bilinear<Channels>(image.data, image.row_stride, image.size, edge.at,
                                          out + std::int64_t{edge.column} * Channels);
    }
  } else {
    if (e2p_inner_rows(image.size) > 0) e2p_nearest<Channels>(image, row, out);
    for (const auto& edge : edges) {
      math::e2p_sample_nearest<Channels>(image.data, image.row_stride, image.size, edge.at,
                                         out + std::int64_t{edge.column} * Channels);
    }
  }
}

/// All views of all frames. The arguments have been checked.
template <int Channels>
void e2p(on_cpu exec, const view<const std::uint8_t, 4>& frames,
         std::span<const view<std::uint8_t, 4>> outputs, const e2p_plan& plan,
         const e2p_options& options) {
  // the vector loops multiply row numbers by 32-bit strides
  const bool far_rows = frames.stride[1] > std::numeric_limits<std::uint32_t>::max();
  const e2p_loops& loops = e2p_loops_for(far_rows ? instruction_set::portable : exec.isa);
  const auto bands = e2p_bands(plan.views());
  const auto source = plan.source();
  parallel_for(exec, static_cast<std::int64_t>(bands.size()), [&](std::int64_t k) {
    const e2p_band band = bands[static_cast<std::size_t>(k)];
    const auto& view = plan.views()[band.view];
    const auto& output = outputs[band.view];
    std::vector<std::uint32_t> fresh;
    std::vector<e2p_edge_pixel> fresh_edges;
    if (plan.maps().empty()) {
      fresh.resize(2 * static_cast<std::size_t>(view.width));
      fresh_edges.resize(static_cast<std::size_t>(view.width));
    }
    for (std::int32_t j = band.first; j < band.end; ++j) {
      const std::uint32_t* u = fresh.data();
      std::span<const e2p_edge_pixel> edges;
      if (plan.maps().empty()) {
        const auto found = loops.locate(view, source, j, fresh.data(), fresh.data() + view.width,
                                        fresh_edges.data());
        edges = {fresh_edges.data(), static_cast<std::size_t>(found)};
      } else {
        const e2p_map& map = plan.maps()[band.view];
        u = map.coordinates.data() + 2 * static_cast<std::int64_t>(j) * view.width;
        edges = map.edges[static_cast<std::size_t>(band.first / e2p_map::kBand)];
        if (j + 1 < band.end) {
          edges =
              edges.first(static_cast<std::size_t>(map.edge_rows[static_cast<std::size_t>(j) + 1]));
        }
        edges = edges.subspan(static_cast<std::size_t>(map.edge_rows[static_cast<std::size_t>(j)]));
      }
      const e2p_row row{u, u + view.width, view.width};
      for (std::int64_t n = 0; n < frames.extent[0]; ++n) {
        const e2p_image image{frames.data + n * frames.stride[0], frames.stride[1], source};
        e2p_sample_row<Channels>(loops, image, row, edges, options.filter,
                                 output.data + n * output.stride[0] + j * output.stride[1]);
      }
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
