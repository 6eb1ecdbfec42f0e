// The byte model of e2p: which parts of a frame the views of a plan touch. Memory moves in sectors
// (32 bytes on a GPU, 64-byte lines on a CPU); each sector that any tap of any view needs counts
// once, however often it is read, and each output byte counts once.
#pragma once

#include <kernels/e2p_plan.hpp>

#include <vector>

namespace bench {

struct traffic {
  std::int64_t source = 0;  ///< unique sectors × bytes of a sector, one frame
  std::int64_t output = 0;  ///< bytes of all views, one frame

  [[nodiscard]] std::int64_t frame() const { return source + output; }
};

/// For a packed source whose first byte is aligned to a sector.
inline traffic count_traffic(const kernels::e2p_plan& plan, std::int64_t channels,
                             kernels::interpolation filter, std::int64_t sector) {
  namespace math = kernels::math;
  const math::e2p_source source = plan.source();
  const std::int64_t row_bytes = source.width * channels;
  std::vector<bool> touched(
      static_cast<std::size_t>((row_bytes * source.height + sector - 1) / sector));
  const auto touch = [&](math::e2p_tap tap) {
    const std::int64_t first = tap.row * row_bytes + tap.column * channels;
    touched[static_cast<std::size_t>(first / sector)] = true;
    touched[static_cast<std::size_t>((first + channels - 1) / sector)] = true;
  };
  traffic total;
  for (const auto& view : plan.views()) {
    total.output += std::int64_t{view.width} * view.height * channels;
    for (std::int32_t j = 0; j < view.height; ++j) {
      for (std::int32_t i = 0; i < view.width; ++i) {
        const math::e2p_coordinate at = math::e2p_locate(view, source, i, j);
        if (filter == kernels::interpolation::nearest) {
          touch(math::e2p_nearest_tap(at, source));
          continue;
        }
        const std::int64_t column = at.u >> math::kE2pFractionBits;
        const std::int64_t row = at.v >> math::kE2pFractionBits;
        for (int k = 0; k < 4; ++k) {
          touch(math::e2p_wrap(column + (k & 1), row + (k >> 1), source));
        }
      }
    }
  }
  for (const bool sector_touched : touched) total.source += sector_touched ? sector : 0;
  return total;
}

}  // namespace bench
