// One camera's part of a run: what is known of its frames, and the tracks that come out.
#pragma once

#include "masks.hpp"
#include "mot_file.hpp"
#include "options.hpp"
#include "warps.hpp"

#include <kernels/math/track_box.hpp>
#include <kernels/tracking/types.hpp>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kernels::examples {

/// Warps and masks of a camera's frames.
class frame_facts {
 public:
  /// Empty paths: none. Errors: those of warp_file and mask_folder.
  frame_facts(const std::filesystem::path& warps, const std::filesystem::path& masks);

  /// Is everything there for the frames 1 … last? Errors: usage_error.
  void require(std::int64_t last) const;

  /// Of a frame counted from 1, valid until the next call. size: the picture's, empty if unknown.
  frame_context of(std::int64_t frame, cv::Size size = {});

 private:
  std::optional<warp_file> warps_;
  std::optional<mask_folder> masks_;
  mask_frame labels_;
};

/// The rows of tracks of one camera.
class track_rows {
 public:
  void add(std::int64_t frame, std::span<const tracked> tracks);
  /// Fills gaps of up to so many frames.
  void interpolate(int longest_gap);

  [[nodiscard]] std::int64_t boxes() const { return std::ssize(rows_); }
  [[nodiscard]] std::int64_t tracks() const;  ///< different ids
  /// MOT text. Errors: output_failure.
  void write(const std::filesystem::path& path) const;

 private:
  std::vector<track_box> rows_;
};

/// A row of a detection file as the trackers take it, and back.
detection detection_of(const mot_row& row);
mot_row row_of(std::int64_t frame, const detection& d);

/// Detections as MOT text with all their digits, so that they are tracked the same when read.
std::string detections_text(std::span<const mot_row> rows);

/// Rows of a detection file, sorted by frame.
/// Errors: those of read_mot_file; usage_error for a missing file and for frames beyond 10^7.
std::vector<mot_row> read_detections(const std::filesystem::path& path);

/// The number of the last frame that has a row; 0 if there is none.
std::int64_t last_frame(std::span<const mot_row> rows);

}  // namespace kernels::examples
