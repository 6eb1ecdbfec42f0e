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

/// Room for the coordinates of a run of pixels, on the stack: nothing is allocated while sampling.
struct e2p_scratch {
  static constexpr std::int32_t kRun = 1024;
  std::uint32_t u[kRun], v[kRun];
  e2p_edge_pixel edges[kRun];
};

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
    e2p_scratch scratch;
    for (std::int32_t j = band.first; j < band.end; ++j) {
      std::uint32_t* u = map.coordinates.data() + 2 * static_cast<std::int64_t>(j) * view.width;
      map.edge_rows[static_cast<std::size_t>(j)] = static_cast<std::int32_t>(edges.size());
      for (std::int32_t i = 0; i < view.width; i += e2p_scratch::kRun) {
        const e2p_run run{j, i, std::min(i + e2p_scratch::kRun, view.width)};
        const auto found =
            loops.locate(view, source, run, u + i, u + view.width + i, scratch.edges);
        edges.insert(edges.end(), scratch.edges, scratch.edges + found);
      }
    }
  });
  return maps;
}

/// The cached coordinates and edge pixels of a row.
struct e2p_cached_row {
  const std::uint32_t* u;
  std::span<const e2p_edge_pixel> edges;

  e2p_cached_row(const e2p_map& map, std::int32_t width, std::int32_t j, const e2p_band& band)
      : u(map.coordinates.data() + 2 * static_cast<std::int64_t>(j) * width),
        edges(map.edges[static_cast<std::size_t>(band.first / e2p_map::kBand)]) {
    const auto row = static_cast<std::size_t>(j);
    const bool last = j + 1 == band.end;
    const auto end = last ? edges.size() : static_cast<std::size_t>(map.edge_rows[row + 1]);
    edges = edges.first(end).subspan(static_cast<std::size_t>(map.edge_rows[row]));
  }
};

/// A call's frames, and how they are sampled.
template <int Channels>
struct e2p_frames {
  const view<const std::uint8_t, 4>& frames;
  math::e2p_source source;
  const e2p_loops& loops;
  interpolation filter;

  /// Neighbouring pixels of row j, from column `first` on, of all frames: the inner ones by the
  /// instruction set's loop, then the edge pixels.
  void sample(const e2p_row& row, std::int32_t first, std::span<const e2p_edge_pixel> edges,
              const view<std::uint8_t, 4>& output, std::int32_t j) const {
    for (std::int64_t n = 0; n < frames.extent[0]; ++n) {
      const e2p_image image{frames.data + n * frames.stride[0], frames.stride[1], source};
      std::uint8_t* out = output.data + n * output.stride[0] + j * output.stride[1];
      if (e2p_inner_rows(source) > 0) {
        std::uint8_t* start = out + std::int64_t{first} * Channels;
        if (filter == interpolation::bilinear) {
          loops.bilinear[Channels](image, row, start);
        } else {
          e2p_nearest<Channels>(image, row, start);
        }
      }
      for (const auto& edge : edges) {
        std::uint8_t* pixel = out + std::int64_t{edge.column} * Channels;
        if (filter == interpolation::bilinear) {
          math::e2p_sample_bilinear<Channels>(image.data, image.row_stride, source, edge.at, pixel);
        } else {
          math::e2p_sample_nearest<Channels>(image.data, image.row_stride, source, edge.at, pixel);
        }
      }
    }
  }
};

/// All views of all frames. The arguments have been checked.
template <int Channels>
void e2p(on_cpu exec, const view<const std::uint8_t, 4>& frames,
         std::span<const view<std::uint8_t, 4>> outputs, const e2p_plan& plan,
         const e2p_options& options) {
  // the vector loops multiply row numbers by 32-bit strides
  const bool far_rows = frames.stride[1] > std::numeric_limits<std::uint32_t>::max();
  const e2p_loops& loops = e2p_loops_for(far_rows ? instruction_set::portable : exec.isa);
  const e2p_frames<Channels> all{frames, plan.source(), loops, options.filter};
  const auto bands = e2p_bands(plan.views());
  parallel_for(exec, static_cast<std::int64_t>(bands.size()), [&](std::int64_t k) {
    const e2p_band band = bands[static_cast<std::size_t>(k)];
    const auto& view = plan.views()[band.view];
    const auto& output = outputs[band.view];
    e2p_scratch scratch;
    for (std::int32_t j = band.first; j < band.end; ++j) {
      if (!plan.maps().empty()) {
        const e2p_cached_row cached(plan.maps()[band.view], view.width, j, band);
        all.sample({cached.u, cached.u + view.width, view.width}, 0, cached.edges, output, j);
        continue;
      }
      for (std::int32_t i = 0; i < view.width; i += e2p_scratch::kRun) {
        const e2p_run run{j, i, std::min(i + e2p_scratch::kRun, view.width)};
        const auto found =
            loops.locate(view, plan.source(), run, scratch.u, scratch.v, scratch.edges);
        all.sample({scratch.u, scratch.v, run.end - run.first}, i,
                   {scratch.edges, static_cast<std::size_t>(found)}, output, j);
      }
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
