#include "track_video.hpp"

#include "camera.hpp"
#include "detector.hpp"
#include "engine.hpp"
#include "overlay.hpp"
#include "report.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/frames.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/video.hpp>

#include <cstdio>
#include <future>
#include <memory>
#include <optional>

namespace kernels::examples {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 16;
constexpr double kDefaultFps = 30;

/// Frames that lie in memory together.
struct batch {
  std::int64_t first = 1;  // number of its first frame
  std::vector<cv::Mat> frames;
  std::vector<std::vector<tracked>> tracks;
  double seconds = 0;  // of the step that made or used it, on its own thread
};

/// Detections that were found before.
class file_detector : public detector {
 public:
  explicit file_detector(const fs::path& path)
      : name_(path.string()), rows_(read_detections(path)) {}

  std::vector<detections> detect(std::span<const cv::Mat> frames) override {
    std::vector<detections> found(frames.size());
    for (auto& list : found) {
      for (const auto& row : rows_of_frame(rows_, ++number_)) list.push_back(detection_of(row));
    }
    return found;
  }

  [[nodiscard]] std::string description() const override { return "detections of a file"; }

  void check_end(std::int64_t frames) const {
    if (last_frame(rows_) <= frames) return;
    throw usage_error(name_ + " has detections up to frame " + std::to_string(last_frame(rows_)) +
                      ", but the video ends after frame " + std::to_string(frames) +
                      "; give those that belong together");
  }

 private:
  std::string name_;
  std::vector<mot_row> rows_;
  std::int64_t number_ = 0;
};

std::unique_ptr<detector> make_detector(const options& o) {
  if (!o.detections.empty()) return std::make_unique<file_detector>(o.detections);
  return o.model.empty() ? make_hog_detector(o) : make_yolo_detector(o);
}

/// The folder of a file that will be written.
std::unique_ptr<output_folder> folder_of(const fs::path& file, const char* option) {
  if (file.empty()) return nullptr;
  if (fs::is_directory(file)) {
    throw usage_error(std::string(option) + " " + file.string() +
                      " is a folder; name a file in it");
  }
  return std::make_unique<output_folder>(file.has_parent_path() ? file.parent_path() : ".", option);
}

/// While a batch goes through the detector, the next one is decoded and the one before is drawn.
class video_job {
 public:
  explicit video_job(const options& o)
      : options_(o),
        reader_(o.video),
        fps_(o.fps.value_or(reader_.fps() > 0 ? reader_.fps() : kDefaultFps)),
        facts_(o.warps, o.masks),
        folder_(folder_of(o.output, "--output")),
        overlay_folder_(folder_of(o.overlay, "--overlay")),
        detections_folder_(folder_of(o.save_detections, "--save-detections")),
        detector_(make_detector(o)),
        engine_(make_engine(o, fps_, 1)),
        shown_("track", "frames", reader_.expected_frames(), o.quiet) {}

  int run() {
    auto next = decode_later(1);
    std::future<batch> drawn;
    while (true) {
      batch now = next.get();
      decoding_ += now.seconds;
      if (now.frames.empty()) break;
      next = decode_later(now.first + static_cast<std::int64_t>(now.frames.size()));
      stopwatch watch;
      const auto found = detector_->detect(now.frames);
      detecting_ += watch.lap();
      track(now, found);
      if (drawn.valid()) drawing_ += drawn.get().seconds;
      if (!options_.overlay.empty()) drawn = draw_later(std::move(now));
    }
    if (drawn.valid()) drawing_ += drawn.get().seconds;
    finish();
    return 0;
  }

 private:
  std::future<batch> decode_later(std::int64_t first) {
    return std::async(std::launch::async, [this, first] {
      const stopwatch watch;
      batch result{first, {}, {}, 0};
      cv::Mat frame;
      while (result.frames.size() < kBatch) {
        throw_if_stopped();
        if (!reader_.read(frame)) break;
        result.frames.push_back(frame);
        frame = cv::Mat();
      }
      result.seconds = watch.seconds();
      return result;
    });
  }

