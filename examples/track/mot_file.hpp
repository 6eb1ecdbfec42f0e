// MOT text: one box a row, "frame,id,left,top,width,height,score,class,visibility,…", the format of
// detections, tracks and ground truth of MOTChallenge.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kernels::examples {

/// One row. Columns 8 and 9 are class and visibility in ground truth since MOT16 and −1 in tracks;
/// in MOT15 they are coordinates in the world.
struct mot_row {
  std::int64_t frame = 1;  ///< from 1
  std::int64_t id = -1;    ///< −1 in detections
  double left = 0, top = 0, width = 0, height = 0;
  double score = 1;  ///< any finite number; in ground truth 0 means "ignore this row"
  double class_id = -1, visibility = -1;
  friend bool operator==(const mot_row&, const mot_row&) = default;
};

/// The rows of a text, sorted by frame; rows of one frame stay in the order of the text.
///
/// A row is at least seven numbers, separated by commas (blanks around them do not matter) or, in a
/// row without commas, by blanks. Columns from the tenth on must be numbers too and are left out.
/// frame and id are whole numbers, also if written as 3.0 or 3e0: frame from 1, id any of 64 bits.
/// Positions and the score are any finite numbers (scores outside [0, 1] are taken as they are);
/// width and height are finite and not negative. Lines may end in CR LF, the last one in nothing;
/// blank lines are skipped; an empty text has no rows; a UTF-8 byte order mark is skipped.
/// Cost: O(size of the text); memory for the rows, whatever the frame numbers are.
/// Errors: usage_error "name:line: reason" for anything else.
std::vector<mot_row> parse_mot_text(std::string_view text, std::string_view name);

/// The same of a file. Errors: also failure if it cannot be read.
std::vector<mot_row> read_mot_file(const std::filesystem::path& path);

/// The rows of one frame, among rows sorted by frame.
std::span<const mot_row> rows_of_frame(std::span<const mot_row> rows, std::int64_t frame);

/// Tracks as text, "frame,id,left,top,width,height,score,-1,-1,-1" with two decimals, sorted by
/// frame, then id (then as given). Errors: failure for a number that is not finite.
std::string mot_text(std::vector<mot_row> rows);

/// The same into a file, which nobody ever sees half written. Errors: also output_failure.
void write_mot_file(const std::filesystem::path& path, std::vector<mot_row> rows);

}  // namespace kernels::examples
