// Which ground truth goes with which tracks: pairs of files out of what the user named.
#pragma once

#include <kernels/math/mot_metrics.hpp>
#include <kernels/math/track_box.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kernels::examples {

struct mot_pair_of_files {
  std::string name;  ///< of the sequence
  std::filesystem::path truth, tracks;
  std::int64_t frames = 0;  ///< seqLength of the seqinfo.ini beside the truth, 0: not known
};

struct mot_files {
  std::vector<mot_pair_of_files> sequences;
  std::vector<std::string> left_out;  ///< tracks in a folder that no ground truth goes with
};

/// truth and tracks: as many files of each, in the same order, or one folder of each. A folder of
/// ground truth holds SEQ.txt or, as MOTChallenge does, SEQ/gt/gt.txt; one of tracks SEQ.txt.
/// Errors: usage_error for what does not exist or has no partner, and for a name that comes twice.
mot_files pair_mot_files(const std::vector<std::string>& truth,
                         const std::vector<std::string>& tracks);

/// The rows of a file as boxes; their classes only if the benchmark has any (in MOT15 the columns
/// are coordinates). Errors: as read_mot_file, and usage_error for a class that is no whole number.
std::vector<track_box> read_track_boxes(const std::filesystem::path& path, mot_benchmark benchmark);

}  // namespace kernels::examples
