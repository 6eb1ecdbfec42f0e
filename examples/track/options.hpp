// The command line of track.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kernels::examples {

enum class backend { automatic, cpu, cuda };
enum class method { sort, bytetrack, botsort, ocsort, mcbyte };

const char* name(method m);

/// What the user asked for. Numbers that were not given are the tracker's own defaults.
struct options {
  // in: detections, or a video (with detections: those instead of a detector's)
  std::filesystem::path detections, video;
  // out
  std::filesystem::path output, overlay, save_detections;
  // tracking
  method tracker = method::bytetrack;
  std::optional<double> fps;
  std::optional<double> track_threshold, new_threshold, match_threshold;
  std::optional<int> track_buffer, max_buffer;
  bool mot20 = false, no_score_fusion = false, classes_apart = false;
  std::filesystem::path warps, masks;
  int interpolate = 0;  ///< longest gap that is filled, in frames
  // detecting
  std::filesystem::path model;
  int model_width = 640, model_height = 640;
  std::vector<std::int64_t> classes;  ///< those kept; empty: all
  std::optional<double> confidence, overlap;
  // running
  backend where = backend::automatic;
  int threads = 0;  ///< 0: all cores
  bool quiet = false;
};

/// Nothing for --help and --version, which it prints.
/// Errors: usage_error naming the argument and the remedy.
std::optional<options> parse_options(int argc, char** argv);

}  // namespace kernels::examples