  void track(batch& now, const std::vector<detections>& found) {
    for (std::size_t k = 0; k < found.size(); ++k) {
      throw_if_stopped();
      const auto number = now.first + static_cast<std::int64_t>(k);
      stopwatch watch;
      const auto context = facts_.of(number, now.frames[k].size());
      reading_facts_ += watch.lap();
      rows_.clear();
      boxes_.clear();
      for (const auto& d : found[k]) {
        rows_.push_back(row_of(number, d));
        boxes_.push_back(detection_of(rows_.back()));  // as they will be in the file
      }
      const camera_frame frame{boxes_, context};
      const auto answer = engine_->update({&frame, 1})[0];
      tracking_ += watch.lap();
      tracks_.add(number, answer.tracks);
      now.tracks.emplace_back(answer.tracks.begin(), answer.tracks.end());
      if (!options_.save_detections.empty()) {
        detections_.insert(detections_.end(), rows_.begin(), rows_.end());
      }
      ++frames_;
      shown_.advance();
    }
  }

  std::future<batch> draw_later(batch&& done) {
    return std::async(std::launch::async, [this, done = std::move(done)]() mutable {
      const stopwatch watch;
      if (!video_) {
        const auto size = done.frames.front().size();
        video_.emplace(options_.overlay, size, fps_);
        overlay_.emplace(size, fps_);
      }
      for (std::size_t k = 0; k < done.frames.size(); ++k) {
        throw_if_stopped();
        overlay_->draw(done.frames[k], done.first + static_cast<std::int64_t>(k), done.tracks[k]);
        video_->write(done.frames[k]);
      }
      done.frames.clear();
      done.seconds = watch.seconds();
      return std::move(done);
    });
  }

  void finish() {
    if (const auto* file = dynamic_cast<const file_detector*>(detector_.get())) {
      file->check_end(frames_);
    }
    stopwatch watch;
    if (options_.interpolate > 0) tracks_.interpolate(options_.interpolate);
    const double interpolating = options_.interpolate > 0 ? watch.lap() : 0;
    throw_if_stopped();
    if (video_) video_->commit();
    if (!options_.save_detections.empty()) {
      write_file(options_.save_detections, detections_text(detections_));
    }
    tracks_.write(options_.output);
    const double writing = watch.lap();
    shown_.finish();
    if (options_.quiet) return;
    run_statistics run;
    run.cameras = {
        {options_.video.filename().string(), frames_, tracks_.tracks(), tracks_.boxes()}};
    run.steps = {
        {"decode (ahead)", decoding_},
        {"detect", detecting_},
        {"warps, masks", options_.warps.empty() && options_.masks.empty() ? 0 : reading_facts_},
        {"track", tracking_},
        {"draw, encode (behind)", drawing_},
        {"interpolate", interpolating},
        {"write", writing}};
    run.total = clock_.seconds();
    const auto where = std::string(name(options_.tracker)) + ", " + engine_->description() + "; " +
                       detector_->description();
    std::fputs(report_text(run, where, options_.output.string()).c_str(), stdout);
  }

  const options& options_;
  stopwatch clock_;
  frame_reader reader_;
  double fps_;
  frame_facts facts_;
  std::unique_ptr<output_folder> folder_, overlay_folder_, detections_folder_;
  std::unique_ptr<detector> detector_;
  std::unique_ptr<engine> engine_;
  progress shown_;
  std::optional<video_writer> video_;  // used by one drawing batch at a time
  std::optional<overlay> overlay_;
  track_rows tracks_;
  std::vector<mot_row> rows_, detections_;  // of a frame, of all
  detections boxes_;
  std::int64_t frames_ = 0;
  double decoding_ = 0, detecting_ = 0, reading_facts_ = 0, tracking_ = 0, drawing_ = 0;
};

}  // namespace

int track_video(const options& o) { return video_job(o).run(); }

}  // namespace kernels::examples
