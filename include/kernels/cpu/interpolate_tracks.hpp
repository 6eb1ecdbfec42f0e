// interpolate_tracks on the CPU.
#pragma once

#include <kernels/core/error.hpp>
#include <kernels/math/track_box.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// part of the way from a to b: exactly a and b at the ends, between them otherwise.
inline double interpolate(double a, double b, double part) {
  return exact::fma(exact::add(b, -a), part, a);
}

/// The box between two of one track.
inline track_box between(const track_box& before, const track_box& after, std::int64_t frame) {
  const double part = exact::div(static_cast<double>(frame - before.frame),
                                 static_cast<double>(after.frame - before.frame));
  track_box b = before;
  b.frame = frame;
  b.box = {interpolate(before.box.left, after.box.left, part),
           interpolate(before.box.top, after.box.top, part),
           interpolate(before.box.right, after.box.right, part),
           interpolate(before.box.bottom, after.box.bottom, part)};
  b.score = interpolate(before.score, after.score, part);
  b.detection = -1;
  return b;
}

/// Arguments have been checked, but for ids twice in a frame.
inline std::vector<track_box> interpolate_tracks(std::span<const track_box> tracks,
                                                 std::int64_t most, std::int64_t shortest) {
  std::vector<track_box> rows(tracks.begin(), tracks.end());
  std::sort(rows.begin(), rows.end(), [](const track_box& a, const track_box& b) {
    return a.id != b.id ? a.id < b.id : a.frame < b.frame;
  });
  const std::size_t given = rows.size();
  for (std::size_t begin = 0, end = 0; begin < given; begin = end) {
    for (end = begin + 1; end < given && rows[end].id == rows[begin].id; ++end) {
      if (rows[end].frame != rows[end - 1].frame) continue;
      refuse("interpolate_tracks", "tracks", "an id once in a frame",
             "id " + std::to_string(rows[end].id) + " twice in frame " +
                 std::to_string(rows[end].frame));
    }
    if (static_cast<std::int64_t>(end - begin) < shortest) continue;
    for (std::size_t k = begin + 1; k < end; ++k) {
      const track_box before = rows[k - 1], after = rows[k];
      if (after.frame - before.frame - 1 > most) continue;
      for (std::int64_t f = before.frame + 1; f < after.frame; ++f) {
        rows.push_back(between(before, after, f));
      }
    }
  }
  std::sort(rows.begin(), rows.end(), [](const track_box& a, const track_box& b) {
    return a.frame != b.frame ? a.frame < b.frame : a.id < b.id;
  });
  return rows;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
