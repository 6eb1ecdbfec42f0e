#include "camera.hpp"

#include "frames.hpp"

#include <common/errors.hpp>

#include <kernels/interpolate_tracks.hpp>

#include <algorithm>
#include <charconv>

namespace kernels::examples {
namespace {

constexpr double kMostClasses = 2'000'000'000;

}  // namespace

frame_facts::frame_facts(const std::filesystem::path& warps, const std::filesystem::path& masks) {
  if (!warps.empty()) warps_.emplace(warps);
  if (!masks.empty()) masks_.emplace(masks);
}

void frame_facts::require(std::int64_t last) const {
  for (std::int64_t frame = 1; warps_ && frame <= last; ++frame) {
    static_cast<void>(warps_->at(frame));
  }
  if (masks_) masks_->require(last);
}

frame_context frame_facts::of(std::int64_t frame, cv::Size size) {
  frame_context context;
  if (warps_) context.warp = &warps_->at(frame);
  if (masks_) {
    labels_ = {.labels = masks_->at(frame, size)};
    context.masks = &labels_;
  }
  return context;
}

void track_rows::add(std::int64_t frame, std::span<const tracked> tracks) {
  for (const auto& t : tracks) {
    rows_.push_back({frame, t.id, t.box, t.score, t.class_id, t.detection});
  }
}

void track_rows::interpolate(int longest_gap) {
  rows_ = interpolate_tracks(on_cpu(), rows_, {.most = longest_gap});
}

std::int64_t track_rows::tracks() const {
  std::vector<std::int64_t> ids;
  ids.reserve(rows_.size());
  for (const auto& row : rows_) ids.push_back(row.id);
  std::ranges::sort(ids);
  return std::unique(ids.begin(), ids.end()) - ids.begin();
}

void track_rows::write(const std::filesystem::path& path) const {
  std::vector<mot_row> rows;
  rows.reserve(rows_.size());
  for (const auto& t : rows_) {
    mot_row row{.frame = t.frame, .id = t.id};
    row.left = t.box.left;
    row.top = t.box.top;
    row.width = t.box.right - t.box.left;
    row.height = t.box.bottom - t.box.top;
    row.score = t.score;
    rows.push_back(row);
  }
  write_mot_file(path, std::move(rows));
}

detection detection_of(const mot_row& row) {
  detection d;
  d.box = {row.left, row.top, row.left + row.width, row.top + row.height};
  d.score = row.score;
  // −1 says that there is no class
  if (row.class_id >= 0 && row.class_id < kMostClasses) {
    d.class_id = static_cast<std::int32_t>(row.class_id);
  }
  return d;
}

mot_row row_of(std::int64_t frame, const detection& d) {
  mot_row row{.frame = frame};
  row.left = d.box.left;
  row.top = d.box.top;
  row.width = d.box.right - d.box.left;
  row.height = d.box.bottom - d.box.top;
  row.score = d.score;
  row.class_id = d.class_id;
  return row;
}

std::string detections_text(std::span<const mot_row> rows) {
  std::string text;
  for (const auto& row : rows) {
    text += std::to_string(row.frame) + ",-1";
    for (const double value : {row.left, row.top, row.width, row.height, row.score, row.class_id}) {
      char digits[32];
      const auto end = std::to_chars(digits, digits + sizeof digits, value);
      text.append(1, ',').append(digits, end.ptr);
    }
    text += ",-1,-1\n";
  }
  return text;
}

std::vector<mot_row> read_detections(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    throw usage_error("--detections: there is no file or folder " + path.string() +
                      "; check the name");
  }
  auto rows = read_mot_file(path);
  if (last_frame(rows) > kMostFrames) {
    throw usage_error(path.string() + ": frame " + std::to_string(last_frame(rows)) + ": at most " +
                      std::to_string(kMostFrames) +
                      " frames are stepped through; number the frames from 1");
  }
  return rows;
}

std::int64_t last_frame(std::span<const mot_row> rows) {
  return rows.empty() ? 0 : rows.back().frame;
}

}  // namespace kernels::examples
