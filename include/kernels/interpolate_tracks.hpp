// interpolate_tracks: fills the gaps of finished tracks, where a tracker lost somebody for a while,
// on straight lines.
//
//   const auto filled = kernels::interpolate_tracks(kernels::on_cpu(), tracks, {.most = 20});
//
// Class: exact. CPU only, one thread.
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/cpu/interpolate_tracks.hpp>

namespace kernels::inline KERNELS_ABI {

struct interpolate_tracks_parameters {
  std::int64_t most = 20;  ///< missing frames in a row that are filled; longer gaps stay: 0 … 10^6
  std::int64_t shortest = 1;  ///< boxes that a track needs to be filled at all
};

/// The given rows and those between them, sorted by frame, then id. A gap of n missing frames, n ≤
/// most, gets n rows: corners and score on the line between the row before it and the one after it
/// (frame f at (f − before) / (after − before) of the way, one fma a number), the class of the row
/// before, detection −1. Rows that were given are not changed. Rows may come in any order; nothing
/// is added before the first row of a track or after its last one. NaN stays within its gap.
///
/// The gap interpolation of ByteTrack (tools/interpolation.py: n_dti is most + 2, n_min is shortest
/// − 1) and of DanceTrack's tools; there, scores of new rows are 1.
///
/// Cost: a sort. Memory: the result.
/// Errors: kernels::error for parameters out of range, a frame below 1, an id twice in a frame.
inline std::vector<track_box> interpolate_tracks(
    on_cpu /*exec*/, std::span<const track_box> tracks,
    const interpolate_tracks_parameters& parameters = {}) {
  constexpr std::int64_t kMost = 1000000;
  if (parameters.most < 0 || parameters.most > kMost) {
    refuse("interpolate_tracks", "most", "0 to 1000000", std::to_string(parameters.most));
  }
  if (parameters.shortest < 0) {
    refuse("interpolate_tracks", "shortest", "at least 0", std::to_string(parameters.shortest));
  }
  for (const track_box& row : tracks) {
    if (row.frame < 1) {
      refuse("interpolate_tracks", "tracks", "frames from 1", "frame " + std::to_string(row.frame));
    }
  }
  return cpu::interpolate_tracks(tracks, parameters.most, parameters.shortest);
}

}  // namespace kernels::inline KERNELS_ABI
